//! An answer that is kept until it is whole, and put into the client's words then.

use super::super::ending::Work;
use super::super::failure;
use super::super::refused::write_error;
use super::{Answering, Stage, place};
use crate::gateway::Gateway;
use crate::host::{Body, Clock, Headers};
use tollgate_dialects::{NoAnswer, ProviderFailure, Told};
use tollgate_policy::Fault;

impl Answering {
    /// The whole body is there: put it, or an error, into the client's words.
    pub(super) fn whole(&mut self, gateway: &Gateway, size: usize) {
        let stage = std::mem::replace(&mut self.stage, Stage::Done);
        let client = self.exchange.client();
        let read = || Body::Response.read(size);
        match stage {
            Stage::Whole => {
                let held = read();
                match self.exchange.answer(&held, self.beside_the_body()) {
                    Ok(answer) => {
                        self.ending.outcome = answer.outcome;
                        self.ending.complete = true;
                        self.note_losses(answer.losses);
                        if gateway.config.expose() {
                            self.expose_dropped();
                        }
                        if let Some(failure) = answer.refused {
                            self.ending.status = failure.status;
                            Headers::Response.set(":status", &failure.status.to_string());
                            write_error(client, &failure, Body::Response);
                        } else if let Some(body) = answer.body {
                            place::put_whole("application/json", &body, held.len());
                        }
                    }
                    Err(no_answer) => self.no_answer(gateway, no_answer, &held),
                }
            }
            Stage::Failed { status } => self.tell_failure(gateway, status, &read()),
            Stage::Unreadable => {
                let body = read();
                self.no_answer(gateway, self.exchange.no_answer(&body), &body);
            }
            Stage::Awaited
            | Stage::Beginning(_)
            | Stage::Streaming { .. }
            | Stage::Untouched
            | Stage::Told
            | Stage::Done => {}
        }
    }

    /// What must be known of the answer beside its body.
    pub(super) fn beside_the_body(&self) -> Told<'_> {
        Told {
            now: Clock::seconds(),
            model: &self.facts.target_model,
            request: self.request_id.as_deref(),
            input_tokens: self.input_tokens,
        }
    }

    /// Some say in a body with a status of success that they failed.
    fn no_answer(&mut self, gateway: &Gateway, no_answer: NoAnswer, body: &[u8]) {
        match no_answer {
            NoAnswer::Unreadable => {
                self.watch.failed(gateway, &self.facts, &Fault::Broken);
                self.tell(&ProviderFailure { failure: failure::unreadable(), as_it_is: false });
            }
            NoAnswer::Failed { status, usage } => {
                self.tell_failure(gateway, status, body);
                if usage.is_some() {
                    self.ending.work = Work::Unknown;
                }
                self.ending.complete = usage.is_some();
                self.ending.outcome.usage = usage;
            }
        }
    }
}
