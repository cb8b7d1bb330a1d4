//! What a Converse request says that its answer depends on.

use super::tools;
use crate::plan::Facts;
use crate::provider::Arrival;
use crate::scenario::Scenario;
use crate::texts;
use crate::turn::{self, Turn};
use serde_json::Value;

/// Reads the scenario.
pub fn read_scenario(arrival: &Arrival, body: &Value) -> Result<Scenario, String> {
    let read = |message: &Value| match message.get("role").and_then(Value::as_str) {
        Some("user") => Turn::user(own_texts(message), results(message)),
        _ => Turn::default(),
    };
    let turns: Vec<_> = messages_of(body).iter().map(read).collect();
    turn::scenario(arrival, &turns, &[])
}

/// Reads what the answer depends on.
pub fn facts(body: &Value) -> Facts {
    let messages = messages_of(body);
    let said = messages.iter().flat_map(|message| {
        let own = content(message).iter();
        own.chain(tool_results(message))
    });
    let system = body.get("system").and_then(Value::as_array).into_iter().flatten();
    Facts {
        tools: tools::offered(body),
        tool_results: messages.last().map(results).unwrap_or_default(),
        words: system.chain(said).map(texts::words).sum(),
        greeting: "Hello from Bedrock.",
    }
}

/// What each tool result in a message says.
fn results(message: &Value) -> Vec<String> {
    tool_results(message).into_iter().map(told).collect()
}

/// What a tool result says: its texts, and its JSON as text.
fn told(result: &Value) -> String {
    let parts = result.get("content").and_then(Value::as_array).into_iter().flatten();
    parts
        .filter_map(|part| match (part.get("text"), part.get("json")) {
            (Some(text), _) => text.as_str().map(String::from),
            (None, json) => json.map(Value::to_string),
        })
        .collect()
}

fn messages_of(body: &Value) -> &[Value] {
    body.get("messages").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn content(message: &Value) -> &[Value] {
    message.get("content").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// What a user message says itself, not through tool results.
fn own_texts(message: &Value) -> Vec<&str> {
    content(message).iter().filter_map(|block| block.get("text")?.as_str()).collect()
}

fn tool_results(message: &Value) -> Vec<&Value> {
    content(message).iter().filter_map(|block| block.get("toolResult")).collect()
}
