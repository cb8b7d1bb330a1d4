//! Entries that are needed together: they live in one bucket, so that one read finds them all, and one
//! compare-and-swap changes them.

use super::bucket::{Bucket, Tag};
use super::{BucketKey, Entry, EntryKey, Store, TableError};
use crate::units::Timestamp;

/// A few entries that are needed together. They share a bucket of few places, so they must be few.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    bucket: BucketKey,
    tag: Tag,
}

/// A bucket as it was at one moment.
#[derive(Debug)]
pub(crate) struct Snapshot {
    bucket: Bucket,
    taken: Timestamp,
}

impl Group {
    pub(super) const fn new(bucket: BucketKey, tag: Tag) -> Self {
        Self { bucket, tag }
    }

    /// The entry of one member, by a number that no other member of the group has.
    pub(crate) const fn member(&self, member: u64) -> EntryKey {
        let [low, high] = self.tag;
        EntryKey::new(self.bucket, [low ^ member, high])
    }
}

impl BucketKey {
    /// Reads all of its entries.
    ///
    /// # Errors
    /// [`TableError::NotPrepared`] and [`TableError::Malformed`].
    pub(crate) fn read(self, store: &impl Store, now: Timestamp) -> Result<Snapshot, TableError> {
        let (bucket, _) = self.open(store, now)?;
        Ok(Snapshot { bucket, taken: now })
    }
}

impl Snapshot {
    /// An entry of this bucket, if it was live.
    pub(crate) fn live(&self, key: EntryKey) -> Option<Entry> {
        self.bucket.find(key.tag).filter(|entry| entry.expires > self.taken)
    }
}
