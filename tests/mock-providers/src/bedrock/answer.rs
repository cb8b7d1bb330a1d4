//! Puts a planned answer into Converse's shape: one response, or a stream of events.

use super::REDACTED;
use super::padding::event;
use crate::anthropic::SIGNATURE;
use crate::base64;
use crate::plan::{Plan, Usage};
use crate::provider::fresh_id;
use crate::sse::Event;
use crate::texts;
use serde_json::{Map, Value, json};

/// How long it takes to answer, in milliseconds.
pub const LATENCY: u64 = 412;

/// An answer to one request.
pub struct Reply<'a> {
    plan: &'a Plan,
    blocks: Vec<Value>,
    /// What the request said about how it is to be served, which is said back.
    service: Map<String, Value>,
    additional: Option<Value>,
}

impl<'a> Reply<'a> {
    /// The answer to a body that was found valid.
    pub fn new(body: &Value, plan: &'a Plan) -> Self {
        let named = |key: &str| Some((key.to_string(), body.get(key).filter(|value| !value.is_null())?.clone()));
        Self {
            plan,
            blocks: blocks(plan),
            service: ["performanceConfig", "serviceTier"].into_iter().filter_map(named).collect(),
            additional: additional(body, plan),
        }
    }

    /// The answer as one response.
    pub fn whole(&self) -> Value {
        let mut whole = self.metadata();
        whole["output"] = json!({"message": {"content": self.blocks, "role": "assistant"}});
        whole["stopReason"] = self.stop_reason().into();
        if let Some(additional) = &self.additional {
            whole["additionalModelResponseFields"] = additional.clone();
        }
        whole
    }

    /// The answer as a stream.
    pub fn events(&self) -> Vec<Event> {
        let mut events = vec![event("messageStart", json!({"role": "assistant"}))];
        for (index, block) in self.blocks.iter().enumerate() {
            // Only tool uses have something to say before their first delta.
            if let Some(used) = block.get("toolUse") {
                let start = json!({"toolUse": {"name": used["name"], "toolUseId": used["toolUseId"]}});
                events.push(event("contentBlockStart", json!({"contentBlockIndex": index, "start": start})));
            }
            events.extend(
                deltas(block)
                    .into_iter()
                    .map(|delta| event("contentBlockDelta", json!({"contentBlockIndex": index, "delta": delta}))),
            );
            events.push(event("contentBlockStop", json!({"contentBlockIndex": index})));
        }
        let mut stop = json!({"stopReason": self.stop_reason()});
        if let Some(additional) = &self.additional {
            stop["additionalModelResponseFields"] = additional.clone();
        }
        events.push(event("messageStop", stop));
        events.push(event("metadata", self.metadata()));
        events
    }

    /// What is said about the answer, not in it.
    fn metadata(&self) -> Value {
        let mut metadata = json!({"metrics": {"latencyMs": LATENCY}, "usage": usage(&self.plan.usage)});
        for (key, value) in &self.service {
            metadata[key] = value.clone();
        }
        metadata
    }

    fn stop_reason(&self) -> &str {
        match &self.plan.finish {
            Some(finish) => finish,
            None if self.plan.refusal.is_some() => "content_filtered",
            None if self.plan.calls.is_empty() => "end_turn",
            None => "tool_use",
        }
    }
}

/// The fields of the model's own answer that the request asks for, as far as there are any.
fn additional(body: &Value, plan: &Plan) -> Option<Value> {
    let paths = body.get("additionalModelResponseFieldPaths")?.as_array()?;
    if !paths.iter().any(|path| path == "/stop_sequence") {
        return None;
    }
    let stopped = plan.finish.as_deref() == Some("stop_sequence");
    let first = body.pointer("/inferenceConfig/stopSequences/0").cloned().unwrap_or("END".into());
    Some(json!({"stop_sequence": if stopped { first } else { Value::Null }}))
}

fn blocks(plan: &Plan) -> Vec<Value> {
    let mut blocks = Vec::new();
    if let Some(thought) = plan.thought {
        let told = json!({"signature": fresh_id(SIGNATURE), "text": thought});
        blocks.push(json!({"reasoningContent": {"reasoningText": told}}));
    }
    if plan.redacted {
        let data = base64::encode(fresh_id(REDACTED).as_bytes());
        blocks.push(json!({"reasoningContent": {"redactedContent": data}}));
    }
    if let Some(text) = &plan.text {
        blocks.push(json!({"text": text}));
    }
    for call in &plan.calls {
        let id = fresh_id("tooluse_");
        blocks.push(json!({"toolUse": {"input": call.arguments, "name": call.name, "toolUseId": id}}));
    }
    blocks
}

fn deltas(block: &Value) -> Vec<Value> {
    if let Some(text) = block.get("text").and_then(Value::as_str) {
        return texts::fragments(text).into_iter().map(|piece| json!({"text": piece})).collect();
    }
    if let Some(used) = block.get("toolUse") {
        let pieces = input_fragments(&used["input"]).into_iter();
        return pieces.map(|piece| json!({"toolUse": {"input": piece}})).collect();
    }
    let delta = |inner: Value| json!({"reasoningContent": inner});
    if let Some(data) = block.pointer("/reasoningContent/redactedContent") {
        return vec![delta(json!({"redactedContent": data}))];
    }
    let told = |key: &str| block.pointer(&format!("/reasoningContent/reasoningText/{key}")).and_then(Value::as_str);
    let pieces = texts::fragments(told("text").unwrap_or_default()).into_iter();
    let mut deltas: Vec<_> = pieces.map(|piece| delta(json!({"text": piece}))).collect();
    deltas.extend(told("signature").map(|signature| delta(json!({"signature": signature}))));
    deltas
}

/// Cuts the input after every few characters; the first fragment is empty, as with the real one.
fn input_fragments(input: &Value) -> Vec<String> {
    let mut fragments = vec![String::new()];
    if input.as_object().is_some_and(|input| !input.is_empty()) {
        let characters: Vec<char> = input.to_string().chars().collect();
        fragments.extend(characters.chunks(5).map(|piece| piece.iter().collect()));
    }
    fragments
}

/// The input tokens are those the cache had nothing to do with; the total has them all. The service
/// counts the cached ones under two names, of which its model knows one.
fn usage(usage: &Usage) -> Value {
    let mut counted = json!({
        "cacheReadInputTokenCount": usage.cached,
        "cacheReadInputTokens": usage.cached,
        "cacheWriteInputTokenCount": usage.cache_write,
        "cacheWriteInputTokens": usage.cache_write,
        "inputTokens": usage.input - usage.cached - usage.cache_write,
        "outputTokens": usage.output,
        "totalTokens": usage.input + usage.output,
    });
    if usage.cache_write > 0 {
        counted["cacheDetails"] = json!([{"inputTokens": usage.cache_write, "ttl": "5m"}]);
    }
    counted
}
