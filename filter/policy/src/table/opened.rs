//! A bucket while it is being changed: whatever becomes of its entries, becomes of all of them at once.

use super::bucket::{Bucket, Full};
use super::{BucketKey, Entry, EntryKey, Store, TableError};
use crate::units::Timestamp;

/// A bucket as it was read, and what it shall be.
#[derive(Debug)]
pub(crate) struct Opened {
    bucket: Bucket,
    now: Timestamp,
    differs: bool,
}

impl Opened {
    /// An entry of this bucket, if it is live.
    pub(crate) fn live(&self, key: EntryKey) -> Option<Entry> {
        self.bucket.find(key.tag).filter(|entry| entry.expires > self.now)
    }

    /// Puts an entry of this bucket in the place of what it was.
    ///
    /// # Errors
    /// It is new, and there is no place for it.
    pub(crate) fn put(&mut self, key: EntryKey, entry: Entry) -> Result<(), Full> {
        self.differs |= self.bucket.put(key.tag, entry, self.now)?;
        Ok(())
    }
}

impl BucketKey {
    /// Changes entries of the bucket by one compare-and-swap, at most `attempts` times.
    ///
    /// `change` runs once per attempt, and only its last outcome counts. Where that is an error, nothing is
    /// written. What would change nothing is not written either, and disturbs no other worker.
    ///
    /// # Errors
    /// Any [`TableError`] but [`TableError::Full`]; nothing has changed then.
    pub(crate) fn update<T, E>(
        self,
        store: &impl Store,
        attempts: u32,
        now: Timestamp,
        mut change: impl FnMut(&mut Opened) -> Result<T, E>,
    ) -> Result<Result<T, E>, TableError> {
        // A guess that nothing is written by proves nothing.
        if let Some((bytes, version)) = store.guess(self)
            && let Some(bucket) = Bucket::parse(bytes)
            && !bucket.written().is_ahead_of(now)
        {
            let mut opened = Opened { bucket, now, differs: false };
            if let Ok(outcome) = change(&mut opened)
                && opened.differs
                && self.write(store, opened, version)?
            {
                return Ok(Ok(outcome));
            }
        }
        for lost in 0..attempts {
            let (bucket, version) = self.open(store, now)?;
            let mut opened = Opened { bucket, now, differs: false };
            let outcome = change(&mut opened);
            if outcome.is_err() || !opened.differs || self.write(store, opened, version)? {
                if lost > 0 {
                    store.lost(lost);
                }
                return Ok(outcome);
            }
        }
        store.lost(attempts);
        Err(TableError::Contended { bucket: self, attempts })
    }

    /// The bucket, and its version. Where the clock was set back since it was written, that is set right for all first:
    /// from then on, time goes on in it.
    pub(super) fn open(self, store: &impl Store, now: Timestamp) -> Result<(Bucket, u32), TableError> {
        let (mut bucket, version) = self.load(store)?;
        if !bucket.written().is_ahead_of(now) {
            return Ok((bucket, version));
        }
        bucket.set_back(now);
        // Should another have done it, or nobody be able to, it is so for what is done now.
        let _ = store.compare_and_swap(self, bucket.as_bytes(), version);
        let (mut bucket, version) = self.load(store)?;
        bucket.set_back(now);
        Ok((bucket, version))
    }

    fn load(self, store: &impl Store) -> Result<(Bucket, u32), TableError> {
        let (bytes, version) = store.read(self).ok_or(TableError::NotPrepared(self))?;
        Ok((Bucket::parse(bytes).ok_or(TableError::Malformed(self))?, version))
    }

    /// Whether it was written, and not by somebody else.
    fn write(self, store: &impl Store, opened: Opened, version: u32) -> Result<bool, TableError> {
        let bytes = opened.bucket.into_bytes(opened.now);
        let is_written = store.compare_and_swap(self, &bytes, version).map_err(TableError::Store)?;
        if is_written {
            store.wrote(self, bytes);
        }
        Ok(is_written)
    }
}
