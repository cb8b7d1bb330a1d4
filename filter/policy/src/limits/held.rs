//! What is held of one limit.

use std::sync::Arc;
use std::time::Duration;

use super::Used;
use super::leases::Slot;
use super::limit::Limit;
use super::measure::Measure;
use super::slots::{Generation, Slots};
use crate::prices::Price;
use crate::table::{Entry, EntryKey, Store};
use crate::units::Timestamp;

/// What one limit would have to give.
#[derive(Debug)]
pub(super) struct Claim<'l> {
    pub(super) limit: &'l Arc<Limit>,
    pub(super) key: EntryKey,
    pub(super) units: u64,
}

/// What taking makes of a limit's entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    pub(super) entry: Entry,
    /// The busy time, the calendar's window or the generation of slots in which it was taken. Surplus comes back in
    /// no other.
    pub(super) period: u64,
}

/// What is held of one limit until the request ends.
#[derive(Debug)]
pub(super) enum Held {
    /// Part of its budget.
    Units { limit: Arc<Limit>, key: EntryKey, units: u64, period: u64 },
    /// One of its slots.
    Slot(Slot),
}

/// How settling changes a limit's entry.
#[derive(Debug)]
pub(super) enum Change {
    Units { limit: Arc<Limit>, key: EntryKey, units: u64, period: u64, used: u64 },
    Slot { key: EntryKey, generation: Generation },
}

/// A guess: nobody knows when a request ends.
const WAIT_FOR_SLOT: Duration = Duration::from_secs(1);

impl Claim<'_> {
    /// The entry after taking all of it, or the time after which that could be.
    pub(super) fn take(&self, level: Option<Entry>, now: Timestamp) -> Result<Taken, Duration> {
        match self.limit.measure() {
            Measure::Concurrent { slots } => Slots::at(level, now).take(slots.get()).ok_or(WAIT_FOR_SLOT),
            Measure::Tokens { budget, .. } | Measure::Requests { budget } | Measure::Usd { budget, .. } => {
                budget.reserve(level, self.units, now).map_err(Duration::from_nanos)
            }
        }
    }

    /// How the limit stands, and how long the claim would have to wait, if at all. A limit that cannot be
    /// read is not in the way.
    pub(super) fn look(&self, store: &impl Store, now: Timestamp) -> (Option<Entry>, Option<Duration>) {
        let Ok(level) = self.key.read(store, now) else { return (None, None) };
        (level, self.take(level, now).err())
    }
}

impl Held {
    /// A budget that may have to pay though nothing was taken of it.
    pub(super) fn nothing(limit: &Arc<Limit>, key: EntryKey) -> Self {
        Self::Units { limit: limit.clone(), key, units: 0, period: 0 }
    }

    /// What there is to correct: nothing where what was taken is what was used. A slot comes back whatever was used.
    pub(super) fn settle(self, used: &Used, price: Option<&Price>) -> Option<Change> {
        match self {
            Self::Slot(slot) => slot.let_go().map(|(key, generation)| Change::Slot { key, generation }),
            Self::Units { limit, key, units, period } => {
                let used = limit.measure().used(used, units, price);
                (used != units).then_some(Change::Units { limit, key, units, period, used })
            }
        }
    }
}

impl Change {
    pub(super) const fn key(&self) -> EntryKey {
        match self {
            Self::Units { key, .. } | Self::Slot { key, .. } => *key,
        }
    }

    /// What the entry shall be; `None` leaves it as it is.
    pub(super) fn apply(&self, level: Option<Entry>, now: Timestamp) -> Option<Entry> {
        match self {
            Self::Units { limit, units, period, used, .. } => {
                limit.measure().budget()?.settle(level, *period, *units, *used, now)
            }
            Self::Slot { generation, .. } => level.map(|_| Slots::at(level, now).release(*generation).entry()),
        }
    }
}
