//! Why a request may not go out.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::limit::Limit;
use super::standing::Standing;
use crate::table::{EntryKey, Store, TableError};
use crate::units::{Timestamp, Tokens};

/// Why nothing was reserved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The request needs more than the whole limit: it can never pass as it is.
    TooLarge {
        /// The limit's name.
        limit: Arc<str>,
        /// What the request may cost.
        requested: Tokens,
        /// The most that the limit ever allows at once.
        capacity: Tokens,
    },
    /// The limit is used up for now.
    Exhausted {
        /// The limit's name.
        limit: Arc<str>,
        /// The same request passes after exactly this time, if nobody else takes tokens.
        retry_after: Duration,
        /// How the limit stands.
        standing: Standing,
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

    /// This one, or the one among `others` that takes longer.
    pub(super) fn or_longer(self, others: impl Iterator<Item = Exhausted>) -> Self {
        let Self::Exhausted { retry_after, standing, .. } = self else {
            return self;
        };
        let first = Exhausted { retry_after, standing };
        let longest =
            others.fold(first, |longest, other| if other.retry_after > longest.retry_after { other } else { longest });
        longest.into()
    }
}

/// A limit that is used up, and for how long.
#[derive(Debug)]
pub(super) struct Exhausted {
    pub(super) retry_after: Duration,
    pub(super) standing: Standing,
}

impl Exhausted {
    /// Whether a limit would refuse `tokens`, without taking any. A limit that cannot be read
    /// does not count.
    pub(super) fn peek(
        limit: &Limit,
        key: EntryKey,
        tokens: Tokens,
        store: &impl Store,
        now: Timestamp,
    ) -> Option<Self> {
        let seen = key.update(store, 1, now, |level| (None, level)).ok()?;
        let wait = limit.rate().reserve(seen.outcome, tokens, now).err()?;
        let standing = Standing::of(limit, seen.outcome, now);
        Some(Self { retry_after: Duration::from_nanos(wait), standing })
    }
}

impl From<Exhausted> for Refusal {
    fn from(Exhausted { retry_after, standing }: Exhausted) -> Self {
        Self::Exhausted { limit: standing.limit.clone(), retry_after, standing }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { limit, requested, capacity } => write!(
                f,
                "the request may cost {requested} tokens, more than the whole limit \"{limit}\" of \
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
