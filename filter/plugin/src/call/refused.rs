//! Errors of the gateway itself, in the client's words.

use crate::host::{Body, Clock, Headers, reply};
use crate::telemetry::Rejection;
use tollgate_dialects::{Counted, Dialect, Failure, LimitStanding, RequestError};
use tollgate_policy::{IdentityError, Refusal, Standings, Unroutable};

/// Characters of a model's name that an error repeats.
const LONGEST_SHOWN: usize = 64;

/// A request that goes nowhere.
pub(super) struct Refused {
    pub(super) rejection: Rejection,
    dialect: Dialect,
    failure: Box<Failure>,
    headers: Vec<(&'static str, String)>,
}

impl Refused {
    pub(super) fn new(dialect: Dialect, rejection: Rejection, failure: Failure) -> Self {
        Self { rejection, dialect, failure: Box::new(failure), headers: Vec::new() }
    }

    pub(super) fn bad_request(dialect: Dialect, error: RequestError) -> Self {
        Self::new(dialect, Rejection::BadRequest, error.into())
    }

    pub(super) fn identity(dialect: Dialect, error: IdentityError) -> Self {
        Self::new(dialect, Rejection::Unauthenticated, Failure::new(401, sentence(&error.to_string())))
    }

    pub(super) fn forbidden_model(dialect: Dialect, model: &str) -> Self {
        let model = shown(model);
        let message = format!("You may not use the model {model}. Ask the operator of this gateway for access.");
        Self::new(dialect, Rejection::Forbidden, Failure::new(403, message))
    }

    pub(super) fn unknown_model(dialect: Dialect, model: &str) -> Self {
        let model = shown(model);
        let message = format!("The model {model} does not exist here. GET /v1/models lists those you may use.");
        Self::new(dialect, Rejection::UnknownModel, Failure::new(404, message))
    }

    pub(super) fn unroutable(dialect: Dialect, why: &Unroutable) -> Self {
        let message = sentence(&why.to_string());
        match why.retry_after_seconds() {
            None => Self::new(dialect, Rejection::NoTarget, Failure::new(400, message)),
            Some(seconds) => {
                let mut refused = Self::new(dialect, Rejection::Unhealthy, Failure::new(503, message));
                refused.headers.push(("retry-after", seconds.to_string()));
                refused
            }
        }
    }

    pub(super) fn limit(dialect: Dialect, refusal: &Refusal) -> Self {
        let message = sentence(&refusal.to_string());
        match refusal {
            Refusal::TooLarge { .. } => {
                Self::new(dialect, Rejection::TooLarge, Failure::new(400, message).with_code("request_too_large"))
            }
            Refusal::Exhausted { standings, .. } => {
                let mut refused = Self::new(dialect, Rejection::OverLimit, Failure::new(429, message));
                refused.headers.extend(refusal.retry_after_seconds().map(|s| ("retry-after", s.to_string())));
                refused.headers.extend(limit_headers(dialect, standings));
                refused
            }
            // What to do about it is the operator's business, and said in the log.
            Refusal::Unavailable { limit, .. } => {
                log::warn!("tollgate: {refusal}");
                let message = format!("The limit \"{limit}\" cannot be checked at the moment. Try again.");
                let mut refused = Self::new(dialect, Rejection::LimitUnavailable, Failure::new(503, message));
                refused.headers.push(("retry-after", "1".to_owned()));
                refused
            }
        }
    }

    /// Nobody knows whether Envoy's buffer would take what the request has become for its provider.
    pub(super) fn body_too_large(dialect: Dialect) -> Self {
        let message =
            "What this request becomes for its provider is larger than this gateway takes. Send a smaller one.";
        Self::new(dialect, Rejection::BodyTooLarge, Failure::new(413, message))
    }

    /// The same, with more headers.
    pub(super) fn with_headers(mut self, headers: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.headers.extend(headers);
        self
    }

    pub(super) fn reply(&self) {
        log::debug!("tollgate: refused with {}", self.failure.status);
        reply(self.failure.status, &self.headers, &self.dialect.error_body(&self.failure));
    }
}

/// How the limits stand, in the headers that the client reads.
pub(super) fn limit_headers(
    dialect: Dialect,
    standings: &Standings,
) -> impl Iterator<Item = (&'static str, String)> + use<> {
    let Standings { tokens, requests, .. } = standings;
    let told = [(Counted::Requests, requests), (Counted::Tokens, tokens)].map(|(counted, standing)| {
        let standing = standing.as_ref()?;
        let (limit, remaining) = (standing.capacity, standing.remaining);
        let standing = LimitStanding { counted, limit, remaining, reset_after: standing.reset_after };
        Some(dialect.limit_headers(&standing, Clock::seconds()))
    });
    told.into_iter().flatten().flatten()
}

/// An error that Envoy answers before the request was whole, like a body over its buffer.
pub(super) struct LocalError {
    pub(super) dialect: Dialect,
    pub(super) status: u16,
}

impl LocalError {
    /// Puts the client's dialect in place of Envoy's plain text.
    pub(super) fn reword(&self, body: Body) {
        let message = match self.status {
            413 => "The request body is larger than this gateway takes.".to_owned(),
            408 => "The request did not arrive in time.".to_owned(),
            status => format!("The gateway could not take the request ({status})."),
        };
        write_error(self.dialect, &Failure::new(self.status, message), body);
    }
}

/// Writes an error as the body of a response whose headers are still held.
pub(super) fn write_error(dialect: Dialect, failure: &Failure, body: Body) {
    let bytes = dialect.error_body(failure);
    for name in ["content-encoding", "location"] {
        Headers::Response.remove(name);
    }
    Headers::Response.set("content-type", "application/json");
    Headers::Response.set("content-length", &bytes.len().to_string());
    body.replace(&bytes);
}

/// A name that a client made up: quoted, and cut where it is longer than any name.
fn shown(model: &str) -> String {
    match model.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{:?}…", model.get(..end).unwrap_or_default()),
        None => format!("{model:?}"),
    }
}

/// Starts with a capital and ends with a full stop.
fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
