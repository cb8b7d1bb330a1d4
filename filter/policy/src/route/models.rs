//! Where a model's requests can go.

use std::sync::Arc;

use super::condition::When;
use super::health::Cooling;
use super::steps::Step;
use super::strategy::{Sticky, Strategy, WhenUnhealthy};
use super::walk::WalkedCluster;
use crate::pattern::{Pattern, Patterns};
use crate::provider::Provider;

/// All models of the configuration.
#[derive(Debug, Clone)]
pub struct Models<D> {
    models: Vec<Model<D>>,
    by_pattern: Patterns<usize>,
    /// Positions in `models` of those whose name is not a pattern.
    named: Vec<usize>,
    have_walks: bool,
}

/// What one entry of `models` says.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Model<D> {
    /// Its key in the configuration, wildcard included: a label for metrics that clients cannot
    /// multiply by asking for ever new names.
    pub name: String,
    /// What is asked of other models first, in this order.
    pub steps: Box<[Step]>,
    /// Where it can go, in the configuration's order. Never empty.
    pub targets: Vec<Target<D>>,
    /// What gets a copy of each request that its conditions take, and whose answers nobody sees.
    pub(crate) shadows: Box<[Target<D>]>,
    pub(crate) strategy: Strategy,
    pub(crate) when_unhealthy: WhenUnhealthy,
    pub(crate) cooling: Cooling,
    pub(crate) clusters: Box<[WalkedCluster]>,
    /// What stands for its name and those of its targets.
    pub(crate) shape: u64,
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
    /// Where it stands in its model.
    pub position: usize,
    /// What stands for its name in hashes.
    pub(crate) id: u64,
    pub(crate) weight: u32,
    pub(crate) when: When,
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
        let have_walks = models.iter().any(Model::has_walks);
        Self { models, by_pattern, named, have_walks }
    }

    /// The model that a client's `model` means: the entry of exactly that name, else the one with
    /// the longest `prefix*`, else `*`. Costs the same however many models there are.
    pub fn find(&self, model: &str) -> Option<&Model<D>> {
        self.models.get(*self.by_pattern.find(model)?)
    }

    /// Whether some request may be tried at more than one target.
    pub const fn have_walks(&self) -> bool {
        self.have_walks
    }

    /// The names without wildcards, in the configuration's order: what a client can list.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let models = self.named.iter().filter_map(|&index| self.models.get(index));
        models.map(|model| model.name.as_str())
    }
}

impl<D> Model<D> {
    /// Whether requests must say which conversation they are of.
    pub const fn needs_conversation(&self) -> bool {
        matches!(self.strategy, Strategy::Weighted { sticky: Some(Sticky::Conversation) })
    }

    /// The target that an endpoint of Envoy's stands for: the one of this name, else the only one at the provider of
    /// this name.
    pub fn target_at(&self, endpoint: &str) -> Option<&Target<D>> {
        let mut there = self.targets.iter().filter(|target| target.provider.name == endpoint);
        let only = there.next().filter(|_| there.next().is_none());
        self.targets.iter().find(|target| target.name == endpoint).or(only)
    }

    /// Whether some of its requests may be tried at more than one target.
    pub(crate) fn has_walks(&self) -> bool {
        !self.clusters.is_empty()
    }

    /// Whether it makes a difference how its targets are. Where a request can go to one target only, and must
    /// go somewhere, it does not.
    pub(super) fn heeds_health(&self) -> bool {
        self.targets.len() > 1 || self.when_unhealthy == WhenUnhealthy::Fail
    }
}

impl<D> Target<D> {
    /// What health is kept for: the model at the provider, by a name that clients cannot multiply.
    pub(super) fn upstream_model<'t>(&'t self, of: &'t Model<D>) -> &'t str {
        self.model.as_deref().unwrap_or(&of.name)
    }
}
