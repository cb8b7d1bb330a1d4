//! What other models are asked before a request goes to its target.
//!
//! A step asks one model one thing. What it says can choose the target (`when`), be inserted into the request, fill later
//! steps' prompts, or stop the request with an answer of the gateway's own.

mod said;
mod template;

use std::time::Duration;

pub(crate) use said::{is_said, plain};
pub(crate) use template::Mistake;
pub use template::{Template, Variable};

use super::condition::OneOf;

/// One step of a model.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Step {
    /// Unique within the model; 1 to 64 of `A-Z a-z 0-9 _ -`.
    pub name: String,
    /// The model that is asked, by the name that a client would use. It is there, and has no steps.
    pub model: String,
    /// What it is asked.
    pub prompt: Template,
    /// The most tokens that it may answer with.
    pub max_output_tokens: u64,
    /// The most bytes of text that it may answer with: more is a failure.
    pub max_output_bytes: usize,
    /// How long it may take.
    pub timeout: Duration,
    /// What becomes of the request when it fails.
    pub on_failure: OnFailure,
    /// What is added to the request's instructions once it has answered.
    pub insert: Option<Template>,
    /// When the request goes no further.
    pub stop: Option<Stop>,
}

/// What becomes of a request of which a step has failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// It is refused.
    #[default]
    Fail,
    /// It goes on as if the step had said nothing.
    Skip,
}

/// When a request goes no further than a step.
#[derive(Debug, Clone)]
pub struct Stop {
    pub(crate) values: OneOf,
    /// It stops when the step says anything but these.
    pub(crate) unless: bool,
    /// What the client gets.
    pub with: StopWith,
}

/// What a client gets whose request was stopped.
#[derive(Debug, Clone)]
pub enum StopWith {
    /// An answer, as if a model had given it.
    Answer(Template),
    /// An error with this message.
    Error(Template),
}

impl Step {
    /// What the client gets, if the request goes no further after this output.
    pub fn stops(&self, output: &str) -> Option<&StopWith> {
        self.stop.as_ref().filter(|stop| is_said(&stop.values, output) != stop.unless).map(|stop| &stop.with)
    }
}
