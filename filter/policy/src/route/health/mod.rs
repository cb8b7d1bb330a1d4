//! How targets are: which ones take requests, for all workers. The one that meets a fault knows at once, the others within
//! a hundredth of a second ([`Seen`]).
//!
//! A target is what a provider calls by one name: models of the configuration that share it share what is
//! known of it.

mod cooling;
mod fault;
mod seen;
mod state;

use std::time::Duration;

pub(crate) use cooling::Cooling;
pub use fault::Fault;
pub(super) use seen::Seen;
pub(super) use state::{Phase, Role};

use crate::table::{EntryKey, Store, Table, TableError};
use crate::units::Timestamp;

/// Attempts to note something. Each lost one means that another worker has noted something there.
const ATTEMPTS: u32 = 64;

/// Where the health of what `provider` calls `model` is kept.
pub(super) fn key(table: &Table, provider: &str, model: &str) -> EntryKey {
    table.key([Some("health"), Some(provider), Some(model)])
}

/// A target's health, and with what expectations a request was sent there.
#[derive(Debug)]
pub(super) struct Watch {
    key: EntryKey,
    cooling: Cooling,
    role: Role,
    seen: Seen,
}

impl Watch {
    /// Watches a request that is about to be sent. If the target is due to be tried, and nobody tries it, this
    /// request does.
    pub(super) fn begin(
        key: EntryKey,
        cooling: Cooling,
        seen: Seen,
        store: &impl Store,
        now: Timestamp,
    ) -> Result<Self, TableError> {
        let role = key.update(store, ATTEMPTS, now, |entry| state::elect(entry, now))?;
        Ok(Self { key, cooling, role, seen })
    }

    pub(super) const fn trusting(key: EntryKey, cooling: Cooling, seen: Seen) -> Self {
        Self { key, cooling, role: Role::Trusting, seen }
    }

    pub(super) const fn role(&self) -> Role {
        self.role
    }

    /// The target answered as it should.
    pub(super) fn answered(&mut self, store: &impl Store, now: Timestamp) -> Result<(), TableError> {
        // What is trusted and answers is the rule, and costs nothing.
        let role = std::mem::replace(&mut self.role, Role::Trusting);
        if role == Role::Trusting {
            return Ok(());
        }
        self.key.update(store, ATTEMPTS, now, |entry| (state::answer(entry, role), ()))
    }

    /// The target failed. Says for how long it is now left alone, if this changed that.
    pub(super) fn failed(
        &mut self,
        fault: &Fault,
        store: &impl Store,
        now: Timestamp,
        chance: u64,
    ) -> Result<Option<Duration>, TableError> {
        let role = std::mem::replace(&mut self.role, Role::Trusting);
        self.seen.doubt(self.key);
        let change = |entry| state::fault(entry, role, fault, &self.cooling, now, chance);
        let wait = self.key.update(store, ATTEMPTS, now, change)?;
        Ok(wait.map(Duration::from_nanos))
    }

    /// The request has ended. If it was to show how the target is, and did not, another may.
    pub(super) fn end(self, store: &impl Store, now: Timestamp) -> Result<(), TableError> {
        match self.role {
            Role::Probe(lease) => {
                self.key.update(store, ATTEMPTS, now, |entry| (state::release(entry, lease, now), ()))
            }
            Role::Trusting | Role::LastResort => Ok(()),
        }
    }
}
