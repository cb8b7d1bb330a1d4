//! Plays OpenAI: Chat Completions and the list of models.

mod answer;
mod format;
mod messages;
mod tools;
mod validate;
mod wording;

use crate::plan::{Facts, Plan};
use crate::problem::Problem;
use crate::provider::{Answer, Arrival, Provider, fresh_id};
use crate::scenario::Scenario;
use crate::sse::Event;
use crate::texts;
use crate::wishes::Wishes;
use serde_json::{Value, json};

/// OpenAI.
pub struct OpenAi {
    key: String,
}

impl OpenAi {
    /// Takes the key that is right from `MOCK_OPENAI_KEY`.
    pub fn from_env() -> Self {
        let key = std::env::var("MOCK_OPENAI_KEY");
        Self { key: key.unwrap_or_else(|_| "mock-openai-key".into()) }
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

    fn chat(&self, arrival: &Arrival) -> Result<Answer, Problem> {
        if !arrival.is_json() {
            let kind = arrival.header("content-type").unwrap_or_default();
            return Err(Problem::invalid(format!("Invalid Content-Type header ({kind}), expected application/json.")));
        }
        let body: Value = serde_json::from_slice(&arrival.body).map_err(|error| {
            Problem::invalid(format!(
                "We could not parse the JSON body of your request: {error}. The OpenAI API expects \
                 a JSON payload, but what was sent was not valid JSON."
            ))
        })?;
        validate::check(&body)?;
        let scenario = read_scenario(arrival, &body).map_err(mock_problem)?;
        let plan = Plan::new(&scenario, &facts(&body)).map_err(mock_problem)?;
        let reply = answer::Reply::new(&body, &plan);
        let streamed = body.get("stream") == Some(&Value::Bool(true));
        Ok(Answer::new(reply.whole(), streamed.then(|| reply.events()), scenario))
    }

    fn models(&self, arrival: &Arrival) -> Result<Answer, Problem> {
        let scenario = read_scenario(arrival, &json!({})).map_err(mock_problem)?;
        let models: Vec<_> = ["gpt-4o", "gpt-4o-mini", "gpt-5"]
            .iter()
            .map(|id| json!({"id": id, "object": "model", "created": 1715367049, "owned_by": "system"}))
            .collect();
        Ok(Answer::new(json!({"object": "list", "data": models}), None, scenario))
    }
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
        self.authenticate(arrival)?;
        match (arrival.method.as_str(), arrival.path.as_str()) {
            ("POST", "/v1/chat/completions") => self.chat(arrival),
            ("GET", "/v1/models") => self.models(arrival),
            (method, "/v1/chat/completions" | "/v1/models") => {
                Err(Problem::new(405, "invalid_request_error", format!("Not allowed to {method} on {}.", arrival.path))
                    .coded("method_not_supported"))
            }
            (method, path) => Err(Problem::new(404, "invalid_request_error", format!("Invalid URL ({method} {path})"))),
        }
    }

    fn problem(&self, status: u16) -> Problem {
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

    fn problem_body(&self, problem: &Problem, _: &str) -> Value {
        json!({"error": {
            "message": problem.message,
            "type": problem.kind,
            "param": problem.param,
            "code": problem.code,
        }})
    }

    fn midstream_error(&self) -> Event {
        let body = self.problem_body(&self.problem(500), "");
        Event::Data { name: None, data: body.to_string() }
    }

    fn keep_alive(&self) -> Event {
        Event::Comment("keep-alive")
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

/// Reads the header, the last user message, and the tool results after it. Tools that the user
/// message wished to be called are not called again once there are results.
fn read_scenario(arrival: &Arrival, body: &Value) -> Result<Scenario, String> {
    let mut wishes = Wishes::default();
    let messages = messages_of(body);
    let user = messages.iter().rposition(|message| role(message) == "user");
    if let Some(message) = user.and_then(|index| messages.get(index)) {
        add_markers(&mut wishes, message)?;
    }
    if messages.last().is_some_and(is_tool_result) {
        wishes.forget("tools");
        wishes.forget("tools_empty");
    }
    for message in messages.iter().skip(user.unwrap_or_default()).filter(|m| is_tool_result(m)) {
        add_markers(&mut wishes, message)?;
    }
    for list in arrival.all("x-mock") {
        wishes.add_list(list)?;
    }
    Scenario::new(&wishes)
}

fn add_markers(wishes: &mut Wishes, message: &Value) -> Result<(), String> {
    content(message).iter().try_for_each(|text| wishes.add_markers(text))
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
        greeting: "Hello from OpenAI.",
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
mod tests;
