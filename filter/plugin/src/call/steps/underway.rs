//! A step that a provider has been asked, until its answer is read and settled.

use super::super::ending::{Ending, Facts, Work};
use super::super::failure::{said_retry_after, time_to_come_back};
use super::super::watch::{Watch, fault_of};
use super::{Spent, Why};
use crate::gateway::Gateway;
use crate::host::{CallAnswer, Clock, HeaderMap};
use std::time::Duration;
use tollgate_dialects::{Exchange, NoAnswer};
use tollgate_policy::{Fault, Reservation, Timestamp};

/// What an answer may hold beside its text: thoughts, logs, escapes.
const MOST_AROUND: usize = 1 << 20;

/// By so much Envoy may be early with saying that a time is over: its clock stands still while it is busy.
const SLACK: Duration = Duration::from_millis(100);

/// A step that a provider has been asked.
pub(in super::super) struct Underway {
    pub(super) exchange: Exchange,
    pub(super) facts: Facts,
    pub(super) reservation: Option<Reservation>,
    pub(super) watch: Watch,
    pub(super) started: Timestamp,
    pub(super) timeout: Duration,
    pub(super) most_bytes: usize,
    /// Envoy's name for the call.
    pub(in super::super) token: u32,
}

impl Underway {
    /// Reads what the step says, and settles what it took.
    pub(in super::super) fn answered(
        mut self,
        gateway: &Gateway,
        size: usize,
        spent: &mut Spent,
    ) -> Result<String, Why> {
        let mut ending = Ending::default();
        let said = self.read(gateway, size, &mut ending);
        self.settle(gateway, &ending, spent);
        said
    }

    fn read(&mut self, gateway: &Gateway, size: usize, ending: &mut Ending) -> Result<String, Why> {
        let headers = CallAnswer::headers();
        ending.status = headers.status();
        let took = Clock::now().as_nanos().saturating_sub(self.started.as_nanos());
        match ending.status {
            0 => {
                self.watch.failed(gateway, &self.facts, &Fault::Unreachable);
                return Err(Why::Unreachable);
            }
            // What a provider may have begun to do for it is not known.
            504 if Duration::from_nanos(took).saturating_add(SLACK) >= self.timeout => {
                self.watch.failed(gateway, &self.facts, &Fault::Silent);
                return Err(Why::Timeout);
            }
            _ => {}
        }
        self.watch.answered_unless_error(ending.status);
        if size > self.most_bytes.saturating_mul(6).saturating_add(MOST_AROUND) {
            return Err(Why::TooLong);
        }
        let body = CallAnswer::body(size);
        if !(200..300).contains(&ending.status) {
            self.errored(gateway, ending.status, &headers, &body);
            ending.work = Work::Refused;
            return Err(Why::Error);
        }
        match self.exchange.reply(&body) {
            Ok(reply) => {
                ending.outcome = reply.outcome;
                ending.complete = true;
                let text = reply.text.ok_or(Why::Silent)?;
                if text.len() > self.most_bytes { Err(Why::TooLong) } else { Ok(text) }
            }
            Err(NoAnswer::Failed { status, usage }) => {
                self.errored(gateway, status, &headers, &body);
                ending.complete = usage.is_some();
                ending.outcome.usage = usage;
                Err(Why::Error)
            }
            Err(NoAnswer::Unreadable) => {
                self.watch.failed(gateway, &self.facts, &Fault::Broken);
                Err(Why::Unreadable)
            }
        }
    }

    fn errored(&mut self, gateway: &Gateway, status: u16, headers: &HeaderMap, body: &[u8]) {
        let failure = self.exchange.failure(status, body).failure;
        // Some say by a word in the body that the key was wrong.
        let says = if failure.status == 401 { 401 } else { status };
        let retry_after = said_retry_after(&|name| headers.get(name).map(<[u8]>::to_vec));
        let fault = fault_of(&self.facts, says, time_to_come_back(retry_after, &failure));
        self.watch.errored(gateway, &self.facts, fault.as_ref());
    }

    /// The client has left, or something else has ended the request: what the provider does for the step now is
    /// nobody's to see.
    pub(in super::super) fn abandoned(self, gateway: &Gateway, spent: &mut Spent) {
        self.unasked(gateway, Work::Unknown, spent);
    }

    pub(super) fn unasked(mut self, gateway: &Gateway, work: Work, spent: &mut Spent) {
        let ending = Ending { work, ..Ending::default() };
        self.settle(gateway, &ending, spent);
    }

    fn settle(&mut self, gateway: &Gateway, ending: &Ending, spent: &mut Spent) {
        if let Some(reservation) = self.reservation.take() {
            let charged = ending.charged(&reservation);
            let cost = ending.account(gateway, &self.facts, reservation);
            spent.add(charged, ending.outcome.usage.as_ref(), cost);
        }
        self.watch.end();
    }
}
