//! One entry, and the one way to change it.

use super::bucket::{Bucket, Tag};
use super::{BucketKey, Store, TableError};
use crate::units::Timestamp;

/// What an entry holds. What `state` means is up to the kind of key that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) state: u64,
    /// From this moment on, the entry means what no entry means.
    pub(crate) expires: Timestamp,
}

/// Where an entry lives. Good for the table that made it, for ever: it names geometry, bucket and
/// tag, and so needs no configuration to be found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct EntryKey {
    bucket: BucketKey,
    pub(super) tag: Tag,
}

/// What came of an update, and how often other workers were faster.
#[derive(Debug)]
pub(crate) struct Updated<T> {
    pub(crate) outcome: T,
    pub(crate) retries: u32,
}

impl EntryKey {
    pub(super) const fn new(bucket: BucketKey, tag: Tag) -> Self {
        Self { bucket, tag }
    }

    /// The live entry, without changing anything.
    ///
    /// # Errors
    /// [`TableError::NotPrepared`] and [`TableError::Malformed`].
    pub(crate) fn read(&self, store: &impl Store, now: Timestamp) -> Result<Option<Entry>, TableError> {
        self.update(store, 1, now, |live| (None, live)).map(|seen| seen.outcome)
    }

    /// Changes the entry by compare-and-swap, at most `attempts` times.
    ///
    /// `change` sees the live entry, or `None`, and says what it should be: an entry to write, or
    /// `None` to leave everything as it is. It runs once per attempt and only its last outcome
    /// counts. What would change nothing is not written, and disturbs no other worker.
    ///
    /// # Errors
    /// Any [`TableError`]; nothing has changed then.
    pub(crate) fn update<T>(
        &self,
        store: &impl Store,
        attempts: u32,
        now: Timestamp,
        mut change: impl FnMut(Option<Entry>) -> (Option<Entry>, T),
    ) -> Result<Updated<T>, TableError> {
        for retries in 0..attempts {
            let read = store.read(self.bucket).ok_or(TableError::NotPrepared(self.bucket))?;
            let (bytes, version) = read;
            let mut bucket = Bucket::parse(bytes).ok_or(TableError::Malformed(self.bucket))?;
            let live = bucket.find(self.tag).filter(|entry| entry.expires > now);
            let (wanted, outcome) = change(live);
            let differs = |entry: &Entry| live.map_or(entry.expires > now, |live| live != *entry);
            let Some(entry) = wanted.filter(differs) else {
                return Ok(Updated { outcome, retries });
            };
            bucket.put(self.tag, entry, now).map_err(|_full| TableError::Full(self.bucket))?;
            let written = store.compare_and_swap(self.bucket, bucket.as_bytes(), version);
            if written.map_err(TableError::Store)? {
                return Ok(Updated { outcome, retries });
            }
        }
        Err(TableError::Contended { bucket: self.bucket, attempts })
    }
}
