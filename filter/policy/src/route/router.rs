//! From a request to its targets.

use std::sync::Arc;

use super::ask::Ask;
use super::attempt::Attempt;
use super::candidates::Candidates;
use super::condition::When;
use super::health;
use super::latency::{self, Waits};
use super::models::{Model, Target};
use super::order::{busy_group, latency_group, order};
use super::strategy::Strategy;
use super::unroutable::Unroutable;
use crate::limits::Leases;
use crate::prices::Prices;
use crate::table::{EntryKey, Store, Table};
use crate::units::Timestamp;

/// Picks among the targets of models, by what all workers know of them.
#[derive(Debug, Clone)]
pub struct Router {
    pub(super) table: Table,
    pub(super) prices: Arc<Prices>,
}

/// What a decision is made with.
#[derive(Debug)]
pub struct Moment<'m, S> {
    /// What workers share.
    pub store: &'m S,
    /// The requests of this VM that are under way.
    pub leases: &'m Leases,
    /// The requests of this VM that wait for an answer to begin.
    pub waits: &'m Waits,
    /// The time.
    pub now: Timestamp,
    /// A random number, new for every request.
    pub chance: u64,
}

impl Router {
    pub(crate) const fn new(table: Table, prices: Arc<Prices>) -> Self {
        Self { table, prices }
    }

    /// The targets that the request can go to, the preferred one first.
    ///
    /// # Errors
    /// [`Unroutable::NoneFits`] if the conditions leave no target.
    pub fn route<'m, D, S: Store>(
        &self,
        model: &'m Model<D>,
        ask: &Ask<'_, D>,
        moment: &Moment<'_, S>,
    ) -> Result<Candidates<'m, D>, Unroutable> {
        let fits = |target: &&Target<D>| When::failing(target, ask, moment.now).next().is_none();
        let mut targets: Vec<&Target<D>> = model.targets.iter().filter(fits).collect();
        if targets.is_empty() {
            let failing = |target: &Target<D>| {
                let conditions = When::failing(target, ask, moment.now).map(ToString::to_string);
                (target.name.clone(), conditions.collect())
            };
            return Err(Unroutable::NoneFits { failing: model.targets.iter().map(failing).collect() });
        }
        order(self, model, &mut targets, ask, moment);
        Ok(Candidates::new(self.clone(), model, targets, ask.features.stream))
    }

    /// The targets that get a copy of the request.
    pub fn shadows<'m, D>(&self, model: &'m Model<D>, ask: &Ask<'_, D>, now: Timestamp) -> Vec<&'m Target<D>> {
        model.shadows.iter().filter(|target| When::failing(target, ask, now).next().is_none()).collect()
    }

    /// An attempt at a target that something else than [`Router::route`] has picked, as Envoy's retry policy
    /// does on a cluster of several targets. Its outcome counts like any other.
    pub fn attempt<D, S: Store>(
        &self,
        model: &Model<D>,
        target: &Target<D>,
        stream: bool,
        moment: &Moment<'_, S>,
    ) -> Attempt {
        self.begin(model, target, stream, self.watch(model, target, moment), moment)
    }

    pub(super) fn begin<D, S: Store>(
        &self,
        model: &Model<D>,
        target: &Target<D>,
        stream: bool,
        health: Option<health::Watch>,
        moment: &Moment<'_, S>,
    ) -> Attempt {
        let latency = matches!(model.strategy, Strategy::LowestLatency).then(|| {
            let key = latency_group(self, model, target.position, stream).member(target.id);
            latency::Watch::begin(moment.waits, key, moment.now)
        });
        let slot = matches!(model.strategy, Strategy::LeastBusy).then(|| {
            let key = busy_group(self, model, target.position).member(target.id);
            moment.leases.take(moment.store, key, u16::MAX, moment.now).ok()?.outcome
        });
        Attempt { health, latency, slot: slot.flatten() }
    }

    /// Watches a request to a target of which nothing bad is known.
    pub(super) fn trust<D>(&self, model: &Model<D>, target: &Target<D>) -> Option<health::Watch> {
        model.heeds_health().then(|| health::Watch::trusting(self.health_key(model, target), model.cooling))
    }

    /// Watches a request to a target, which it tries if it is due.
    pub(super) fn watch<D, S: Store>(
        &self,
        model: &Model<D>,
        target: &Target<D>,
        moment: &Moment<'_, S>,
    ) -> Option<health::Watch> {
        model.heeds_health().then(|| {
            let key = self.health_key(model, target);
            let watch = health::Watch::begin(key, model.cooling, moment.store, moment.now);
            // What cannot be read is taken to be well.
            watch.unwrap_or_else(|_| health::Watch::trusting(key, model.cooling))
        })
    }

    pub(super) fn health_key<D>(&self, model: &Model<D>, target: &Target<D>) -> EntryKey {
        health::key(&self.table, &target.provider.name, target.upstream_model(model))
    }
}
