//! The requests of one VM that wait for an answer to begin.
//!
//! A target that hangs gives no answers to learn from: what tells is that they do not come.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::lookup::Lookup;
use crate::table::EntryKey;
use crate::units::Timestamp;

/// The requests of one VM that wait for an answer to begin. A VM has exactly one of these, over all its
/// configurations; clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct Waits(Rc<RefCell<All>>);

#[derive(Debug, Default)]
struct All {
    /// When each was sent; numbered, as two can be sent at once.
    sent: Lookup<EntryKey, BTreeSet<(Timestamp, u64)>>,
    next: u64,
}

/// One request that waits. It no longer does when this is dropped.
#[derive(Debug)]
pub(super) struct Wait {
    waits: Waits,
    pub(super) key: EntryKey,
    pub(super) since: Timestamp,
    number: u64,
}

impl Waits {
    pub(super) fn begin(&self, key: EntryKey, now: Timestamp) -> Wait {
        let mut all = self.0.borrow_mut();
        let number = all.next;
        all.next = number.wrapping_add(1);
        all.sent.entry(key).or_default().insert((now, number));
        Wait { waits: self.clone(), key, since: now, number }
    }

    /// When the first was sent of those that wait.
    pub(super) fn oldest(&self, key: &EntryKey) -> Option<Timestamp> {
        self.0.borrow().sent.get(key)?.first().map(|(since, _)| *since)
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let mut all = self.waits.0.borrow_mut();
        if let Some(sent) = all.sent.get_mut(&self.key) {
            sent.remove(&(self.since, self.number));
            if sent.is_empty() {
                all.sent.remove(&self.key);
            }
        }
    }
}
