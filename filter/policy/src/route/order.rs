//! Which of a model's targets is preferred.

use super::ask::Ask;
use super::condition::When;
use super::latency::UNKNOWN;
use super::measures::Measured;
use super::models::{Model, Target};
use super::ranking::{Ranked, Ranking};
use super::rendezvous::{draw, hash_of};
use super::router::{Moment, Router};
use super::strategy::{Sticky, Strategy};
use crate::limits::ASSUME_OUTPUT;
use crate::prices::Price;
use crate::sort::sort_by_key;

/// One in so many requests is sent elsewhere than to the target that answers soonest, to see whether it still
/// does. One in so many, where there is a target of which nothing is known.
const EXPLORES: u64 = 32;
const EXPLORES_UNKNOWN: u64 = 8;
/// The figure of a target that is tried to see how it is.
pub(super) const EXPLORED: u64 = 0;

/// All targets of the model, ranked.
pub(super) fn rank<'m, D, S>(
    router: &Router,
    model: &'m Model<D>,
    ask: &Ask<'_, D>,
    measured: &Measured,
    moment: &Moment<'_, S>,
) -> Ranking<'m, D> {
    let ranking = |figure: &dyn Fn(&Target<D>) -> u64| Ranking::new(&model.targets, figure);
    if model.targets.len() < 2 {
        return ranking(&|_| 0);
    }
    match (&model.strategy, measured) {
        (Strategy::Weighted { sticky }, _) => {
            let key = sticky.as_ref().and_then(|sticky| sticky.key(model, ask)).unwrap_or(moment.chance);
            // From zero on, numbers are ordered as their bits are.
            ranking(&|target| draw(key, target.id, target.weight).abs().to_bits())
        }
        (Strategy::LowestCost { prices }, _) => ranking(&|target| {
            let known = prices.get(target.position).copied().flatten();
            let by_name = || router.prices.find(&target.provider.name, ask.model).copied();
            let cost = |price: Price| price.cost(&(ask.demand)(target).at_most(ASSUME_OUTPUT)).0;
            known.or_else(by_name).map_or(u64::MAX, cost)
        }),
        (_, Measured::Latency(latencies)) => {
            let latencies = latencies.borrow();
            let mut ranking = ranking(&|target| latencies.figure(target.position).max(1));
            explore(&mut ranking, ask, moment);
            ranking
        }
        (_, Measured::Busy(busy)) => {
            let busy = busy.borrow();
            ranking(&|target| busy.count(target.position))
        }
        (_, Measured::Nothing) => ranking(&|_| 0),
    }
}

/// Once in a while, another target than the fastest is preferred, to see how it is. It must be one that fits.
fn explore<D, S>(ranking: &mut Ranking<'_, D>, ask: &Ask<'_, D>, moment: &Moment<'_, S>) {
    let left = ranking.left();
    let mut figures = left.iter().map(|(figure, _)| *figure);
    let one_in = if figures.any(|figure| figure == UNKNOWN) { EXPLORES_UNKNOWN } else { EXPLORES };
    if !moment.chance.is_multiple_of(one_in) {
        return;
    }
    left.retain(|(_, target)| When::failing(target, ask, moment.now).next().is_none());
    sort_by_key(left, |(figure, target)| (*figure, target.position));
    if let Some((figure, _)) = explored(left, moment.chance).and_then(|which| left.get_mut(which)) {
        *figure = EXPLORED;
    }
}

/// Which of the others is tried this time, if any. They come sorted, the unknown ones last.
fn explored<D>(known: &[Ranked<'_, D>], chance: u64) -> Option<usize> {
    let unknown = known.iter().position(|(figure, _)| *figure == UNKNOWN);
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
