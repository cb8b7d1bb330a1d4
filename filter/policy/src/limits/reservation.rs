//! What a request holds while it runs.

use std::sync::Arc;
use std::time::Duration;

use super::held::{Claim, Held};
use super::standing::Standings;
use super::{Leases, Used, WhenFull, correction};
use crate::prices::Price;
use crate::table::{EntryKey, Store, TableError, Updated};
use crate::units::{Timestamp, Tokens};

/// What a request has taken from its limits.
///
/// Settle it exactly once, however the request ends. One that is dropped instead keeps its tokens
/// until the window gives them back, and its slots until their leases end. It stands alone: it can be
/// settled after the configuration that made it is gone.
#[must_use = "what is reserved stays so until the reservation is settled"]
#[derive(Debug, Default)]
pub struct Reservation {
    pub(super) held: Vec<Held>,
    pub(super) price: Option<Price>,
    pub(super) lesson: Option<Lesson>,
    pub(super) standings: Standings,
    pub(super) would_refuse: Vec<Arc<str>>,
    pub(super) uncounted: Vec<Arc<str>>,
    pub(super) retries: u32,
}

/// An estimate that can be compared to the truth.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lesson {
    pub(super) key: EntryKey,
    /// As it was before any correction.
    pub(super) estimate: Tokens,
}

/// Why a claim cannot be had.
#[derive(Debug)]
pub(super) enum Obstacle {
    Wait(Duration),
    Failed(TableError),
}

/// What came of settling.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settled {
    /// How often another worker was faster.
    pub retries: u32,
}

impl Reservation {
    /// Takes what a limit is to give. A limit that does not enforce is never an obstacle.
    pub(super) fn claim(
        &mut self,
        claim: &Claim<'_>,
        store: &impl Store,
        leases: &Leases,
        when_full: WhenFull,
        now: Timestamp,
    ) -> Result<(), Obstacle> {
        let limit = claim.limit;
        let is_let_through = |error: &TableError| {
            !limit.enforce() || (when_full == WhenFull::Allow && matches!(error, TableError::Full(_)))
        };
        match claim.take(store, leases, now) {
            Ok(Updated { outcome, retries }) => {
                self.retries = self.retries.saturating_add(retries);
                match outcome {
                    Ok((held, level)) => {
                        self.held.push(held);
                        self.standings.add(limit, level, now);
                    }
                    Err(_) if !limit.enforce() => self.would_refuse.push(limit.name().clone()),
                    Err(wait) => return Err(Obstacle::Wait(wait)),
                }
            }
            Err(error) if is_let_through(&error) => self.uncounted.push(limit.name().clone()),
            Err(error) => return Err(Obstacle::Failed(error)),
        }
        Ok(())
    }

    /// How the tightest limits stood right after reserving.
    pub const fn standings(&self) -> &Standings {
        &self.standings
    }

    /// The limits with `"enforce": false` that would have refused the request.
    pub fn would_refuse(&self) -> &[Arc<str>] {
        &self.would_refuse
    }

    /// The limits that did not count the request, because the table had no place or could not be used:
    /// those with `"enforce": false`, and with `"when_full": "allow"` all.
    pub fn uncounted(&self) -> &[Arc<str>] {
        &self.uncounted
    }

    /// How often another worker was faster while reserving: a measure of contention.
    pub const fn retries(&self) -> u32 {
        self.retries
    }

    /// Another target serves the request than the one it was reserved for: from now on, this is the price
    /// of its tokens, and its figures teach nothing about the first one's.
    pub fn moves_to(&mut self, price: Option<Price>) {
        self.price = price;
        self.lesson = None;
    }

    /// Corrects what was reserved to what was used, in every limit: surplus goes back, overshoot
    /// becomes debt that later requests wait for, slots come back.
    ///
    /// # Errors
    /// The first limit's that failed. The others are settled all the same; in the failed one, what was
    /// reserved comes back with the window, and a slot with the end of its lease.
    pub fn settle(self, store: &impl Store, used: Used, now: Timestamp) -> Result<Settled, TableError> {
        let mut settled = Settled::default();
        let mut failed = None;
        for held in self.held {
            match held.settle(store, &used, self.price.as_ref(), now) {
                Ok(Updated { retries, .. }) => settled.retries = settled.retries.saturating_add(retries),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        if let (Some(Lesson { key, estimate }), Used::Exactly(tokens)) = (self.lesson, used)
            && let Ok(Updated { retries, .. }) = correction::learn(key, store, estimate, Tokens(tokens.input), now)
        {
            settled.retries = settled.retries.saturating_add(retries);
        }
        failed.map_or(Ok(settled), Err)
    }
}
