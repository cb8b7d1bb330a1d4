//! What a Converse request says that its answer depends on.

use super::tools;
use crate::plan::Facts;
use crate::provider::Arrival;
use crate::scenario::Scenario;
use crate::texts;
use crate::wishes::Wishes;
use serde_json::Value;

/// Reads the header, the last user message that says something itself, and the tool results after
/// it. Tools that an earlier message wished to be called are not called again once there are
/// results.
pub fn read_scenario(arrival: &Arrival, body: &Value) -> Result<Scenario, String> {
    let mut wishes = Wishes::default();
    let messages = messages_of(body);
    let user = messages.iter().rposition(|message| !own_texts(message).is_empty());
    if let Some(message) = user.and_then(|index| messages.get(index)) {
        own_texts(message).iter().try_for_each(|text| wishes.add_markers(text))?;
    }
    let answered = messages.last().is_some_and(|message| !tool_results(message).is_empty());
    if answered && user.is_some_and(|index| index + 1 < messages.len()) {
        wishes.forget("tools");
        wishes.forget("tools_empty");
    }
    for message in messages.iter().skip(user.unwrap_or_default()) {
        for result in tool_results(message) {
            texts::of(result).iter().try_for_each(|text| wishes.add_markers(text))?;
        }
    }
    for list in arrival.all("x-mock") {
        wishes.add_list(list)?;
    }
    Scenario::new(&wishes)
}

/// Reads what the answer depends on.
pub fn facts(body: &Value) -> Facts {
    let messages = messages_of(body);
    let last = messages.last().map(tool_results).unwrap_or_default();
    let said = messages.iter().flat_map(|message| {
        let own = content(message).iter();
        own.chain(tool_results(message))
    });
    let system = body.get("system").and_then(Value::as_array).into_iter().flatten();
    Facts {
        tools: tools::offered(body),
        tool_results: last.into_iter().map(told).collect(),
        words: system.chain(said).map(texts::words).sum(),
        greeting: "Hello from Bedrock.",
    }
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
    if message.get("role").is_none_or(|role| role != "user") {
        return Vec::new();
    }
    content(message).iter().filter_map(|block| block.get("text")?.as_str()).collect()
}

fn tool_results(message: &Value) -> Vec<&Value> {
    content(message).iter().filter_map(|block| block.get("toolResult")).collect()
}
