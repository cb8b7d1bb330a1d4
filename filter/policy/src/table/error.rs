//! What can go wrong with the table.

use std::fmt;

use super::{BucketKey, StoreError};

/// Why shared state could not be read or changed. State is as it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableError {
    /// The bucket does not exist: the table was not prepared before workers started.
    NotPrepared(BucketKey),
    /// The bucket's bytes are not this layout's.
    Malformed(BucketKey),
    /// Every entry of the bucket is live: there is no place for another key.
    Full(BucketKey),
    /// Other workers changed the bucket at each of this many attempts.
    Contended {
        /// The bucket.
        bucket: BucketKey,
        /// How often it was tried.
        attempts: u32,
    },
    /// The store refused.
    Store(StoreError),
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPrepared(bucket) => {
                write!(f, "shared data {bucket} does not exist; it must be created on configuration")
            }
            Self::Malformed(bucket) => {
                write!(f, "shared data {bucket} was written by something else; restart Envoy to clear it")
            }
            Self::Full(bucket) => {
                write!(f, "shared data {bucket} is full; raise shared.slots")
            }
            Self::Contended { bucket, attempts } => {
                write!(f, "shared data {bucket} was changed by other workers at {attempts} attempts")
            }
            Self::Store(error) => write!(f, "shared data cannot be written: {error}"),
        }
    }
}

impl std::error::Error for TableError {}
