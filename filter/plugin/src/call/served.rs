//! A request that one target serves.

use super::account::Account;
use super::answer::Answering;
use super::failure;
use crate::gateway::Gateway;
use proxy_wasm::types::Action;
use std::rc::Rc;

/// A request that a provider has: its answer, and what it holds in the limits until that is over.
pub(super) struct Served {
    gateway: Rc<Gateway>,
    answering: Answering,
    account: Account,
}

impl Served {
    pub(super) const fn new(gateway: Rc<Gateway>, answering: Answering, account: Account) -> Self {
        Self { gateway, answering, account }
    }

    pub(super) fn headers(&mut self, end_of_stream: bool) -> Action {
        let action = self.answering.headers(&self.gateway, end_of_stream);
        // After what the provider has to say of its own limits has gone.
        self.account.tell(self.answering.client());
        self.settle_if_over();
        action
    }

    pub(super) fn body(&mut self, size: usize, end_of_stream: bool) -> Action {
        let action = self.answering.body(&self.gateway, size, end_of_stream);
        self.settle_if_over();
        action
    }

    pub(super) fn trailers(&mut self) -> Action {
        let action = self.answering.trailers(&self.gateway);
        self.settle_if_over();
        action
    }

    /// The stream is over, and maybe not by its own end: then Envoy knows what the client saw.
    pub(super) fn closed(&mut self) {
        if self.account.is_open() {
            self.answering.client_saw(failure::status_seen());
            self.answering.closed(&self.gateway, failure::cut_short());
            self.settle_if_over();
        }
        self.answering.forget();
    }

    fn settle_if_over(&mut self) {
        if let Some(over) = self.answering.over() {
            self.account.settle(&self.gateway, over.facts, over.ending, over.first_byte);
        }
    }
}
