//! Token limits: reserve, then settle.
//!
//! Before a request goes out, what it may cost at most is taken from every limit; when it has
//! ended, that is corrected to what it did cost. In between, other requests see the reservation,
//! so that many at once cannot pass a limit together.

mod limit;
mod rate;
mod refusal;
mod reservation;
mod standing;

use std::sync::Arc;

pub use limit::{Demand, Dimension, Limit, Subject};
use refusal::Exhausted;
pub use refusal::Refusal;
use reservation::Held;
pub use reservation::{Reservation, Settled, Used};
pub use standing::Standing;

use crate::table::{Store, Table};
use crate::units::Timestamp;

/// The limits of a configuration on the table that keeps their state.
#[derive(Debug, Clone)]
pub struct Limits {
    limits: Vec<Arc<Limit>>,
    table: Table,
}

impl Limits {
    /// These limits, their state in this table.
    ///
    /// A limit that keeps its name keeps its state, also when its amount or window changes.
    pub fn new(limits: &[Arc<Limit>], table: Table) -> Self {
        Self { limits: limits.to_vec(), table }
    }

    /// Takes what the request may cost from every limit, or from none.
    ///
    /// The limits are taken one after the other, and what was taken is given back at the first
    /// refusal: for microseconds others may be refused too early, never is too much let through.
    ///
    /// # Errors
    /// - [`Refusal::TooLarge`] if a limit could never allow it; nothing was read or written.
    /// - [`Refusal::Exhausted`] names the limit with the longest wait, so that its `retry_after`
    ///   is true for all of them.
    /// - [`Refusal::Unavailable`] if shared state failed: whether to let the request through is
    ///   the caller's decision.
    pub fn reserve(
        &self,
        store: &impl Store,
        subject: &Subject<'_>,
        demand: &Demand,
        now: Timestamp,
    ) -> Result<Reservation, Refusal> {
        if let Some(limit) = self.limits.iter().find(|limit| demand.cost(limit) > limit.capacity()) {
            return Err(Refusal::TooLarge {
                limit: limit.name().clone(),
                requested: demand.cost(limit),
                capacity: limit.capacity(),
            });
        }
        let mut reservation = Reservation::with_capacity(self.limits.len());
        let mut limits = self.limits.iter();
        while let Some(limit) = limits.next() {
            let key = limit.key(&self.table, subject);
            match Held::take(limit, key, demand.cost(limit), store, now) {
                Ok(taken) => reservation.add(taken),
                Err(refusal) => {
                    // A failure here lets tokens wait for the window instead of coming back now.
                    let _ = reservation.settle(store, Used::Nothing, now);
                    let later = limits.filter_map(|limit| {
                        let key = limit.key(&self.table, subject);
                        Exhausted::peek(limit, key, demand.cost(limit), store, now)
                    });
                    return Err(refusal.or_longer(later));
                }
            }
        }
        Ok(reservation)
    }
}
