//! What a request holds while it runs.

use std::sync::Arc;
use std::time::Duration;

use super::limit::Limit;
use super::rate::BusySince;
use super::refusal::{Exhausted, Refusal};
use super::standing::Standing;
use crate::table::{EntryKey, Store, TableError, Updated};
use crate::units::{Timestamp, Tokens};

/// Attempts to reserve before a request is refused. Each lost one means that another worker won,
/// so this is far beyond what the workers of one machine can do to each other.
const RESERVE_ATTEMPTS: u32 = 64;
/// Attempts to settle. Giving up here would lose tokens, so it hardly ever does.
const SETTLE_ATTEMPTS: u32 = 4096;

/// What a request has taken from its limits.
///
/// Settle it exactly once, however the request ends. One that is dropped instead keeps its tokens
/// until the window gives them back. It stands alone: it can be settled after the configuration
/// that made it is gone.
#[must_use = "tokens stay reserved until the reservation is settled"]
#[derive(Debug)]
pub struct Reservation {
    held: Vec<Held>,
    tightest: Option<Standing>,
    retries: u32,
}

/// What is held of one limit.
#[derive(Debug)]
pub(super) struct Held {
    limit: Arc<Limit>,
    key: EntryKey,
    reserved: Tokens,
    since: BusySince,
}

/// What a request turned out to cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Used {
    /// This, by the provider's own figures.
    Exactly(Tokens),
    /// Nothing: it never reached a provider, or was refused there.
    Nothing,
    /// Not known to the end: the larger of what was reserved and what was seen.
    Uncertain {
        /// What was seen until the end.
        seen: Tokens,
    },
}

/// What came of settling.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settled {
    /// How the limit with the smallest share remaining stands; `None` without limits.
    pub tightest: Option<Standing>,
    /// How often another worker was faster.
    pub retries: u32,
}

impl Used {
    fn of(self, reserved: Tokens) -> Tokens {
        match self {
            Self::Exactly(tokens) => tokens,
            Self::Nothing => Tokens(0),
            Self::Uncertain { seen } => reserved.max(seen),
        }
    }
}

impl Held {
    /// Takes `tokens` from one limit, all or none.
    pub(super) fn take(
        limit: &Arc<Limit>,
        key: EntryKey,
        tokens: Tokens,
        store: &impl Store,
        now: Timestamp,
    ) -> Result<Updated<(Self, Standing)>, Refusal> {
        let take = |level| match limit.rate().reserve(level, tokens, now) {
            Ok(entry) => (Some(entry), Ok(entry)),
            Err(wait) => (None, Err((wait, level))),
        };
        let updated = key.update(store, RESERVE_ATTEMPTS, now, take);
        let Updated { outcome, retries } =
            updated.map_err(|error| Refusal::Unavailable { limit: limit.name().clone(), error })?;
        match outcome {
            Ok(entry) => {
                let held = Self { limit: limit.clone(), key, reserved: tokens, since: entry.state };
                let standing = Standing::of(limit, Some(entry), now);
                Ok(Updated { outcome: (held, standing), retries })
            }
            Err((wait, level)) => {
                let standing = Standing::of(limit, level, now);
                Err(Exhausted { retry_after: Duration::from_nanos(wait), standing }.into())
            }
        }
    }

    fn settle(&self, store: &impl Store, used: Used, now: Timestamp) -> Result<Updated<Standing>, TableError> {
        let used = used.of(self.reserved);
        self.key.update(store, SETTLE_ATTEMPTS, now, |level| {
            let settled = self.limit.rate().settle(level, self.since, self.reserved, used, now);
            (settled, Standing::of(&self.limit, settled.or(level), now))
        })
    }
}

impl Reservation {
    pub(super) fn with_capacity(limits: usize) -> Self {
        Self { held: Vec::with_capacity(limits), tightest: None, retries: 0 }
    }

    pub(super) fn add(&mut self, Updated { outcome: (held, standing), retries }: Updated<(Held, Standing)>) {
        self.held.push(held);
        self.retries = self.retries.saturating_add(retries);
        standing.keep_tighter(&mut self.tightest);
    }

    /// How the limit with the smallest share remaining stood right after reserving; `None` when
    /// no limit applies.
    pub const fn tightest(&self) -> Option<&Standing> {
        self.tightest.as_ref()
    }

    /// How often another worker was faster while reserving: a measure of contention.
    pub const fn retries(&self) -> u32 {
        self.retries
    }

    /// Corrects what was reserved to what was used, in every limit: surplus goes back, overshoot
    /// becomes debt that later requests wait for.
    ///
    /// # Errors
    /// The first limit's that failed. The others are settled all the same; in the failed one the
    /// reserved tokens come back with the window.
    pub fn settle(self, store: &impl Store, used: Used, now: Timestamp) -> Result<Settled, TableError> {
        let mut settled = Settled { tightest: None, retries: 0 };
        let mut failed = None;
        for held in &self.held {
            match held.settle(store, used, now) {
                Ok(updated) => {
                    settled.retries = settled.retries.saturating_add(updated.retries);
                    updated.outcome.keep_tighter(&mut settled.tightest);
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(settled), Err)
    }
}
