//! What a request holds while it runs.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use super::correction::Lesson;
use super::held::{Change, Claim, Held, Taken};
use super::standing::Standings;
use super::{Leases, RESERVE_ATTEMPTS, SETTLE_ATTEMPTS, Used, WhenFull, by_bucket};
use crate::prices::Price;
use crate::table::{BucketKey, Full, Opened, Store, TableError};
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
    pub(super) expected: Tokens,
    pub(super) standings: Standings,
    pub(super) would_refuse: Vec<Arc<str>>,
    pub(super) uncounted: Vec<Arc<str>>,
}

/// What came of a claim that is no obstacle.
enum Share {
    Taken(Taken),
    WouldRefuse,
    Uncounted,
}

/// Why a claim cannot be had.
#[derive(Debug)]
pub(super) enum Obstacle {
    Wait(Duration),
    Failed(TableError),
}

impl Reservation {
    /// Takes what limits are to give whose state lives in one bucket: from all of them, or from none. A limit that
    /// does not enforce is never an obstacle.
    ///
    /// # Errors
    /// Which claim cannot be had, and why.
    pub(super) fn claim<'c, 'l>(
        &mut self,
        bucket: BucketKey,
        claims: impl Iterator<Item = &'c Claim<'l>> + Clone,
        store: &impl Store,
        leases: &Leases,
        when_full: WhenFull,
        now: Timestamp,
    ) -> Result<(), (&'c Claim<'l>, Obstacle)>
    where
        'l: 'c,
    {
        let is_let_through = |claim: &Claim<'_>, error: &TableError| {
            !claim.limit.enforce() || (when_full == WhenFull::Allow && matches!(error, TableError::Full(_)))
        };
        let take_one = |opened: &mut Opened, claim: &'c Claim<'l>| match claim.take(opened.live(claim.key), now) {
            Ok(taken) => match opened.put(claim.key, taken.entry).map_err(|Full| TableError::Full(bucket)) {
                Ok(()) => Ok(Share::Taken(taken)),
                Err(full) if is_let_through(claim, &full) => Ok(Share::Uncounted),
                Err(full) => Err((claim, Obstacle::Failed(full))),
            },
            Err(_) if !claim.limit.enforce() => Ok(Share::WouldRefuse),
            Err(wait) => Err((claim, Obstacle::Wait(wait))),
        };
        let mut shares = Vec::with_capacity(claims.clone().count());
        let take = |opened: &mut Opened| {
            shares.clear();
            claims.clone().try_for_each(|claim| take_one(opened, claim).map(|share| shares.push(share)))
        };
        match bucket.update(store, RESERVE_ATTEMPTS, now, take) {
            Ok(outcome) => outcome?,
            Err(error) => match claims.clone().find(|claim| !is_let_through(claim, &error)) {
                Some(claim) => return Err((claim, Obstacle::Failed(error))),
                None => shares = claims.clone().map(|_| Share::Uncounted).collect(),
            },
        }
        for (claim, share) in claims.zip(shares) {
            match share {
                Share::Taken(taken) => self.hold(claim, taken, leases, now),
                Share::WouldRefuse => self.would_refuse.push(claim.limit.name().clone()),
                Share::Uncounted => self.uncounted.push(claim.limit.name().clone()),
            }
        }
        Ok(())
    }

    fn hold(&mut self, claim: &Claim<'_>, taken: Taken, leases: &Leases, now: Timestamp) {
        let Claim { limit, key, units } = *claim;
        let is_slot = limit.measure().budget().is_none();
        self.held.push(match is_slot {
            true => Held::Slot(leases.hold(key, taken.period)),
            false => Held::Units { limit: limit.clone(), key, units, period: taken.period },
        });
        self.standings.add(limit, Some(taken.entry), now);
    }

    /// The tokens that the request takes at most, by what is known of it and of its model's estimates.
    pub const fn expected(&self) -> Tokens {
        self.expected
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
    pub fn settle(self, store: &impl Store, used: Used, now: Timestamp) -> Result<(), TableError> {
        let mut failed = None;
        let changes: Vec<Change> =
            self.held.into_iter().filter_map(|held| held.settle(&used, self.price.as_ref())).collect();
        for (bucket, together) in by_bucket(&changes, |change| change.key().bucket()) {
            failed = failed.or(settle_together(bucket, together, store, now).err());
        }
        if let (Some(lesson), Used::Exactly(tokens)) = (self.lesson, used) {
            // A lesson that is lost is not missed.
            let _ = lesson.learn(store, Tokens(tokens.input), now);
        }
        failed.map_or(Ok(()), Err)
    }
}

/// Settles limits whose state lives in one bucket.
fn settle_together<'c>(
    bucket: BucketKey,
    changes: impl Iterator<Item = &'c Change> + Clone,
    store: &impl Store,
    now: Timestamp,
) -> Result<(), TableError> {
    let settle = |opened: &mut Opened| {
        let settle_one = |change: &Change| match change.apply(opened.live(change.key()), now) {
            Some(entry) => opened.put(change.key(), entry),
            None => Ok(()),
        };
        // One that has no place does not keep the others from theirs.
        let failed = changes.clone().map(settle_one).filter_map(Result::err).last();
        Ok::<_, Infallible>(failed)
    };
    let Ok(full) = bucket.update(store, SETTLE_ATTEMPTS, now, settle)?;
    full.map_or(Ok(()), |Full| Err(TableError::Full(bucket)))
}
