//! A request's body, whatever it is written in.

use crate::Dialect;
use crate::estimate::InputEstimate;
use crate::json::RequestError;
use crate::multipart::Form;
use crate::operation::Asked;
use crate::peek::{Features, Peek, Prepared};
use crate::upstream::Upstream;
use std::borrow::Cow;

/// A body, looked at once and not yet changed.
#[derive(Debug)]
pub enum RequestBody<'a> {
    /// A JSON object.
    Json(Box<Peek<'a>>),
    /// Of several parts.
    Form(Box<Form<'a>>),
}

impl<'a> RequestBody<'a> {
    /// Scans a request that asks for `asked`.
    ///
    /// # Errors
    /// The body is not what its API takes, names no model, or says something twice.
    pub fn new(asked: Asked<'a>, body: &'a [u8]) -> Result<Self, RequestError> {
        if asked.operation().takes_form() {
            return Form::new(&asked, body).map(|form| Self::Form(Box::new(form)));
        }
        Peek::new(asked, body).map(|peek| Self::Json(Box::new(peek)))
    }

    /// The model as the client asks for it.
    #[must_use]
    pub fn model(&self) -> &str {
        match self {
            Self::Json(peek) => peek.model(),
            Self::Form(form) => form.model(),
        }
    }

    /// Further models that the provider is told to ask where it sees fit, by a fallback or a tool of its own.
    pub fn further_models(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let json = if let Self::Json(peek) = self { Some(peek) } else { None };
        json.into_iter().flat_map(|peek| peek.further_models())
    }

    /// About how many input tokens this will be for `model` at `provider`.
    #[must_use]
    pub fn input_estimate(&self, provider: Dialect, model: &str) -> InputEstimate {
        match self {
            Self::Json(peek) => peek.input_estimate(provider, model),
            Self::Form(form) => form.input_estimate(provider, model),
        }
    }

    /// The most output tokens that the request allows each answer; none where there is no output.
    #[must_use]
    pub fn output_cap(&self) -> Option<u64> {
        match self {
            Self::Json(peek) => peek.output_cap(),
            Self::Form(_) => Some(0),
        }
    }

    /// How many answers the request asks for.
    #[must_use]
    pub fn answers(&self) -> u64 {
        match self {
            Self::Json(peek) => peek.answers(),
            Self::Form(_) => 1,
        }
    }

    /// Does the request say how to sample?
    #[must_use]
    pub fn has_sampling(&self) -> bool {
        match self {
            Self::Json(peek) => peek.has_sampling(),
            Self::Form(_) => false,
        }
    }

    /// What the request makes use of.
    #[must_use]
    pub fn features(&self) -> Features {
        match self {
            Self::Json(peek) => peek.features(),
            // Only recordings come in forms.
            Self::Form(_) => Features { audio: true, ..Features::default() },
        }
    }

    /// What tells the conversation from others, and stands in all of its requests.
    #[must_use]
    pub fn conversation(&self) -> Option<Vec<u8>> {
        match self {
            Self::Json(peek) => peek.conversation(),
            Self::Form(_) => None,
        }
    }

    /// The request as one of a conversation.
    ///
    /// # Errors
    /// It is none.
    pub fn as_conversation(&self) -> Result<&Peek<'a>, RequestError> {
        match self {
            Self::Json(peek) if peek.is_conversation() => Ok(peek),
            _ => {
                let message = "this model takes conversations only, about which it asks other models first";
                Err(RequestError::unsupported("model", message))
            }
        }
    }

    /// The answer that this gateway gives by itself, where no provider can: an estimate of the tokens that
    /// a request would take, from `upstream` that does not count them.
    #[must_use]
    pub fn answer_here(&self, upstream: Upstream<'_>, model: &str) -> Option<Vec<u8>> {
        match self {
            Self::Json(peek) => peek.answer_here(upstream, model),
            Self::Form(_) => None,
        }
    }

    /// Turns the request into one of `upstream` for `model`.
    ///
    /// # Errors
    /// The request is not what its API takes, or asks for something that the target cannot do and
    /// that changes the answer.
    pub fn prepare<'t>(&self, upstream: Upstream<'t>, model: &'t str) -> Result<Prepared, RequestError> {
        match self {
            Self::Json(peek) => peek.prepare(upstream, model),
            Self::Form(form) => form.prepare(upstream, model),
        }
    }
}
