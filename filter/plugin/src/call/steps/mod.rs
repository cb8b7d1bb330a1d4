//! What other models are asked before a request goes to its target: one after the other, by calls of the filter's own,
//! while Envoy holds the request.
//!
//! Nothing of the request is kept meanwhile: Envoy has its body, which is read again when a step has answered.

mod ask;
mod space;
mod spent;
mod underway;
mod why;

use super::arrive::Asking;
use super::refused::Refused;
use crate::gateway::Gateway;
use crate::host::{Clock, publish, random, reply_as};
use crate::telemetry::Rejection;
use std::borrow::Cow;
use tollgate_dialects::{Dialect, Failure, Peek, RequestBody, Spoken};
use tollgate_policy::{Model, OnFailure, Step, StopWith, Template, Variable};

pub(super) use space::Space;
pub(super) use spent::Spent;
pub(super) use underway::Underway;
use why::Why;

/// The code of an error that a step's output stands for.
const STOPPED: &str = "content_filter";
/// Names the step that has answered in the target's place.
const STEP_HEADER: &str = "x-tollgate-step";

/// A request whose body is whole, and what its model's steps have come to so far.
pub(super) struct Held {
    pub(super) asking: Asking,
    /// What each step has said; `None` if it failed and was skipped.
    pub(super) outputs: Vec<Option<String>>,
    pub(super) spent: Spent,
    /// Where its body stands in Envoy's buffer, once a step was asked.
    pub(super) space: Option<Space>,
}

/// A request that waits for a step.
pub(super) struct Stepping {
    pub(super) held: Held,
    /// The model that the client asks for.
    pub(super) model: String,
    pub(super) underway: Underway,
}

/// What becomes of a request between two steps.
pub(super) enum Next {
    /// It waits for this one.
    Wait(Box<Underway>),
    /// It goes to its target, maybe with another body.
    Go(Option<Vec<u8>>),
    /// A step has answered it.
    Answered,
}

impl Stepping {
    /// The step has answered: the request goes on behind it.
    ///
    /// # Errors
    /// The step has failed, and the request must not go on without it.
    pub(super) fn answered(self, gateway: &Gateway, size: usize) -> Result<Held, Refused> {
        let Self { mut held, model, underway } = self;
        let said = underway.answered(gateway, size, &mut held.spent);
        let model = gateway.config.models().find(&model);
        let model = model.ok_or_else(|| Refused::unknown_model(held.asking.dialect, ""))?;
        held.took(gateway, model, said)?;
        Ok(held)
    }
}

impl From<Asking> for Held {
    fn from(asking: Asking) -> Self {
        Self { asking, outputs: Vec::new(), spent: Spent::default(), space: None }
    }
}

impl Held {
    /// Goes on where the last step left off.
    ///
    /// # Errors
    /// A step has stopped the request, or has failed and must not; or no step can read it.
    pub(super) fn next(
        &mut self,
        gateway: &Gateway,
        body: &RequestBody<'_>,
        model: &Model<Dialect>,
    ) -> Result<Next, Refused> {
        let dialect = self.asking.dialect;
        let unreadable = |error| Refused::bad_request(dialect, error);
        let peek = body.as_conversation().map_err(unreadable)?;
        let spoken = peek.spoken().map_err(unreadable)?;
        if let Some((step, Some(output))) = model.steps.iter().zip(&self.outputs).next_back()
            && let Some(with) = step.stops(output)
        {
            return self.stop(gateway, peek, &spoken, step, with);
        }
        while let Some(step) = model.steps.get(self.outputs.len()) {
            let prompt = self.fill(&step.prompt, &spoken);
            match ask::ask(gateway, &self.asking, step, &prompt, &mut self.spent) {
                Ok(underway) => {
                    let consumer = self.asking.caller.name().unwrap_or_default();
                    let version = gateway.config.version().unwrap_or_default();
                    for (name, value) in [("model", peek.model()), ("consumer", consumer), ("version", version)] {
                        publish(name, value.as_bytes());
                    }
                    return Ok(Next::Wait(Box::new(underway)));
                }
                Err(why) => self.failed(gateway, model, step, why)?,
            }
        }
        let filled = |(step, output): (&Step, &Option<String>)| {
            let insert = step.insert.as_ref().filter(|_| output.is_some())?;
            Some(self.fill(insert, &spoken))
        };
        let inserted: Vec<String> = model.steps.iter().zip(&self.outputs).filter_map(filled).collect();
        let instructed = (!inserted.is_empty()).then(|| peek.instructed(&inserted.join("\n\n")));
        Ok(Next::Go(instructed.transpose().map_err(unreadable)?))
    }

    /// Notes what a step has come to.
    ///
    /// # Errors
    /// It has failed, and the request must not go on without it.
    pub(super) fn took(
        &mut self,
        gateway: &Gateway,
        model: &Model<Dialect>,
        said: Result<String, Why>,
    ) -> Result<(), Refused> {
        let Some(step) = model.steps.get(self.outputs.len()) else { return Ok(()) };
        match said {
            Ok(text) => {
                let outcome = if step.stops(&text).is_some() { "stopped" } else { "answered" };
                gateway.metrics.step(&model.name, &step.name, outcome);
                self.outputs.push(Some(text));
                Ok(())
            }
            Err(why) => self.failed(gateway, model, step, why),
        }
    }

    fn failed(&mut self, gateway: &Gateway, model: &Model<Dialect>, step: &Step, why: Why) -> Result<(), Refused> {
        log::debug!("tollgate: step {:?} of {:?} has failed: {}", step.name, model.name, why.word());
        gateway.metrics.step(&model.name, &step.name, why.word());
        match step.on_failure {
            OnFailure::Skip => {
                self.outputs.push(None);
                Ok(())
            }
            OnFailure::Fail => Err(why.refused(self.asking.dialect, &step.name)),
        }
    }

    /// The step's output is the end of the request.
    fn stop(
        &self,
        gateway: &Gateway,
        peek: &Peek<'_>,
        spoken: &Spoken<'_>,
        step: &Step,
        with: &StopWith,
    ) -> Result<Next, Refused> {
        publish("step", step.name.as_bytes());
        let named = gateway.config.expose().then(|| (STEP_HEADER, step.name.clone()));
        match with {
            StopWith::Answer(text) => {
                let answer =
                    peek.own_answer(&self.fill(text, spoken), &format!("step_{:016x}", random()), Clock::seconds());
                reply_as(200, answer.content_type, named.as_slice(), &answer.body);
                Ok(Next::Answered)
            }
            StopWith::Error(text) => {
                let failure = Failure::new(400, self.fill(text, spoken)).with_code(STOPPED);
                Err(Refused::new(self.asking.dialect, Rejection::Stopped, failure).with_headers(named))
            }
        }
    }

    fn fill(&self, template: &Template, spoken: &Spoken<'_>) -> String {
        template.render(&|variable| match variable {
            Variable::System => spoken.system().into(),
            Variable::LastUserMessage => spoken.last_user_message().into(),
            Variable::Conversation => spoken.conversation().into(),
            Variable::Step(at) => self.outputs.get(at).and_then(Option::as_deref).map_or(Cow::default(), Cow::Borrowed),
        })
    }
}
