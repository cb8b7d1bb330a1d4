//! The store underneath.

use std::borrow::Cow;
use std::fmt;

use super::BucketKey;

/// A key-value store with versions that all workers share: Envoy's shared data.
///
/// Implementations name a bucket by its key's [`name`](BucketKey::name).
pub trait Store {
    /// Value and version of a bucket, or `None` when it does not exist.
    fn read(&self, bucket: BucketKey) -> Option<(Vec<u8>, u32)>;

    /// Writes if `version` is still the bucket's. `Ok(false)` says that it is not.
    ///
    /// # Errors
    /// When the store refuses for any other reason.
    fn compare_and_swap(&self, bucket: BucketKey, value: &[u8], version: u32) -> Result<bool, StoreError>;

    /// Writes whatever is there. Used by [`Table::prepare`](super::Table::prepare) alone, before
    /// workers start: between workers it would lose updates.
    ///
    /// # Errors
    /// When the store refuses.
    fn create(&self, bucket: BucketKey, value: &[u8]) -> Result<(), StoreError>;

    /// What the bucket should hold, and its version then, without reading it; see [`Written`](super::Written).
    fn guess(&self, _bucket: BucketKey) -> Option<(Vec<u8>, u32)> {
        None
    }

    /// So many attempts to change a bucket were in vain, because another worker was faster at each of them. Told once
    /// for each change, and not where there was no such attempt.
    fn lost(&self, _attempts: u32) {}

    /// A compare-and-swap has written this.
    fn wrote(&self, _bucket: BucketKey, _value: Vec<u8>) {}
}

/// The store could not be written, in the store's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError(Cow<'static, str>);

impl StoreError {
    /// An error with the store's own words.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StoreError {}
