//! One pass over a request's body: what routing and limits must know, and where it stands.

mod conversation;
mod edits;
mod features;
mod foreign;
mod instruct;
mod members;
mod own_answer;
mod scan;
mod spoken;

use crate::anthropic::betas::{BETA_HEADER, betas};
use crate::codec::StreamForm;
use crate::estimate::InputEstimate;
use crate::exchange::Exchange;
use crate::json::{RequestError, Span, unescape};
use crate::neutral::Losses;
use crate::operation::Asked;
use crate::patch::apply;
use crate::upstream::{Target, Upstream};
use crate::{Dialect, Operation};
use crate::{count_tokens, embeddings, images, rerank};
pub use features::Features;
use members::StreamOptions;
pub(crate) use members::{Member, MemberTable};
pub use own_answer::OwnAnswer;
use scan::Scan;
pub use spoken::Spoken;
pub(crate) use spoken::texts;
use std::borrow::Cow;

/// A request's body, looked at once and not yet changed. The whole body is known to be JSON.
#[derive(Debug)]
pub struct Peek<'a> {
    operation: Operation,
    dialect: Dialect,
    text: &'a str,
    model: Cow<'a, str>,
    /// Where the body names it.
    model_span: Option<Span>,
    stream: bool,
    form: StreamForm,
    betas: Cow<'a, str>,
    scan: Scan<'a>,
}

/// A request as its provider takes it.
#[derive(Debug)]
pub struct Prepared {
    /// The new body; `None`: the client's body as it is.
    pub body: Option<Vec<u8>>,
    /// What the target could not be told.
    pub losses: Losses,
    /// How to bring the answer back.
    pub exchange: Exchange,
}

impl<'a> Peek<'a> {
    /// Scans a request that asks for `asked`.
    ///
    /// # Errors
    /// The body is not JSON, not an object, names no model, or says something twice.
    pub fn new(asked: impl Into<Asked<'a>>, body: &'a [u8]) -> Result<Self, RequestError> {
        let asked = asked.into();
        let dialect = asked.dialect();
        if body.iter().all(u8::is_ascii_whitespace) {
            return Err(RequestError::not_json("empty; send a JSON object"));
        }
        let text = simdutf8::compat::from_utf8(body)
            .map_err(|error| RequestError::not_json(format_args!("not UTF-8 at byte {}", error.valid_up_to())))?;
        let operation = asked.operation();
        let scan = Scan::new(operation.members(), text)?;
        let (model, model_span) = match (asked.model, scan.model) {
            (Some(model), _) => (model, None),
            (None, Some((model, span))) => (unescape(model), Some(span)),
            (None, None) => return Err(RequestError::shape("model", "is required and must be a string")),
        };
        let stream = asked.stream.unwrap_or(scan.members.stream);
        let (form, betas) = (asked.form, asked.betas);
        Ok(Self { operation, dialect, text, model, model_span, stream, form, betas, scan })
    }

    /// The model as the client asks for it.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Further models that the provider is told to ask where it sees fit, by a fallback or a tool of its own.
    pub fn further_models(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.scan.further.iter().map(|name| unescape(name))
    }

    /// Does the client want the answer as a stream?
    #[must_use]
    pub fn stream(&self) -> bool {
        self.stream
    }

    /// The most output tokens that the request allows each answer; none where there is no output.
    #[must_use]
    pub fn output_cap(&self) -> Option<u64> {
        if self.operation.has_output() { self.scan.members.max_output } else { Some(0) }
    }

    /// How many answers the request asks for.
    #[must_use]
    pub fn answers(&self) -> u64 {
        self.scan.members.choices.unwrap_or(1).max(1).saturating_mul(self.scan.inputs.max(1))
    }

    /// About how many input tokens this will be for `model` at `provider`.
    #[must_use]
    pub fn input_estimate(&self, provider: Dialect, model: &str) -> InputEstimate {
        self.scan.input.tokens(provider, model)
    }

    /// Does the request say how to sample? Anthropic's API version depends on it.
    #[must_use]
    pub fn has_sampling(&self) -> bool {
        self.scan.members.sampling
    }

    /// The answer that this gateway gives by itself: how many tokens it takes the request for, where
    /// `upstream` does not count them.
    pub(crate) fn answer_here(&self, upstream: Upstream<'_>, model: &str) -> Option<Vec<u8>> {
        let counts = matches!(self.operation, Operation::CountTokens(_));
        let here = counts && self.operation.at(&upstream, model).is_none();
        here.then(|| count_tokens::said(self.dialect, self.input_estimate(upstream.dialect, model).total()))
    }

    /// Turns the request into one of `target` for `model`: patched where the dialect is the same,
    /// translated where it is not.
    ///
    /// # Errors
    /// The request is not what its API takes, or asks for something that the target cannot do and
    /// that changes the answer.
    pub fn prepare<'t>(&self, upstream: impl Into<Upstream<'t>>, model: &'t str) -> Result<Prepared, RequestError> {
        let upstream = upstream.into();
        let there = self.operation.at(&upstream, model).ok_or_else(|| self.operation.not_served())?;
        let include_usage = matches!(self.scan.members.stream_options, StreamOptions::Said { included: true, .. });
        let exchange = Exchange::new(self.operation, there, &upstream, self.form);
        let exchange = exchange.streamed(self.stream, include_usage);
        if there == self.operation {
            let mut losses = Losses::default();
            let edits = self.edits(&upstream, model, &mut losses)?;
            let body = (!edits.is_empty()).then(|| apply(self.text, edits));
            return Ok(Prepared { body, losses, exchange });
        }
        let mut prepared = self.translate(there, Target { model, upstream }, exchange)?;
        // What they opt into is a wish that no translation carries.
        prepared.losses.add_if(betas(&self.betas).next(), BETA_HEADER);
        Ok(prepared)
    }

    fn translate(&self, there: Operation, target: Target<'_>, exchange: Exchange) -> Result<Prepared, RequestError> {
        let mut body = Vec::with_capacity(self.text.len());
        match (self.operation, there) {
            (Operation::Generate(client), Operation::Generate(provider)) => {
                let mut request = (client.codec().read_request)(self.text)?;
                request.stream = self.stream;
                request
                    .check(client.choices_name())
                    .and_then(|()| (provider.codec().write_request)(&mut request, &target, &mut body))
                    .map_err(|error| error.naming_messages(client.messages_names()))?;
                Ok(Prepared { body: Some(body), losses: request.losses, exchange })
            }
            (Operation::Embed(client), Operation::Embed(provider)) => {
                let (losses, encodings) = embeddings::translate(client, provider, self.text, &target, &mut body)?;
                Ok(Prepared { body: Some(body), losses, exchange: exchange.encoded(encodings) })
            }
            (Operation::CountTokens(client), Operation::CountTokens(_)) => {
                let request = count_tokens::read_request(client, self.text)?;
                let losses = count_tokens::translate(request, &target, &mut body)?;
                Ok(Prepared { body: Some(body), losses, exchange })
            }
            (Operation::GenerateImages(_), Operation::GenerateImages(_)) => {
                let losses = images::translate(self.text, &mut body)?;
                Ok(Prepared { body: Some(body), losses, exchange })
            }
            (Operation::Rerank(_), Operation::Rerank(_)) => {
                let losses = rerank::translate(self.text, &target, &mut body)?;
                Ok(Prepared { body: Some(body), losses, exchange })
            }
            _ => Err(self.operation.not_served()),
        }
    }
}

/// The names and the places of an object's members.
pub(crate) fn outermost(text: &str) -> Result<Vec<(Cow<'_, str>, Span)>, RequestError> {
    let scan = Scan::new(&[], text)?;
    Ok(scan.outermost.iter().map(|member| (unescape(member.key), member.span())).collect())
}
