//! Which of the targets that fit is preferred.

use super::ask::Ask;
use super::latency::{self, Estimate};
use super::models::{Model, Target};
use super::rendezvous::{draw, hash_of};
use super::router::{Moment, Router};
use super::strategy::{Sticky, Strategy};
use crate::limits::{ASSUME_OUTPUT, live_slots};
use crate::prices::Price;
use crate::sort::sort_by_key;
use crate::table::{Group, Snapshot, Store};

/// What a request without a cap on its output is taken to put out when prices are compared.
/// One in so many requests is sent elsewhere than to the target that answers soonest, to see whether it still
/// does. One in so many, where there is a target of which nothing is known.
const EXPLORES: u64 = 32;
const EXPLORES_UNKNOWN: u64 = 8;
/// So many targets of a model are read at once. A bucket has twice as many places.
const GROUPED: usize = 16;

/// Puts targets, which come in the configuration's order, into the order of preference.
pub(super) fn order<D, S: Store>(
    router: &Router,
    model: &Model<D>,
    targets: &mut [&Target<D>],
    ask: &Ask<'_, D>,
    moment: &Moment<'_, S>,
) {
    if targets.len() < 2 {
        return;
    }
    match &model.strategy {
        Strategy::First => {}
        Strategy::Weighted { sticky } => {
            let key = sticky.as_ref().and_then(|sticky| sticky.key(model, ask)).unwrap_or(moment.chance);
            // From zero on, numbers are ordered as their bits are.
            sort_by_key(targets, |target| draw(key, target.id, target.weight).abs().to_bits());
        }
        Strategy::LowestCost { prices } => {
            sort_by_key(targets, |target| {
                let known = prices.get(target.position).copied().flatten();
                let by_name = || router.prices.find(&target.provider.name, ask.model).copied();
                let cost = |price: Price| price.cost(&(ask.demand)(target).at_most(ASSUME_OUTPUT)).0;
                known.or_else(by_name).map_or(u64::MAX, cost)
            });
        }
        Strategy::LowestLatency => by_latency(router, model, targets, ask, moment),
        Strategy::LeastBusy => {
            let mut read = Reader::new(|position| busy_group(router, model, position));
            sort_by_key(targets, |target| {
                let entry = read.snapshot(target, moment).and_then(|read| read.member(target.id));
                u64::from(live_slots(entry, moment.now))
            });
        }
    }
}

/// Where the requests under way to a target are counted.
pub(super) fn busy_group<D>(router: &Router, model: &Model<D>, position: usize) -> Group {
    group(router, "busy", model, position, "")
}

/// Where a target's latency is kept.
pub(super) fn latency_group<D>(router: &Router, model: &Model<D>, position: usize, stream: bool) -> Group {
    group(router, "latency", model, position, if stream { "stream" } else { "whole" })
}

fn group<D>(router: &Router, kind: &str, model: &Model<D>, position: usize, part: &str) -> Group {
    let number = (position / GROUPED).to_le_bytes();
    let parts = [kind.as_bytes(), model.name.as_bytes(), part.as_bytes(), number.as_slice()];
    router.table.group(parts.map(Some))
}

fn by_latency<D, S: Store>(
    router: &Router,
    model: &Model<D>,
    targets: &mut [&Target<D>],
    ask: &Ask<'_, D>,
    moment: &Moment<'_, S>,
) {
    let stream = ask.features.stream;
    let mut read = Reader::new(|position| latency_group(router, model, position, stream));
    let mut known: Vec<(Option<u64>, &Target<D>)> = Vec::with_capacity(targets.len());
    let mut seen: Vec<Option<Estimate>> = Vec::with_capacity(targets.len());
    for target in targets.iter() {
        let entry = read.snapshot(target, moment).and_then(|read| read.member(target.id));
        let estimate = entry.map(Estimate::of);
        seen.push(estimate);
        known.push((estimate.map(|estimate| estimate.nanos), target));
    }
    // A target that hangs is left when it has been silent for longer than the next best takes.
    for _ in 0..targets.len() {
        let Some(best) = fastest(&known) else { break };
        let Some(&(Some(nanos), target)) = known.get(best) else { break };
        let key = latency_group(router, model, target.position, stream).member(target.id);
        let silence = latency::silence(moment.waits, &key, seen.get(best).copied().flatten(), moment.now);
        if silence <= nanos {
            break;
        }
        if let Some(slot) = known.get_mut(best) {
            slot.0 = Some(silence);
        }
        if fastest(&known) == Some(best) {
            break;
        }
        // Should this fail, other workers find out by themselves.
        let _ = latency::tell_silence(key, silence, moment.store, moment.now);
    }
    sort_by_key(&mut known, |(nanos, _)| nanos.unwrap_or(u64::MAX));
    for (place, (_, target)) in targets.iter_mut().zip(&known) {
        *place = target;
    }
    if let Some(explored) = explored(&known, moment.chance)
        && let Some(beginning) = targets.get_mut(..=explored)
    {
        beginning.rotate_right(1);
    }
}

/// The position of the one that begins to answer soonest, of those of which that is known.
fn fastest<D>(known: &[(Option<u64>, &Target<D>)]) -> Option<usize> {
    let nanos = known.iter().enumerate().filter_map(|(index, (nanos, _))| Some(((*nanos)?, index)));
    nanos.min().map(|(_, index)| index)
}

/// Which of the others is tried this time, if any. They come sorted, the unknown ones last.
fn explored<D>(known: &[(Option<u64>, &Target<D>)], chance: u64) -> Option<usize> {
    let unknown = known.iter().position(|(nanos, _)| nanos.is_none());
    let (from, one_in) = match unknown {
        // Nothing is known of any: what goes to the first teaches as much.
        Some(0) => (1, EXPLORES_UNKNOWN),
        Some(first) => (first, EXPLORES_UNKNOWN),
        None => (1, EXPLORES),
    };
    let others = u64::try_from(known.len().checked_sub(from)?).ok()?;
    if others == 0 || !chance.is_multiple_of(one_in) {
        return None;
    }
    let which = usize::try_from((chance >> 32).checked_rem(others)?).ok()?;
    from.checked_add(which)
}

impl Sticky {
    /// What decides for this request, if it has it. The model is part of it: who has the canary of one model
    /// is not bound to have that of all.
    fn key<D>(&self, model: &Model<D>, ask: &Ask<'_, D>) -> Option<u64> {
        let key = |value: &[u8]| (!value.is_empty()).then(|| hash_of([model.name.as_bytes(), value]));
        match self {
            Self::Header(name) => key(&ask.attributes.header(name)?),
            Self::Consumer => key(ask.consumer?.as_bytes()),
            Self::JwtClaim(name) => key(&ask.attributes.jwt_claim(name)?),
            Self::Conversation => key(ask.conversation?),
        }
    }
}

/// Reads each group once, however many of its targets are asked for. They come in order.
struct Reader<F> {
    group: F,
    last: Option<(usize, Option<Snapshot>)>,
}

impl<F: Fn(usize) -> Group> Reader<F> {
    const fn new(group: F) -> Self {
        Self { group, last: None }
    }

    /// `None` if it cannot be read: then nothing is known of these targets.
    fn snapshot<D, S: Store>(&mut self, target: &Target<D>, moment: &Moment<'_, S>) -> Option<&Snapshot> {
        let number = target.position / GROUPED;
        if self.last.as_ref().is_none_or(|(last, _)| *last != number) {
            let read = (self.group)(target.position).read(moment.store, moment.now).ok();
            self.last = Some((number, read));
        }
        self.last.as_ref().and_then(|(_, read)| read.as_ref())
    }
}
