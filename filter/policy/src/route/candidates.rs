//! The targets that a request can go to, one after the other.

use std::time::Duration;

use super::ask::Ask;
use super::attempt::Attempt;
use super::condition::When;
use super::health::{self, Phase};
use super::latency::UNKNOWN;
use super::measures::Measured;
use super::models::{Model, Target};
use super::order::EXPLORED;
use super::ranking::Ranking;
use super::router::{Moment, Router, watch};
use super::strategy::WhenUnhealthy;
use super::unroutable::Unroutable;
use super::walk::{Walk, walk};
use crate::sort::sort_by_key;
use crate::table::{EntryKey, Store};
use crate::units::{SECOND, Timestamp};

/// When to ask again about a target that is just being tried.
const PROBE_TAKES: u64 = SECOND;

/// The targets that a request can go to: first those that are well, in order of preference, and then, unless
/// the model refuses that, those that are not, the least bad first.
///
/// ```text
/// while let Some(target) = candidates.next(&moment) {
///     prepare the request for the target; if the target cannot carry it, go on to the next
///     if let Some(attempt) = candidates.take(target, &moment) { send it }
/// }
/// ```
pub struct Candidates<'m, 'a, D> {
    router: &'m Router,
    model: &'m Model<D>,
    ask: Ask<'a, D>,
    began: Timestamp,
    measured: Measured,
    /// Not yet looked at.
    ranking: Ranking<'m, D>,
    /// The next one, which fits.
    next: Option<&'m Target<D>>,
    /// Not well: whether it said so itself, until when, and which.
    unwell: Vec<(bool, Timestamp, &'m Target<D>)>,
    /// Of the one that was named last: where its health is kept, if that makes a difference, and whether it was open.
    named: (Option<EntryKey>, bool),
    /// Those that are not well, the least bad last, when only they are left.
    at_last: Option<Vec<&'m Target<D>>>,
}

impl<'m, 'a, D> Candidates<'m, 'a, D> {
    /// `None` if no target fits.
    pub(super) fn new<S: Store>(
        router: &'m Router,
        model: &'m Model<D>,
        ask: Ask<'a, D>,
        measured: Measured,
        ranking: Ranking<'m, D>,
        moment: &Moment<'_, S>,
    ) -> Option<Self> {
        let (began, next, unwell, named, at_last) = (moment.now, None, Vec::new(), (None, false), None);
        let mut candidates = Self { router, model, ask, began, measured, ranking, next, unwell, named, at_last };
        candidates.next = candidates.preferred(moment);
        candidates.next.is_some().then_some(candidates)
    }

    /// The next one to try. Looks at how a target is when its turn comes, and so mostly at one.
    pub fn next<S: Store>(&mut self, moment: &Moment<'_, S>) -> Option<&'m Target<D>> {
        if let Some(unwell) = &mut self.at_last {
            let target = unwell.pop()?;
            self.named = (self.router.health_key(self.model, target), false);
            return Some(target);
        }
        while let Some(target) = self.next.take().or_else(|| self.preferred(moment)) {
            let Some(key) = self.router.health_key(self.model, target) else {
                self.named = (None, false);
                return Some(target);
            };
            let phase = moment.measures.seen().phase(key, moment.store, moment.now);
            self.named = (Some(key), phase == Phase::Open);
            match phase {
                Phase::Open | Phase::Due => return Some(target),
                Phase::Cooling { until, said } => self.unwell.push((said, until, target)),
                Phase::Probing => self.unwell.push((false, moment.now.plus(PROBE_TAKES), target)),
            }
        }
        if self.model.when_unhealthy == WhenUnhealthy::Fail {
            return None;
        }
        // Stable: where two are alike, the preferred one goes first.
        sort_by_key(&mut self.unwell, |(said, until, _)| (*said, *until));
        self.at_last = Some(self.unwell.drain(..).rev().map(|(_, _, target)| target).collect());
        self.next(moment)
    }

    /// The preferred one of those that have not been looked at and fit.
    fn preferred<S: Store>(&mut self, moment: &Moment<'_, S>) -> Option<&'m Target<D>> {
        loop {
            let (figure, target) = self.ranking.take()?;
            if !self.fits(target) {
                continue;
            }
            let silence = match &self.measured {
                Measured::Latency(latencies) if figure != EXPLORED && figure != UNKNOWN => {
                    latencies.borrow().silence(target.position, moment.now)
                }
                _ => 0,
            };
            if silence <= figure || !self.ranking.has_better_than((silence, target.position)) {
                return Some(target);
            }
            // A target that hangs is left when it has been silent for longer than the next best takes.
            self.ranking.put((silence, target.position));
            if let Measured::Latency(latencies) = &self.measured {
                // Should this fail, other workers find out by themselves.
                let _ = latencies.borrow_mut().tell_silence(target.position, silence, moment.store, moment.now);
            }
        }
    }

    fn fits(&self, target: &Target<D>) -> bool {
        When::failing(target, &self.ask, self.began).next().is_none()
    }

    /// Sends the request to this target, which [`Candidates::next`] named last. `None`: it must not go there,
    /// because another request has just been sent there to try it; go on to the next.
    pub fn take<S: Store>(&mut self, target: &'m Target<D>, moment: &Moment<'_, S>) -> Option<Attempt> {
        // That it was open a moment ago is good enough: it costs another look to know better.
        let health = match self.named {
            (None, _) => None,
            (Some(key), true) => Some(health::Watch::trusting(key, self.model.cooling, moment.measures.seen().clone())),
            (Some(key), false) => Some(watch(key, self.model, moment)),
        };
        let attempt = self.router.begin(target, self.measured.clone(), health, moment);
        if attempt.is_last_resort() && self.at_last.is_none() {
            self.unwell.push((false, moment.now.plus(PROBE_TAKES), target));
            // Whatever it held is given back; a failure leaves that to the leases.
            let _ = attempt.end(moment.store, moment.now);
            return None;
        }
        Some(attempt)
    }

    /// The cluster on which Envoy tries this target first, and then others; `None` where there is none: then it is
    /// the provider's. Where several begin with it, others are asked for that are well, and whether the next `carries` the
    /// request.
    pub fn walk<S: Store>(
        &self,
        first: &Target<D>,
        carries: &dyn Fn(&Target<D>) -> bool,
        moment: &Moment<'_, S>,
    ) -> Option<Walk<'m>> {
        if !self.model.has_walks() {
            return None;
        }
        let targets = &self.model.targets;
        let fits: Vec<_> = targets.iter().filter(|it| self.fits(it)).map(|it| it.position).collect();
        let is_well = |at| targets.get(at).is_some_and(|it| self.is_well(it, moment));
        let carries = |at| targets.get(at).is_some_and(carries);
        let cluster = walk(&self.model.clusters, first.position, &fits, is_well, carries)?;
        Some(Walk { cluster, fits })
    }

    fn is_well<S: Store>(&self, target: &Target<D>, moment: &Moment<'_, S>) -> bool {
        let key = self.router.health_key(self.model, target);
        key.is_none_or(|key| moment.measures.seen().phase(key, moment.store, moment.now) == Phase::Open)
    }

    /// Why there are no more: [`Unroutable::NoneHealthy`] if some were passed over because they are not well.
    pub fn unhealthy(&self, now: Timestamp) -> Option<Unroutable> {
        let soonest = self.unwell.iter().map(|(_, until, _)| *until).min()?;
        Some(Unroutable::NoneHealthy { retry_after: Duration::from_nanos(soonest.nanos_since(now)) })
    }
}
