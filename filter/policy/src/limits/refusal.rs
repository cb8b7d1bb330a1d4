//! Why a request may not go out.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::measure::Amount;
use super::standing::Standings;
use crate::table::TableError;

/// Why nothing was reserved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The request needs more than the whole limit: it can never pass as it is.
    TooLarge {
        /// The limit's name.
        limit: Arc<str>,
        /// What the request may cost.
        requested: Amount,
        /// The most that the limit ever allows at once.
        capacity: Amount,
    },
    /// The limit is used up for now.
    Exhausted {
        /// The limit's name.
        limit: Arc<str>,
        /// The same request passes after exactly this time, if nobody else takes anything. When all slots of
        /// a limit on concurrency are taken, nobody knows when one comes back: then it is a second.
        retry_after: Duration,
        /// How the tightest limits stand.
        standings: Box<Standings>,
    },
    /// Shared state could not be read or changed.
    Unavailable {
        /// The limit's name.
        limit: Arc<str>,
        /// What failed.
        error: TableError,
    },
}

impl Refusal {
    /// Whole seconds after which the same request passes, rounded up: the `retry-after` header.
    /// `None` if waiting would not help.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        let Self::Exhausted { retry_after, .. } = self else {
            return None;
        };
        let started = u64::from(retry_after.subsec_nanos() > 0);
        Some(retry_after.as_secs().saturating_add(started))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { limit, requested, capacity } => write!(
                f,
                "the request may cost {requested}, more than the whole limit \"{limit}\" of \
                 {capacity}; shorten the input or lower the output cap"
            ),
            Self::Exhausted { limit, .. } => write!(
                f,
                "the limit \"{limit}\" is used up; try again in {} s",
                self.retry_after_seconds().unwrap_or_default()
            ),
            Self::Unavailable { limit, error } => {
                write!(f, "the limit \"{limit}\" cannot be checked: {error}")
            }
        }
    }
}

impl std::error::Error for Refusal {}
