//! How many requests are under way to targets, for all workers.

use super::measures::{Shared, is_fresh, read_all};
use crate::limits::{Leases, Tally};
use crate::table::{EntryKey, Store, TableError};
use crate::units::Timestamp;

/// What one VM knows of a model's targets.
#[derive(Debug)]
pub(super) struct Busy {
    tallies: Vec<Tally>,
    leases: Leases,
    /// When it was read.
    pub(super) read: Timestamp,
    /// When others were told.
    told: Timestamp,
    untold: Untold,
    /// It is one of these.
    is_untold: bool,
}

/// Those of which others are still to be told.
#[derive(Debug, Clone, Default)]
pub(super) struct Untold(Shared<Vec<Shared<Busy>>>);

impl Untold {
    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Takes all of them out.
    pub(super) fn take(&self) -> Vec<Shared<Busy>> {
        let all = self.0.take();
        all.iter().for_each(|busy| busy.borrow_mut().is_untold = false);
        all
    }
}

/// A request under way to a target. It no longer is when this is dropped.
#[derive(Debug)]
pub(super) struct UnderWay {
    busy: Shared<Busy>,
    position: usize,
    has_ended: bool,
}

impl Busy {
    pub(super) fn new(keys: Vec<EntryKey>, leases: Leases, untold: Untold) -> Self {
        let tallies = keys.into_iter().map(Tally::new).collect();
        let (read, told) = Default::default();
        Self { tallies, leases, read, told, untold, is_untold: false }
    }

    /// How many are under way to the target at a position, as it was last read.
    pub(super) fn count(&self, position: usize) -> u64 {
        self.tallies.get(position).map_or(0, Tally::count)
    }

    /// Reads what others have told, unless that was done a moment ago.
    pub(super) fn refresh(&mut self, store: &impl Store, now: Timestamp) {
        if is_fresh(self.read, now) {
            return;
        }
        self.read = now;
        read_all(&mut self.tallies, |tally| tally.key, store, now, |tally, entry| tally.learn(entry, now));
    }

    /// Tells others of what has changed.
    ///
    /// # Errors
    /// The first thing that could not be told.
    pub(super) fn tell(&mut self, store: &impl Store, now: Timestamp) -> Result<(), TableError> {
        self.told = now;
        let together = self.tallies.chunk_by_mut(|one, next| one.key.bucket() == next.key.bucket());
        together.map(|together| Tally::tell(together, &self.leases, store, now)).fold(Ok(()), Result::and)
    }
}

impl UnderWay {
    pub(super) fn begin(busy: Shared<Busy>, position: usize, store: &impl Store, now: Timestamp) -> Self {
        busy.borrow_mut().tallies.get_mut(position).map(Tally::take);
        // What cannot be told now is told with the next request.
        let _ = changed(&busy, store, now);
        Self { busy, position, has_ended: false }
    }

    pub(super) fn end(mut self, store: &impl Store, now: Timestamp) -> Result<(), TableError> {
        self.has_ended = true;
        self.busy.borrow_mut().tallies.get_mut(self.position).map(Tally::give_back);
        changed(&self.busy, store, now)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if !self.has_ended {
            self.busy.borrow_mut().tallies.get_mut(self.position).map(Tally::give_back);
            tell_later(&self.busy);
        }
    }
}

/// Tells others now, or later if they were told a moment ago.
fn changed(busy: &Shared<Busy>, store: &impl Store, now: Timestamp) -> Result<(), TableError> {
    if is_fresh(busy.borrow().told, now) {
        tell_later(busy);
        return Ok(());
    }
    busy.borrow_mut().tell(store, now)
}

fn tell_later(busy: &Shared<Busy>) {
    let mut inner = busy.borrow_mut();
    if !std::mem::replace(&mut inner.is_untold, true) {
        inner.untold.0.borrow_mut().push(busy.clone());
    }
}
