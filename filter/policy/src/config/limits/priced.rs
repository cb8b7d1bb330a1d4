//! Does a limit on money know the price of everything that it can meet?

use std::collections::BTreeSet;

use super::super::value::{Value, quoted};
use super::Context;
use crate::limits::{Limit, Measure, Unpriced};
use crate::pattern::Pattern;

/// Reports every model without a price that the limit could meet.
pub(super) fn check<D>(value: &Value<'_>, limit: &Limit, context: &Context<'_, D>) {
    let Measure::Usd { unpriced: Unpriced::Refuse, .. } = limit.measure() else { return };
    let Some(prices) = context.prices else { return };
    let mut reported = BTreeSet::new();
    for (entry, model) in context.models {
        let matching = limit.matching().model.as_ref().unwrap_or(&Pattern::Any);
        let Some(asked) = entry.both(matching) else { continue };
        for target in &model.targets {
            let provider = target.provider.name.as_str();
            // Without a name of its own, the provider's is whatever the client asked for.
            let there =
                target.model.as_ref().map_or_else(|| asked.clone(), |name| Pattern::Exact(name.as_str().into()));
            if prices.cover(provider, &there) || !reported.insert((provider, there.to_string())) {
                continue;
            }
            let name = quoted(&there.to_string());
            let what = match there {
                Pattern::Exact(_) => format!("the model {name}"),
                Pattern::Prefix(_) | Pattern::Any => format!("not every model that {name} matches"),
            };
            let has = if matches!(there, Pattern::Exact(_)) { "has no price" } else { "has a price" };
            value.fail(format!(
                "{what} at provider {} {has}; add {name} to \"prices\", or give this limit \"unpriced\": \"allow\"",
                quoted(provider)
            ));
        }
    }
}
