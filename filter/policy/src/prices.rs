//! What tokens cost.

use std::num::NonZeroU64;

use crate::limits::{Consumption, PerKind};
use crate::lookup::Lookup;
use crate::pattern::{Pattern, Patterns};
use crate::ratio::divide_up;
use crate::units::NanoUsd;

/// What a model's tokens cost, by kind: nano-dollars per million tokens, so that prices are whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price(PerKind);

const MILLION: NonZeroU64 = NonZeroU64::MIN.saturating_add(999_999);

impl Price {
    pub(crate) const fn new(per_million: PerKind) -> Self {
        Self(per_million)
    }

    /// What these tokens cost, rounded up to the nano-dollar once.
    pub fn cost(&self, tokens: &Consumption) -> NanoUsd {
        NanoUsd(divide_up(self.0.total(tokens), MILLION))
    }
}

/// All prices of the configuration, by the models' names at their providers.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    /// For entries like `azure/gpt-*`: the patterns behind the name of a provider.
    of_provider: Lookup<Box<str>, Patterns<Price>>,
    everywhere: Patterns<Price>,
}

impl Prices {
    /// An entry whose name begins with one of `providers` and a slash is this provider's own price. As there
    /// are names with slashes, it also stands for the model of exactly this name anywhere else.
    pub(crate) fn new<'p>(entries: &[(&str, Price)], providers: impl IntoIterator<Item = &'p str>) -> Self {
        let pattern = |name: &str| Pattern::parse(name);
        let own = providers.into_iter().map(|provider| {
            let behind = |name: &str| pattern(name.strip_prefix(provider)?.strip_prefix('/')?);
            let own = entries.iter().filter_map(|(name, price)| Some((behind(name)?, *price)));
            (provider.into(), own.collect())
        });
        let everywhere = entries.iter().filter_map(|(name, price)| Some((pattern(name)?, *price)));
        Self { of_provider: own.collect(), everywhere: everywhere.collect() }
    }

    /// The price of the model that `provider` calls `model`: its own entry, `provider/model`, before one that
    /// holds everywhere; and each time the exact name, else the longest `prefix*`, else `*`.
    pub fn find(&self, provider: &str, model: &str) -> Option<&Price> {
        let own = self.of_provider.get(provider).and_then(|own| own.find(model));
        own.or_else(|| self.everywhere.find(model))
    }

    /// What these tokens cost at that provider; `None` if the model has no price.
    pub fn cost(&self, provider: &str, model: &str, tokens: &Consumption) -> Option<NanoUsd> {
        self.find(provider, model).map(|price| price.cost(tokens))
    }

    /// Whether every model that `models` matches has a price at this provider.
    pub(crate) fn cover(&self, provider: &str, models: &Pattern) -> bool {
        let own = self.of_provider.get(provider).is_some_and(|own| own.cover(models));
        own || self.everywhere.cover(models)
    }
}
