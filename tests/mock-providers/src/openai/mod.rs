//! Plays OpenAI, and OpenAI on Azure: Chat Completions and Responses, what is older or smaller, and what
//! servers add that speak its language.

mod answer;
mod audio;
mod azure;
mod completions;
mod embeddings;
mod format;
mod images;
mod media;
mod messages;
mod responses;
mod tools;
mod validate;
mod wording;

use crate::plan::{Facts, Plan};
use crate::problem::Problem;
use crate::provider::{Answer, Arrival, Provider, fresh_id};
use crate::sse::Event;
use crate::texts;
use crate::turn::{self, Turn};
use azure::Address;
use serde_json::{Value, json};

/// The plain answer.
const GREETING: &str = "Hello from OpenAI.";
/// What may be posted to, after `/v1`.
const OPERATIONS: &[&str] = &[
    "/audio/speech",
    "/audio/transcriptions",
    "/chat/completions",
    "/completions",
    "/embeddings",
    "/images/generations",
    "/rerank",
    "/responses",
];

/// OpenAI.
pub struct OpenAi {
    key: String,
    azure_key: String,
}

impl OpenAi {
    /// Takes the keys that are right from `MOCK_OPENAI_KEY` and `MOCK_AZURE_KEY`.
    pub fn from_env() -> Self {
        let key = |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| usual.into());
        Self { key: key("MOCK_OPENAI_KEY", "mock-openai-key"), azure_key: key("MOCK_AZURE_KEY", "mock-azure-key") }
    }

    fn authenticate(&self, arrival: &Arrival) -> Result<(), Problem> {
        let keys: Vec<_> = arrival.all("authorization").collect();
        if keys.is_empty() {
            return Err(Problem::new(
                401,
                "invalid_request_error",
                "You didn't provide an API key. You need to provide your API key in an \
                 Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
            ));
        }
        for value in keys {
            let given = value.strip_prefix("Bearer ").unwrap_or_default();
            if given != self.key {
                return Err(wrong_key(given));
            }
        }
        Ok(())
    }

    /// Answers what is posted to a path after `/v1`; nothing if there is no such path.
    fn operate(&self, arrival: &Arrival, operation: &str, deployment: Option<&str>) -> Option<Result<Answer, Problem>> {
        let answer: fn(&Arrival, &Value) -> Result<Answer, Problem> = match operation {
            "/audio/speech" => audio::speak,
            "/audio/transcriptions" => return Some(audio::transcribe(arrival, deployment)),
            "/chat/completions" => chat,
            "/completions" => completions::answer,
            "/embeddings" => embeddings::embed,
            "/images/generations" => images::generate,
            "/rerank" => embeddings::rerank,
            "/responses" => responses::answer,
            _ => return None,
        };
        Some(json_body(arrival).and_then(|mut body| {
            // A deployment has a model, whatever the body says.
            if let (Some(deployment), Value::Object(body)) = (deployment, &mut body) {
                body.insert("model".into(), deployment.into());
            }
            answer(arrival, &body)
        }))
    }

    fn on_azure(&self, arrival: &Arrival, address: &Address<'_>) -> Result<Answer, Problem> {
        address.check(arrival, &self.azure_key)?;
        let posted = Some(()).filter(|()| arrival.method == "POST");
        let answer = posted.and_then(|()| self.operate(arrival, address.operation, address.deployment));
        let answer = answer.unwrap_or_else(|| Err(azure::problem(404, "404", "Resource not found")));
        let mut answer = answer.map_err(azure::no_such_deployment)?;
        answer.problem = Some(azure::of_status);
        if address.operation == "/chat/completions" {
            azure::filter(&mut answer);
        }
        Ok(answer)
    }

    fn models(&self, arrival: &Arrival) -> Result<Answer, Problem> {
        let scenario = turn::silent(arrival, &Value::Null).map_err(mock_problem)?;
        let models: Vec<_> = ["gpt-4o", "gpt-4o-mini", "gpt-5"]
            .iter()
            .map(|id| json!({"id": id, "object": "model", "created": 1715367049, "owned_by": "system"}))
            .collect();
        Ok(Answer::new(json!({"object": "list", "data": models}), None, scenario))
    }
}

/// The body as JSON.
fn json_body(arrival: &Arrival) -> Result<Value, Problem> {
    if !arrival.is_json() {
        let kind = arrival.header("content-type").unwrap_or_default();
        return Err(Problem::invalid(format!("Invalid Content-Type header ({kind}), expected application/json.")));
    }
    serde_json::from_slice(&arrival.body).map_err(|error| {
        Problem::invalid(format!(
            "We could not parse the JSON body of your request: {error}. The OpenAI API expects \
             a JSON payload, but what was sent was not valid JSON."
        ))
    })
}

fn chat(arrival: &Arrival, body: &Value) -> Result<Answer, Problem> {
    validate::check(body)?;
    let scenario = turn::scenario(arrival, &turns(body), &[]).map_err(mock_problem)?;
    let plan = Plan::new(&scenario, &facts(body)).map_err(mock_problem)?;
    let reply = answer::Reply::new(body, &plan);
    let streamed = body.get("stream") == Some(&Value::Bool(true));
    Ok(Answer::new(reply.whole(), streamed.then(|| reply.events()), scenario))
}

impl Provider for OpenAi {
    fn name(&self) -> &'static str {
        "openai"
    }

    fn longest_body(&self) -> usize {
        64 * 1024 * 1024
    }

    fn request_id(&self) -> String {
        fresh_id("req_")
    }

    fn usual_headers(&self, request_id: &str) -> Vec<(&'static str, String)> {
        [
            ("x-request-id", request_id),
            ("openai-organization", "mock-organization"),
            ("openai-processing-ms", "12"),
            ("openai-version", "2020-10-01"),
            ("x-ratelimit-limit-requests", "10000"),
            ("x-ratelimit-remaining-requests", "9999"),
            ("x-ratelimit-reset-requests", "6ms"),
            ("x-ratelimit-limit-tokens", "2000000"),
            ("x-ratelimit-remaining-tokens", "1999990"),
            ("x-ratelimit-reset-tokens", "0s"),
        ]
        .map(|(name, value)| (name, value.to_string()))
        .to_vec()
    }

    fn answer(&self, arrival: &Arrival) -> Result<Answer, Problem> {
        if let Some(address) = Address::read(&arrival.path) {
            return self.on_azure(arrival, &address);
        }
        self.authenticate(arrival)?;
        let (method, path) = (arrival.method.as_str(), arrival.path.as_str());
        let operation = path.strip_prefix("/v1").unwrap_or_default();
        match (method, operation) {
            ("POST", _) if let Some(answer) = self.operate(arrival, operation, None) => answer,
            ("GET", "/models") => self.models(arrival),
            (_, operation) if operation == "/models" || OPERATIONS.contains(&operation) => {
                Err(Problem::new(405, "invalid_request_error", format!("Not allowed to {method} on {path}."))
                    .coded("method_not_supported"))
            }
            _ => Err(Problem::new(404, "invalid_request_error", format!("Invalid URL ({method} {path})"))),
        }
    }

    fn problem(&self, status: u16) -> Problem {
        of_status(status)
    }

    fn problem_body(&self, problem: &Problem, _: &str) -> Value {
        if problem.kind.is_empty() {
            return json!({"error": {"code": problem.code, "message": problem.message}});
        }
        json!({"error": {
            "message": problem.message,
            "type": problem.kind,
            "param": problem.param,
            "code": problem.code,
        }})
    }

    fn midstream_errors(&self) -> Vec<(&'static str, Event)> {
        let error = |status| {
            let problem = self.problem(status);
            let data = self.problem_body(&problem, "").to_string();
            (problem.kind, Event::Data { name: None, data })
        };
        vec![error(500), error(429)]
    }

    fn keep_alive(&self) -> Event {
        Event::Comment("keep-alive")
    }
}

/// What is said with a status.
fn of_status(status: u16) -> Problem {
    let invalid = |message: &str| Problem::new(status, "invalid_request_error", message);
    let server = |message: &str| Problem::new(status, "server_error", message);
    match status {
        401 => wrong_key("mock-key-that-was-revoked"),
        403 => Problem::new(403, "request_forbidden", "Country, region, or territory not supported")
            .coded("unsupported_country_region_territory"),
        404 => validate::no_such_model("mock-model"),
        413 => invalid("The request body is too large.").coded("request_too_large"),
        429 => Problem::new(
            429,
            "requests",
            "Rate limit reached for mock-model in organization mock-organization on requests \
             per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 7s.",
        )
        .coded("rate_limit_exceeded"),
        503 | 529 => server("The engine is currently overloaded, please try again later."),
        500.. => server("The server had an error while processing your request. Sorry about that!"),
        _ => invalid("The request is invalid."),
    }
}

/// The 401, which shows no more of the key than its ends.
fn wrong_key(given: &str) -> Problem {
    let shown: Vec<char> = given.chars().collect();
    let hidden = match shown.as_slice() {
        [first @ .., _, _, _, _] if first.len() > 8 => {
            let ends: (String, String) = (shown.iter().take(4).collect(), shown.iter().skip(shown.len() - 4).collect());
            format!("{}{}{}", ends.0, "*".repeat(shown.len() - 8), ends.1)
        }
        _ => "*".repeat(shown.len()),
    };
    Problem::new(
        401,
        "invalid_request_error",
        format!(
            "Incorrect API key provided: {hidden}. You can find your API key at \
             https://platform.openai.com/account/api-keys."
        ),
    )
    .coded("invalid_api_key")
}

fn mock_problem(message: String) -> Problem {
    Problem::invalid(format!("mock: {message}")).coded("mock_scenario")
}

fn turns(body: &Value) -> Vec<Turn> {
    let read = |message: &Value| match role(message) {
        "user" => Turn::user(content(message), Vec::new()),
        _ if is_tool_result(message) => Turn::result(content(message).concat()),
        _ => Turn::default(),
    };
    messages_of(body).iter().map(read).collect()
}

fn facts(body: &Value) -> Facts {
    let messages = messages_of(body);
    let results = messages.iter().rev().take_while(|message| is_tool_result(message));
    let mut tool_results: Vec<_> = results.map(|message| content(message).concat()).collect();
    tool_results.reverse();
    Facts {
        tools: tools::offered(body),
        tool_results,
        words: messages.iter().filter_map(|m| m.get("content")).map(texts::words).sum(),
        greeting: GREETING,
    }
}

fn messages_of(body: &Value) -> &[Value] {
    body.get("messages").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn role(message: &Value) -> &str {
    message.get("role").and_then(Value::as_str).unwrap_or_default()
}

fn is_tool_result(message: &Value) -> bool {
    matches!(role(message), "tool" | "function")
}

fn content(message: &Value) -> Vec<&str> {
    message.get("content").map(texts::of).unwrap_or_default()
}

#[cfg(test)]
mod other_tests;
#[cfg(test)]
mod tests;
