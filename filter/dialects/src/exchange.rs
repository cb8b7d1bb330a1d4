//! One request's way back: its answer, whole or streamed, and its errors, in the client's dialect.

use crate::Dialect;
use crate::Operation;
use crate::codec::{Answering, StreamForm};
use crate::embeddings::Encodings;
use crate::json::RequestError;
use crate::naming::{name, naming};
use crate::neutral::{Failure, Losses, Outcome, Usage};
use crate::openai::is_own_error;
use crate::stream::Stream;
use crate::upstream::{Call, Upstream};
use crate::{bedrock, count_tokens, embeddings, figures, images, rerank};

/// Who speaks what to whom. Small, and independent of the request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// What the client asks for, and what its provider is asked.
    client: Operation,
    provider: Operation,
    stream: bool,
    include_usage: bool,
    /// How the client wants its vectors.
    encodings: Encodings,
    /// How the client wants its stream cut, and how the provider cuts it.
    form: StreamForm,
    provided: StreamForm,
}

/// A whole answer for the client.
#[derive(Debug, Default)]
pub struct Answer {
    /// The new body; `None`: the provider's body as it is.
    pub body: Option<Vec<u8>>,
    /// What the answer tells about itself.
    pub outcome: Outcome,
    /// The client is told of an error in the answer's place: its API has no other word for this.
    pub refused: Option<Failure>,
    /// What the client could not be told.
    pub losses: Losses,
}

/// What must be known of an answer beside its body.
#[derive(Clone, Copy, Debug)]
pub struct Told<'t> {
    /// Unix time in seconds.
    pub now: u64,
    /// The provider's name for the model, for answers that do not say it.
    pub model: &'t str,
    /// The provider's id for the request, for answers that have none of their own.
    pub request: Option<&'t str>,
    /// Input tokens, where a provider gives them in a header.
    pub input_tokens: Option<u64>,
}

impl From<u64> for Told<'_> {
    fn from(now: u64) -> Self {
        Self { now, model: "", request: None, input_tokens: None }
    }
}

impl Told<'_> {
    /// What the headers say was used.
    pub(crate) fn usage(&self) -> Option<Usage> {
        self.input_tokens.map(|input| Usage { input, ..Usage::default() })
    }
}

/// Why a body with a status of success holds no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// It is not what the provider's API answers.
    Unreadable,
    /// It says that the provider failed.
    Failed {
        /// The status that it should have had.
        status: u16,
        /// What was used all the same.
        usage: Option<Usage>,
    },
}

/// The status of an answer. In a body that has it an error says itself what its status is.
pub(crate) const OK: u16 = 200;

/// A provider's error, read.
#[derive(Debug)]
pub struct ProviderFailure {
    /// What the client is told.
    pub failure: Failure,
    /// The provider's own body has the client's shape already.
    pub as_it_is: bool,
}

impl Exchange {
    pub(crate) fn new(client: Operation, provider: Operation, upstream: &Upstream<'_>, form: StreamForm) -> Self {
        let provided = upstream.stream_form();
        let encodings = Encodings::default();
        Self { client, provider, stream: false, include_usage: false, encodings, form, provided }
    }

    /// The same, for a client that asks for a stream, maybe with usage in it.
    pub(crate) fn streamed(self, stream: bool, include_usage: bool) -> Self {
        Self { stream, include_usage, ..self }
    }

    /// The same, for a client that wants its vectors in these encodings.
    pub(crate) fn encoded(self, encodings: Encodings) -> Self {
        Self { encodings, ..self }
    }

    /// Where `upstream` takes what it is asked of `model`. `base_path` replaces what the API's paths
    /// begin with by themselves. May end in a query.
    #[must_use]
    pub fn path(&self, upstream: &Upstream<'_>, base_path: Option<&str>, model: &str) -> String {
        upstream.place(base_path, Call { operation: self.provider, model, stream: self.stream })
    }

    /// What the request's body is, where this gateway knows it.
    #[must_use]
    pub fn request_type(&self) -> Option<&'static str> {
        (!self.provider.takes_form()).then_some("application/json")
    }

    /// The client's dialect.
    #[must_use]
    pub fn client(&self) -> Dialect {
        self.client.dialect()
    }

    /// The provider's dialect.
    #[must_use]
    pub fn provider(&self) -> Dialect {
        self.provider.dialect()
    }

    /// Did the client ask for a stream?
    #[must_use]
    pub fn wants_stream(&self) -> bool {
        self.stream
    }

    /// The content type of the provider's stream, and of the client's.
    #[must_use]
    pub fn stream_types(&self) -> (&'static str, &'static str) {
        (self.provided.content_type(), self.form.content_type())
    }

    /// Is the answer rewritten?
    #[must_use]
    pub fn translates(&self) -> bool {
        self.client != self.provider
    }

    /// Is an answer of this content type passed on unread?
    #[must_use]
    pub fn is_opaque(&self, content_type: &[u8]) -> bool {
        self.client.is_opaque(content_type)
    }

    /// Reads a whole answer and puts it into the client's dialect. `told` may be the Unix time in seconds
    /// alone.
    ///
    /// # Errors
    /// The body is not an answer of the provider's API, or tells of a failure.
    pub fn answer<'t>(&self, body: &[u8], told: impl Into<Told<'t>>) -> Result<Answer, NoAnswer> {
        let text = simdutf8::basic::from_utf8(body).map_err(|_| NoAnswer::Unreadable)?;
        self.read_answer(text, &told.into()).map_err(|_| self.no_answer(body))
    }

    /// What a body is that is no answer.
    #[must_use]
    pub fn no_answer(&self, body: &[u8]) -> NoAnswer {
        let text = std::str::from_utf8(body).unwrap_or_default();
        match (self.provider().codec().read_error)(text, OK) {
            Some(Failure { status, .. }) => {
                NoAnswer::Failed { status, usage: figures::read_usage(text).ok().flatten() }
            }
            None => NoAnswer::Unreadable,
        }
    }

    fn read_answer(&self, text: &str, told: &Told<'_>) -> Result<Answer, RequestError> {
        let (client, provider) = (self.client, self.provider);
        match (client, provider) {
            (Operation::Generate(_) | Operation::Complete, _) if client == provider => {
                let outcome = (provider.dialect().codec().read_outcome)(text)?;
                Ok(Answer { outcome, ..Answer::default() })
            }
            (Operation::Generate(client), Operation::Generate(provider)) => {
                let mut response = (provider.codec().read_response)(text)?;
                name(&mut response, told, text);
                let outcome = Outcome { usage: Some(response.usage), finish: Some(response.finish) };
                let telling = response.leave_out(client.codec().holds);
                if let Some(failure) = telling.nothing_left(response.finish) {
                    return Ok(Answer { outcome, refused: Some(failure), losses: telling.losses, ..Answer::default() });
                }
                let mut out = Vec::with_capacity(text.len());
                (client.codec().write_response)(&response, self.answering(told.now), &mut out);
                Ok(Answer { body: Some(out), outcome, losses: telling.losses, ..Answer::default() })
            }
            _ if client == provider => {
                let usage = figures::read_usage(text)?.or(told.usage()).filter(|_| !client.is_free());
                Ok(Answer { outcome: Outcome { usage, finish: None }, ..Answer::default() })
            }
            (Operation::Embed(client), Operation::Embed(provider)) => {
                embeddings::answer(client, provider, self.encodings, text, told)
            }
            (Operation::Rerank(client), Operation::Rerank(_)) => rerank::answer(client, text, told),
            (Operation::CountTokens(client), Operation::CountTokens(_)) => count_tokens::answer(client, text),
            (Operation::GenerateImages(_), Operation::GenerateImages(_)) => images::answer(text, told),
            _ => Err(RequestError::not_json("no answer to this")),
        }
    }

    /// Starts to bring a stream back. `told` may be the Unix time in seconds alone.
    #[must_use]
    pub fn stream<'t>(&self, told: impl Into<Told<'t>>) -> Stream {
        if self.translates() {
            let told = told.into();
            let write = (self.client().codec().event_writer)(self.answering(told.now));
            Stream::translated(self.provider(), self.client(), self.provided, naming(write, &told))
        } else if self.form != self.provided {
            Stream::reframed(self.client(), self.provided, self.form)
        } else {
            Stream::passed_on(self.client(), self.provided, !self.include_usage)
        }
    }

    /// Reads a provider's error. One that cannot be read still gives the client its status.
    #[must_use]
    pub fn failure(&self, status: u16, body: &[u8]) -> ProviderFailure {
        let text = std::str::from_utf8(body).unwrap_or_default();
        match (self.provider().codec().read_error)(text, status) {
            Some(failure) => {
                // Servers of OpenAI's API word their errors in other ways too.
                let own = self.provider() != Dialect::OpenAi || is_own_error(text);
                ProviderFailure { failure, as_it_is: own && !self.translates() }
            }
            None => {
                // What AWS refuses before a model sees it is worded as AWS does, whatever the model's API.
                let by_aws = Some(text).filter(|_| self.provided == StreamForm::EventStream);
                let unread = || format!("The provider answered with status {status} and no readable error.");
                let failure = by_aws.and_then(|text| bedrock::errors::read_error(text, status));
                let failure = failure.unwrap_or_else(|| Failure::new(status, unread()));
                ProviderFailure { failure, as_it_is: false }
            }
        }
    }

    fn answering(&self, now: u64) -> Answering {
        Answering { created: now, include_usage: self.include_usage, form: self.form }
    }
}
