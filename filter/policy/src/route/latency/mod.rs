//! How soon targets begin to answer, for all workers.
//!
//! Kept apart for each model of the configuration, whose requests resemble each other, and for streams, which
//! begin with the first token, and whole answers, which begin with the last.

mod estimate;
mod waits;

use std::time::Duration;

pub(super) use estimate::Estimate;
use waits::Wait;
pub use waits::Waits;

use crate::table::{EntryKey, Store, TableError};
use crate::units::Timestamp;

/// An answer that cannot be noted is not missed: the next one tells the same.
const ATTEMPTS: u32 = 8;

/// A request that waits for its answer to begin.
#[derive(Debug)]
pub(super) struct Watch(Wait);

impl Watch {
    pub(super) fn begin(waits: &Waits, key: EntryKey, now: Timestamp) -> Self {
        Self(waits.begin(key, now))
    }

    /// The answer has begun.
    pub(super) fn answered(self, store: &impl Store, now: Timestamp) -> Result<(), TableError> {
        let took = Duration::from_nanos(now.nanos_since(self.0.since));
        let change = |entry| (Some(estimate::answered(entry, took, now)), ());
        self.0.key.update(store, ATTEMPTS, now, change).map(drop)
    }
}

/// For how long this VM has waited for a target in vain, while nobody else had an answer from it.
pub(super) fn silence(waits: &Waits, key: &EntryKey, known: Option<Estimate>, now: Timestamp) -> u64 {
    let Some(oldest) = waits.oldest(key) else { return 0 };
    let heard = known.map_or(oldest, |known| known.seen.max(oldest));
    now.nanos_since(heard)
}

/// Lets all workers know that a target is silent.
pub(super) fn tell_silence(key: EntryKey, silence: u64, store: &impl Store, now: Timestamp) -> Result<(), TableError> {
    key.update(store, ATTEMPTS, now, |entry| (estimate::silent(entry, silence, now), ())).map(drop)
}
