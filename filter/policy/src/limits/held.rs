//! What is held of one limit.

use std::sync::Arc;
use std::time::Duration;

use super::leases::{Leases, Slot};
use super::limit::Limit;
use super::measure::Measure;
use super::slots::Slots;
use super::{RESERVE_ATTEMPTS, SETTLE_ATTEMPTS, Used};
use crate::prices::Price;
use crate::table::{Entry, EntryKey, Store, TableError, Updated};
use crate::units::Timestamp;

/// What is held of one limit until the request ends.
#[derive(Debug)]
pub(super) enum Held {
    /// Part of its budget.
    Units {
        limit: Arc<Limit>,
        key: EntryKey,
        units: u64,
        /// In which busy time or window of the calendar it was taken.
        period: u64,
    },
    /// One of its slots.
    Slot(Slot),
}

/// What one limit would have to give.
#[derive(Debug)]
pub(super) struct Claim<'l> {
    pub(super) limit: &'l Arc<Limit>,
    pub(super) key: EntryKey,
    pub(super) units: u64,
}

/// What came of a claim: what is held now and how that leaves the limit, or the time after which it could be.
pub(super) type Answer = Result<(Held, Option<Entry>), Duration>;

/// A guess: nobody knows when a request ends.
const WAIT_FOR_SLOT: Duration = Duration::from_secs(1);

impl Claim<'_> {
    /// Takes all of it or nothing.
    pub(super) fn take(
        &self,
        store: &impl Store,
        leases: &Leases,
        now: Timestamp,
    ) -> Result<Updated<Answer>, TableError> {
        let budget = match self.limit.measure() {
            Measure::Concurrent { slots } => {
                let Updated { outcome, retries } = leases.take(store, self.key, slots.get(), now)?;
                let outcome = outcome.map(|slot| (Held::Slot(slot), None)).ok_or(WAIT_FOR_SLOT);
                return Ok(Updated { outcome, retries });
            }
            Measure::Tokens { budget, .. } | Measure::Requests { budget } | Measure::Usd { budget, .. } => budget,
        };
        let take = |level| match budget.reserve(level, self.units, now) {
            Ok(taken) => (Some(taken.entry), Ok(taken)),
            Err(wait) => (None, Err(wait)),
        };
        let Updated { outcome, retries } = self.key.update(store, RESERVE_ATTEMPTS, now, take)?;
        let held = |period| Held::Units { limit: self.limit.clone(), key: self.key, units: self.units, period };
        let outcome = outcome.map(|taken| (held(taken.period), Some(taken.entry))).map_err(Duration::from_nanos);
        Ok(Updated { outcome, retries })
    }

    /// How the limit stands, and how long the claim would have to wait, if at all. A limit that cannot be
    /// read is not in the way.
    pub(super) fn look(&self, store: &impl Store, now: Timestamp) -> (Option<Entry>, Option<Duration>) {
        let Ok(level) = self.key.read(store, now) else { return (None, None) };
        let wait = match self.limit.measure() {
            Measure::Concurrent { slots } => (Slots::at(level, now).live() >= slots.get()).then_some(WAIT_FOR_SLOT),
            Measure::Tokens { budget, .. } | Measure::Requests { budget } | Measure::Usd { budget, .. } => {
                budget.reserve(level, self.units, now).err().map(Duration::from_nanos)
            }
        };
        (level, wait)
    }
}

impl Held {
    /// Corrects what was taken to what was used. A slot comes back whatever was used.
    pub(super) fn settle(
        self,
        store: &impl Store,
        used: &Used,
        price: Option<&Price>,
        now: Timestamp,
    ) -> Result<Updated<()>, TableError> {
        match self {
            Self::Slot(slot) => slot.release(store, now),
            Self::Units { limit, key, units, period } => {
                let used = limit.measure().used(used, units, price);
                match limit.measure().budget() {
                    Some(budget) if used != units => key.update(store, SETTLE_ATTEMPTS, now, |level| {
                        (budget.settle(level, period, units, used, now), ())
                    }),
                    _ => Ok(Updated { outcome: (), retries: 0 }),
                }
            }
        }
    }
}
