//! The answer: read, put into the client's words, and watched for its usage.

use super::arrive::INTERNAL;
use super::ending::{Ending, Facts, Work};
use super::failure;
use super::refused::{limit_headers, write_error};
use crate::gateway::Gateway;
use crate::host::{Body, Clock, HeaderMap, Headers, property, reply};
use proxy_wasm::types::Action;
use tollgate_dialects::{Exchange, Losses, NoAnswer, ProviderFailure, Stream, StreamBytes, Told};
use tollgate_policy::{ProviderKey, Reservation, Timestamp};

/// A request that a provider has, and its answer as far as it has come.
pub(super) struct Answering {
    exchange: Exchange,
    facts: Facts,
    ending: Ending,
    reservation: Option<Reservation>,
    started: Timestamp,
    first_byte: Option<Timestamp>,
    /// Input tokens, where the provider says them in a header.
    input_tokens: Option<u64>,
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
    /// It passes event by event.
    Streaming(Stream),
    /// It passes as it is, unread.
    Untouched,
    /// Nothing more is done.
    Done,
}

impl Answering {
    pub(super) fn new(exchange: Exchange, facts: Facts, reservation: Reservation, started: Timestamp) -> Self {
        Self {
            exchange,
            facts,
            ending: Ending::default(),
            reservation: Some(reservation),
            started,
            first_byte: None,
            input_tokens: None,
            stage: Stage::Awaited,
        }
    }

    pub(super) fn headers(&mut self, gateway: &Gateway, end_of_stream: bool) -> Action {
        let headers = Headers::Response.read();
        let status = headers.status();
        self.ending.status = status;
        self.stage = self.stage_for(status, &headers);
        self.input_tokens = counted_input(&headers);
        if !matches!(self.stage, Stage::Failed { .. }) || failure::envoys_details().is_none() {
            self.keep_the_providers_own(&headers);
        }
        if gateway.config.expose() {
            self.expose();
        }
        if let Some(standings) = self.reservation.as_ref().map(Reservation::standings) {
            for (name, value) in limit_headers(self.exchange.client(), standings) {
                Headers::Response.set(name, &value);
            }
        }
        if end_of_stream {
            return self.answer_without_body(gateway);
        }
        match self.stage {
            Stage::Streaming(_) => {
                Headers::Response.remove("content-length");
                let (provided, wanted) = self.exchange.stream_types();
                if provided != wanted {
                    Headers::Response.set("content-type", wanted);
                }
                Action::Continue
            }
            Stage::Awaited | Stage::Untouched | Stage::Done => Action::Continue,
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
            (false, _) if is_stream => Stage::Streaming(self.exchange.stream(Clock::seconds())),
            (false, _) => Stage::Whole,
        }
    }

    /// What a provider tells in headers about the account it was asked from is for the account's
    /// owner, and `x-tollgate-*` is this filter's to say. A request's id goes by the name that the
    /// client looks for.
    fn keep_the_providers_own(&self, headers: &HeaderMap) {
        let (provider, client) = (self.exchange.provider(), self.exchange.client());
        let clients_account = self.facts.provider.key == ProviderKey::Passthrough && !self.exchange.translates();
        let about_account = |name: &str| {
            name == "set-cookie" || provider.account_headers().iter().any(|prefix| name.starts_with(prefix))
        };
        let unwanted = |name: &&str| name.starts_with(INTERNAL) || (!clients_account && about_account(name));
        headers.names().filter(unwanted).for_each(|name| Headers::Response.remove(name));
        let (named, wanted) = (provider.request_id_header(), client.request_id_header());
        if named != wanted
            && let Some(id) = headers.get(named)
        {
            Headers::Response.remove(named);
            Headers::Response.set(wanted, &String::from_utf8_lossy(id));
        }
    }

    fn expose(&self) {
        let facts = &self.facts;
        Headers::Response.set("x-tollgate-provider", &facts.provider.name);
        Headers::Response.set("x-tollgate-model", &facts.target_model);
        self.expose_dropped();
    }

    fn expose_dropped(&self) {
        if !self.facts.dropped.is_empty() {
            Headers::Response.set("x-tollgate-dropped", &self.facts.dropped.to_header());
        }
    }

    /// Notes what of the answer the client could not be told.
    fn note_losses(&mut self, losses: Losses) {
        if !losses.is_empty() {
            log::debug!("tollgate: dropped {}", losses.to_header());
            self.facts.dropped.add_all(losses);
        }
    }

    /// Headers alone cannot be given a body, so an error answers in their place.
    fn answer_without_body(&mut self, gateway: &Gateway) -> Action {
        let failure = match self.stage {
            Stage::Failed { status } => self.failed(status, &[]).failure,
            _ => failure::unreadable(),
        };
        self.ending.status = failure.status;
        self.stage = Stage::Done;
        self.end(gateway);
        let retry_after: Vec<_> =
            failure::retry_after(&failure).map(|value| ("retry-after", value)).into_iter().collect();
        reply(failure.status, &retry_after, &self.exchange.client().error_body(&failure));
        Action::Pause
    }

    pub(super) fn body(&mut self, gateway: &Gateway, size: usize, end_of_stream: bool) -> Action {
        if self.first_byte.is_none() && size > 0 {
            self.first_byte = Some(Clock::now());
        }
        match &mut self.stage {
            Stage::Awaited | Stage::Done => Action::Continue,
            Stage::Untouched => {
                if end_of_stream {
                    self.end(gateway);
                }
                Action::Continue
            }
            Stage::Streaming(stream) => {
                let mut out = match stream.push(&Body::Response.read(size)) {
                    StreamBytes::AsTheyAre => None,
                    StreamBytes::Replaced(bytes) => Some(bytes),
                };
                if end_of_stream {
                    let last = stream.finish();
                    if !last.is_empty() {
                        out.get_or_insert_with(|| Body::Response.read(size)).extend(last);
                    }
                }
                if let Some(out) = out {
                    Body::Response.replace(&out);
                }
                if end_of_stream {
                    self.end(gateway);
                }
                Action::Continue
            }
            Stage::Whole | Stage::Failed { .. } | Stage::Unreadable if !end_of_stream => Action::Pause,
            Stage::Whole | Stage::Failed { .. } | Stage::Unreadable => {
                self.whole(gateway, size);
                self.end(gateway);
                Action::Continue
            }
        }
    }

    /// Trailers end a body too, and then no body callback says that it is the last. What was held is
    /// still in Envoy's buffer; a stream can only be told that it is over.
    pub(super) fn trailers(&mut self, gateway: &Gateway) {
        match &mut self.stage {
            Stage::Streaming(stream) => drop(stream.finish()),
            Stage::Whole | Stage::Failed { .. } | Stage::Unreadable => self.whole(gateway, usize::MAX),
            Stage::Awaited | Stage::Untouched | Stage::Done => {}
        }
        self.end(gateway);
    }

    /// The whole body is there: put it, or an error, into the client's words.
    fn whole(&mut self, gateway: &Gateway, size: usize) {
        let stage = std::mem::replace(&mut self.stage, Stage::Done);
        let client = self.exchange.client();
        let read = || Body::Response.read(size);
        match stage {
            Stage::Whole => match self.exchange.answer(&read(), self.told()) {
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
                        Headers::Response.set("content-type", "application/json");
                        Headers::Response.set("content-length", &body.len().to_string());
                        Body::Response.replace(&body);
                    }
                }
                Err(no_answer) => self.no_answer(no_answer, &read()),
            },
            Stage::Failed { status } => self.tell_failure(status, &read()),
            Stage::Unreadable => {
                let body = read();
                self.no_answer(self.exchange.no_answer(&body), &body);
            }
            Stage::Awaited | Stage::Streaming(_) | Stage::Untouched | Stage::Done => {}
        }
    }

    /// What must be known of the answer beside its body.
    fn told(&self) -> Told<'_> {
        Told { now: Clock::seconds(), model: &self.facts.target_model, input_tokens: self.input_tokens }
    }

    fn tell_failure(&mut self, status: u16, body: &[u8]) {
        let ProviderFailure { failure, as_it_is } = self.failed(status, body);
        if let Some(value) = failure::retry_after(&failure) {
            Headers::Response.set("retry-after", &value);
        }
        self.set_status(failure.status);
        if !as_it_is {
            write_error(self.exchange.client(), &failure, Body::Response);
        }
    }

    /// Some say in a body with a status of success that they failed.
    fn no_answer(&mut self, no_answer: NoAnswer, body: &[u8]) {
        match no_answer {
            NoAnswer::Unreadable => {
                let failure = failure::unreadable();
                self.set_status(failure.status);
                write_error(self.exchange.client(), &failure, Body::Response);
            }
            NoAnswer::Failed { status, usage } => {
                self.tell_failure(status, body);
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

    fn failed(&mut self, status: u16, body: &[u8]) -> ProviderFailure {
        let failed = failure::read(&self.exchange, &self.facts, status, body);
        self.ending.work = failed.work;
        failed.told
    }

    /// The stream is over, and maybe not by its own end: then Envoy knows what the client saw.
    pub(super) fn closed(&mut self, gateway: &Gateway) {
        if self.reservation.is_some() {
            let code = <[u8; 8]>::try_from(property(["response", "code"])).map_or(0, u64::from_le_bytes);
            self.ending.status = u16::try_from(code).unwrap_or(0);
            self.end(gateway);
        }
    }

    /// The answer is over. Safe to call again.
    fn end(&mut self, gateway: &Gateway) {
        let Some(reservation) = self.reservation.take() else { return };
        if let Stage::Streaming(stream) = &self.stage {
            self.ending.outcome = stream.outcome();
            self.ending.complete = stream.is_complete();
            // Its headers are gone.
            self.note_losses(stream.losses().clone());
        }
        let waited = self.first_byte.map(|first| first.as_nanos().saturating_sub(self.started.as_nanos()) / 1_000_000);
        self.ending.settle(gateway, &self.facts, reservation, waited);
    }
}

/// Bedrock says in a header what an embedding took.
fn counted_input(headers: &HeaderMap) -> Option<u64> {
    std::str::from_utf8(headers.get("x-amzn-bedrock-input-token-count")?).ok()?.parse().ok()
}
