//! The generic cell rate algorithm: a bucket that is one number.
//!
//! That number is the *theoretical arrival time*: the moment at which everything that was taken
//! has come back. It is the `expires` of the table's entry, so that a bucket which is full again
//! and an entry which has expired are one and the same thing.
//!
//! The entry's `state` is the moment its busy time began, when it was last full. A reservation
//! gives its surplus back only within the busy time in which it took it: afterwards, time has
//! already given it back, and a second refund would let more through than the limit allows.

use std::num::NonZeroU64;

use super::held::Taken;
use crate::ratio::{lowest_terms, scale_down, scale_up};
use crate::table::Entry;
use crate::units::{Timestamp, Window};

/// An amount that comes back continuously, so much per window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// So many units come back in so many nanoseconds: amount and window in lowest terms, so that products of units and
    /// times mostly fit 64 bits.
    units: NonZeroU64,
    nanos: NonZeroU64,
    /// The most that can be taken at once.
    capacity: NonZeroU64,
    /// The time in which an empty bucket fills up, in nanoseconds.
    refill: u64,
}

/// A capacity that takes longer to come back is a mistake: a year.
const LONGEST_REFILL: u64 = 366 * 86_400 * crate::units::SECOND;

impl Rate {
    /// `None` if the capacity takes more than a year to come back.
    pub(crate) fn new(amount: NonZeroU64, window: Window, capacity: NonZeroU64) -> Option<Self> {
        let (units, nanos) = lowest_terms(amount, window.nanos());
        let refill = scale_up(capacity.get(), nanos.get(), units);
        (refill <= LONGEST_REFILL).then_some(Self { units, nanos, capacity, refill })
    }

    pub(super) const fn capacity(self) -> NonZeroU64 {
        self.capacity
    }

    pub(super) const fn refill(self) -> u64 {
        self.refill
    }

    /// The time in which so many units come back, in nanoseconds, rounded up. The same units always
    /// have the same price, so that settling undoes reserving to the nanosecond.
    fn cost(self, units: u64) -> u64 {
        scale_up(units, self.nanos.get(), self.units)
    }

    /// The entry after taking `units`, or the nanoseconds until they could be taken.
    pub(super) fn reserve(self, level: Option<Entry>, units: u64, now: Timestamp) -> Result<Taken, u64> {
        let level = level.unwrap_or(Entry { state: now.as_nanos(), expires: now });
        let expires = level.expires.plus(self.cost(units));
        match expires.nanos_since(now.plus(self.refill)) {
            0 => Ok(Taken { entry: Entry { expires, ..level }, period: level.state }),
            wait => Err(wait),
        }
    }

    /// The entry after `reserved` turned out to be `used`, or `None` if that changes nothing.
    ///
    /// Surplus goes back, at most up to the full bucket: an entry in the past is an absent one. Overshoot
    /// is debt: the bucket can be emptier than empty, and later requests wait for it.
    pub(super) fn settle(
        self,
        level: Option<Entry>,
        busy_since: u64,
        reserved: u64,
        used: u64,
        now: Timestamp,
    ) -> Option<Entry> {
        let (paid, due) = (self.cost(reserved), self.cost(used));
        let (surplus, debt) = (paid.saturating_sub(due), due.saturating_sub(paid));
        match level {
            Some(entry) if debt > 0 => Some(Entry { expires: entry.expires.plus(debt), ..entry }),
            None if debt > 0 => Some(Entry { state: now.as_nanos(), expires: now.plus(debt) }),
            Some(entry) if surplus > 0 && entry.state == busy_since => {
                Some(Entry { expires: entry.expires.minus(surplus), ..entry })
            }
            _ => None,
        }
    }

    /// The most that could be reserved now.
    pub(super) fn remaining(self, level: Option<Entry>, now: Timestamp) -> u64 {
        let until_full = level.map_or(0, |entry| entry.expires.nanos_since(now));
        let free = self.refill.saturating_sub(until_full);
        scale_down(free, self.units.get(), self.nanos).min(self.capacity.get())
    }
}
