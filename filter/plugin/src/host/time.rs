//! Time and chance, which the pure crates are given.

use std::cell::Cell;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tollgate_policy::Timestamp;

/// The wall clock, read once for all that is done in one callback.
pub(crate) struct Clock;

thread_local! {
    /// When the callback began that runs now, if anything in it has asked.
    static MOMENT: Cell<Option<Timestamp>> = const { Cell::new(None) };
}

impl Clock {
    /// A callback begins: what the clock said in the last one is over.
    pub(crate) fn begin() {
        MOMENT.set(None);
    }

    pub(crate) fn now() -> Timestamp {
        MOMENT.get().unwrap_or_else(|| {
            let now = Timestamp::from_nanos(u64::try_from(since_1970().as_nanos()).unwrap_or(u64::MAX));
            MOMENT.set(Some(now));
            now
        })
    }

    /// Unix time in seconds.
    pub(crate) fn seconds() -> u64 {
        Self::now().as_nanos() / 1_000_000_000
    }
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Sixteen random bytes: the standard library seeds its hashers from the host's random numbers.
pub(crate) fn random_seed() -> [u8; 16] {
    (u128::from(random()) << 64 | u128::from(random())).to_ne_bytes()
}

/// A random number.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
