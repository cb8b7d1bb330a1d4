//! The targets that a request can go to, one after the other.

use std::time::Duration;

use super::attempt::Attempt;
use super::health::{Phase, phase_of};
use super::models::{Model, Target};
use super::router::{Moment, Router};
use super::strategy::WhenUnhealthy;
use super::unroutable::Unroutable;
use super::walk::{Walk, walk};
use crate::sort::sort_by_key;
use crate::table::Store;
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
#[derive(Debug)]
pub struct Candidates<'m, D> {
    router: Router,
    model: &'m Model<D>,
    stream: bool,
    /// The positions of all, where that makes a difference.
    fits: Vec<usize>,
    /// Not yet looked at, the preferred one last.
    waiting: Vec<&'m Target<D>>,
    /// Not well: whether it said so itself, until when, and which.
    unwell: Vec<(bool, Timestamp, &'m Target<D>)>,
    /// The one that was named last was open.
    is_open: bool,
    /// Only those that are not well are left.
    at_last: bool,
}

impl<'m, D> Candidates<'m, D> {
    pub(super) fn new(router: Router, model: &'m Model<D>, mut targets: Vec<&'m Target<D>>, stream: bool) -> Self {
        let fits = if model.has_walks() { targets.iter().map(|target| target.position).collect() } else { Vec::new() };
        targets.reverse();
        Self { router, model, stream, fits, waiting: targets, unwell: Vec::new(), is_open: false, at_last: false }
    }

    /// The next one to try. Looks at how a target is when its turn comes, and so mostly at one.
    pub fn next<S: Store>(&mut self, moment: &Moment<'_, S>) -> Option<&'m Target<D>> {
        while let Some(target) = self.waiting.pop() {
            self.is_open = false;
            if self.at_last || !self.model.heeds_health() {
                return Some(target);
            }
            let entry = self.router.health_key(self.model, target).read(moment.store, moment.now);
            // What cannot be read is taken to be well.
            match phase_of(entry.ok().flatten(), moment.now) {
                Phase::Open => {
                    self.is_open = true;
                    return Some(target);
                }
                Phase::Due => return Some(target),
                Phase::Cooling { until, said } => self.unwell.push((said, until, target)),
                Phase::Probing => self.unwell.push((false, moment.now.plus(PROBE_TAKES), target)),
            }
        }
        if self.at_last || self.model.when_unhealthy == WhenUnhealthy::Fail {
            return None;
        }
        self.at_last = true;
        // Stable: where two are alike, the preferred one goes first.
        sort_by_key(&mut self.unwell, |(said, until, _)| (*said, *until));
        self.waiting = self.unwell.drain(..).rev().map(|(_, _, target)| target).collect();
        self.waiting.pop()
    }

    /// Sends the request to this target, which [`Candidates::next`] named last. `None`: it must not go there,
    /// because another request has just been sent there to try it; go on to the next.
    pub fn take<S: Store>(&mut self, target: &'m Target<D>, moment: &Moment<'_, S>) -> Option<Attempt> {
        // That it was open a moment ago is good enough: it costs another look to know better.
        let health = match self.is_open {
            true => self.router.trust(self.model, target),
            false => self.router.watch(self.model, target, moment),
        };
        let attempt = self.router.begin(self.model, target, self.stream, health, moment);
        if attempt.is_last_resort() && !self.at_last {
            self.unwell.push((false, moment.now.plus(PROBE_TAKES), target));
            // Whatever it held is given back; a failure leaves that to the leases.
            let _ = attempt.end(moment.store, moment.now);
            return None;
        }
        Some(attempt)
    }

    /// The cluster on which Envoy tries this target first, and then others; `None` where there is none: then it is
    /// the provider's.
    pub fn walk(&self, first: &Target<D>) -> Option<Walk<'m>> {
        let cluster = walk(&self.model.clusters, first.position, &self.fits)?;
        Some(Walk { cluster, fits: self.fits.clone() })
    }

    /// Why there are no more: [`Unroutable::NoneHealthy`] if some were passed over because they are not well.
    pub fn unhealthy(&self, now: Timestamp) -> Option<Unroutable> {
        let soonest = self.unwell.iter().map(|(_, until, _)| *until).min()?;
        Some(Unroutable::NoneHealthy { retry_after: Duration::from_nanos(soonest.nanos_since(now)) })
    }
}
