//! The answer: read, put into the client's words, and watched for its usage.

mod beginning;
mod headers;
mod place;

use super::ending::{Ending, Facts, Work};
use super::failure;
use super::refused::write_error;
use super::watch::{Watch, fault_of};
use crate::gateway::Gateway;
use crate::host::{Body, Clock, HeaderMap, Headers};
use beginning::Beginning;
use headers::{counted_input, request_id};
pub(super) use place::room;
use proxy_wasm::types::Action;
use tollgate_dialects::{Dialect, Exchange, Failure, Losses, NoAnswer, ProviderFailure, Stream, StreamBytes, Told};
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

    /// Headers alone cannot be given a body, so an error answers in their place. Where another target may be tried, that
    /// waits until there is none.
    fn answer_without_body(&mut self, gateway: &Gateway) -> Action {
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

    pub(super) fn body(&mut self, gateway: &Gateway, size: usize, end_of_stream: bool) -> Action {
        if self.first_byte.is_none() && size > 0 {
            self.first_byte = Some(Clock::now());
            if matches!(self.stage, Stage::Whole | Stage::Untouched) {
                self.watch.answered();
            }
        }
        self.has_body = true;
        match &mut self.stage {
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
            Stage::Streaming { stream, behind } => {
                let read = || Body::Response.read(size);
                let mut out = pass(stream, read, end_of_stream);
                if !behind.is_empty() {
                    behind.extend(out.unwrap_or_else(read));
                    out = Some(std::mem::take(behind));
                }
                if stream.failure().is_some() {
                    let mut said = out.unwrap_or_else(read);
                    let instead = failure::hide_key(&self.facts, stream, &mut said);
                    if let Some(told) = instead {
                        Body::Response.replace(&told);
                        self.watch.follow(gateway, &self.facts, stream);
                        self.finish();
                        self.stage = Stage::Told;
                        return Action::Continue;
                    }
                    out = Some(said);
                }
                if let Some(out) = out {
                    Body::Response.replace(&out);
                }
                self.watch.follow(gateway, &self.facts, stream);
                if end_of_stream {
                    self.finish();
                }
                Action::Continue
            }
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

    /// The whole body is there: put it, or an error, into the client's words.
    fn whole(&mut self, gateway: &Gateway, size: usize) {
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
    fn beside_the_body(&self) -> Told<'_> {
        Told {
            now: Clock::seconds(),
            model: &self.facts.target_model,
            request: self.request_id.as_deref(),
            input_tokens: self.input_tokens,
        }
    }

    fn tell_failure(&mut self, gateway: &Gateway, status: u16, body: &[u8]) {
        let failed = self.failed(gateway, status, body);
        self.tell(&failed);
    }

    /// Puts an error in place of the response, whose headers are still held.
    fn tell(&mut self, ProviderFailure { failure, as_it_is }: &ProviderFailure) {
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
        let fault = match (&self.stage, self.ending.work) {
            (_, Work::None) => Fault::Unreachable,
            (Stage::Awaited, _) => Fault::Silent,
            _ => Fault::Broken,
        };
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

/// Takes the next bytes of a stream, and says what goes on in their place; `None`: they go on as they are.
fn pass(stream: &mut Stream, read: impl Fn() -> Vec<u8>, end_of_stream: bool) -> Option<Vec<u8>> {
    let mut out = match stream.push(&read()) {
        StreamBytes::AsTheyAre => None,
        StreamBytes::Replaced(bytes) => Some(bytes),
    };
    if end_of_stream {
        let last = stream.finish();
        if !last.is_empty() {
            out.get_or_insert_with(read).extend(last);
        }
    }
    out
}
