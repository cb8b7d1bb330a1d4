//! Puts a planned answer into Cohere's shape: one message, or a stream of events.

use crate::logprobs::{self, Token};
use crate::plan::{Plan, Usage};
use crate::provider::fresh_id;
use crate::sse::Event;
use crate::texts;
use serde_json::{Value, json};

/// What is planned before tools are called.
const TOOL_PLAN: &str = "I will use the tools.";

/// An answer to one request.
pub struct Reply<'a> {
    plan: &'a Plan,
    id: String,
    thought: Option<&'static str>,
    /// The text, unless it is the plan for calling tools.
    text: Option<&'a str>,
    tool_plan: Option<&'a str>,
    calls: Vec<Value>,
    citations: Vec<Value>,
    logprobs: bool,
}

impl<'a> Reply<'a> {
    /// The answer to a body that was found valid; it may cite a source.
    pub fn new(body: &Value, plan: &'a Plan, source: Option<Value>) -> Self {
        let quiet = body.pointer("/thinking/type").is_some_and(|kind| kind == "disabled");
        let thought = plan.thought.filter(|_| !quiet);
        let text = plan.text.as_deref();
        let calls: Vec<_> = plan
            .calls
            .iter()
            .map(|call| {
                json!({
                    "id": fresh_id(&format!("{}_", call.name)),
                    "type": "function",
                    "function": {"name": call.name, "arguments": call.arguments.to_string()},
                })
            })
            .collect();
        // Who thinks first needs no plan.
        let usual = Some(TOOL_PLAN).filter(|_| thought.is_none());
        let (text, tool_plan) = if calls.is_empty() { (text, None) } else { (None, text.or(usual)) };
        let cited = text.and_then(|text| text.split(' ').next()).filter(|word| !word.is_empty());
        let citations = cited.zip(source).map(|(word, source)| {
            json!({
                "start": 0,
                "end": word.chars().count(),
                "text": word,
                "sources": [source],
                "content_index": usize::from(thought.is_some()),
                "type": "TEXT_CONTENT",
            })
        });
        let logprobs = body.get("logprobs") == Some(&Value::Bool(true));
        let citations = citations.into_iter().collect();
        Self { plan, id: fresh_id(""), thought, text, tool_plan, calls, citations, logprobs }
    }

    /// The answer as one message.
    pub fn whole(&self) -> Value {
        let mut message = json!({"role": "assistant"});
        let content = self.content();
        if !content.is_empty() {
            message["content"] = content.into();
        }
        if let Some(plan) = self.tool_plan {
            message["tool_plan"] = plan.into();
        }
        for (key, list) in [("tool_calls", &self.calls), ("citations", &self.citations)] {
            if !list.is_empty() {
                message[key] = list.clone().into();
            }
        }
        let mut whole = json!({
            "id": self.id,
            "message": message,
            "finish_reason": self.finish_reason(),
            "usage": usage(&self.plan.usage),
        });
        if self.logprobs {
            whole["logprobs"] = self.tokens().iter().map(piece).collect();
        }
        whole
    }

    fn tokens(&self) -> Vec<Token<'_>> {
        self.text.filter(|_| self.logprobs).map(|text| logprobs::tokens(text, 0)).unwrap_or_default()
    }

    fn content(&self) -> Vec<Value> {
        let thought = self.thought.map(|text| json!({"type": "thinking", "thinking": text}));
        thought.into_iter().chain(self.text.map(|text| json!({"type": "text", "text": text}))).collect()
    }

    /// The answer as a stream.
    pub fn events(&self) -> Vec<Event> {
        let mut events = vec![event(
            "message-start",
            json!({
                "id": self.id,
                "type": "message-start",
                "delta": {"message": {
                    "role": "assistant",
                    "content": [],
                    "tool_plan": "",
                    "tool_calls": [],
                    "citations": [],
                }},
            }),
        )];
        for (index, part) in self.content().iter().enumerate() {
            events.extend(self.spoken(index, part));
        }
        for piece in texts::fragments(self.tool_plan.unwrap_or_default()) {
            events.push(message("tool-plan-delta", None, json!({"tool_plan": piece})));
        }
        for (index, call) in self.calls.iter().enumerate() {
            events.extend(called(index, call));
        }
        events.push(event(
            "message-end",
            json!({
                "type": "message-end",
                "delta": {"finish_reason": self.finish_reason(), "usage": usage(&self.plan.usage)},
            }),
        ));
        events.push(Event::Data { name: None, data: "[DONE]".into() });
        events
    }

    fn spoken(&self, index: usize, part: &Value) -> Vec<Event> {
        let key = if part.get("text").is_some() { "text" } else { "thinking" };
        let text = part.get(key).and_then(Value::as_str).unwrap_or_default();
        let mut events = vec![message("content-start", Some(index), json!({"content": {"type": key, key: ""}}))];
        let tokens = self.tokens();
        for (at, said) in texts::fragments(text).into_iter().enumerate() {
            let mut delta =
                json!({"type": "content-delta", "index": index, "delta": {"message": {"content": {key: said}}}});
            if let Some(token) = tokens.get(at).filter(|_| key == "text") {
                delta["logprobs"] = piece(token);
            }
            events.push(event("content-delta", delta));
        }
        for (at, citation) in self.citations.iter().enumerate().filter(|_| key == "text") {
            events.push(message("citation-start", Some(at), json!({"citations": citation})));
            events.push(event("citation-end", json!({"type": "citation-end", "index": at})));
        }
        events.push(event("content-end", json!({"type": "content-end", "index": index})));
        events
    }

    fn finish_reason(&self) -> &str {
        match &self.plan.finish {
            Some(finish) => finish,
            None if self.calls.is_empty() => "COMPLETE",
            None => "TOOL_CALL",
        }
    }
}

/// The end of a stream that failed.
pub fn failure() -> Event {
    let delta = json!({"finish_reason": "ERROR", "error": "internal server error"});
    event("message-end", json!({"type": "message-end", "delta": delta}))
}

/// A piece of text, and the tokens that it is made of.
fn piece(token: &Token<'_>) -> Value {
    json!({"text": token.text, "token_ids": [token.id], "logprobs": [token.logprob]})
}

fn called(index: usize, call: &Value) -> Vec<Event> {
    let arguments = call.pointer("/function/arguments").and_then(Value::as_str).unwrap_or_default();
    let mut started = call.clone();
    started["function"]["arguments"] = "".into();
    let mut events = vec![message("tool-call-start", Some(index), json!({"tool_calls": started}))];
    // Cut after every few characters, so that no piece is JSON by itself.
    let characters: Vec<char> = arguments.chars().collect();
    for piece in characters.chunks(5) {
        let piece: String = piece.iter().collect();
        let delta = json!({"tool_calls": {"function": {"arguments": piece}}});
        events.push(message("tool-call-delta", Some(index), delta));
    }
    events.push(event("tool-call-end", json!({"type": "tool-call-end", "index": index})));
    events
}

fn message(name: &'static str, index: Option<usize>, message: Value) -> Event {
    let mut data = json!({"type": name});
    if let Some(index) = index {
        data["index"] = index.into();
    }
    data["delta"] = json!({"message": message});
    event(name, data)
}

fn event(name: &'static str, data: Value) -> Event {
    Event::Data { name: Some(name), data: data.to_string() }
}

fn usage(usage: &Usage) -> Value {
    json!({
        "billed_units": {"input_tokens": usage.input.saturating_sub(usage.cached), "output_tokens": usage.output},
        "tokens": {"input_tokens": usage.input, "output_tokens": usage.output},
        "cached_tokens": usage.cached,
    })
}
