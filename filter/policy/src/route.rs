//! Where a model's requests go.

use std::sync::Arc;

use crate::pattern::{Pattern, Patterns};
use crate::provider::Provider;

/// All models of the configuration.
#[derive(Debug, Clone)]
pub struct Models<D> {
    models: Vec<Model<D>>,
    by_pattern: Patterns<usize>,
    /// Positions in `models` of those whose name is not a pattern.
    named: Vec<usize>,
}

/// What one entry of `models` says.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Model<D> {
    /// Its key in the configuration, wildcard included: a label for metrics that clients cannot
    /// multiply by asking for ever new names.
    pub name: String,
    /// Where it can go, in order of preference. Never empty.
    pub targets: Vec<Target<D>>,
}

/// One place where a model's requests can go.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Target<D> {
    /// Unique within the model; the provider's name unless configured.
    pub name: String,
    /// The provider.
    pub provider: Arc<Provider<D>>,
    /// The model's name there; `None` keeps the name the client sent.
    pub model: Option<String>,
}

impl<D> Models<D> {
    pub(crate) fn new(entries: Vec<(Pattern, Model<D>)>) -> Self {
        let mut models = Vec::with_capacity(entries.len());
        let mut named = Vec::new();
        let indexed = entries.into_iter().enumerate().map(|(index, (pattern, model))| {
            if matches!(pattern, Pattern::Exact(_)) {
                named.push(index);
            }
            models.push(model);
            (pattern, index)
        });
        let by_pattern = indexed.collect();
        Self { models, by_pattern, named }
    }

    /// The model that a client's `model` means: the entry of exactly that name, else the one with
    /// the longest `prefix*`, else `*`. Costs the same however many models there are.
    pub fn find(&self, model: &str) -> Option<&Model<D>> {
        self.models.get(*self.by_pattern.find(model)?)
    }

    /// The names without wildcards, in the configuration's order: what a client can list.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let models = self.named.iter().filter_map(|&index| self.models.get(index));
        models.map(|model| model.name.as_str())
    }
}
