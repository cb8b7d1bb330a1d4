//! Puts a planned answer into Anthropic's shape: one message, or a stream of events.

use super::{REDACTED, SIGNATURE};
use crate::plan::{Plan, Usage};
use crate::provider::fresh_id;
use crate::sse::Event;
use crate::texts;
use serde_json::{Value, json};

/// An answer to one request.
pub struct Reply<'a> {
    plan: &'a Plan,
    id: String,
    model: Value,
    blocks: Vec<Value>,
    stop_sequence: Option<Value>,
}

impl<'a> Reply<'a> {
    /// The answer to a body that was found valid; what ids start with says who the host is.
    pub fn new(body: &Value, plan: &'a Plan, id_prefix: &str) -> Self {
        let omitted = body.pointer("/thinking/display").is_some_and(|shown| shown == "omitted");
        let stopped = plan.finish.as_deref() == Some("stop_sequence");
        let sequence = body.pointer("/stop_sequences/0").cloned().unwrap_or("END".into());
        Self {
            plan,
            id: fresh_id(id_prefix),
            model: body.get("model").cloned().unwrap_or_default(),
            blocks: blocks(plan, omitted),
            stop_sequence: stopped.then_some(sequence),
        }
    }

    /// The answer as one message.
    pub fn whole(&self) -> Value {
        let mut message = self.outline(Value::from(self.blocks.clone()));
        message["stop_reason"] = self.stop_reason().into();
        message["stop_sequence"] = json!(self.stop_sequence);
        message["stop_details"] = self.stop_details();
        message["usage"] = whole_usage(&self.plan.usage, self.plan.usage.output);
        message
    }

    /// The answer as a stream.
    pub fn events(&self) -> Vec<Event> {
        let mut started = self.outline(json!([]));
        started["usage"] = whole_usage(&self.plan.usage, 1);
        let mut events = vec![event("message_start", json!({"type": "message_start", "message": started}))];
        for (index, block) in self.blocks.iter().enumerate() {
            events.push(event(
                "content_block_start",
                json!({"type": "content_block_start", "index": index, "content_block": hollow(block)}),
            ));
            if index == 0 {
                events.push(event("ping", json!({"type": "ping"})));
            }
            events.extend(deltas(block).into_iter().map(|delta| {
                let data = json!({"type": "content_block_delta", "index": index, "delta": delta});
                event("content_block_delta", data)
            }));
            events.push(event("content_block_stop", json!({"type": "content_block_stop", "index": index})));
        }
        events.push(event(
            "message_delta",
            json!({
                "type": "message_delta",
                "delta": {
                    "stop_reason": self.stop_reason(),
                    "stop_sequence": self.stop_sequence,
                    "stop_details": self.stop_details(),
                },
                "usage": delta_usage(&self.plan.usage),
            }),
        ));
        events.push(event("message_stop", json!({"type": "message_stop"})));
        events
    }

    fn outline(&self, content: Value) -> Value {
        json!({
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": content,
            "stop_reason": null,
            "stop_sequence": null,
            "stop_details": null,
            "usage": null,
        })
    }

    fn stop_reason(&self) -> &str {
        match &self.plan.finish {
            Some(finish) => finish,
            None if self.plan.refusal.is_some() => "refusal",
            None if self.plan.calls.is_empty() => "end_turn",
            None => "tool_use",
        }
    }

    fn stop_details(&self) -> Value {
        self.plan
            .refusal
            .map_or(Value::Null, |explanation| json!({"type": "refusal", "category": null, "explanation": explanation}))
    }
}

/// A named event.
pub fn event(name: &'static str, data: Value) -> Event {
    Event::Data { name: Some(name), data: data.to_string() }
}

fn blocks(plan: &Plan, omitted: bool) -> Vec<Value> {
    let mut blocks = Vec::new();
    if let Some(thought) = plan.thought {
        let shown = if omitted { "" } else { thought };
        let signature = fresh_id(SIGNATURE);
        blocks.push(json!({"type": "thinking", "thinking": shown, "signature": signature}));
    }
    if plan.redacted {
        blocks.push(json!({"type": "redacted_thinking", "data": fresh_id(REDACTED)}));
    }
    if let Some(text) = &plan.text {
        blocks.push(json!({"type": "text", "text": text}));
    }
    for call in &plan.calls {
        blocks.push(json!({
            "type": "tool_use",
            "id": fresh_id("toolu_"),
            "name": call.name,
            "input": call.arguments,
            "caller": {"type": "direct"},
        }));
    }
    blocks
}

/// A block as it starts, before its deltas.
fn hollow(block: &Value) -> Value {
    let mut hollow = block.clone();
    for (key, empty) in [("text", json!("")), ("thinking", json!("")), ("signature", json!("")), ("input", json!({}))] {
        if hollow.get(key).is_some() {
            hollow[key] = empty;
        }
    }
    hollow
}

fn deltas(block: &Value) -> Vec<Value> {
    let text = |key: &str| block.get(key).and_then(Value::as_str).unwrap_or_default();
    let spoken = |kind: &str, key: &'static str| -> Vec<Value> {
        let pieces = texts::fragments(text(key)).into_iter();
        pieces.map(|piece| json!({"type": kind, key: piece})).collect()
    };
    match text("type") {
        "text" => spoken("text_delta", "text"),
        "thinking" => {
            let mut deltas = spoken("thinking_delta", "thinking");
            deltas.push(json!({"type": "signature_delta", "signature": text("signature")}));
            deltas
        }
        "tool_use" => input_deltas(block.get("input").unwrap_or(&Value::Null)),
        _ => Vec::new(),
    }
}

/// Cuts the input after every few characters; the first delta is empty, as with the real one.
fn input_deltas(input: &Value) -> Vec<Value> {
    let delta = |piece: &str| json!({"type": "input_json_delta", "partial_json": piece});
    let mut deltas = vec![delta("")];
    if input.as_object().is_some_and(|input| !input.is_empty()) {
        let characters: Vec<char> = input.to_string().chars().collect();
        deltas.extend(characters.chunks(5).map(|piece| delta(&piece.iter().collect::<String>())));
    }
    deltas
}

fn whole_usage(usage: &Usage, output: u64) -> Value {
    let mut whole = delta_usage(usage);
    whole["output_tokens"] = output.into();
    if output != usage.output
        && let Some(whole) = whole.as_object_mut()
    {
        whole.remove("output_tokens_details");
    }
    whole["cache_creation"] = json!({
        "ephemeral_5m_input_tokens": usage.cache_write,
        "ephemeral_1h_input_tokens": 0,
    });
    whole["service_tier"] = "standard".into();
    whole
}

fn delta_usage(usage: &Usage) -> Value {
    json!({
        "input_tokens": usage.input - usage.cached - usage.cache_write,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cached,
        "output_tokens": usage.output,
        "output_tokens_details": {"thinking_tokens": usage.reasoning},
    })
}
