//! An answer that is an error: what its client is told in its place.

use super::super::failure;
use super::super::refused::write_error;
use super::{Answering, Stage};
use crate::gateway::Gateway;
use crate::host::{Body, Headers};
use proxy_wasm::types::Action;
use tollgate_dialects::{Failure, ProviderFailure};
use tollgate_policy::Fault;

impl Answering {
    /// Headers alone cannot be given a body, so an error answers in their place. Where another target may be tried, that
    /// waits until there is none.
    pub(super) fn answer_without_body(&mut self, gateway: &Gateway) -> Action {
        let failure = match self.stage {
            Stage::Failed { status } => self.failed(gateway, status, &[]).failure,
            _ => {
                self.watch.failed(gateway, &self.facts, &Fault::Broken);
                failure::unreadable()
            }
        };
        self.ending.status = failure.status;
        self.stage = Stage::Done;
        self.finish();
        if self.is_one_of_several {
            Headers::Response.set(":status", &failure.status.to_string());
            self.told = Some(failure);
            return Action::Continue;
        }
        failure::reply_with(self.exchange.client(), &failure);
        Action::Pause
    }

    pub(super) fn tell_failure(&mut self, gateway: &Gateway, status: u16, body: &[u8]) {
        let failed = self.failed(gateway, status, body);
        self.tell(&failed);
    }

    /// Puts an error in place of the response, whose headers are still held.
    pub(super) fn tell(&mut self, ProviderFailure { failure, as_it_is }: &ProviderFailure) {
        if let Some(value) = failure::retry_after(failure) {
            Headers::Response.set("retry-after", &value);
        }
        self.set_status(failure.status);
        if !as_it_is {
            write_error(self.exchange.client(), failure, Body::Response);
        }
        if self.is_one_of_several {
            let said = failure::retry_after(failure).and_then(|value| value.parse().ok());
            self.told = Some(Failure { retry_after: failure.retry_after.or(said), ..failure.clone() });
        }
    }

    fn set_status(&mut self, status: u16) {
        if self.ending.status != status {
            Headers::Response.set(":status", &status.to_string());
        }
        self.ending.status = status;
    }

    fn failed(&mut self, gateway: &Gateway, status: u16, body: &[u8]) -> ProviderFailure {
        let failed = failure::read(&self.exchange, &self.facts, status, body);
        self.watch.errored(gateway, &self.facts, failed.fault.as_ref());
        self.ending.work = failed.work;
        failed.told
    }
}
