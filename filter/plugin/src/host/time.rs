//! Time and chance, which the pure crates are given.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::{SystemTime, UNIX_EPOCH};
use tollgate_policy::Timestamp;

/// The wall clock.
pub(crate) struct Clock;

impl Clock {
    pub(crate) fn now() -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_nanos(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
    }

    /// Unix time in seconds.
    pub(crate) fn seconds() -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }
}

/// Sixteen random bytes: the standard library seeds its hashers from the host's random numbers.
pub(crate) fn random_seed() -> [u8; 16] {
    (u128::from(random()) << 64 | u128::from(random())).to_ne_bytes()
}

/// A random number.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
