//! What a request tells about its target: how it answers, or how it fails.

use super::ending::Facts;
use crate::gateway::{Gateway, tell_soon};
use crate::host::{Clock, SharedData, random};
use std::time::Duration;
use tollgate_dialects::{Stream, StreamFailure};
use tollgate_policy::{Attempt, Fault, ProviderKey, TableError};

/// A request at its target, until it has ended.
pub(super) struct Watch {
    attempt: Option<Attempt>,
    /// What it had to tell once has been told.
    has_answered: bool,
    has_failed: bool,
}

impl Watch {
    pub(super) fn new(attempt: Attempt) -> Self {
        Self { attempt: Some(attempt), has_answered: false, has_failed: false }
    }

    /// The answer has begun, and is no error.
    pub(super) fn answered(&mut self) {
        if let Some(attempt) = self.attempt.as_mut().filter(|_| !self.has_answered) {
            self.has_answered = true;
            noted(attempt.answered(&SharedData, Clock::now()));
        }
    }

    /// The same, where the status says which it is.
    pub(super) fn answered_unless_error(&mut self, status: u16) {
        if (200..300).contains(&status) {
            self.answered();
        }
    }

    /// The target has answered with an error: its own fault, or the client's.
    pub(super) fn errored(&mut self, gateway: &Gateway, facts: &Facts, fault: Option<&Fault>) {
        match (fault, &mut self.attempt) {
            (Some(fault), _) => self.failed(gateway, facts, fault),
            (None, Some(attempt)) => noted(attempt.declined(&SharedData, Clock::now())),
            (None, None) => {}
        }
    }

    /// A stream has come so far.
    pub(super) fn follow(&mut self, gateway: &Gateway, facts: &Facts, stream: &Stream) {
        if stream.has_begun() {
            self.answered();
        }
        if let Some(failure) = stream.failure() {
            self.broke(gateway, facts, failure);
        }
    }

    /// The stream has failed.
    fn broke(&mut self, gateway: &Gateway, facts: &Facts, failure: StreamFailure) {
        match failure {
            StreamFailure::Broken => self.failed(gateway, facts, &Fault::Broken),
            StreamFailure::Said(status) => self.errored(gateway, facts, fault_of(facts, status, None).as_ref()),
        }
    }

    /// The target has failed; only the first time counts.
    pub(super) fn failed(&mut self, gateway: &Gateway, facts: &Facts, fault: &Fault) {
        let Some(attempt) = self.attempt.as_mut().filter(|_| !self.has_failed) else { return };
        self.has_failed = true;
        let cools = attempt.failed(fault, &SharedData, Clock::now(), random());
        if let Ok(Some(cools)) = cools {
            let (provider, model) = (&facts.provider.name, &facts.target_model);
            let (millis, word) = (cools.as_millis(), fault.word());
            log::debug!("tollgate: {provider} as {model:?} is left alone for {millis} ms: {word}");
            gateway.metrics.cooldown(provider, &facts.model, word);
        }
        noted(cools);
    }

    /// It has ended, however it did. Safe to call again.
    pub(super) fn end(&mut self) {
        if let Some(attempt) = self.attempt.take() {
            noted(attempt.end(&SharedData, Clock::now()));
            tell_soon();
        }
    }
}

/// What a status says about the target; `None` if it says nothing against it.
pub(super) fn fault_of(facts: &Facts, status: u16, retry_after: Option<Duration>) -> Option<Fault> {
    Fault::of_status(status, retry_after, facts.provider.key != ProviderKey::Passthrough)
}

/// What cannot be noted is lost, and no request suffers from it.
fn noted<T>(result: Result<T, TableError>) {
    if let Err(error) = result {
        log::debug!("tollgate: how a target is was not noted: {error}");
    }
}
