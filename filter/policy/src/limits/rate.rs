//! The generic cell rate algorithm: a token bucket that is one number.
//!
//! That number is the *theoretical arrival time*: the moment at which everything that was taken
//! has come back. It is the `expires` of the table's entry, so that a bucket which is full again
//! and an entry which has expired are one and the same thing.
//!
//! The entry's `state` is the moment its busy time began, when it was last full. A reservation
//! gives its surplus back only within the busy time in which it took it: afterwards, time has
//! already given it back, and a second refund would let more through than the limit allows.

use std::num::NonZeroU64;

use crate::table::Entry;
use crate::units::{Timestamp, Tokens, Window};

/// So many tokens per window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    capacity: NonZeroU64,
    window: Window,
}

/// The moment a busy time began, in nanoseconds: what a reservation keeps of its entry.
pub(super) type BusySince = u64;

impl Rate {
    pub(super) const fn new(capacity: NonZeroU64, window: Window) -> Self {
        Self { capacity, window }
    }

    pub(super) const fn capacity(self) -> Tokens {
        Tokens(self.capacity.get())
    }

    pub(super) const fn window(self) -> Window {
        self.window
    }

    /// The time in which so many tokens come back, in nanoseconds, rounded up. The same tokens
    /// always have the same price, so that settling undoes reserving to the nanosecond.
    fn cost(self, tokens: Tokens) -> u64 {
        let scaled = u128::from(tokens.0).saturating_mul(u128::from(self.window.as_nanos()));
        u64::try_from(scaled.div_ceil(u128::from(self.capacity.get()))).unwrap_or(u64::MAX)
    }

    /// The entry after taking `tokens`, or the nanoseconds until they could be taken.
    ///
    /// `tokens` must not exceed the capacity: no wait would help.
    pub(super) fn reserve(self, level: Option<Entry>, tokens: Tokens, now: Timestamp) -> Result<Entry, u64> {
        let level = level.unwrap_or(Entry { state: now.as_nanos(), expires: now });
        let expires = level.expires.plus(self.cost(tokens));
        match expires.nanos_since(now.plus(self.window.as_nanos())) {
            0 => Ok(Entry { expires, ..level }),
            wait => Err(wait),
        }
    }

    /// The entry after `reserved` turned out to be `used`, or `None` if that changes nothing.
    ///
    /// Surplus goes back, at most up to the full bucket: an entry in the past is an absent one. Overshoot is debt: the bucket can be
    /// emptier than empty, and later requests wait for it.
    pub(super) fn settle(
        self,
        level: Option<Entry>,
        since: BusySince,
        reserved: Tokens,
        used: Tokens,
        now: Timestamp,
    ) -> Option<Entry> {
        let (paid, due) = (self.cost(reserved), self.cost(used));
        let (surplus, debt) = (paid.saturating_sub(due), due.saturating_sub(paid));
        match level {
            Some(entry) if debt > 0 => Some(Entry { expires: entry.expires.plus(debt), ..entry }),
            None if debt > 0 => Some(Entry { state: now.as_nanos(), expires: now.plus(debt) }),
            Some(entry) if surplus > 0 && entry.state == since => {
                Some(Entry { expires: entry.expires.minus(surplus), ..entry })
            }
            _ => None,
        }
    }

    /// The most tokens that could be reserved now.
    pub(super) fn remaining(self, level: Option<Entry>, now: Timestamp) -> Tokens {
        let free = self.window.as_nanos().saturating_sub(until_full(level, now));
        let scaled = u128::from(free).saturating_mul(u128::from(self.capacity.get()));
        let tokens = scaled.checked_div(u128::from(self.window.as_nanos())).unwrap_or_default();
        Tokens(u64::try_from(tokens).unwrap_or(u64::MAX))
    }
}

/// Nanoseconds until everything that was taken has come back.
pub(super) fn until_full(level: Option<Entry>, now: Timestamp) -> u64 {
    level.map_or(0, |entry| entry.expires.nanos_since(now))
}
