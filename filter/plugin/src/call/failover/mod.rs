//! A request that is tried at one target after the other, by Envoy's retry policy, on a cluster that holds them.
//!
//! The filter in the listener decides about the request, leaves it as it came, and sees to the end of it ([`Failover`],
//! `listener`). The filter on the cluster makes each attempt one for its target, and its answer the client's
//! ([`Attempt`]). A request stays on its worker, and both filters are in that worker's VM: they share what is here, under
//! a number that the one publishes and the other reads (`open`).

mod attempt;
mod listener;
mod open;
mod progress;

use super::account::Account;
use super::ending::Facts;
use super::route::{Request, Sent};
use super::steps::Spent;
use crate::gateway::Gateway;
use crate::host::{Clock, Headers, RequestHeaders, publish_number, reply};
pub(super) use attempt::Attempt;
pub(super) use listener::Overseen;
pub(super) use open::{Place, place};
use progress::Progress;
use std::cell::RefCell;
use std::rc::Rc;
use tollgate_dialects::{Asked, Dialect, Failure, Losses};
use tollgate_policy::Caller;

/// What the number of an open request is published as.
const NUMBER: &str = "failover";

/// A request that may be tried at several targets.
pub(super) struct Failover {
    number: u64,
    /// The configuration that it began with.
    gateway: Rc<Gateway>,
    dialect: Dialect,
    asked: Asked<'static>,
    caller: Caller,
    /// As the client sent them.
    headers: RequestHeaders,
    /// As the client names it.
    model: String,
    /// The positions of the targets that it may go to.
    fits: Vec<usize>,
    is_free: bool,
    progress: RefCell<Progress>,
}

/// Answers a request of which nothing is known any more.
pub(super) fn lost() {
    log::warn!("tollgate: the VM that began a request has failed before a target was tried");
    answer(&Failure::new(503, "The gateway lost this request. Try again."), &[("retry-after", "1".to_owned())]);
}

/// Answers a client that has come to a filter that is meant for clusters.
pub(super) fn misplaced() {
    log::error!("tollgate: \"from\": \"listener\" is for clusters; a filter in a listener needs providers and models");
    answer(&Failure::new(500, "The gateway is not set up."), &[]);
}

/// In words that all clients can read: nobody knows what it asked.
fn answer(failure: &Failure, headers: &[(&str, String)]) {
    reply(failure.status, headers, &Dialect::OpenAi.error_body(failure));
}

/// What is settled about a request before it is left to the cluster.
pub(super) struct Start {
    dialect: Dialect,
    model: String,
    fits: Vec<usize>,
    is_free: bool,
    progress: Progress,
}

/// Takes what is known of a request that goes to a cluster of several targets. Its body and most of its headers stay as
/// they are.
pub(super) fn start(request: &Request<'_>, sent: Sent<'_>, spent: Spent) -> Start {
    let Request { gateway, dialect, caller, peek, model, is_free, .. } = *request;
    let Sent { target, target_model, demand, reservation, attempt, walk, .. } = sent;
    let cluster = walk.as_ref().map_or(target.provider.cluster.as_str(), |walk| walk.cluster);
    Headers::Request.set("x-tollgate-cluster", cluster);
    log::debug!(
        "tollgate: {} asks for {:?}, goes to {cluster:?}, first to {:?}; {} input tokens estimated",
        dialect.name(),
        peek.model(),
        target.name,
        demand.all_input().0
    );
    let reserved_for = Facts::new(model, target, target_model, demand.all_input().0, Losses::default());
    super::forward::publish_target(gateway, &reserved_for, caller.name(), peek.model());
    Start {
        dialect,
        model: peek.model().to_owned(),
        fits: walk.map(|walk| walk.fits).unwrap_or_default(),
        is_free,
        progress: Progress::new(Account::new(reservation, Clock::now(), spent), reserved_for, attempt),
    }
}

impl Failover {
    /// Leaves the request to the filter on the cluster.
    pub(super) fn begin(
        gateway: Rc<Gateway>,
        start: Start,
        asked: Asked<'static>,
        caller: Caller,
        headers: RequestHeaders,
    ) -> Rc<Self> {
        let Start { dialect, model, fits, is_free, progress } = start;
        let begun = open::open(|number| Self {
            number,
            gateway,
            dialect,
            asked,
            caller,
            headers,
            model,
            fits,
            is_free,
            progress: RefCell::new(progress),
        });
        publish_number(NUMBER, begun.number);
        begun
    }
}
