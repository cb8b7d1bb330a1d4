//! The answer: read, put into the client's words, and watched for its usage.

mod beginning;
mod failed;
mod headers;
mod place;
mod streaming;
mod whole;

use super::ending::{Ending, Facts, Work};
use super::failure;
use super::watch::{Watch, fault_of};
use crate::gateway::Gateway;
use crate::host::{Body, Clock, HeaderMap, Headers};
use beginning::Beginning;
use headers::{counted_input, request_id};
pub(super) use place::room;
use proxy_wasm::types::Action;
use tollgate_dialects::{Dialect, Exchange, Failure, Losses, Stream};
use tollgate_policy::{Attempt, Consumption, Fault, Timestamp};

/// A request that a provider has, and its answer as far as it has come.
pub(super) struct Answering {
    exchange: Exchange,
    facts: Facts,
    ending: Ending,
    watch: Watch,
    /// Where its target fails, another may be tried.
    is_one_of_several: bool,
    is_over: bool,
    first_byte: Option<Timestamp>,
    /// Some of its body has come, and Envoy has a buffer to put another in.
    has_body: bool,
    /// Input tokens, where the provider says them in a header.
    input_tokens: Option<u64>,
    /// The provider's id for the request.
    request_id: Option<String>,
    /// The error that its client is to be told, if there is no other target.
    told: Option<Failure>,
    stage: Stage,
}

/// What is done with the answer's body.
enum Stage {
    /// Its headers have not come.
    Awaited,
    /// It is kept until it is whole, and then read.
    Whole,
    /// It is kept until it is whole, and is an error.
    Failed { status: u16 },
    /// It cannot be read; an error takes its place.
    Unreadable,
    /// It is kept until it is seen to be a stream and no error.
    Beginning(Beginning),
    /// It passes event by event. `behind`: what its beginning has become, as far as there was no room for it.
    Streaming { stream: Stream, behind: Vec<u8> },
    /// It passes as it is, unread.
    Untouched,
    /// An error has taken its place while more of it may come, which goes nowhere.
    Told,
    /// Nothing more is done.
    Done,
}

/// An answer that is over.
pub(super) struct Over<'a> {
    pub(super) facts: &'a Facts,
    pub(super) ending: &'a Ending,
    pub(super) first_byte: Option<Timestamp>,
}

impl Answering {
    pub(super) fn new(exchange: Exchange, facts: Facts, attempt: Attempt) -> Self {
        Self {
            exchange,
            facts,
            ending: Ending::default(),
            watch: Watch::new(attempt),
            is_one_of_several: false,
            is_over: false,
            first_byte: None,
            has_body: false,
            input_tokens: None,
            request_id: None,
            told: None,
            stage: Stage::Awaited,
        }
    }

    /// Another target may be tried when this one fails: nothing goes to the client before it is known that it does not.
    pub(super) fn one_of_several(self) -> Self {
        Self { is_one_of_several: true, ..self }
    }

    pub(super) fn client(&self) -> Dialect {
        self.exchange.client()
    }

    /// The error that its client is to be told of it, where no body could say so.
    pub(super) fn told(&self) -> Option<&Failure> {
        self.told.as_ref()
    }

    /// What came of it, once it is over.
    pub(super) fn over(&self) -> Option<Over<'_>> {
        let Self { facts, ending, first_byte, .. } = self;
        self.is_over.then_some(Over { facts, ending, first_byte: *first_byte })
    }

    pub(super) fn headers(&mut self, gateway: &Gateway, end_of_stream: bool) -> Action {
        let headers = Headers::Response.read();
        let status = headers.status();
        self.ending.status = status;
        self.request_id = self.exchange.translates().then(|| request_id(self.exchange.provider(), &headers)).flatten();
        self.stage = self.stage_for(status, &headers);
        self.input_tokens = counted_input(&headers);
        if !matches!(self.stage, Stage::Failed { .. }) || failure::envoys_details().is_none() {
            self.keep_the_providers_own(&headers);
        }
        if gateway.config.expose() {
            self.expose();
        }
        if end_of_stream {
            return self.answer_without_body(gateway);
        }
        match self.stage {
            Stage::Streaming { .. } | Stage::Beginning(_) => {
                Headers::Response.remove("content-length");
                let (provided, wanted) = self.exchange.stream_types();
                if provided != wanted {
                    Headers::Response.set("content-type", wanted);
                }
                if matches!(self.stage, Stage::Beginning(_)) { Action::Pause } else { Action::Continue }
            }
            Stage::Awaited | Stage::Untouched | Stage::Told | Stage::Done => Action::Continue,
            Stage::Whole | Stage::Failed { .. } | Stage::Unreadable => Action::Pause,
        }
    }

    fn stage_for(&self, status: u16, headers: &HeaderMap) -> Stage {
        if !(200..300).contains(&status) {
            return Stage::Failed { status };
        }
        let compressed = headers.all("content-encoding").any(|encoding| encoding != b"identity");
        let content_type = headers.get("content-type").unwrap_or_default();
        if self.exchange.is_opaque(content_type) {
            return Stage::Untouched;
        }
        let (provided, _) = self.exchange.stream_types();
        let is_stream =
            content_type.get(..provided.len()).is_some_and(|kind| kind.eq_ignore_ascii_case(provided.as_bytes()));
        match (compressed, is_stream == self.exchange.wants_stream()) {
            (true, _) => Stage::Unreadable,
            (false, false) if self.exchange.translates() => Stage::Unreadable,
            (false, _) if is_stream => {
                let stream = self.exchange.stream(self.beside_the_body());
                match self.is_one_of_several {
                    true => Stage::Beginning(Beginning { stream, seen: 0, out: Vec::new() }),
                    false => Stage::Streaming { stream, behind: Vec::new() },
                }
            }
            (false, _) => Stage::Whole,
        }
    }

    /// Notes what of the answer the client could not be told.
    fn note_losses(&mut self, losses: Losses) {
        if !losses.is_empty() {
            log::debug!("tollgate: dropped {}", losses.to_header());
            self.facts.dropped.add_all(losses);
        }
    }

    pub(super) fn body(&mut self, gateway: &Gateway, size: usize, end_of_stream: bool) -> Action {
        if self.first_byte.is_none() && size > 0 {
            self.first_byte = Some(Clock::now());
            if matches!(self.stage, Stage::Whole | Stage::Untouched) {
                self.watch.answered();
            }
        }
        self.has_body = true;
        match self.stage {
            Stage::Awaited | Stage::Done => Action::Continue,
            Stage::Told => {
                Body::Response.replace(&[]);
                Action::Continue
            }
            Stage::Untouched => {
                if end_of_stream {
                    self.finish();
                }
                Action::Continue
            }
            Stage::Beginning(_) => self.begin(gateway, size, end_of_stream),
            Stage::Streaming { .. } => self.pass_on(gateway, size, end_of_stream),
            Stage::Whole | Stage::Failed { .. } | Stage::Unreadable if !end_of_stream => Action::Pause,
            Stage::Whole | Stage::Failed { .. } | Stage::Unreadable => {
                self.whole(gateway, size);
                self.finish();
                Action::Continue
            }
        }
    }

    /// Trailers end a body too, and then no body callback says that it is the last. What was held is
    /// still in Envoy's buffer; a stream can only be told that it is over.
    pub(super) fn trailers(&mut self, gateway: &Gateway) -> Action {
        let is_held =
            matches!(self.stage, Stage::Whole | Stage::Failed { .. } | Stage::Unreadable | Stage::Beginning(_));
        if is_held && !self.has_body {
            Headers::Response.remove("content-length");
            return self.answer_without_body(gateway);
        }
        match &mut self.stage {
            Stage::Streaming { stream, behind } => {
                drop(stream.finish());
                self.watch.follow(gateway, &self.facts, stream);
                // Nothing can stand before trailers any more. An answer without its rest must not look whole: what is
                // answered in the middle of another answer ends it there.
                if !behind.is_empty() {
                    failure::reply_with(self.exchange.client(), &failure::unreadable());
                    self.finish();
                    return Action::Pause;
                }
            }
            Stage::Beginning(Beginning { seen, .. }) => {
                let seen = *seen;
                let _ = self.begin(gateway, seen, true);
            }
            Stage::Whole | Stage::Failed { .. } | Stage::Unreadable => self.whole(gateway, usize::MAX),
            Stage::Awaited | Stage::Untouched | Stage::Told | Stage::Done => {}
        }
        self.finish();
        Action::Continue
    }

    /// What the client has seen, where it is not what the provider has sent.
    pub(super) fn client_saw(&mut self, status: u16) {
        self.ending.status = status;
    }

    /// There will be no more of it, whether it was whole or not. `fault` is what that says against the target.
    pub(super) fn closed(&mut self, gateway: &Gateway, fault: Option<Fault>) {
        if self.is_over {
            return;
        }
        let said = if let Stage::Failed { status } = self.stage { fault_of(&self.facts, status, None) } else { None };
        if let Some(fault) = said.or(fault) {
            self.watch.failed(gateway, &self.facts, &fault);
        }
        self.finish();
    }

    /// Another target is tried in its place, which nobody does without a reason.
    pub(super) fn given_up(&mut self, gateway: &Gateway) {
        let (fault, told) = match (&self.stage, self.ending.work) {
            (_, Work::None) => (Fault::Unreachable, failure::unreachable(503)),
            // Or it hung up: Envoy does not say which.
            (Stage::Awaited, _) => (Fault::Silent, Failure::new(504, "The provider did not answer.")),
            _ => (Fault::Broken, failure::unreachable(503)),
        };
        self.told.get_or_insert(told);
        self.closed(gateway, Some(fault));
    }

    /// No provider had the request.
    pub(super) fn never_sent(&mut self) {
        self.ending.work = Work::None;
    }

    /// Gives back what it holds at its target.
    pub(super) fn forget(&mut self) {
        self.watch.end();
    }

    /// The answer is over. Safe to call again.
    fn finish(&mut self) {
        if self.is_over {
            return;
        }
        self.is_over = true;
        if let Stage::Streaming { stream, .. } | Stage::Beginning(Beginning { stream, .. }) = &self.stage {
            self.ending.outcome = stream.outcome();
            self.ending.complete = stream.is_complete();
            self.ending.streamed =
                Consumption { input: self.facts.input, output: stream.said(), ..Consumption::default() };
            // Its headers are gone.
            self.note_losses(stream.losses().clone());
        }
    }
}
