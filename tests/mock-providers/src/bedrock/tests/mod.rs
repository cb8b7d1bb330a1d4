//! What Bedrock refuses, what it takes, and how it answers: the requests it is tested with.

mod answers;
mod conversations;
mod invocations;
mod requests;
mod streams;

use super::Bedrock;
use super::model::Model;
use super::validate::{self, Operation};
use crate::problem::Problem;
use crate::provider::{Answer, Arrival, Provider};
use crate::sse::Event;
use serde_json::{Value, json};

const SONNET: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const OPUS: &str = "global.anthropic.claude-opus-4-8";
const NOVA: &str = "amazon.nova-pro-v1:0";

fn request(extra: Value) -> Value {
    let mut body = json!({"messages": [{"role": "user", "content": [{"text": "Hi"}]}]});
    if let (Value::Object(body), Value::Object(extra)) = (&mut body, extra) {
        body.extend(extra);
    }
    body
}

fn talk(messages: Value) -> Value {
    request(json!({"messages": messages, "toolConfig": {"tools": [tool("weather")]}}))
}

fn user(block: Value) -> Value {
    talk(json!([says("user", json!([{"text": "See this."}, block]))]))
}

fn says(role: &str, content: Value) -> Value {
    json!({"role": role, "content": content})
}

fn tool(name: &str) -> Value {
    json!({"toolSpec": {"name": name, "inputSchema": {"json": {"type": "object"}}}})
}

fn tool_use(id: &str) -> Value {
    json!({"toolUse": {"toolUseId": id, "name": "weather", "input": {"city": "Paris"}}})
}

fn result(id: &str) -> Value {
    json!({"toolResult": {"toolUseId": id, "content": [{"text": "sunny"}]}})
}

fn thought() -> Value {
    json!({"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "sig-1"}}})
}

fn check(body: &Value, model: &str) -> Result<(), Problem> {
    validate::check(body, &Model::read(model)?, Operation::Converse)
}

fn refused(cases: Vec<(Value, &str)>, model: &str) {
    for (body, expected) in cases {
        let problem = check(&body, model).expect_err(&format!("{expected}: {body}"));
        assert!(problem.message.contains(expected), "{expected}: {}", problem.message);
        assert_eq!(problem.status, 400);
    }
}

fn taken(bodies: Vec<Value>, model: &str) {
    for body in bodies {
        assert_eq!(check(&body, model), Ok(()), "{body}");
    }
}

const JSON: (&str, &str) = ("content-type", "application/json");
const KEY: (&str, &str) = ("authorization", "Bearer right");

fn arrival(path: &str, body: &Value, headers: &[(&str, &str)]) -> Arrival {
    let mut arrival = Arrival {
        method: "POST".into(),
        path: path.into(),
        query: None,
        headers: Default::default(),
        body: body.to_string().into_bytes(),
    };
    for (name, value) in headers {
        let name = axum::http::HeaderName::from_bytes(name.as_bytes()).unwrap();
        arrival.headers.append(name, value.parse().unwrap());
    }
    arrival
}

fn bedrock() -> Bedrock {
    Bedrock { key: "right".into() }
}

fn ask(operation: &str, body: &Value) -> Result<Answer, Problem> {
    let path = format!("/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/{operation}");
    bedrock().answer(&arrival(&path, body, &[JSON, KEY]))
}

/// The events of a stream: their names and what they say, the padding taken off.
fn events(answer: &Answer) -> Vec<(&'static str, Value)> {
    let events = answer.events.as_deref().unwrap_or_default().iter();
    events
        .map(|event| match event {
            Event::Data { name: Some(name), data } => {
                let mut data: Value = serde_json::from_str(data).unwrap();
                let padding = data.as_object_mut().unwrap().remove("p");
                assert!(padding.is_some_and(|padding| padding.is_string()));
                (*name, data)
            }
            other => panic!("{other:?}"),
        })
        .collect()
}
