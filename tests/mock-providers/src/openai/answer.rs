//! Puts a planned answer into OpenAI's shape: one completion, or a stream of chunks.

use crate::logprobs;
use crate::plan::{Plan, Usage};
use crate::provider::fresh_id;
use crate::sse::Event;
use crate::texts;
use serde_json::{Value, json};

/// When everything is made.
pub const CREATED: u64 = 1_760_000_000;

/// An answer to one request.
pub struct Reply<'a> {
    plan: &'a Plan,
    id: String,
    model: Value,
    choices: u64,
    call_ids: Vec<String>,
    include_usage: bool,
    /// How many of the likeliest tokens are asked for in each place, if any figures are.
    top_logprobs: Option<u64>,
}

impl<'a> Reply<'a> {
    /// The answer to a body that was found valid.
    pub fn new(body: &Value, plan: &'a Plan) -> Self {
        let usage_wanted = body.pointer("/stream_options/include_usage");
        Self {
            plan,
            id: fresh_id("chatcmpl-"),
            model: body.get("model").cloned().unwrap_or_default(),
            choices: body.get("n").and_then(Value::as_u64).unwrap_or(1),
            call_ids: plan.calls.iter().map(|_| fresh_id("call_")).collect(),
            include_usage: usage_wanted == Some(&Value::Bool(true)),
            top_logprobs: body
                .get("logprobs")
                .filter(|wanted| **wanted == Value::Bool(true))
                .map(|_| body.get("top_logprobs").and_then(Value::as_u64).unwrap_or_default()),
        }
    }

    /// The answer as one completion.
    pub fn whole(&self) -> Value {
        let choice = |index| {
            json!({
                "index": index,
                "message": self.message(),
                "logprobs": logprobs(&self.tokens()),
                "finish_reason": self.finish_reason(),
            })
        };
        json!({
            "id": self.id,
            "object": "chat.completion",
            "created": CREATED,
            "model": self.model,
            "choices": (0..self.choices).map(choice).collect::<Vec<_>>(),
            "usage": usage(&self.plan.usage),
            "service_tier": "default",
            "system_fingerprint": "fp_mock",
        })
    }

    fn tokens(&self) -> Vec<logprobs::Token<'_>> {
        let text = self.plan.text.as_deref();
        self.top_logprobs.zip(text).map(|(top, text)| logprobs::tokens(text, top)).unwrap_or_default()
    }

    fn message(&self) -> Value {
        let mut message = json!({
            "role": "assistant",
            "content": self.plan.text,
            "refusal": self.plan.refusal,
            "annotations": [],
        });
        if let Some(thought) = self.plan.thought {
            message["reasoning_content"] = thought.into();
        }
        if !self.plan.calls.is_empty() {
            message["tool_calls"] = self
                .calls()
                .map(|(id, name, arguments)| {
                    json!({
                        "id": id,
                        "type": "function",
                        "function": {"name": name, "arguments": arguments},
                    })
                })
                .collect();
        }
        message
    }

    fn calls(&self) -> impl Iterator<Item = (&str, &str, String)> {
        self.call_ids
            .iter()
            .zip(&self.plan.calls)
            .map(|(id, call)| (id.as_str(), call.name.as_str(), call.arguments.to_string()))
    }

    fn finish_reason(&self) -> &str {
        match &self.plan.finish {
            Some(finish) => finish,
            None if self.plan.calls.is_empty() => "stop",
            None => "tool_calls",
        }
    }

    /// The answer as a stream.
    pub fn events(&self) -> Vec<Event> {
        let deltas = self.deltas();
        let mut events: Vec<_> = deltas
            .iter()
            .flat_map(|delta| (0..self.choices).map(move |index| (index, delta)))
            .map(|(index, (delta, logprobs))| self.chunk(index, delta, logprobs, None))
            .collect();
        let finish = |index| self.chunk(index, &json!({}), &Value::Null, Some(self.finish_reason()));
        events.extend((0..self.choices).map(finish));
        if self.include_usage {
            let mut last = self.outline(json!([]));
            last["usage"] = usage(&self.plan.usage);
            events.push(data(last.to_string()));
        }
        events.push(data("[DONE]".into()));
        events
    }

    /// What is said, each with its tokens.
    fn deltas(&self) -> Vec<(Value, Value)> {
        let tokens = self.tokens();
        let mut deltas = vec![(json!({"role": "assistant", "content": "", "refusal": null}), Value::Null)];
        let mut say = |delta, at: Option<usize>| {
            let token = at.and_then(|at| tokens.get(at..=at)).unwrap_or_default();
            deltas.push((delta, logprobs(token)));
        };
        for piece in texts::fragments(self.plan.thought.unwrap_or_default()) {
            say(json!({"reasoning_content": piece}), None);
        }
        for (at, piece) in texts::fragments(self.plan.text.as_deref().unwrap_or_default()).into_iter().enumerate() {
            say(json!({"content": piece}), Some(at));
        }
        for piece in texts::fragments(self.plan.refusal.unwrap_or_default()) {
            say(json!({"refusal": piece}), None);
        }
        for (index, (id, name, arguments)) in self.calls().enumerate() {
            let function = json!({"name": name, "arguments": ""});
            say(json!({"tool_calls": [{"index": index, "id": id, "type": "function", "function": function}]}), None);
            // A call without arguments may stream none at all.
            let arguments = if arguments == "{}" { String::new() } else { arguments };
            for piece in argument_fragments(&arguments) {
                say(json!({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}), None);
            }
        }
        deltas
    }

    fn chunk(&self, index: u64, delta: &Value, logprobs: &Value, finish: Option<&str>) -> Event {
        let mut chunk = self.outline(json!([{
            "index": index,
            "delta": delta,
            "logprobs": logprobs,
            "finish_reason": finish,
        }]));
        if self.include_usage {
            chunk["usage"] = Value::Null;
        }
        data(chunk.to_string())
    }

    fn outline(&self, choices: Value) -> Value {
        json!({
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": CREATED,
            "model": self.model,
            "service_tier": "default",
            "system_fingerprint": "fp_mock",
            "choices": choices,
        })
    }
}

/// Cuts arguments after every few characters, so that fragments are not JSON by themselves.
fn argument_fragments(arguments: &str) -> Vec<String> {
    let characters: Vec<char> = arguments.chars().collect();
    characters.chunks(5).map(|piece| piece.iter().collect()).collect()
}

fn logprobs(tokens: &[logprobs::Token<'_>]) -> Value {
    match tokens {
        [] => Value::Null,
        tokens => json!({"content": logprobs::openai(tokens), "refusal": null}),
    }
}

fn data(data: String) -> Event {
    Event::Data { name: None, data }
}

/// Token counts.
pub fn usage(usage: &Usage) -> Value {
    json!({
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {
            "cached_tokens": usage.cached,
            "cache_write_tokens": usage.cache_write,
            "audio_tokens": 0,
        },
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    })
}
