//! One entry, and the one way to change it.

use std::hash::{Hash, Hasher};

use super::bucket::{Full, Tag};
use super::{BucketKey, Opened, Store, TableError};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EntryKey {
    bucket: BucketKey,
    pub(super) tag: Tag,
}

/// The tag is a hash already, and hardly ever two are alike.
impl Hash for EntryKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [low, _] = self.tag;
        state.write_u64(low);
    }
}

impl EntryKey {
    pub(super) const fn new(bucket: BucketKey, tag: Tag) -> Self {
        Self { bucket, tag }
    }

    /// Entries of one bucket can be changed together.
    pub(crate) const fn bucket(&self) -> BucketKey {
        self.bucket
    }

    /// The live entry, without changing anything.
    ///
    /// # Errors
    /// [`TableError::NotPrepared`] and [`TableError::Malformed`].
    pub(crate) fn read(&self, store: &impl Store, now: Timestamp) -> Result<Option<Entry>, TableError> {
        self.bucket.read(store, now).map(|bucket| bucket.live(*self))
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
    ) -> Result<T, TableError> {
        let change = |opened: &mut Opened| {
            let (wanted, outcome) = change(opened.live(*self));
            wanted.map_or(Ok(()), |entry| opened.put(*self, entry)).map(|()| outcome)
        };
        self.bucket.update(store, attempts, now, change)?.map_err(|Full| TableError::Full(self.bucket))
    }
}
