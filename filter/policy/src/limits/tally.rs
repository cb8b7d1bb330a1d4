//! Slots that are counted and never refused: how many requests are under way somewhere, over all workers.
//!
//! What one VM takes and gives back in short order need not be told one by one. It is summed up, and told at once for
//! all keys that share a bucket; whoever asks in between knows its own to the last, and others' as they last told.

use super::leases::{Leases, Slot};
use super::slots::{Generation, Slots};
use crate::table::{Entry, EntryKey, Store, TableError};
use crate::units::Timestamp;

/// Attempts to tell. What could not be told is told the next time.
const ATTEMPTS: u32 = 64;

/// What one VM knows of the slots of a key.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) key: EntryKey,
    /// So many are held, as it was last read, by this VM and by others.
    known: u16,
    /// This VM's own in what all can read.
    told: Vec<Slot>,
    /// So many more are its own by now, or fewer.
    untold: i32,
}

impl Tally {
    pub(crate) const fn new(key: EntryKey) -> Self {
        Self { key, known: 0, told: Vec::new(), untold: 0 }
    }

    /// So many are held.
    pub(crate) fn count(&self) -> u64 {
        let count = i32::from(self.known).saturating_add(self.untold);
        u64::try_from(count).unwrap_or(0)
    }

    pub(crate) const fn take(&mut self) {
        self.untold = self.untold.saturating_add(1);
    }

    pub(crate) const fn give_back(&mut self) {
        self.untold = self.untold.saturating_sub(1);
    }

    /// What was read of it.
    pub(crate) fn learn(&mut self, entry: Option<Entry>, now: Timestamp) {
        self.known = Slots::at(entry, now).live();
    }

    /// Tells all that is untold of keys that share one bucket, by one compare-and-swap.
    ///
    /// # Errors
    /// It could not be told. What was taken is told the next time; what was given back is no longer renewed, and so
    /// comes back by itself.
    pub(crate) fn tell(
        together: &mut [Self],
        leases: &Leases,
        store: &impl Store,
        now: Timestamp,
    ) -> Result<(), TableError> {
        let Some(bucket) = together.iter().find(|tally| tally.untold != 0).map(|tally| tally.key.bucket()) else {
            return Ok(());
        };
        let given_back: Vec<Vec<Generation>> = together.iter_mut().map(Self::let_go).collect();
        let told = bucket.update(store, ATTEMPTS, now, |opened| {
            let mut after = Vec::with_capacity(together.len());
            for (tally, given_back) in together.iter().zip(&given_back) {
                let entry = opened.live(tally.key);
                let before = Slots::at(entry, now);
                let slots = given_back.iter().fold(before, |slots, generation| slots.release(*generation));
                let slots = slots.take_many(tally.untold.max(0));
                if slots != before {
                    opened.put(tally.key, slots.entry())?;
                }
                after.push(slots);
            }
            Ok(after)
        })?;
        let after = told.map_err(|_: crate::table::Full| TableError::Full(bucket))?;
        for (tally, slots) in together.iter_mut().zip(after) {
            tally.known = slots.live();
            for _ in 0..tally.untold {
                tally.told.push(leases.hold(tally.key, u64::from(slots.generation())));
            }
            tally.untold = 0;
        }
        Ok(())
    }

    /// Stops holding as many as were given back since it was last told.
    fn let_go(&mut self) -> Vec<Generation> {
        let mut generations = Vec::new();
        while self.untold < 0 {
            self.untold = self.untold.saturating_add(1);
            generations.extend(self.told.pop().and_then(Slot::let_go).map(|(_, generation)| generation));
        }
        generations
    }
}
