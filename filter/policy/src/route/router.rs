//! From a request to its targets.

use std::sync::Arc;

use super::ask::Ask;
use super::attempt::Attempt;
use super::busy::UnderWay;
use super::candidates::Candidates;
use super::condition::When;
use super::health;
use super::latency;
use super::measures::{Measured, Measures};
use super::models::{Model, Target};
use super::order::rank;
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
    /// What this VM knows of how soon targets answer and how busy they are.
    pub measures: &'m Measures,
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
    pub fn route<'m, 'a, D, S: Store>(
        &'m self,
        model: &'m Model<D>,
        ask: &Ask<'a, D>,
        moment: &Moment<'_, S>,
    ) -> Result<Candidates<'m, 'a, D>, Unroutable> {
        let measured = Measured::of(self, model, ask.features.stream, moment);
        let ranking = rank(self, model, ask, &measured, moment);
        Candidates::new(self, model, *ask, measured, ranking, moment).ok_or_else(|| {
            let failing = |target: &Target<D>| {
                let conditions = When::failing(target, ask, moment.now).map(ToString::to_string);
                (target.name.clone(), conditions.collect())
            };
            Unroutable::NoneFits { failing: model.targets.iter().map(failing).collect() }
        })
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
        let measured = Measured::of(self, model, stream, moment);
        let health = self.health_key(model, target).map(|key| watch(key, model, moment));
        self.begin(target, measured, health, moment)
    }

    pub(super) fn begin<D, S: Store>(
        &self,
        target: &Target<D>,
        measured: Measured,
        health: Option<health::Watch>,
        moment: &Moment<'_, S>,
    ) -> Attempt {
        let (position, now) = (target.position, moment.now);
        let (latency, under_way) = match measured {
            Measured::Nothing => (None, None),
            Measured::Latency(latencies) => (Some(latency::Watch::begin(latencies, position, now)), None),
            Measured::Busy(busy) => (None, Some(UnderWay::begin(busy, position, moment.store, now))),
        };
        Attempt { health, latency, under_way }
    }

    /// Where it is kept how a target is, if that makes a difference.
    pub(super) fn health_key<D>(&self, model: &Model<D>, target: &Target<D>) -> Option<EntryKey> {
        let key = || health::key(&self.table, &target.provider.name, target.upstream_model(model));
        model.heeds_health().then(key)
    }
}

/// Watches a request to a target, which it tries if it is due.
pub(super) fn watch<D, S: Store>(key: EntryKey, model: &Model<D>, moment: &Moment<'_, S>) -> health::Watch {
    let seen = moment.measures.seen();
    let watch = health::Watch::begin(key, model.cooling, seen.clone(), moment.store, moment.now);
    // What cannot be read is taken to be well.
    watch.unwrap_or_else(|_| health::Watch::trusting(key, model.cooling, seen.clone()))
}
