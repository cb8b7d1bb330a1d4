//! The slots that one VM holds, so that it can renew them while it lives.

use std::cell::RefCell;
use std::rc::Rc;

use super::SETTLE_ATTEMPTS;
use super::slots::{Generation, Slots, generation_of};
use crate::lookup::Lookup;
use crate::table::{Entry, EntryKey, Store, TableError};
use crate::units::{SKEW, Timestamp};

/// The slots that one VM holds. A VM has exactly one of these; clones are the same one.
///
/// Pass it to every reservation, and renew it every [`Leases::RENEW_EVERY`] or more often. Several
/// timers may do that: what is renewed is left alone.
#[derive(Debug, Clone, Default)]
pub struct Leases(Rc<RefCell<Lookup<EntryKey, Vec<Held>>>>);

/// So many slots of a key, last renewed in this generation.
#[derive(Debug, Clone, Copy)]
struct Held {
    generation: Generation,
    count: u16,
}

/// One slot of a key. Which one does not matter: those of one VM are alike. One that is
/// dropped is no longer renewed, and so comes back by itself.
#[derive(Debug)]
pub(super) struct Slot {
    leases: Leases,
    key: EntryKey,
    released: bool,
}

impl Leases {
    /// Renew at least this often.
    pub const RENEW_EVERY: std::time::Duration = std::time::Duration::from_nanos(super::slots::LEASE / 3);

    /// Keeps every slot that is held from expiring. Costs one change of shared state per key that has
    /// slots and was not renewed for a while, and nothing otherwise.
    ///
    /// # Errors
    /// The first failure. What could not be renewed is tried again the next time.
    pub fn renew(&self, store: &impl Store, now: Timestamp) -> Result<(), TableError> {
        let (current, latest) = (generation_of(now), generation_of(now.plus(SKEW)));
        let due: Vec<(EntryKey, Vec<Held>)> = {
            let held = self.0.borrow();
            // A later one is of before the clock was set back.
            let is_due = |slots: &[Held]| slots.iter().any(|it| it.generation < current || it.generation > latest);
            held.iter().filter(|(_, slots)| is_due(slots)).map(|(key, slots)| (*key, slots.clone())).collect()
        };
        let mut renewed = Ok(());
        for (key, held) in due {
            let renew = |entry: Option<Entry>| {
                // Where there is none, none of them is counted, whenever they were taken.
                let generation = |held: &Held| entry.map_or(0, |_| held.generation);
                let slots =
                    held.iter().fold(Slots::at(entry, now), |slots, held| slots.renew(generation(held), held.count));
                (Some(slots.entry()), slots.generation())
            };
            match key.update(store, SETTLE_ATTEMPTS, now, renew) {
                Ok(generation) => {
                    let count = held.iter().fold(0, |sum: u16, held| sum.saturating_add(held.count));
                    self.0.borrow_mut().insert(key, vec![Held { generation, count }]);
                }
                Err(error) => renewed = renewed.and(Err(error)),
            }
        }
        renewed
    }

    /// So many slots are held now, over all keys.
    pub fn held(&self) -> usize {
        self.0.borrow().values().flatten().map(|held| usize::from(held.count)).sum()
    }

    /// One slot of a key is held from now on, which was taken in that period.
    pub(super) fn hold(&self, key: EntryKey, period: u64) -> Slot {
        let generation = Generation::try_from(period).unwrap_or(Generation::MAX);
        let mut all = self.0.borrow_mut();
        let held = all.entry(key).or_default();
        match held.iter_mut().find(|held| held.generation == generation) {
            Some(held) => held.count = held.count.saturating_add(1),
            None => held.push(Held { generation, count: 1 }),
        }
        Slot { leases: self.clone(), key, released: false }
    }

    /// Forgets one slot of a key, of the oldest generation: the one that would expire first.
    fn forget(&self, key: EntryKey) -> Option<Generation> {
        let mut all = self.0.borrow_mut();
        let held = all.get_mut(&key)?;
        let oldest = held.iter_mut().min_by_key(|held| held.generation)?;
        let generation = oldest.generation;
        oldest.count = oldest.count.saturating_sub(1);
        held.retain(|held| held.count > 0);
        if held.is_empty() {
            all.remove(&key);
        }
        Some(generation)
    }
}

impl Slot {
    /// It is renewed no longer. Says which slot is to be given back; `None` if there is none.
    pub(super) fn let_go(mut self) -> Option<(EntryKey, Generation)> {
        self.released = true;
        let generation = self.leases.forget(self.key)?;
        Some((self.key, generation))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if !self.released {
            self.leases.forget(self.key);
        }
    }
}
