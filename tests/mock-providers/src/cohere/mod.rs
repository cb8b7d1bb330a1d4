//! Plays Cohere: version 2 of its chat, embeddings and ranking.

mod answer;
mod messages;
mod retrieval;
mod validate;
mod wording;

use crate::plan::{Facts, Plan};
use crate::problem::Problem;
use crate::provider::{Answer, Arrival, Provider, fresh_id};
use crate::sse::Event;
use crate::texts;
use crate::turn::{self, Turn};
use serde_json::{Value, json};

/// What makes no sense with Cohere.
const MEANINGLESS: &[(&str, &str)] = &[
    ("cache_write", "Cohere does not count tokens that are written to a cache"),
    ("reasoning", "Cohere does not count tokens that are spent on thinking"),
    ("redacted_thinking", "Cohere does not redact thoughts"),
    ("refusal", "Cohere refuses in a text like any other"),
];

/// Cohere.
pub struct Cohere {
    key: String,
}

impl Cohere {
    /// Takes the key that is right from `MOCK_COHERE_KEY`.
    pub fn from_env() -> Self {
        let key = std::env::var("MOCK_COHERE_KEY");
        Self { key: key.unwrap_or_else(|_| "mock-cohere-key".into()) }
    }

    fn authenticate(&self, arrival: &Arrival) -> Result<(), Problem> {
        let keys: Vec<_> = arrival.all("authorization").collect();
        if keys.is_empty() {
            return Err(Problem::new(401, "", "no api key supplied"));
        }
        let strip = |value: &&str| value.strip_prefix("Bearer ").or(value.strip_prefix("bearer ")) == Some(&self.key);
        if keys.iter().all(strip) { Ok(()) } else { Err(Problem::new(401, "", "invalid api token")) }
    }
}

fn chat(arrival: &Arrival, body: &Value) -> Result<Answer, Problem> {
    validate::check(body)?;
    let scenario = turn::scenario(arrival, &turns(body), MEANINGLESS).map_err(mock_problem)?;
    let plan = Plan::new(&scenario, &facts(body)).map_err(mock_problem)?;
    let reply = answer::Reply::new(body, &plan, source(body));
    let streamed = body.get("stream") == Some(&Value::Bool(true));
    Ok(Answer::new(reply.whole(), streamed.then(|| reply.events()), scenario))
}

fn silent(arrival: &Arrival, body: &Value, whole: Value) -> Result<Answer, Problem> {
    let scenario = turn::silent(arrival, body).map_err(mock_problem)?;
    Ok(Answer::new(whole, None, scenario))
}

impl Provider for Cohere {
    fn name(&self) -> &'static str {
        "cohere"
    }

    fn longest_body(&self) -> usize {
        20 * 1024 * 1024
    }

    fn request_id(&self) -> String {
        fresh_id("")
    }

    fn usual_headers(&self, request_id: &str) -> Vec<(&'static str, String)> {
        [
            ("x-debug-trace-id", request_id),
            ("x-endpoint-monthly-call-limit", "1000"),
            ("x-trial-endpoint-call-limit", "20"),
            ("x-trial-endpoint-call-remaining", "19"),
        ]
        .map(|(name, value)| (name, value.to_string()))
        .to_vec()
    }

    fn answer(&self, arrival: &Arrival) -> Result<Answer, Problem> {
        self.authenticate(arrival)?;
        let path = arrival.path.as_str();
        if !["/v2/chat", "/v2/embed", "/v2/rerank"].contains(&path) {
            return Err(Problem::new(404, "", format!("path {path} not found")));
        }
        if arrival.method != "POST" {
            return Err(Problem::new(405, "", "method not allowed"));
        }
        if !arrival.is_json() {
            return Err(wording::invalid("content-type must be application/json"));
        }
        let body: Value = serde_json::from_slice(&arrival.body)
            .map_err(|error| Problem::new(400, "", format!("invalid json syntax: {error}")))?;
        match path {
            "/v2/embed" => silent(arrival, &body, retrieval::embed(&body)?),
            "/v2/rerank" => silent(arrival, &body, retrieval::rerank(&body)?),
            _ => chat(arrival, &body),
        }
    }

    fn problem(&self, status: u16) -> Problem {
        let message = match status {
            401 => "invalid api token",
            402 => "Please add or update your payment method at https://dashboard.cohere.com/billing?tab=payment",
            403 => "access denied",
            404 => "resource not found",
            413 => "request body is too large",
            429 => {
                "You are using a Trial key, which is limited to 20 API calls / minute. You can continue to use the \
                 Trial key for free or upgrade to a Production key with higher rate limits at \
                 'https://dashboard.cohere.com/api-keys'. Contact us on 'https://discord.gg/XW44jPfYJu' or email us \
                 at support@cohere.com with any questions"
            }
            498 => "invalid token",
            499 => "request cancelled by user",
            501 => "not implemented",
            503 => "service unavailable",
            504 => "gateway timeout",
            500.. => "internal server error, this has been reported to our developers. id",
            _ => "invalid request: the request is not valid",
        };
        Problem::new(status, "", message)
    }

    fn problem_body(&self, problem: &Problem, request_id: &str) -> Value {
        json!({"id": request_id, "message": problem.message})
    }

    fn midstream_errors(&self) -> Vec<(&'static str, Event)> {
        vec![("ERROR", answer::failure())]
    }

    fn keep_alive(&self) -> Event {
        Event::Comment("keep-alive")
    }
}

fn mock_problem(message: String) -> Problem {
    wording::invalid(&format!("mock: {message}"))
}

fn turns(body: &Value) -> Vec<Turn> {
    let read = |message: &Value| match role(message) {
        "user" => Turn::user(said(message), Vec::new()),
        "tool" => Turn::result(said(message).concat()),
        _ => Turn::default(),
    };
    messages_of(body).iter().map(read).collect()
}

fn facts(body: &Value) -> Facts {
    let mut tool_results: Vec<_> = results(body).map(|message| said(message).concat()).collect();
    tool_results.reverse();
    Facts {
        tools: offered(body),
        tool_results,
        words: messages_of(body).iter().flat_map(said).map(texts::count).sum(),
        greeting: "Hello from Cohere.",
    }
}

/// The names of the offered tools; none if none may be called.
fn offered(body: &Value) -> Vec<String> {
    if body.get("tool_choice").is_some_and(|choice| choice == "NONE") {
        return Vec::new();
    }
    let tools = body.get("tools").and_then(Value::as_array).into_iter().flatten();
    tools.filter_map(|tool| tool.pointer("/function/name")?.as_str().map(String::from)).collect()
}

/// The tool messages at the end, last first.
fn results(body: &Value) -> impl Iterator<Item = &Value> {
    messages_of(body).iter().rev().take_while(|message| role(message) == "tool")
}

/// What the answer may cite: a tool's result or a document, unless citations are turned off.
fn source(body: &Value) -> Option<Value> {
    let mode = body.pointer("/citation_options/mode").and_then(Value::as_str).unwrap_or_default();
    if ["OFF", "DISABLED"].contains(&mode) {
        return None;
    }
    if let Some(result) = results(body).next() {
        let id = result.get("tool_call_id").and_then(Value::as_str).unwrap_or_default();
        return Some(json!({
            "type": "tool",
            "id": format!("{id}:0"),
            "tool_output": {"content": said(result).concat()},
        }));
    }
    let document = body.pointer("/documents/0")?;
    let id = document.get("id").cloned().unwrap_or("doc:0".into());
    let data = document.get("data").unwrap_or(document);
    let shown = if data.is_object() { data.clone() } else { json!({"content": data}) };
    Some(json!({"type": "document", "id": id, "document": shown}))
}

fn messages_of(body: &Value) -> &[Value] {
    body.get("messages").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn role(message: &Value) -> &str {
    message.get("role").and_then(Value::as_str).unwrap_or_default()
}

/// The texts of a message, those in documents included.
fn said(message: &Value) -> Vec<&str> {
    let content = message.get("content").unwrap_or(&Value::Null);
    let documents = content.as_array().into_iter().flatten().filter_map(|part| part.pointer("/document/data"));
    texts::of(content).into_iter().chain(documents.flat_map(texts::all)).collect()
}

#[cfg(test)]
mod tests;
