//! What one VM knows of how soon a model's targets begin to answer.
//!
//! A target that hangs gives no answers to learn from: what tells is that they do not come.

use std::collections::BTreeSet;
use std::time::Duration;

use super::super::measures::{FRESH, is_fresh, read_all};
use super::{ATTEMPTS, Estimate, estimate};
use crate::table::{Entry, EntryKey, Store, TableError};
use crate::units::Timestamp;

/// The figure of a target of which nothing is known.
pub(in crate::route) const UNKNOWN: u64 = u64::MAX;
/// Silence that is shorter tells nothing: others' answers may just not have been told and read yet.
const TELLING: u64 = 2 * FRESH;

/// What one VM knows of a model's targets, by their positions.
#[derive(Debug)]
pub(in crate::route) struct Latencies {
    targets: Vec<Known>,
    /// When it was read.
    pub(in crate::route) read: Timestamp,
    next: u64,
}

#[derive(Debug)]
struct Known {
    key: EntryKey,
    estimate: Option<Estimate>,
    /// When each request was sent that waits, and its number.
    waiting: BTreeSet<(Timestamp, u64)>,
    untold: Burst,
    /// When others were told.
    told: Timestamp,
}

/// Answers of which others were not told yet.
#[derive(Debug, Clone, Copy, Default)]
struct Burst {
    /// Nanoseconds that all of them took.
    nanos: u64,
    count: u64,
    /// When the last one came.
    last: Timestamp,
}

impl Burst {
    fn add(&mut self, took: u64, now: Timestamp) {
        *self = Self {
            nanos: self.nanos.saturating_add(took),
            count: self.count.saturating_add(1),
            last: now.max(self.last),
        }
    }

    /// The entry as it would be now, had they been told when the last one came: as one that took as long as they did
    /// on average.
    fn noted(self, entry: Option<Entry>, now: Timestamp) -> Option<Entry> {
        let Some(average) = self.nanos.checked_div(self.count) else { return entry };
        let noted = estimate::answered(entry, Duration::from_nanos(average), self.last);
        Some(noted).filter(|noted| noted.expires > now)
    }
}

impl Latencies {
    pub(in crate::route) fn new(keys: Vec<EntryKey>) -> Self {
        let known = |key| Known {
            key,
            estimate: None,
            waiting: BTreeSet::new(),
            untold: Burst::default(),
            told: Timestamp::default(),
        };
        Self { targets: keys.into_iter().map(known).collect(), read: Timestamp::default(), next: 0 }
    }

    /// Reads what others have told, unless that was done a moment ago.
    pub(in crate::route) fn refresh(&mut self, store: &impl Store, now: Timestamp) {
        if is_fresh(self.read, now) {
            return;
        }
        self.read = now;
        let learn = |it: &mut Known, entry: Option<_>| it.estimate = entry.map(Estimate::of);
        read_all(&mut self.targets, |it| it.key, store, now, learn);
    }

    /// How soon the target at a position begins to answer, in nanoseconds; or that this is not known.
    pub(in crate::route) fn figure(&self, position: usize) -> u64 {
        let known = self.targets.get(position).and_then(|it| it.estimate);
        known.map_or(UNKNOWN, |estimate| estimate.nanos)
    }

    /// For how long this VM has waited for a target in vain, while nobody else had an answer from it.
    pub(in crate::route) fn silence(&self, position: usize, now: Timestamp) -> u64 {
        let silence = self.targets.get(position).and_then(|it| {
            let (oldest, _) = *it.waiting.first()?;
            let heard = it.estimate.map_or(oldest, |estimate| estimate.seen.max(oldest));
            Some(now.nanos_since(heard))
        });
        silence.filter(|silence| *silence > TELLING).unwrap_or(0)
    }

    /// Lets all workers know that a target is silent.
    pub(in crate::route) fn tell_silence(
        &mut self,
        position: usize,
        silence: u64,
        store: &impl Store,
        now: Timestamp,
    ) -> Result<(), TableError> {
        let Some(it) = self.targets.get_mut(position) else { return Ok(()) };
        let raise = |entry| {
            let raised = estimate::silent(entry, silence, now);
            (raised, raised.or(entry))
        };
        it.estimate = it.key.update(store, ATTEMPTS, now, raise)?.map(Estimate::of);
        Ok(())
    }

    pub(super) fn begin(&mut self, position: usize, now: Timestamp) -> u64 {
        let number = self.next;
        self.next = number.wrapping_add(1);
        if let Some(it) = self.targets.get_mut(position) {
            it.waiting.insert((now, number));
        }
        number
    }

    pub(super) fn end(&mut self, position: usize, since: Timestamp, number: u64) {
        if let Some(it) = self.targets.get_mut(position) {
            it.waiting.remove(&(since, number));
        }
    }

    /// Answers that come in short order are told together.
    pub(super) fn answered(
        &mut self,
        position: usize,
        took: u64,
        store: &impl Store,
        now: Timestamp,
    ) -> Result<(), TableError> {
        let Some(it) = self.targets.get_mut(position) else { return Ok(()) };
        let answered = |entry| estimate::answered(entry, Duration::from_nanos(took), now);
        if is_fresh(it.told, now) {
            it.untold.add(took, now);
            it.estimate = Some(Estimate::of(answered(it.estimate.map(Estimate::entry))));
            return Ok(());
        }
        it.told = now;
        let untold = std::mem::take(&mut it.untold);
        let note = |entry| {
            let noted = answered(untold.noted(entry, now));
            (Some(noted), noted)
        };
        it.estimate = Some(Estimate::of(it.key.update(store, ATTEMPTS, now, note)?));
        Ok(())
    }
}
