//! Streams a response: every event is named, numbered, and says where it belongs.

use super::answer::Reply;
use crate::sse::Event;
use crate::texts;
use serde_json::{Value, json};

/// The events so far.
pub struct Events {
    written: Vec<Event>,
    obfuscated: bool,
}

/// The answer as a stream.
pub fn all(reply: &Reply<'_>, obfuscated: bool) -> Vec<Event> {
    let mut events = Events { written: Vec::new(), obfuscated };
    let started = reply.outline("in_progress");
    events.push("response.created", json!({"response": started}));
    events.push("response.in_progress", json!({"response": started}));
    for (index, item) in reply.items.iter().enumerate() {
        events.push("response.output_item.added", json!({"output_index": index, "item": hollow(item)}));
        match item.get("type").and_then(Value::as_str) {
            Some("message") => events.message(index, item),
            Some("reasoning") => events.reasoning(index, item),
            _ => events.call(index, item),
        }
        events.push("response.output_item.done", json!({"output_index": index, "item": item}));
    }
    let last = match reply.ending.status() {
        "completed" => "response.completed",
        "failed" => "response.failed",
        _ => "response.incomplete",
    };
    events.push(last, json!({"response": reply.whole()}));
    events.written
}

/// What ends a stream after half of its events, by name: the error as it is sent, the error as it is
/// documented, which the SDK takes for an event like any other, and the failed response.
pub fn failures(reply: &Reply<'_>, events: usize) -> Vec<(&'static str, Event)> {
    let number = events / 2;
    let message = "The server had an error while processing your request. Sorry about that!";
    let error = json!({"type": "server_error", "code": "server_error", "message": message, "param": null});
    let documented = json!({"code": "server_error", "message": message, "param": null});
    let mut failed = reply.outline("failed");
    failed["error"] = json!({"code": "server_error", "message": message});
    vec![
        ("error", numbered("error", json!({"error": error}), number, false)),
        ("documented", numbered("error", documented, number, false)),
        ("failed", numbered("response.failed", json!({"response": failed}), number, false)),
    ]
}

/// An item as it is when it is added.
fn hollow(item: &Value) -> Value {
    let mut hollow = item.clone();
    for (key, empty) in [("content", json!([])), ("summary", json!([])), ("arguments", json!(""))] {
        if hollow.get(key).is_some() {
            hollow[key] = empty;
        }
    }
    if hollow.get("status").is_some() {
        hollow["status"] = "in_progress".into();
    }
    hollow
}

impl Events {
    fn push(&mut self, name: &'static str, data: Value) {
        let event = numbered(name, data, self.written.len(), self.obfuscated);
        self.written.push(event);
    }

    /// Deltas, and then the whole, of what is at a place. Texts come with their `logprobs`, one for each piece if
    /// there are any.
    fn spoken(
        &mut self,
        [delta, done]: [&'static str; 2],
        place: &Value,
        key: &str,
        pieces: &[String],
        logprobs: Option<&Value>,
    ) {
        let with = |mut said: Value, logprobs: Option<Value>| {
            if let Some(logprobs) = logprobs {
                said["logprobs"] = logprobs;
            }
            said
        };
        for (at, piece) in pieces.iter().enumerate() {
            let token = logprobs.map(|logprobs| logprobs.get(at).map_or(json!([]), |token| json!([token])));
            self.push(delta, with(placed(place, "delta", &json!(piece)), token));
        }
        self.push(done, with(placed(place, key, &pieces.concat().into()), logprobs.cloned()));
    }

    fn message(&mut self, index: usize, item: &Value) {
        for (at, part) in item.get("content").and_then(Value::as_array).into_iter().flatten().enumerate() {
            let place = json!({"item_id": item.get("id"), "output_index": index, "content_index": at});
            let refuses = part.get("type").is_some_and(|kind| kind == "refusal");
            let (key, names) = if refuses {
                ("refusal", ["response.refusal.delta", "response.refusal.done"])
            } else {
                ("text", ["response.output_text.delta", "response.output_text.done"])
            };
            let mut empty = part.clone();
            empty[key] = "".into();
            if !refuses {
                empty["logprobs"] = json!([]);
            }
            self.push("response.content_part.added", placed(&place, "part", &empty));
            self.spoken(names, &place, key, &fragments(part, key), part.get("logprobs"));
            self.push("response.content_part.done", placed(&place, "part", part));
        }
    }

    fn reasoning(&mut self, index: usize, item: &Value) {
        for (at, part) in item.get("summary").and_then(Value::as_array).into_iter().flatten().enumerate() {
            let place = json!({"item_id": item.get("id"), "output_index": index, "summary_index": at});
            let empty = json!({"type": "summary_text", "text": ""});
            self.push("response.reasoning_summary_part.added", placed(&place, "part", &empty));
            let names = ["response.reasoning_summary_text.delta", "response.reasoning_summary_text.done"];
            self.spoken(names, &place, "text", &fragments(part, "text"), None);
            self.push("response.reasoning_summary_part.done", placed(&place, "part", part));
        }
    }

    fn call(&mut self, index: usize, item: &Value) {
        let place = json!({"item_id": item.get("id"), "output_index": index});
        let arguments = item.get("arguments").and_then(Value::as_str).unwrap_or_default();
        // Cut after every few characters, so that no piece is JSON by itself.
        let characters: Vec<char> = arguments.chars().collect();
        let pieces: Vec<String> = characters.chunks(5).map(|piece| piece.iter().collect()).collect();
        let names = ["response.function_call_arguments.delta", "response.function_call_arguments.done"];
        self.spoken(names, &place, "arguments", &pieces, None);
    }
}

fn numbered(name: &'static str, data: Value, number: usize, obfuscated: bool) -> Event {
    let mut said = json!({"type": name, "sequence_number": number});
    if let (Value::Object(said), Value::Object(data)) = (&mut said, data) {
        said.extend(data);
    }
    if obfuscated && name.ends_with(".delta") {
        // As much as makes all deltas equally long.
        let length = said.get("delta").and_then(Value::as_str).map_or(0, str::len);
        said["obfuscation"] = "x".repeat(16 - length % 16).into();
    }
    Event::Data { name: Some(name), data: said.to_string() }
}

fn placed(place: &Value, key: &str, value: &Value) -> Value {
    let mut data = place.clone();
    data[key] = value.clone();
    data
}

fn fragments(part: &Value, key: &str) -> Vec<String> {
    let text = part.get(key).and_then(Value::as_str).unwrap_or_default();
    texts::fragments(text).into_iter().map(String::from).collect()
}
