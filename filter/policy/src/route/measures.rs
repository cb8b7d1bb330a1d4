//! What one VM has measured of targets, and knows of what others have.
//!
//! How soon targets answer, how busy they are and whether they are well decides about every request, and the first two change
//! with every request. They are statistics: nobody can tell whether they are of now or of a moment ago. So a VM tells of itself, and reads what
//! others tell, at most every [`FRESH`], and so knows others as they were twice that ago at worst; its own requests it
//! knows to the last one.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::busy::{Busy, Untold};
use super::health::Seen;
use super::latency::Latencies;
use super::models::{Model, Target};
use super::router::{Moment, Router};
use super::strategy::Strategy;
use crate::lookup::Lookup;
use crate::table::{Entry, EntryKey, Geometry, Snapshot, Store};
use crate::units::{SECOND, Timestamp};

/// What was read or told so many nanoseconds ago is good enough.
pub(super) const FRESH: u64 = SECOND / 100;
/// Models that nobody has asked for in so long need not be known.
const FORGOTTEN: u64 = 60 * SECOND;
/// So many targets of a model are kept in one bucket, which has twice as many places.
const GROUPED: usize = 16;

/// What one VM knows of targets. A VM has exactly one of these, over all its configurations; clones are the same one.
///
/// Call [`Measures::tell`] soon whenever [`Measures::must_tell`] says so, and [`Measures::forget`] now and then.
#[derive(Debug, Clone, Default)]
pub struct Measures(Rc<All>);

#[derive(Debug, Default)]
struct All {
    latencies: RefCell<Lookup<(Subject, bool), Shared<Latencies>>>,
    busy: RefCell<Lookup<Subject, Shared<Busy>>>,
    untold: Untold,
    seen: Seen,
    /// Somebody has been asked to tell it.
    is_asked: Cell<bool>,
}

/// What the requests of one VM share.
pub(super) type Shared<T> = Rc<RefCell<T>>;

/// The table, and the model's name and targets.
type Subject = (Geometry, u64);

/// What is measured of a model's targets.
#[derive(Debug, Clone)]
pub(super) enum Measured {
    Nothing,
    Latency(Shared<Latencies>),
    Busy(Shared<Busy>),
}

impl Measures {
    /// How soon that is.
    pub const SOON: std::time::Duration = std::time::Duration::from_nanos(FRESH);

    /// Whether there is something to tell others, and nobody has been asked to do that yet.
    pub fn must_tell(&self) -> bool {
        !self.0.untold.is_empty() && !self.0.is_asked.replace(true)
    }

    /// Tells others what they have not been told yet.
    pub fn tell(&self, store: &impl Store, now: Timestamp) {
        self.0.is_asked.set(false);
        for busy in self.0.untold.take() {
            // What cannot be told now is told with the next request.
            let _ = busy.borrow_mut().tell(store, now);
        }
    }

    /// Forgets what nobody has asked for in a while.
    pub fn forget(&self, now: Timestamp) {
        let is_old = |read: Timestamp| now.nanos_since(read) > FORGOTTEN;
        self.0.latencies.borrow_mut().retain(|_, it| Rc::strong_count(it) > 1 || !is_old(it.borrow().read));
        self.0.busy.borrow_mut().retain(|_, it| Rc::strong_count(it) > 1 || !is_old(it.borrow().read));
        self.0.seen.forget(now);
    }

    pub(super) fn seen(&self) -> &Seen {
        &self.0.seen
    }
}

impl Measured {
    /// What this model's strategy wants to know.
    pub(super) fn of<D, S: Store>(router: &Router, model: &Model<D>, stream: bool, moment: &Moment<'_, S>) -> Self {
        let subject = (router.table.geometry(), model.shape);
        let all = &*moment.measures.0;
        match model.strategy {
            Strategy::First | Strategy::Weighted { .. } | Strategy::LowestCost { .. } => Self::Nothing,
            Strategy::LowestLatency => {
                let part = if stream { "stream" } else { "whole" };
                let make = || Rc::new(RefCell::new(Latencies::new(keys(router, model, "latency", part))));
                let known = all.latencies.borrow_mut().entry((subject, stream)).or_insert_with(make).clone();
                known.borrow_mut().refresh(moment.store, moment.now);
                Self::Latency(known)
            }
            Strategy::LeastBusy => {
                let new = || Busy::new(keys(router, model, "busy", ""), moment.leases.clone(), all.untold.clone());
                let make = || Rc::new(RefCell::new(new()));
                let known = all.busy.borrow_mut().entry(subject).or_insert_with(make).clone();
                known.borrow_mut().refresh(moment.store, moment.now);
                Self::Busy(known)
            }
        }
    }
}

/// Where figures of one kind are kept, by the targets' positions.
fn keys<D>(router: &Router, model: &Model<D>, kind: &str, part: &str) -> Vec<EntryKey> {
    let key = |target: &Target<D>| {
        let number = (target.position / GROUPED).to_le_bytes();
        let parts = [kind.as_bytes(), model.name.as_bytes(), part.as_bytes(), number.as_slice()];
        router.table.group(parts.map(Some)).member(target.id)
    };
    model.targets.iter().map(key).collect()
}

/// Whether something done at `then` need not be done again.
pub(super) const fn is_fresh(then: Timestamp, now: Timestamp) -> bool {
    // A clock that was set back must not keep it fresh.
    then.as_nanos() <= now.as_nanos() && now.nanos_since(then) < FRESH
}

/// Reads entries, each bucket once for all that follow each other there. What cannot be read is not known.
pub(super) fn read_all<'i, T: 'i>(
    items: impl IntoIterator<Item = &'i mut T>,
    key: impl Fn(&T) -> EntryKey,
    store: &impl Store,
    now: Timestamp,
    learn: impl Fn(&mut T, Option<Entry>),
) {
    let mut last = None;
    for item in items {
        let key = key(item);
        if last.as_ref().is_none_or(|(bucket, _)| *bucket != key.bucket()) {
            last = Some((key.bucket(), key.bucket().read(store, now).ok()));
        }
        let read: Option<&Snapshot> = last.as_ref().and_then(|(_, read)| read.as_ref());
        learn(item, read.and_then(|read| read.live(key)));
    }
}
