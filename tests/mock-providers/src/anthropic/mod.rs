//! Plays Anthropic: Messages, and their tokens counted; and the same on Vertex AI. Bedrock, which also
//! hosts its models, checks and answers with what is here.

mod answer;
mod blocks;
mod conversation;
mod counting;
mod hosted;
mod sources;
mod thinking;
mod tools;
mod validate;
mod version;
mod vertex;
mod wording;

pub use hosted::{Refusal, host};
pub use validate::check_parameters;
pub use version::Version;

use crate::gemini::{google_body, is_googles};
use crate::plan::{Facts, Plan};
use crate::problem::Problem;
use crate::provider::{Answer, Arrival, Provider, fresh_id};
use crate::scenario::Scenario;
use crate::sse::Event;
use crate::texts;
use crate::turn::{self, Turn};
use serde_json::{Value, json};

/// What the signatures of thinking blocks start with.
pub const SIGNATURE: &str = "sig-";
/// What the data of redacted thinking blocks starts with.
const REDACTED: &str = "redacted-";

/// Anthropic.
pub struct Anthropic {
    key: String,
}

impl Anthropic {
    /// Takes the key that is right from `MOCK_ANTHROPIC_KEY`.
    pub fn from_env() -> Self {
        let key = std::env::var("MOCK_ANTHROPIC_KEY");
        Self { key: key.unwrap_or_else(|_| "mock-anthropic-key".into()) }
    }

    /// Every key that is given must be the right one: a stray one is somebody else's secret.
    fn authenticate(&self, arrival: &Arrival) -> Result<(), Problem> {
        let bearers = arrival.all("authorization").map(|value| value.strip_prefix("Bearer "));
        let keys: Vec<_> = arrival.all("x-api-key").map(Some).chain(bearers).collect();
        if keys.is_empty() {
            return Err(wrong_key("x-api-key header is required"));
        }
        if keys.iter().all(|key| *key == Some(self.key.as_str())) {
            return Ok(());
        }
        Err(wrong_key("invalid x-api-key"))
    }

    fn messages(&self, arrival: &Arrival) -> Result<Answer, Problem> {
        let version = version::Version::read(arrival)?;
        let body = json_body(arrival)?;
        validate::check(&body, version, &betas(arrival))?;
        let scenario = read_scenario(arrival, &body).map_err(mock_problem)?;
        let plan = Plan::new(&scenario, &facts(&body)).map_err(mock_problem)?;
        let reply = answer::Reply::new(&body, &plan, "msg_");
        let streamed = body.get("stream") == Some(&Value::Bool(true));
        Ok(Answer::new(reply.whole(), streamed.then(|| reply.events()), scenario))
    }
}

fn count_tokens(arrival: &Arrival) -> Result<Answer, Problem> {
    let version = version::Version::read(arrival)?;
    counting::count(arrival, &json_body(arrival)?, version, &betas(arrival))
}

/// The body as JSON.
fn json_body(arrival: &Arrival) -> Result<Value, Problem> {
    if !arrival.is_json() {
        return Err(Problem::invalid("content-type: must be application/json"));
    }
    serde_json::from_slice(&arrival.body)
        .map_err(|error| Problem::invalid(format!("The request body is not valid JSON: {error}")))
}

fn mock_problem(message: String) -> Problem {
    Problem::invalid(format!("mock: {message}"))
}

impl Provider for Anthropic {
    fn name(&self) -> &'static str {
        "anthropic"
    }

    fn longest_body(&self) -> usize {
        32 * 1024 * 1024
    }

    fn request_id(&self) -> String {
        fresh_id("req_")
    }

    fn usual_headers(&self, request_id: &str) -> Vec<(&'static str, String)> {
        [
            ("request-id", request_id),
            ("anthropic-organization-id", "00000000-0000-4000-8000-000000000000"),
            ("anthropic-ratelimit-requests-limit", "4000"),
            ("anthropic-ratelimit-requests-remaining", "3999"),
            ("anthropic-ratelimit-requests-reset", "2026-11-01T00:00:00Z"),
            ("anthropic-ratelimit-input-tokens-limit", "2000000"),
            ("anthropic-ratelimit-input-tokens-remaining", "1999000"),
            ("anthropic-ratelimit-input-tokens-reset", "2026-11-01T00:00:00Z"),
            ("anthropic-ratelimit-output-tokens-limit", "400000"),
            ("anthropic-ratelimit-output-tokens-remaining", "399000"),
            ("anthropic-ratelimit-output-tokens-reset", "2026-11-01T00:00:00Z"),
        ]
        .map(|(name, value)| (name, value.to_string()))
        .to_vec()
    }

    fn answer(&self, arrival: &Arrival) -> Result<Answer, Problem> {
        if let Some(address) = vertex::Address::read(&arrival.path).filter(|_| arrival.method == "POST") {
            return address.answer(arrival);
        }
        self.authenticate(arrival)?;
        match (arrival.method.as_str(), arrival.path.as_str()) {
            ("POST", "/v1/messages") => self.messages(arrival),
            ("POST", "/v1/messages/count_tokens") => count_tokens(arrival),
            (_, "/v1/messages" | "/v1/messages/count_tokens") => {
                Err(Problem::new(405, "invalid_request_error", "Method Not Allowed"))
            }
            _ => Err(Problem::new(404, "not_found_error", "Not found")),
        }
    }

    fn problem(&self, status: u16) -> Problem {
        let (kind, message) = match status {
            401 => return wrong_key("invalid x-api-key"),
            402 => ("billing_error", "Your credit balance is too low."),
            403 => ("permission_error", "Your API key does not have permission to use the specified resource."),
            404 => ("not_found_error", "The requested resource could not be found."),
            413 => ("request_too_large", "Request exceeds the maximum size"),
            429 => (
                "rate_limit_error",
                "This request would exceed your organization's rate limit of 50 requests per \
                 minute.",
            ),
            504 => ("timeout_error", "The request timed out."),
            529 => ("overloaded_error", "Overloaded"),
            500.. => ("api_error", "Internal server error"),
            _ => ("invalid_request_error", "The request is invalid."),
        };
        Problem::new(status, kind, message)
    }

    fn problem_body(&self, problem: &Problem, request_id: &str) -> Value {
        if is_googles(problem) {
            return google_body(problem);
        }
        json!({
            "type": "error",
            "error": {"type": problem.kind, "message": problem.message},
            "request_id": request_id,
        })
    }

    fn midstream_errors(&self) -> Vec<(&'static str, Event)> {
        let error = |status| {
            let problem = self.problem(status);
            let error = json!({"type": problem.kind, "message": problem.message});
            (problem.kind, answer::event("error", json!({"type": "error", "error": error})))
        };
        [529, 500, 504, 429].map(error).to_vec()
    }

    fn keep_alive(&self) -> Event {
        answer::event("ping", json!({"type": "ping"}))
    }
}

fn wrong_key(message: &str) -> Problem {
    Problem::new(401, "authentication_error", message)
}

/// The beta features that the request opts into.
fn betas(arrival: &Arrival) -> Vec<&str> {
    arrival.all("anthropic-beta").flat_map(|list| list.split(',')).map(str::trim).collect()
}

/// Reads the scenario.
fn read_scenario(arrival: &Arrival, body: &Value) -> Result<Scenario, String> {
    let read = |message: &Value| match role(message) {
        "user" => Turn::user(own_texts(message), results(message)),
        _ => Turn::default(),
    };
    let turns: Vec<_> = messages_of(body).iter().map(read).collect();
    turn::scenario(arrival, &turns, &[])
}

fn facts(body: &Value) -> Facts {
    let messages = messages_of(body);
    let said = messages.iter().filter_map(|message| message.get("content"));
    Facts {
        tools: tools::offered(body),
        tool_results: messages.last().map(results).unwrap_or_default(),
        words: body.get("system").into_iter().chain(said).map(texts::words).sum(),
        greeting: "Hello from Anthropic.",
    }
}

fn messages_of(body: &Value) -> &[Value] {
    body.get("messages").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn role(message: &Value) -> &str {
    message.get("role").and_then(Value::as_str).unwrap_or_default()
}

fn kind(block: &Value) -> &str {
    block.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn content(message: &Value) -> &[Value] {
    message.get("content").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// What a user message says itself, not through tool results.
fn own_texts(message: &Value) -> Vec<&str> {
    match message.get("content") {
        Some(Value::String(text)) => vec![text],
        _ => {
            let texts = content(message).iter().filter(|block| kind(block) == "text");
            texts.flat_map(texts::of).collect()
        }
    }
}

/// The texts of each tool result in a message.
fn results(message: &Value) -> Vec<String> {
    let results = content(message).iter().filter(|block| kind(block) == "tool_result");
    results.map(|result| texts::of(result).concat()).collect()
}

#[cfg(test)]
mod tests;
