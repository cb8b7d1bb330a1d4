//! An amount and how it comes back, whatever it is an amount of.
//!
//! Units are whole numbers: thousandths of a token, requests, nano-dollars.

use std::num::NonZeroU64;

use super::calendar::Calendar;
use super::held::Taken;
use super::rate::Rate;
use crate::table::Entry;
use crate::units::Timestamp;

/// How an amount comes back.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Budget {
    /// Continuously.
    Rolling(Rate),
    /// All at once, when the calendar's next window begins.
    Calendar(Calendar),
}

impl Budget {
    /// The most that can be taken at once.
    pub(super) const fn capacity(&self) -> u64 {
        let capacity: NonZeroU64 = match self {
            Self::Rolling(rate) => rate.capacity(),
            Self::Calendar(calendar) => calendar.capacity(),
        };
        capacity.get()
    }

    /// What kind of state its entries hold. A limit of another kind does not read them.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Rolling(_) => "rolling",
            Self::Calendar(calendar) => calendar.window().name(),
        }
    }

    /// The time in which all of it comes back, in nanoseconds; `None` where the calendar says that.
    pub(super) const fn refill(&self) -> Option<u64> {
        match self {
            Self::Rolling(rate) => Some(rate.refill()),
            Self::Calendar(_) => None,
        }
    }

    /// Takes `units`, or says how many nanoseconds later they could be taken. More than the capacity must
    /// not be asked for: no wait would help.
    pub(super) fn reserve(&self, level: Option<Entry>, units: u64, now: Timestamp) -> Result<Taken, u64> {
        match self {
            Self::Rolling(rate) => rate.reserve(level, units, now),
            Self::Calendar(calendar) => calendar.reserve(level, units, now),
        }
    }

    /// The entry after `reserved`, taken in `period`, turned out to be `used`; `None` if nothing changes.
    pub(super) fn settle(
        &self,
        level: Option<Entry>,
        period: u64,
        reserved: u64,
        used: u64,
        now: Timestamp,
    ) -> Option<Entry> {
        match self {
            Self::Rolling(rate) => rate.settle(level, period, reserved, used, now),
            Self::Calendar(calendar) => calendar.settle(level, period, reserved, used, now),
        }
    }

    /// The most that could be taken now.
    pub(super) fn remaining(&self, level: Option<Entry>, now: Timestamp) -> u64 {
        match self {
            Self::Rolling(rate) => rate.remaining(level, now),
            Self::Calendar(calendar) => calendar.remaining(level, now),
        }
    }
}
