//! What the providers have in common.

use crate::encoding::query_value;
use crate::form::Form;
use crate::problem::Problem;
use crate::scenario::Scenario;
use crate::sse::Event;
use axum::http::HeaderMap;
use bytes::Bytes;
use serde_json::Value;

/// A request that came.
pub struct Arrival {
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query string, without the `?`.
    pub query: Option<String>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Arrival {
    /// A header's value, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// All values of a header; those that are not text are empty.
    pub fn all<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default())
    }

    /// The decoded value of a key in the query.
    pub fn query_value(&self, key: &str) -> Option<String> {
        self.query.as_deref().and_then(|query| query_value(query, key))
    }

    /// Whether the body is said to be JSON.
    pub fn is_json(&self) -> bool {
        self.header("content-type").is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default();
            kind.trim().eq_ignore_ascii_case("application/json")
        })
    }
}

/// An answer, ready to be delivered the way the scenario wants it.
pub struct Answer {
    /// The answer as one JSON.
    pub whole: Value,
    /// The answer where it is no JSON: what it is, and its bytes.
    pub bytes: Option<(&'static str, Bytes)>,
    /// The answer as a stream, if a stream was asked for.
    pub events: Option<Vec<Event>>,
    /// The form of the stream.
    pub form: Form,
    /// The errors there are in the middle of this stream, by name, where they are not the provider's.
    pub midstream_errors: Vec<(&'static str, Event)>,
    /// What is said with an error status, where it is not what the provider usually says.
    pub problem: Option<fn(u16) -> Problem>,
    /// The headers that this answer has beside the usual ones.
    pub headers: Vec<(&'static str, String)>,
    /// What the test asked for.
    pub scenario: Scenario,
}

impl Answer {
    /// An answer whose stream, if there is one, is made of server-sent events.
    pub fn new(whole: Value, events: Option<Vec<Event>>, scenario: Scenario) -> Self {
        Self {
            whole,
            bytes: None,
            events,
            form: Form::Sse,
            midstream_errors: Vec::new(),
            problem: None,
            headers: Vec::new(),
            scenario,
        }
    }
}

/// A provider.
pub trait Provider: Send + Sync {
    /// Its name.
    fn name(&self) -> &'static str;
    /// The most bytes a body may have.
    fn longest_body(&self) -> usize;
    /// A request id that was not used before.
    fn request_id(&self) -> String;
    /// The headers that every answer has.
    fn usual_headers(&self, request_id: &str) -> Vec<(&'static str, String)>;
    /// Checks a request and answers it.
    fn answer(&self, arrival: &Arrival) -> Result<Answer, Problem>;
    /// What is said with an error status.
    fn problem(&self, status: u16) -> Problem;
    /// A problem in the provider's shape.
    fn problem_body(&self, problem: &Problem, request_id: &str) -> Value;
    /// The headers that an error has beside the usual ones.
    fn problem_headers(&self, _problem: &Problem) -> Vec<(&'static str, String)> {
        Vec::new()
    }
    /// The errors there are in the middle of a stream, by name; the usual one comes first.
    fn midstream_errors(&self) -> Vec<(&'static str, Event)>;
    /// What is sent to keep a stream alive.
    fn keep_alive(&self) -> Event;
    /// Whether `retry-after` says when to try again; else the error's body does.
    fn has_retry_after(&self) -> bool {
        true
    }
}

/// An identifier of 24 digits that no other call gives.
pub fn fresh_id(prefix: &str) -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{prefix}{:024}", NEXT.fetch_add(1, Ordering::Relaxed))
}
