//! What one VM has just seen of targets.
//!
//! Nearly all requests go to targets that are open, and a look at what workers share costs more than all the rest of
//! routing. So one that was open a moment ago is not looked at again, unless this VM has met a fault there since.

use super::state::{Phase, phase_of};
use crate::lookup::Lookup;
use crate::route::measures::{Shared, is_fresh};
use crate::table::{EntryKey, Store};
use crate::units::Timestamp;

/// When targets were last seen to be open. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub(in crate::route) struct Seen(Shared<Lookup<EntryKey, Timestamp>>);

impl Seen {
    /// How a target is, or was a moment ago.
    pub(in crate::route) fn phase(&self, key: EntryKey, store: &impl Store, now: Timestamp) -> Phase {
        if self.0.borrow().get(&key).is_some_and(|then| is_fresh(*then, now)) {
            return Phase::Open;
        }
        // What cannot be read is taken to be well.
        let phase = phase_of(key.read(store, now).ok().flatten(), now);
        if phase == Phase::Open {
            self.0.borrow_mut().insert(key, now);
        }
        phase
    }

    /// A fault was met there: the next request looks again.
    pub(super) fn doubt(&self, key: EntryKey) {
        self.0.borrow_mut().remove(&key);
    }

    /// Forgets what tells nothing any more.
    pub(in crate::route) fn forget(&self, now: Timestamp) {
        self.0.borrow_mut().retain(|_, then| is_fresh(*then, now));
    }
}
