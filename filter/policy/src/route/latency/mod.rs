//! How soon targets begin to answer, for all workers.
//!
//! Kept apart for each model of the configuration, whose requests resemble each other, and for streams, which
//! begin with the first token, and whole answers, which begin with the last.

mod estimate;
mod latencies;

use estimate::Estimate;
pub(super) use latencies::{Latencies, UNKNOWN};

use super::measures::Shared;
use crate::table::{Store, TableError};
use crate::units::Timestamp;

/// An answer that cannot be noted is not missed: the next one tells the same.
const ATTEMPTS: u32 = 8;

/// A request that waits for its answer to begin. It no longer does when this is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    latencies: Shared<Latencies>,
    position: usize,
    since: Timestamp,
    /// Two can be sent at once.
    number: u64,
}

impl Watch {
    pub(super) fn begin(latencies: Shared<Latencies>, position: usize, now: Timestamp) -> Self {
        let number = latencies.borrow_mut().begin(position, now);
        Self { latencies, position, since: now, number }
    }

    /// The answer has begun.
    pub(super) fn answered(self, store: &impl Store, now: Timestamp) -> Result<(), TableError> {
        // The clock was set back meanwhile: nobody knows how long it took.
        if self.since > now {
            return Ok(());
        }
        let took = now.nanos_since(self.since);
        self.latencies.borrow_mut().answered(self.position, took, store, now)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.latencies.borrow_mut().end(self.position, self.since, self.number);
    }
}
