//! Limits: reserve, then settle.
//!
//! Before a request goes out, what it may cost at most is taken from every limit; when it has
//! ended, that is corrected to what it did cost. In between, other requests see the reservation,
//! so that many at once cannot pass a limit together.
//!
//! A [`Limit`] is whom it is for (`matching`), what it counts apart (`dimension`) and what it counts
//! (`measure`). Tokens, requests and money are amounts that come back: continuously (`rate`) or with
//! the calendar (`calendar`); `budget` is either. Slots come back with their requests (`slots`), or,
//! if their VM dies, with their leases (`leases`); `tally` counts some that nobody is refused. A request makes one `Claim` on each limit, and a
//! [`Reservation`] is what it then has `held`. Where the state of limits lives, and which of them are taken at once,
//! is in `place`. What settled requests teach about the estimates of
//! the next is in `correction`, and what of it was read a moment ago is `remembered`.

mod budget;
mod calendar;
mod consumption;
mod correction;
mod dimension;
mod held;
mod leases;
mod limit;
mod matching;
mod measure;
mod place;
mod rate;
mod refusal;
mod remembered;
mod reservation;
mod slots;
mod standing;
mod subject;
mod tally;

use std::sync::Arc;
use std::time::Duration;

pub(crate) use budget::Budget;
pub(crate) use calendar::{Calendar, CalendarWindow};
pub(crate) use consumption::ASSUME_OUTPUT;
pub(crate) use consumption::PerKind;
pub use consumption::{Consumption, Demand, Used};
pub use correction::Correction;
use correction::Lesson;
pub use dimension::Dimension;
use held::{Claim, Held};
pub use leases::Leases;
pub use limit::Limit;
pub(crate) use matching::Match;
pub use measure::Amount;
use measure::Rounding;
pub(crate) use measure::{Measure, Unpriced, Weights};
use place::{Placed, Places};
pub(crate) use rate::Rate;
pub use refusal::Refusal;
use remembered::Remembered;
use reservation::Obstacle;
pub use reservation::Reservation;
pub use standing::{Standing, Standings};
pub use subject::{Attributes, Subject};
pub(crate) use tally::Tally;

use crate::prices::Prices;
use crate::table::{BucketKey, Store, Table};
use crate::units::Timestamp;

/// Attempts to reserve before a request is refused. Each lost one means that another worker won,
/// so this is far beyond what the workers of one machine can do to each other.
const RESERVE_ATTEMPTS: u32 = 64;
/// Attempts to settle. Giving up here would lose tokens, so it hardly ever does.
const SETTLE_ATTEMPTS: u32 = 4096;

/// What becomes of a request for which the table has no place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WhenFull {
    /// It is let through; the limit does not count it.
    Allow,
    /// It is refused.
    #[default]
    Refuse,
}

/// The limits of a configuration on the table that keeps their state.
#[derive(Debug, Clone)]
pub struct Limits {
    limits: Vec<Placed>,
    prices: Arc<Prices>,
    when_full: WhenFull,
    table: Table,
    remembered: Remembered,
}

impl Limits {
    /// These limits, their state in this table.
    ///
    /// A limit that keeps its name, what it counts, what it counts apart and the time in which all of it comes back keeps
    /// its state, also when its amount changes: the same share of it is used. Beyond eight limits that count the same
    /// apart, not where the next eight begin.
    pub fn new(limits: &[Arc<Limit>], prices: Arc<Prices>, when_full: WhenFull, table: Table) -> Self {
        Self { limits: Placed::all(limits, &table), prices, when_full, table, remembered: Remembered::default() }
    }

    /// What tokens cost.
    pub const fn prices(&self) -> &Arc<Prices> {
        &self.prices
    }

    /// Takes what the request may cost from every limit that matches, or from none.
    ///
    /// Limits that count the same thing apart are taken at once. Where there are others, they are taken one after
    /// the other, and what was taken is given back at the first refusal: for microseconds others may be refused too
    /// early, never is too much let through.
    ///
    /// # Errors
    /// - [`Refusal::TooLarge`] if a limit could never allow it; nothing was taken.
    /// - [`Refusal::Exhausted`] names the limit with the longest wait, so that its `retry_after`
    ///   is true for all of them.
    /// - [`Refusal::Unavailable`] if shared state failed: whether to let the request through is
    ///   the caller's decision.
    pub fn reserve(
        &self,
        store: &impl Store,
        leases: &Leases,
        subject: &Subject<'_>,
        demand: &Demand,
        now: Timestamp,
    ) -> Result<Reservation, Refusal> {
        let mut matching = Vec::with_capacity(self.limits.len());
        matching.extend(self.limits.iter().filter(|it| it.limit.matching().holds(subject)));
        let mut reservation = Reservation::default();
        let mut demand = *demand;
        if matching.iter().any(|it| it.limit.measure().is_estimated()) {
            reservation.price = self.prices.find(subject.provider, subject.target_model).copied();
            if demand.input.0 > 0 {
                let model = [subject.provider, subject.target_model];
                let (key, known) = self.remembered.of(model, &self.table, store, now);
                let lesson = Lesson::begin(key, demand.input, known);
                reservation.lesson = demand.media.is_none().then_some(lesson);
                demand.input = lesson.correction().apply(demand.input);
            }
        }
        reservation.expected = demand.at_most(ASSUME_OUTPUT).total();
        let claims = self.claims(&matching, subject, &demand, &mut reservation)?;
        reservation.held.reserve_exact(claims.len());
        for (bucket, together) in by_bucket(&claims, |claim| claim.key.bucket()) {
            let taken = reservation.claim(bucket, together, store, leases, self.when_full, now);
            let Err((claim, obstacle)) = taken else { continue };
            // A failure here lets what was taken wait for the window instead of coming back now.
            let _ = reservation.settle(store, Used::Nothing, now);
            return Err(match obstacle {
                Obstacle::Wait(wait) => exhausted(&claims, claim, wait, store, now),
                Obstacle::Failed(error) => Refusal::Unavailable { limit: claim.limit.name().clone(), error },
            });
        }
        Ok(reservation)
    }

    /// What each limit would have to give. Those that would never give it refuse now.
    fn claims<'l>(
        &self,
        matching: &[&'l Placed],
        subject: &'l Subject<'l>,
        demand: &Demand,
        reservation: &mut Reservation,
    ) -> Result<Vec<Claim<'l>>, Refusal> {
        let mut claims = Vec::with_capacity(matching.len());
        let mut places = Places::new(subject);
        for &placed in matching {
            let limit = &placed.limit;
            let measure = limit.measure();
            let Some(units) = measure.at_most(demand, reservation.price.as_ref()) else {
                // It counts nothing, unless a target with a price is the one that serves it.
                reservation.held.push(Held::nothing(limit, places.key(placed)));
                continue;
            };
            if measure.budget().is_none_or(|budget| units <= budget.capacity()) {
                claims.push(Claim { limit, key: places.key(placed), units });
            } else if limit.enforce() {
                let requested = measure.amount(units, Rounding::Up);
                return Err(Refusal::TooLarge { limit: limit.name().clone(), requested, capacity: limit.capacity() });
            } else {
                reservation.would_refuse.push(limit.name().clone());
            }
        }
        Ok(claims)
    }

    /// What settled requests have taught about the estimates for this model at this provider.
    /// [`Limits::reserve`] applies it by itself.
    pub fn correction(&self, store: &impl Store, provider: &str, target_model: &str, now: Timestamp) -> Correction {
        correction::read(correction::key(&self.table, provider, target_model), store, now)
    }
}

/// What lives in one bucket, for each bucket, in order. There are few enough that looking for them costs less than
/// sorting would.
fn by_bucket<T>(
    all: &[T],
    bucket: impl Fn(&T) -> BucketKey + Copy,
) -> impl Iterator<Item = (BucketKey, impl Iterator<Item = &T> + Clone)> {
    let buckets = all.iter().enumerate().map(move |(index, item)| (index, bucket(item)));
    let firsts = buckets.filter(move |(index, its)| !all.iter().take(*index).any(|item| bucket(item) == *its));
    firsts.map(move |(index, its)| (its, all.iter().skip(index).filter(move |item| bucket(item) == its)))
}

/// A claim must wait so long. Others may have to wait for longer, and how all stand is told as well.
fn exhausted(claims: &[Claim<'_>], refused: &Claim<'_>, wait: Duration, store: &impl Store, now: Timestamp) -> Refusal {
    let mut longest = (wait, refused.limit.name());
    let mut standings = Box::<Standings>::default();
    for claim in claims {
        let (level, wait) = claim.look(store, now);
        standings.add(claim.limit, level, now);
        // By now, the one that refused may look better than it did.
        if let Some(wait) = wait.filter(|wait| claim.limit.enforce() && *wait > longest.0) {
            longest = (wait, claim.limit.name());
        }
    }
    let (retry_after, limit) = longest;
    Refusal::Exhausted { limit: limit.clone(), retry_after, standings }
}
