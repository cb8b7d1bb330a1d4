//! How much of a limit is left.

use std::sync::Arc;
use std::time::Duration;

use super::limit::Limit;
use super::measure::{Measure, Rounding};
use crate::table::Entry;
use crate::units::Timestamp;

/// How a limit stands at one moment, for one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// The limit's name.
    pub limit: Arc<str>,
    /// The most that can be used at once.
    pub capacity: u64,
    /// What a request could reserve now; whole, and never more than there is.
    pub remaining: u64,
    /// The time until all of it is there again, if nobody uses any.
    pub reset_after: Duration,
}

/// How the tightest limits stand, of those that clients hear of: the ones with the smallest share remaining.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standings {
    /// Of the limits on tokens. The figures are tokens.
    pub tokens: Option<Standing>,
    /// Of the limits on requests. The figures are requests.
    pub requests: Option<Standing>,
}

impl Standings {
    /// Adds how a limit stands. Limits that only report, on money, or on concurrency are not for headers.
    pub(super) fn add(&mut self, limit: &Limit, level: Option<Entry>, now: Timestamp) {
        let tightest = match limit.measure() {
            _ if !limit.enforce() => return,
            Measure::Tokens { .. } => &mut self.tokens,
            Measure::Requests { .. } => &mut self.requests,
            Measure::Usd { .. } | Measure::Concurrent { .. } => return,
        };
        let Some(budget) = limit.measure().budget() else { return };
        let whole = |units| limit.measure().amount(units, Rounding::Down).figure();
        let (capacity, remaining) = (whole(budget.capacity()), whole(budget.remaining(level, now)));
        let is_tighter = |held: &Standing| share(remaining, held.capacity) < share(held.remaining, capacity);
        if tightest.as_ref().is_none_or(is_tighter) {
            let reset_after = Duration::from_nanos(level.map_or(0, |entry| entry.expires.nanos_since(now)));
            *tightest = Some(Standing { limit: limit.name().clone(), capacity, remaining, reset_after });
        }
    }
}

/// Shares are compared crosswise, without dividing.
fn share(remaining: u64, others_capacity: u64) -> u128 {
    u128::from(remaining).saturating_mul(u128::from(others_capacity))
}
