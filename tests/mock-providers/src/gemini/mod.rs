//! Plays Google: the Gemini API, and Gemini on Vertex AI.

mod answer;
mod config;
mod embeddings;
mod error;
mod messages;
mod model;
mod proto;
mod schema;
mod signatures;
mod surface;
mod tools;
mod turns;

use crate::form::Form;
use crate::plan::{Facts, Plan};
use crate::problem::Problem;
use crate::provider::{Answer, Arrival, Provider, fresh_id};
use crate::published::{self, Kind};
use crate::sse::Event;
use crate::texts;
use crate::turn::{self, Turn};
pub use error::{body as google_body, is_googles, of_status as google_problem, wrong_token};
use model::Model;
use serde_json::{Value, json};
use surface::{Method, Operation, Surface};

/// The token that Vertex AI takes.
pub const GOOGLE_TOKEN: &str = "mock-google-token";

/// What makes no sense with Gemini.
const MEANINGLESS: &[(&str, &str)] = &[
    ("cache_write", "Gemini does not count tokens that are written to a cache"),
    ("redacted_thinking", "Gemini does not redact thoughts"),
];

/// Google.
pub struct Gemini {
    key: String,
}

impl Gemini {
    /// Takes the key that is right from `MOCK_GEMINI_KEY`.
    pub fn from_env() -> Self {
        let key = std::env::var("MOCK_GEMINI_KEY");
        Self { key: key.unwrap_or_else(|_| "mock-gemini-key".into()) }
    }

    /// Every key that is given must be the right one: a stray one is somebody else's secret.
    fn authenticate(&self, arrival: &Arrival, vertex: bool) -> Result<(), Problem> {
        let tokens: Vec<_> = arrival.all("authorization").collect();
        let mut keys: Vec<_> = arrival.all("x-goog-api-key").map(String::from).collect();
        keys.extend(arrival.query_value("key"));
        if vertex {
            let right = |token: &&str| token.strip_prefix("Bearer ") == Some(GOOGLE_TOKEN);
            let only_right = !tokens.is_empty() && tokens.iter().all(right) && keys.is_empty();
            return if only_right { Ok(()) } else { Err(error::wrong_token()) };
        }
        match (keys.as_slice(), tokens.as_slice()) {
            ([], []) => Err(error::no_key()),
            (keys, []) if keys.iter().all(|key| *key == self.key) => Ok(()),
            (_, []) => Err(error::wrong_key()),
            _ => Err(error::wrong_token()),
        }
    }

    fn perform(&self, arrival: &Arrival, operation: &Operation) -> Result<Answer, Problem> {
        operation.check_model()?;
        if !arrival.is_json() {
            let shown = String::from_utf8_lossy(&arrival.body);
            return Err(error::invalid(format!(
                "Invalid JSON payload received. Unknown name \"{shown}\": Cannot bind query parameter. Field '{shown}' \
                 could not be found in request message."
            )));
        }
        let body: Value = serde_json::from_slice(&arrival.body)
            .map_err(|error| error::invalid(format!("Invalid JSON payload received. {error}\n\n^")))?;
        let surface = &operation.surface;
        let message = match operation.method {
            Method::Generate | Method::Stream => return self.generate(arrival, operation, &body),
            Method::CountTokens => &messages::COUNT_TOKENS,
            Method::Embed => &messages::EMBED,
            Method::BatchEmbed => &messages::BATCH_EMBED,
        };
        let body = proto::read(message, &body, surface)?;
        // A conversation whose tokens are counted has wishes for when it goes on.
        let (whole, wishing) = match operation.method {
            Method::BatchEmbed => (embeddings::many(&body, &operation.model)?, &body),
            Method::Embed => (embeddings::one(&body)?, &body),
            _ => (embeddings::count(&body)?, &Value::Null),
        };
        Ok(Answer::new(whole, None, turn::silent(arrival, wishing).map_err(mock_problem)?))
    }

    fn generate(&self, arrival: &Arrival, operation: &Operation, body: &Value) -> Result<Answer, Problem> {
        let surface = &operation.surface;
        let body = proto::read(&messages::GENERATE, body, surface)?;
        let model = Model(&operation.model);
        turns::check(&body, surface, &model)?;
        turns::check_system(&body)?;
        config::check(&body, &model)?;
        config::check_rest(&body)?;
        tools::check(&body, &model)?;
        published(&body, surface)?;

        let streamed = operation.method == Method::Stream;
        let form = form(arrival)?;
        let scenario = turn::scenario(arrival, &turns(&body), MEANINGLESS).map_err(mock_problem)?;
        let plan = Plan::new(&scenario, &facts(&body)).map_err(mock_problem)?;
        let reply = answer::Reply::new(&body, surface, &operation.model, &plan);
        let events = streamed.then(|| reply.events());
        Ok(Answer { form, ..Answer::new(reply.whole(), events, scenario) })
    }

    fn models(&self, arrival: &Arrival) -> Result<Answer, Problem> {
        let models: Vec<_> = ["gemini-2.5-flash", "gemini-3-pro-preview", "gemini-embedding-001"]
            .iter()
            .map(|name| {
                json!({
                    "name": format!("models/{name}"),
                    "version": "001",
                    "displayName": name,
                    "inputTokenLimit": 1048576,
                    "outputTokenLimit": 65536,
                    "supportedGenerationMethods": ["generateContent", "countTokens", "embedContent"],
                })
            })
            .collect();
        let scenario = turn::silent(arrival, &Value::Null).map_err(mock_problem)?;
        Ok(Answer::new(json!({"models": models}), None, scenario))
    }
}

impl Provider for Gemini {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn longest_body(&self) -> usize {
        20 * 1024 * 1024
    }

    fn request_id(&self) -> String {
        fresh_id("")
    }

    fn usual_headers(&self, _: &str) -> Vec<(&'static str, String)> {
        [
            ("vary", "Origin, X-Origin, Referer"),
            ("server", "scaffolding on HTTPServer2"),
            ("x-content-type-options", "nosniff"),
            ("server-timing", "gfet4t7; dur=12"),
        ]
        .map(|(name, value)| (name, value.to_string()))
        .to_vec()
    }

    fn answer(&self, arrival: &Arrival) -> Result<Answer, Problem> {
        let path = arrival.path.as_str();
        if let Some(operation) = Operation::read(path).filter(|_| arrival.method == "POST") {
            self.authenticate(arrival, operation.surface.is_vertex())?;
            let listed = operation.method == Method::Stream && form(arrival)? == Form::JsonList;
            return self.perform(arrival, &operation).map_err(|problem| Problem { in_list: listed, ..problem });
        }
        if arrival.method == "GET" && ["/v1/models", "/v1beta/models"].contains(&path) {
            self.authenticate(arrival, false)?;
            return self.models(arrival);
        }
        Err(Problem::new(404, "NOT_FOUND", format!("The requested URL {path} was not found on this server.")))
    }

    fn problem(&self, status: u16) -> Problem {
        error::of_status(status)
    }

    fn problem_body(&self, problem: &Problem, _: &str) -> Value {
        error::body(problem)
    }

    fn midstream_errors(&self) -> Vec<(&'static str, Event)> {
        let error = |status| {
            let problem = error::of_status(status);
            (problem.kind, Event::Data { name: None, data: error::body(&problem).to_string() })
        };
        [503, 500, 429].map(error).to_vec()
    }

    fn keep_alive(&self) -> Event {
        Event::Comment("keep-alive")
    }

    fn has_retry_after(&self) -> bool {
        false
    }
}

/// The form of a stream: a list, unless `alt=sse`.
fn form(arrival: &Arrival) -> Result<Form, Problem> {
    match arrival.query_value("alt").as_deref() {
        Some("sse") => Ok(Form::Sse),
        None | Some("json") => Ok(Form::JsonList),
        Some(other) => Err(error::invalid(format!("Invalid value \"{other}\" for query parameter 'alt'"))),
    }
}

/// Checks what was read against the type that the SDK publishes, which has no model: it is in the path.
fn published(body: &Value, surface: &Surface) -> Result<(), Problem> {
    let mut body = body.clone();
    if let Value::Object(map) = &mut body {
        map.remove("model");
    }
    let kind = if surface.is_vertex() { Kind::VertexGenerateContent } else { Kind::GeminiGenerateContent };
    published::check(kind, &body).map_err(error::invalid)
}

fn mock_problem(message: String) -> Problem {
    error::invalid(format!("mock: {message}"))
}

fn turns(body: &Value) -> Vec<Turn> {
    let read = |content: &Value| match text(content, "role") {
        "model" => Turn::default(),
        _ => Turn::user(own_texts(content), responses(content)),
    };
    items(body, "contents").iter().map(read).collect()
}

fn facts(body: &Value) -> Facts {
    Facts {
        tools: tools::offered(body),
        tool_results: items(body, "contents").last().map(responses).unwrap_or_default(),
        words: said(body),
        greeting: "Hello from Gemini.",
    }
}

/// How many words are said to the model.
fn said(body: &Value) -> u64 {
    let contents = items(body, "contents").iter().chain(body.get("system_instruction"));
    let parts = contents.flat_map(|content| items(content, "parts"));
    let own: u64 = parts.clone().map(texts::words).sum();
    own + parts.flat_map(response).map(|text| texts::count(&text)).sum::<u64>()
}

/// What a content of the user says itself, not through function responses.
fn own_texts(content: &Value) -> Vec<&str> {
    items(content, "parts").iter().filter_map(|part| part.get("text")?.as_str()).collect()
}

/// The texts of each function response in a content.
fn responses(content: &Value) -> Vec<String> {
    items(content, "parts").iter().filter_map(response).collect()
}

fn response(part: &Value) -> Option<String> {
    Some(texts::all(part.pointer("/function_response/response")?).concat())
}

/// The items of a list; none if there is no list.
fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A text; empty if there is none.
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests;
