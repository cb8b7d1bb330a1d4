//! How much of a limit is left.

use std::sync::Arc;
use std::time::Duration;

use super::limit::Limit;
use super::rate::until_full;
use crate::table::Entry;
use crate::units::{Timestamp, Tokens};

/// How a limit stands at one moment, for one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// The limit's name.
    pub limit: Arc<str>,
    /// The most that can be used at once.
    pub capacity: Tokens,
    /// What a request could reserve now.
    pub remaining: Tokens,
    /// The time until all of it is there again, if nobody uses any.
    pub reset_after: Duration,
}

impl Standing {
    pub(super) fn of(limit: &Limit, level: Option<Entry>, now: Timestamp) -> Self {
        Self {
            limit: limit.name().clone(),
            capacity: limit.capacity(),
            remaining: limit.rate().remaining(level, now),
            reset_after: Duration::from_nanos(until_full(level, now)),
        }
    }

    /// Keeps in `tightest` the one with the smaller share remaining, the earlier one if equal.
    pub(super) fn keep_tighter(self, tightest: &mut Option<Self>) {
        let share = |one: &Self, other: &Self| u128::from(one.remaining.0).saturating_mul(u128::from(other.capacity.0));
        if tightest.as_ref().is_none_or(|held| share(&self, held) < share(held, &self)) {
            *tightest = Some(self);
        }
    }
}
