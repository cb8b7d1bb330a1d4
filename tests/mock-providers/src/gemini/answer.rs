//! Puts a planned answer into Gemini's shape: one response, or a stream of them.

use super::model::Model;
use super::signatures;
use super::surface::Surface;
use crate::logprobs::{self, Token};
use crate::plan::Plan;
use crate::provider::fresh_id;
use crate::sse::Event;
use crate::texts;
use serde_json::{Value, json};

/// An answer to one request.
pub struct Reply<'a> {
    plan: &'a Plan,
    surface: &'a Surface,
    model: &'a str,
    id: String,
    candidates: u64,
    thought: Option<&'static str>,
    /// Signs the first call, or the end of the text.
    signature: Option<String>,
    calls: Vec<Value>,
    /// How many of the likeliest tokens are asked for in each place, if any figures are.
    top_logprobs: Option<u64>,
}

impl<'a> Reply<'a> {
    /// The answer to a body that was found valid.
    pub fn new(body: &Value, surface: &'a Surface, model: &'a str, plan: &'a Plan) -> Self {
        let thinking = body.pointer("/generation_config/thinking_config");
        // Whoever configures thinking sees thoughts only when asking for them.
        let hidden = thinking.is_some_and(|config| config.get("include_thoughts") != Some(&Value::Bool(true)));
        let has_ids = Model(model).has_call_ids();
        let signs = Model(model).needs_signatures() || plan.thought.is_some() && !plan.calls.is_empty();
        let call = |call: &crate::plan::Call| {
            let mut inner = json!({"name": call.name, "args": call.arguments});
            if has_ids {
                inner["id"] = fresh_id("call_").into();
            }
            json!({"functionCall": inner})
        };
        let mut reply = Self {
            plan,
            surface,
            model,
            id: fresh_id(""),
            candidates: body.pointer("/generation_config/candidate_count").and_then(Value::as_u64).unwrap_or(1),
            thought: plan.thought.filter(|_| !hidden),
            signature: signs.then(signatures::fresh),
            calls: plan.calls.iter().map(call).collect(),
            top_logprobs: body
                .pointer("/generation_config/response_logprobs")
                .filter(|wanted| **wanted == Value::Bool(true))
                .map(|_| body.pointer("/generation_config/logprobs").and_then(Value::as_u64).unwrap_or_default()),
        };
        if let Some(first) = reply.calls.first_mut() {
            sign(first, &reply.signature);
        }
        reply
    }

    /// The answer as one response.
    pub fn whole(&self) -> Value {
        if self.plan.refusal.is_some() {
            return self.blocked();
        }
        let mut parts: Vec<_> = self.thought.iter().map(|text| json!({"text": text, "thought": true})).collect();
        if let Some(text) = &self.plan.text {
            let mut part = json!({"text": text});
            if self.calls.is_empty() {
                sign(&mut part, &self.signature);
            }
            parts.push(part);
        }
        parts.extend(self.calls.iter().cloned());
        let candidates = (0..self.candidates)
            .map(|index| {
                let mut candidate = json!({
                    "content": {"parts": parts, "role": "model"},
                    "finishReason": self.finish_reason(),
                    "index": index,
                });
                tell(&mut candidate, &self.tokens());
                candidate
            })
            .collect::<Vec<_>>();
        self.response(Some(candidates), self.spoken())
    }

    /// The answer as a stream.
    pub fn events(&self) -> Vec<Event> {
        if self.plan.refusal.is_some() {
            return vec![data(&self.blocked())];
        }
        let chunks = self.chunks();
        let all = chunks.len() as u64;
        let said = |at: usize| self.spoken() * at as u64 / all.max(1);
        let each = |parts: &Value, token: &[Token<'_>], said: u64| -> Vec<Event> {
            let chunk = |index| {
                let mut candidate = json!({"content": {"parts": parts, "role": "model"}, "index": index});
                tell(&mut candidate, token);
                data(&self.response(Some(vec![candidate]), said))
            };
            (0..self.candidates).map(chunk).collect()
        };
        let (tokens, thoughts) = (self.tokens(), texts::fragments(self.thought.unwrap_or_default()).len());
        let token = |at: usize| at.checked_sub(thoughts).and_then(|at| tokens.get(at..=at)).unwrap_or_default();
        let chunks = chunks.iter().enumerate();
        let mut events: Vec<_> = chunks.flat_map(|(at, parts)| each(parts, token(at), said(at + 1))).collect();
        events.extend((0..self.candidates).map(|index| {
            let last = json!({"content": self.last_content(), "finishReason": self.finish_reason(), "index": index});
            data(&self.response(Some(vec![last]), self.spoken()))
        }));
        events
    }

    fn tokens(&self) -> Vec<Token<'_>> {
        let text = self.plan.text.as_deref();
        self.top_logprobs.zip(text).map(|(top, text)| logprobs::tokens(text, top)).unwrap_or_default()
    }

    /// The parts of each chunk: fragments of text, and calls that are always whole.
    fn chunks(&self) -> Vec<Value> {
        let thoughts = texts::fragments(self.thought.unwrap_or_default());
        let thoughts = thoughts.into_iter().map(|piece| json!([{"text": piece, "thought": true}]));
        let said = texts::fragments(self.plan.text.as_deref().unwrap_or_default());
        let said = said.into_iter().map(|piece| json!([{"text": piece}]));
        let mut chunks: Vec<_> = thoughts.chain(said).collect();
        // Calls may come one by one or many at once: the first alone, and the others together.
        let (first, others) = self.calls.split_at(self.calls.len().min(1));
        chunks.extend([first, others].into_iter().filter(|calls| !calls.is_empty()).map(|calls| json!(calls)));
        chunks
    }

    /// The end says no more than a signature; there is a part where it may be sent back to us.
    fn last_content(&self) -> Value {
        match &self.signature {
            _ if !self.calls.is_empty() => json!({"parts": [{"text": ""}], "role": "model"}),
            Some(signature) => json!({"parts": [{"text": "", "thoughtSignature": signature}], "role": "model"}),
            None => json!({}),
        }
    }

    /// The answer to a prompt that is refused.
    fn blocked(&self) -> Value {
        let mut response = self.response(None, 0);
        response["promptFeedback"] = json!({"blockReason": "PROHIBITED_CONTENT"});
        response
    }

    fn response(&self, candidates: Option<Vec<Value>>, said: u64) -> Value {
        let mut response = json!({});
        if let Some(candidates) = candidates {
            response["candidates"] = candidates.into();
        }
        response["usageMetadata"] = self.usage(said);
        response["modelVersion"] = self.model.into();
        if self.surface.is_vertex() {
            response["createTime"] = "2026-11-20T12:00:00.000000Z".into();
        }
        response["responseId"] = self.id.clone().into();
        response
    }

    /// The output tokens that are not thoughts.
    fn spoken(&self) -> u64 {
        match self.plan.refusal {
            Some(_) => 0,
            None => self.plan.usage.output.saturating_sub(self.plan.usage.reasoning),
        }
    }

    fn usage(&self, said: u64) -> Value {
        let usage = &self.plan.usage;
        let text = |count: u64| json!([{"modality": "TEXT", "tokenCount": count}]);
        let thoughts = if self.plan.refusal.is_some() { 0 } else { usage.reasoning };
        let mut found = json!({
            "promptTokenCount": usage.input,
            "totalTokenCount": usage.input + said + thoughts,
            "promptTokensDetails": text(usage.input),
        });
        for (name, count) in [
            ("candidatesTokenCount", said),
            ("thoughtsTokenCount", thoughts),
            ("cachedContentTokenCount", usage.cached),
        ] {
            // What is zero is left out, as protobufs do.
            if count > 0 {
                found[name] = count.into();
            }
        }
        if usage.cached > 0 {
            found["cacheTokensDetails"] = text(usage.cached);
        }
        if self.surface.is_vertex() {
            found["trafficType"] = "ON_DEMAND".into();
        }
        found
    }

    fn finish_reason(&self) -> &str {
        self.plan.finish.as_deref().unwrap_or("STOP")
    }
}

/// Says how likely the tokens of a candidate were.
fn tell(candidate: &mut Value, tokens: &[Token<'_>]) {
    let one = |text: &str, logprob: f64| json!({"token": text, "logProbability": logprob});
    let chosen = |token: &Token<'_>| {
        let mut chosen = one(token.text, token.logprob);
        chosen["tokenId"] = token.id.into();
        chosen
    };
    let top = |token: &Token<'_>| {
        let candidates: Vec<_> = token.top.iter().map(|(text, logprob)| one(text, *logprob)).collect();
        json!({"candidates": candidates})
    };
    if !tokens.is_empty() {
        candidate["logprobsResult"] = json!({"chosenCandidates": tokens.iter().map(chosen).collect::<Vec<_>>()});
        if tokens.iter().any(|token| !token.top.is_empty()) {
            candidate["logprobsResult"]["topCandidates"] = tokens.iter().map(top).collect();
        }
    }
}

fn sign(part: &mut Value, signature: &Option<String>) {
    if let Some(signature) = signature {
        part["thoughtSignature"] = signature.clone().into();
    }
}

fn data(response: &Value) -> Event {
    Event::Data { name: None, data: response.to_string() }
}
