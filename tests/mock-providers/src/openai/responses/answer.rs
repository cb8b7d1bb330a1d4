//! Puts a planned answer into the shape of the Responses API: one response.

use super::ENCRYPTED;
use crate::logprobs;
use crate::plan::{Plan, Usage};
use crate::provider::fresh_id;
use serde_json::{Value, json};

const CREATED: u64 = 1_760_000_000;
/// What a request may say and the answer repeats; and what it says if the request does not.
const REPEATED: &[(&str, &str)] = &[
    ("background", "false"),
    ("instructions", "null"),
    ("max_output_tokens", "null"),
    ("max_tool_calls", "null"),
    ("moderation", "null"),
    ("parallel_tool_calls", "true"),
    ("previous_response_id", "null"),
    ("prompt_cache_key", "null"),
    ("prompt_cache_retention", "null"),
    ("safety_identifier", "null"),
    ("store", "true"),
    ("temperature", "1.0"),
    ("tool_choice", "\"auto\""),
    ("tools", "[]"),
    ("top_logprobs", "0"),
    ("top_p", "1.0"),
    ("truncation", "\"disabled\""),
    ("user", "null"),
    ("metadata", "{}"),
];
/// Why a response may be incomplete.
const INCOMPLETE: &[&str] = &["max_output_tokens", "max_messages", "content_filter", "steered"];

/// How a response ends.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    /// It is complete.
    Completed,
    /// It is not, for a reason.
    Incomplete(String),
    /// It failed.
    Failed,
}

impl Ending {
    /// Reads the finish that the test chose.
    pub fn read(finish: Option<&str>) -> Result<Self, String> {
        match finish {
            None | Some("completed") => Ok(Self::Completed),
            Some("failed") => Ok(Self::Failed),
            Some(reason) if INCOMPLETE.contains(&reason) => Ok(Self::Incomplete(reason.into())),
            Some(other) => Err(format!(
                "scenario `finish` cannot be `{other}` with responses; it is completed, failed, or a reason why it is \
                 incomplete: {}",
                INCOMPLETE.join(", ")
            )),
        }
    }

    /// The status of the response; also what its last event is called after.
    pub fn status(&self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Incomplete(_) => "incomplete",
            Self::Failed => "failed",
        }
    }
}

/// An answer to one request.
pub struct Reply<'a> {
    body: &'a Value,
    usage: &'a Usage,
    /// How it ends.
    pub ending: Ending,
    id: String,
    /// The items of the output.
    pub items: Vec<Value>,
}

impl<'a> Reply<'a> {
    /// The answer to a body that was found valid.
    pub fn new(body: &'a Value, plan: &'a Plan, ending: Ending) -> Self {
        let items = items(body, plan, &ending);
        Self { body, usage: &plan.usage, ending, id: fresh_id("resp_"), items }
    }

    /// The answer as one response.
    pub fn whole(&self) -> Value {
        let mut response = self.outline(self.ending.status());
        response["output"] = self.items.clone().into();
        match &self.ending {
            Ending::Failed => {
                response["error"] = json!({
                    "code": "server_error",
                    "message": "The server had an error while processing your request. Sorry about that!",
                });
                return response;
            }
            Ending::Incomplete(reason) => response["incomplete_details"] = json!({"reason": reason}),
            Ending::Completed => response["completed_at"] = (CREATED + 1).into(),
        }
        response["usage"] = usage(self.usage);
        response
    }

    /// The response with nothing in it yet.
    pub fn outline(&self, status: &str) -> Value {
        let mut response = json!({
            "id": self.id,
            "object": "response",
            "created_at": CREATED,
            "status": status,
            "completed_at": null,
            "error": null,
            "frequency_penalty": 0.0,
            "incomplete_details": null,
            "model": self.body.get("model"),
            "output": [],
            "presence_penalty": 0.0,
            "reasoning": {
                "effort": self.body.pointer("/reasoning/effort"),
                "summary": self.body.pointer("/reasoning/summary"),
            },
            "service_tier": "default",
            "text": {
                "format": self.body.pointer("/text/format").cloned().unwrap_or(json!({"type": "text"})),
                "verbosity": self.body.pointer("/text/verbosity").cloned().unwrap_or("medium".into()),
            },
            "usage": null,
        });
        for (key, usual) in REPEATED {
            let said = self.body.get(key).filter(|said| !said.is_null()).cloned();
            response[*key] = said.unwrap_or_else(|| serde_json::from_str(usual).unwrap_or_default());
        }
        response
    }
}

fn items(body: &Value, plan: &Plan, ending: &Ending) -> Vec<Value> {
    let asks = body.get("include").and_then(Value::as_array);
    let asks = |name: &str| asks.is_some_and(|asks| asks.iter().any(|asked| asked == name));
    let sealed = asks("reasoning.encrypted_content");
    let top = body.get("top_logprobs").and_then(Value::as_u64).unwrap_or_default();
    let logprobs = asks("message.output_text.logprobs").then_some(top);
    // Whoever configures reasoning sees summaries only when asking for them.
    let reasoning = body.get("reasoning").filter(|reasoning| !reasoning.is_null());
    let asked = |key: &str| reasoning.is_some_and(|reasoning| reasoning.get(key).is_some_and(|found| !found.is_null()));
    let summarized = reasoning.is_none() || asked("summary") || asked("generate_summary");
    let status = match ending {
        Ending::Completed => "completed",
        _ => "incomplete",
    };
    let thought = |text: Option<&str>, sealed: bool| {
        let summary: Vec<_> = text.iter().map(|text| json!({"type": "summary_text", "text": text})).collect();
        let mut item = json!({"id": fresh_id("rs_"), "type": "reasoning", "summary": summary});
        if sealed {
            item["encrypted_content"] = fresh_id(ENCRYPTED).into();
        }
        item
    };
    let message = |part: Value| {
        json!({
            "id": fresh_id("msg_"),
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": [part],
        })
    };
    let mut items = Vec::new();
    items.extend(plan.thought.map(|text| thought(Some(text).filter(|_| summarized), sealed)));
    items.extend(plan.redacted.then(|| thought(None, true)));
    items.extend(plan.text.as_ref().map(|text| {
        let tokens = logprobs.map(|top| logprobs::tokens(text, top)).unwrap_or_default();
        let logprobs = logprobs::openai(&tokens);
        message(json!({"type": "output_text", "annotations": [], "logprobs": logprobs, "text": text}))
    }));
    items.extend(plan.refusal.map(|text| message(json!({"type": "refusal", "refusal": text}))));
    items.extend(plan.calls.iter().map(|call| {
        json!({
            "id": fresh_id("fc_"),
            "type": "function_call",
            "status": status,
            "arguments": call.arguments.to_string(),
            "call_id": fresh_id("call_"),
            "name": call.name,
        })
    }));
    items
}

fn usage(usage: &Usage) -> Value {
    json!({
        "input_tokens": usage.input,
        "input_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": usage.cache_write},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.input + usage.output,
    })
}
