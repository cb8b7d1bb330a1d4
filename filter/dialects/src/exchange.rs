//! One request's way back: its answer, whole or streamed, and its errors, in the client's dialect.

use crate::Dialect;
use crate::codec::{Answering, StreamForm};
use crate::neutral::{Failure, Outcome};
use crate::openai::is_own_error;
use crate::stream::Stream;
use crate::upstream::Upstream;

/// Who speaks what to whom. Small, and independent of the request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    client: Dialect,
    provider: Dialect,
    stream: bool,
    include_usage: bool,
    /// How the client wants its stream cut, and how the provider cuts it.
    form: StreamForm,
    provided: StreamForm,
}

/// A whole answer for the client.
#[derive(Debug)]
pub struct Answer {
    /// The new body; `None`: the provider's body as it is.
    pub body: Option<Vec<u8>>,
    /// What the answer tells about itself.
    pub outcome: Outcome,
}

/// The provider's answer is not what its API answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// A provider's error, read.
#[derive(Debug)]
pub struct ProviderFailure {
    /// What the client is told.
    pub failure: Failure,
    /// The provider's own body has the client's shape already.
    pub as_it_is: bool,
}

impl Exchange {
    pub(crate) fn new(
        client: Dialect,
        upstream: &Upstream<'_>,
        stream: bool,
        include_usage: bool,
        form: StreamForm,
    ) -> Self {
        let provided = upstream.stream_form();
        Self { client, provider: upstream.dialect, stream, include_usage, form, provided }
    }

    /// The client's dialect.
    #[must_use]
    pub fn client(&self) -> Dialect {
        self.client
    }

    /// The provider's dialect.
    #[must_use]
    pub fn provider(&self) -> Dialect {
        self.provider
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

    /// Reads a whole answer and puts it into the client's dialect. `now` is Unix time in seconds.
    ///
    /// # Errors
    /// The body is not an answer of the provider's API.
    pub fn answer(&self, body: &[u8], now: u64) -> Result<Answer, Unreadable> {
        let text = std::str::from_utf8(body).map_err(|_| Unreadable)?;
        if !self.translates() {
            let outcome = (self.provider.codec().read_outcome)(text).map_err(|_| Unreadable)?;
            return Ok(Answer { body: None, outcome });
        }
        let response = (self.provider.codec().read_response)(text).map_err(|_| Unreadable)?;
        let mut out = Vec::with_capacity(body.len());
        (self.client.codec().write_response)(&response, self.answering(now), &mut out);
        let outcome = Outcome { usage: Some(response.usage), finish: Some(response.finish) };
        Ok(Answer { body: Some(out), outcome })
    }

    /// Starts to bring a stream back. `now` is Unix time in seconds.
    #[must_use]
    pub fn stream(&self, now: u64) -> Stream {
        if self.translates() {
            Stream::translated(self.provider, self.client, self.answering(now))
        } else {
            Stream::passed_on(self.client, !self.include_usage)
        }
    }

    /// Reads a provider's error. One that cannot be read still gives the client its status.
    #[must_use]
    pub fn failure(&self, status: u16, body: &[u8]) -> ProviderFailure {
        let text = std::str::from_utf8(body).unwrap_or_default();
        match (self.provider.codec().read_error)(text, status) {
            Some(failure) => {
                // Servers of OpenAI's API word their errors in other ways too.
                let own = self.provider != Dialect::OpenAi || is_own_error(text);
                ProviderFailure { failure, as_it_is: own && !self.translates() }
            }
            None => ProviderFailure {
                failure: Failure::new(
                    status,
                    format!("The provider answered with status {status} and no readable error."),
                ),
                as_it_is: false,
            },
        }
    }

    fn answering(&self, now: u64) -> Answering {
        Answering { created: now, include_usage: self.include_usage, form: self.form }
    }
}
