//! What the listener sees of a request that is tried on a cluster: its answer as the client gets it, and its end.

use super::super::ending::{Ending, Work};
use super::super::failure::{self, Failed};
use super::super::forward::publish_target;
use super::super::refused::write_error;
use super::Failover;
use crate::host::{Body, Headers};
use proxy_wasm::types::Action;
use std::rc::Rc;
use tollgate_dialects::Failure;
use tollgate_policy::Consumption;

/// A request that the filter on a cluster serves.
pub(in crate::call) struct Overseen {
    failover: Rc<Failover>,
    /// Of its answer; 0 before it comes.
    status: u16,
    /// Envoy's own answer, for which this filter has the words.
    own: Option<Own>,
}

/// An answer that no target gave.
struct Own {
    status: u16,
    failed: Failed,
}

impl Overseen {
    pub(in crate::call) const fn new(failover: Rc<Failover>) -> Self {
        Self { failover, status: 0, own: None }
    }

    pub(in crate::call) fn headers(&mut self, end_of_stream: bool) -> Action {
        let Failover { gateway, dialect, progress, .. } = &*self.failover;
        let mut progress = progress.borrow_mut();
        progress.decide(gateway);
        progress.account.tell(*dialect);
        let status = Headers::Response.read().status();
        self.status = status;
        let details = if progress.gave_up { None } else { failure::envoys_details() };
        self.own = details.map(|details| Own { status, failed: failure::envoys_own(status, &details) });
        let told = progress.told().cloned();
        drop(progress);
        match (&self.own, told) {
            (None, Some(told)) if end_of_stream => self.reply_with(&told),
            (Some(own), _) if end_of_stream => self.reply_with(&own.failed.told.failure),
            (Some(_), _) => Action::Pause,
            _ => {
                if end_of_stream {
                    self.end(status);
                }
                Action::Continue
            }
        }
    }

    pub(in crate::call) fn body(&mut self, end_of_stream: bool) -> Action {
        if !end_of_stream {
            return if self.own.is_some() { Action::Pause } else { Action::Continue };
        }
        if let Some(own) = &self.own {
            let failure = &own.failed.told.failure;
            if let Some(value) = failure::retry_after(failure) {
                Headers::Response.set("retry-after", &value);
            }
            if failure.status != own.status {
                Headers::Response.set(":status", &failure.status.to_string());
            }
            write_error(self.failover.dialect, failure, Body::Response);
        }
        self.end(self.status);
        Action::Continue
    }

    pub(in crate::call) fn trailers(&mut self) {
        self.end(self.status);
    }

    /// However the stream ended, also when the client left.
    pub(in crate::call) fn closed(&mut self) {
        // Without headers, the client has seen what Envoy says of it, if anything.
        self.end(if self.status > 0 { self.status } else { failure::status_seen() });
        self.failover.progress.borrow_mut().forget();
    }

    /// Headers alone cannot be given a body, so an error answers in their place.
    fn reply_with(&self, failure: &Failure) -> Action {
        failure::reply_with(self.failover.dialect, failure);
        self.end(failure.status);
        Action::Pause
    }

    /// The request is over. Safe to call again.
    fn end(&self, status: u16) {
        let Failover { gateway, caller, model, progress, .. } = &*self.failover;
        let mut progress = progress.borrow_mut();
        if !progress.account.is_open() {
            return;
        }
        progress.decide(gateway);
        let (account, reserved_for, mut attempt, before) = progress.settling();
        let own = self.own.as_ref().map(|own| &own.failed);
        if let Some(attempt) = &mut attempt {
            let fault = own.and_then(|own| own.fault).or_else(failure::cut_short);
            attempt.closed(gateway, fault);
        }
        let over = attempt.as_ref().and_then(|attempt| attempt.over());
        let facts = over.as_ref().map_or(reserved_for, |over| over.facts);
        let done = over.as_ref().map_or(Work::None, |over| over.ending.work);
        let mut ending = Ending { status, before: before.took, ..Ending::default() };
        match (&over, own) {
            (_, Some(own)) => ending.work = if over.is_some() { done } else { own.work },
            (Some(over), None) => {
                ending.work = done;
                ending.complete = over.ending.complete;
                ending.outcome = over.ending.outcome;
                ending.streamed = over.ending.streamed;
            }
            (None, None) => ending.work = Work::None,
        }
        if let Some(earlier) = before.work {
            ending.work = ending.work.and(earlier);
        }
        // What two attempts took says nothing about one estimate.
        if facts.target != reserved_for.target || before.took != Consumption::default() {
            account.moves_to(gateway, facts);
            publish_target(gateway, facts, caller.name(), model);
        }
        account.settle(gateway, facts, &ending, over.and_then(|over| over.first_byte));
    }
}
