//! What settled requests teach about the estimates of the next.
//!
//! Tokenizers differ, and one estimate cannot fit all. For each model at a provider, the table keeps how
//! the provider's own figures compare to the estimates: a moving average, in 65536ths.

use std::num::NonZeroU64;

use crate::ratio::{scale_down, scale_up};
use crate::table::{Entry, EntryKey, Store, Table, TableError};
use crate::units::{SECOND, Timestamp, Tokens};

/// How many tokens there are for each one that was estimated: between a quarter and four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Correction(u32);

const ONE: u32 = 1 << 16;
const UNIT: NonZeroU64 = NonZeroU64::MIN.saturating_add(ONE as u64 - 1);
const LEAST: u64 = ONE as u64 / 4;
const MOST: u64 = ONE as u64 * 4;
/// An estimate of fewer tokens teaches nothing: what surrounds the text weighs too much.
const ENOUGH: u64 = 100;
/// The weight of the newest request once many have been seen: an eighth.
const SETTLED: u32 = 8;
/// What has not been used for so long is forgotten.
const IDLE: u64 = 86_400 * SECOND;
/// A change below a two hundredth is not written: workers would contend for nothing.
const NOTEWORTHY: u32 = 200;
/// Corrections have no more than one of so many places of the table, whatever models clients name.
const SHARE: u32 = 16;
/// An attempt that fails is not worth another: the next request teaches the same.
const ATTEMPTS: u32 = 2;

impl Default for Correction {
    fn default() -> Self {
        Self(ONE)
    }
}

impl Correction {
    /// The estimate as it should have been, rounded up.
    pub fn apply(self, estimate: Tokens) -> Tokens {
        Tokens(scale_up(estimate.0, u64::from(self.0), UNIT))
    }

    /// Thousandths: 1000 where estimates are right, as a figure for logs.
    pub fn per_mille(self) -> u64 {
        self.apply(Tokens(1000)).0
    }

    fn of(estimate: u64, actual: u64) -> Self {
        let Some(estimate) = NonZeroU64::new(estimate) else { return Self::default() };
        let ratio = scale_down(actual, u64::from(ONE), estimate);
        Self(u32::try_from(ratio.clamp(LEAST, MOST)).unwrap_or(ONE))
    }
}

/// What is known of one model: the average, and of how many requests, up to a few.
#[derive(Debug, Clone, Copy)]
struct Learned {
    correction: Correction,
    seen: u32,
}

impl Learned {
    fn at(entry: Option<Entry>) -> Self {
        match entry {
            // Whatever is in the state, what comes out is in bounds.
            Some(Entry { state, .. }) => Self {
                correction: Correction((state as u32).clamp(LEAST as u32, MOST as u32)),
                seen: ((state >> 32) as u32).min(SETTLED),
            },
            None => Self { correction: Correction::default(), seen: 0 },
        }
    }

    /// The first requests weigh more, so that a strange tokenizer is soon met; the belief that estimates
    /// are right counts as one that was seen.
    fn learn(self, newest: Correction) -> Self {
        let seen = self.seen.saturating_add(1).min(SETTLED);
        let weight = i64::from(seen.saturating_add(1).min(SETTLED));
        let (old, new) = (i64::from(self.correction.0), i64::from(newest.0));
        let step = new.saturating_sub(old).checked_div(weight).unwrap_or_default();
        let correction = u32::try_from(old.saturating_add(step)).unwrap_or(ONE);
        Self { correction: Correction(correction), seen }
    }

    fn entry(self, now: Timestamp) -> Entry {
        let state = u64::from(self.seen) << 32 | u64::from(self.correction.0);
        Entry { state, expires: now.plus(IDLE) }
    }

    fn is_news_to(self, before: Self) -> bool {
        let change = self.correction.0.abs_diff(before.correction.0);
        change > before.correction.0 / NOTEWORTHY
    }
}

/// Where the correction for a model lives.
pub(super) fn key(table: &Table, provider: &str, target_model: &str) -> EntryKey {
    let places = table.geometry().slots() / SHARE;
    table.key_among(places.max(1), "correction", [Some(provider), Some(target_model)])
}

/// What is known of the model; nothing if the table cannot be read.
pub(super) fn read(key: EntryKey, store: &impl Store, now: Timestamp) -> Correction {
    Learned::at(key.read(store, now).ok().flatten()).correction
}

/// An estimate that can be compared to the truth.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lesson {
    key: EntryKey,
    /// As it was before any correction.
    estimate: Tokens,
    /// What was known then.
    known: Option<Entry>,
}

impl Lesson {
    /// `known` is what was known of the model, now or a moment ago.
    pub(super) const fn begin(key: EntryKey, estimate: Tokens, known: Option<Entry>) -> Self {
        Self { key, estimate, known }
    }

    pub(super) fn correction(&self) -> Correction {
        Learned::at(self.known).correction
    }

    /// Compares the estimate to the provider's own figure. A failure, as for want of a place, loses a lesson.
    pub(super) fn learn(self, store: &impl Store, actual: Tokens, now: Timestamp) -> Result<(), TableError> {
        let Self { key, estimate, known } = self;
        let newest = Correction::of(estimate.0, actual.0);
        // Mostly it teaches nothing, and that costs no access.
        if estimate.0 < ENOUGH || actual.0 == 0 || learned(known, newest, now).is_none() {
            return Ok(());
        }
        key.update(store, ATTEMPTS, now, |entry| (learned(entry, newest, now), ()))
    }
}

/// What is known after a lesson; `None` if it is not worth to be written.
fn learned(entry: Option<Entry>, newest: Correction, now: Timestamp) -> Option<Entry> {
    let before = Learned::at(entry);
    let after = before.learn(newest);
    // What is in use is not forgotten, either.
    let is_stale = entry.is_some_and(|entry| entry.expires <= now.plus(IDLE / 2));
    (after.is_news_to(before) || is_stale).then(|| after.entry(now))
}
