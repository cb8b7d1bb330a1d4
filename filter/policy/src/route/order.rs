//! Which of a model's targets is preferred.

use super::ask::Ask;
use super::condition::When;
use super::latency::UNKNOWN;
use super::measures::Measured;
use super::models::{Model, Target};
use super::ranking::Ranking;
use super::rendezvous::{draw, hash_of};
use super::router::{Moment, Router};
use super::strategy::{Sticky, Strategy};
use crate::limits::ASSUME_OUTPUT;
use crate::prices::Price;

/// One in so many requests is sent elsewhere than to the target that answers soonest, to see whether it still
/// does. One in so many, where there is a target of which nothing is known: a part of the former, so that most requests
/// are neither.
const EXPLORES: u64 = 4 * EXPLORES_UNKNOWN;
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
    // Most requests explore nothing, whatever is known.
    if !moment.chance.is_multiple_of(EXPLORES_UNKNOWN) {
        return;
    }
    ranking.retain(|target| When::failing(target, ask, moment.now).next().is_none());
    let sorted = ranking.sorted();
    let others = match sorted.iter().position(|(figure, _)| *figure == UNKNOWN) {
        // Where nothing is known of any, what goes to the first teaches as much.
        Some(unknown) => sorted.get_mut(unknown.max(1)..),
        None if moment.chance.is_multiple_of(EXPLORES) => sorted.get_mut(1..),
        None => None,
    }
    .unwrap_or_default();
    let number = usize::try_from(moment.chance >> 32).unwrap_or_default();
    if let Some((figure, _)) = number.checked_rem(others.len()).and_then(|which| others.get_mut(which)) {
        *figure = EXPLORED;
    }
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
