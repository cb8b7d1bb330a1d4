//! What Gemini refuses, what it takes, and how it answers.

mod answers;
mod requests;
mod turns;

use super::Gemini;
use crate::problem::Problem;
use crate::provider::{Answer, Arrival, Provider};
use crate::sse::Event;
use serde_json::{Value, json};

const VERTEX: &str = "/v1/projects/p/locations/global/publishers/google/models/gemini-2.5-flash:generateContent";

/// A plain request with some fields put on top.
fn request(extra: Value) -> Value {
    let mut body = json!({"contents": [says("user", json!({"text": "Hi"}))]});
    if let (Value::Object(body), Value::Object(extra)) = (&mut body, extra) {
        body.extend(extra);
    }
    body
}

fn talk(contents: Value) -> Value {
    request(json!({"contents": contents}))
}

fn user(part: Value) -> Value {
    talk(json!([says("user", part)]))
}

fn says(role: &str, part: Value) -> Value {
    json!({"role": role, "parts": [part]})
}

fn config(config: Value) -> Value {
    request(json!({"generationConfig": config}))
}

fn declares(declaration: Value) -> Value {
    request(json!({"tools": [{"functionDeclarations": [declaration]}]}))
}

fn weather() -> Value {
    json!({"functionDeclarations": [{"name": "weather", "description": "The weather.",
        "parameters": {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}}}]})
}

fn call(name: &str) -> Value {
    json!({"functionCall": {"name": name, "args": {"city": "Paris"}}})
}

fn response(name: &str) -> Value {
    json!({"functionResponse": {"name": name, "response": {"result": "sunny"}}})
}

fn arrival(path: &str, body: &Value, headers: &[(&str, &str)]) -> Arrival {
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query.to_string())),
        None => (path, None),
    };
    let mut arrival = Arrival {
        method: "POST".into(),
        path: path.into(),
        query,
        headers: Default::default(),
        body: body.to_string().into_bytes(),
    };
    for (name, value) in headers.iter().chain(&[("content-type", "application/json")]) {
        let name = axum::http::HeaderName::from_bytes(name.as_bytes()).unwrap();
        arrival.headers.append(name, value.parse().unwrap());
    }
    arrival
}

fn send(path: &str, body: &Value, headers: &[(&str, &str)]) -> Result<Answer, Problem> {
    Gemini { key: "right".into() }.answer(&arrival(path, body, headers))
}

/// Asks a model of the Gemini API.
fn ask(model: &str, body: &Value) -> Result<Answer, Problem> {
    send(&format!("/v1beta/models/{model}:generateContent"), body, &[("x-goog-api-key", "right")])
}

/// Asks a model of the Gemini API for a stream.
fn stream(model: &str, body: &Value) -> Result<Answer, Problem> {
    send(&format!("/v1beta/models/{model}:streamGenerateContent?alt=sse"), body, &[("x-goog-api-key", "right")])
}

fn chunks(answer: &Answer) -> Vec<Value> {
    let events = answer.events.as_deref().unwrap_or_default().iter();
    events
        .map(|event| match event {
            Event::Data { name: None, data } => serde_json::from_str(data).unwrap(),
            other => panic!("{other:?}"),
        })
        .collect()
}

fn refused(model: &str, cases: Vec<(Value, &str)>) {
    for (body, expected) in cases {
        let problem = ask(model, &body).err().unwrap_or_else(|| panic!("taken: {expected}: {body}"));
        assert!(problem.message.contains(expected), "{expected}: {}", problem.message);
        assert_eq!(problem.status, 400);
    }
}
