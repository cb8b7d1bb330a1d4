//! The requests of this VM that are being tried, by number.

use super::{Failover, NUMBER};
use crate::gateway::Gateway;
use crate::host::{property, published, random};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

thread_local! {
    static OPEN: RefCell<Open> = RefCell::default();
}

#[derive(Default)]
struct Open {
    last: u64,
    requests: BTreeMap<u64, Weak<Failover>>,
}

/// Where this filter stands, for one stream.
pub(in crate::call) enum Place {
    /// In a listener.
    Listener,
    /// On a cluster, before an attempt.
    Cluster(Rc<Failover>),
    /// On a cluster, and the request was made ready for it, or was none of this filter's.
    Ready,
    /// On a cluster, and nobody knows the request any more: the VM that began it has failed.
    Lost,
}

/// Envoy is asked only where it can make a difference. Without a gateway, this is a filter for clusters.
pub(in crate::call) fn place(gateway: Option<&Gateway>) -> Place {
    let none_open = OPEN.with_borrow(|open| open.requests.is_empty());
    if none_open && gateway.is_some_and(|gateway| !gateway.config.models().have_walks()) {
        return Place::Listener;
    }
    let number = published(NUMBER);
    if number.is_empty() {
        let has_upstream = !property(["upstream", "address"]).is_empty();
        return if has_upstream { Place::Ready } else { Place::Listener };
    }
    let number = std::str::from_utf8(&number).ok().and_then(|number| number.parse().ok()).unwrap_or(0);
    let request = OPEN.with_borrow(|open| open.requests.get(&number).and_then(Weak::upgrade));
    request.map_or(Place::Lost, Place::Cluster)
}

/// Keeps a request under a number of its own until it is dropped.
pub(super) fn open(request: impl FnOnce(u64) -> Failover) -> Rc<Failover> {
    OPEN.with_borrow_mut(|open| {
        // Numbers of a VM that has failed may still be about: they must mean nobody here.
        open.last = if open.last == 0 { random() } else { open.last.wrapping_add(1) };
        let request = Rc::new(request(open.last));
        open.requests.insert(open.last, Rc::downgrade(&request));
        request
    })
}

impl Drop for Failover {
    fn drop(&mut self) {
        OPEN.with_borrow_mut(|open| open.requests.remove(&self.number));
    }
}
