//! Completions of the old kind: a prompt, and what comes after it.

use super::answer::{CREATED, usage};
use super::embeddings::model;
use super::validate::{sampling, streaming};
use super::wording::OpenAiWording;
use super::{GREETING, mock_problem};
use crate::plan::{Facts, Plan};
use crate::problem::Problem;
use crate::provider::{Answer, Arrival, fresh_id};
use crate::shape::{Fields, Node};
use crate::sse::Event;
use crate::texts;
use crate::turn::{self, Turn};
use serde_json::{Value, json};

const FIELDS: &[&str] = &[
    "model",
    "prompt",
    "best_of",
    "echo",
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "max_tokens",
    "n",
    "presence_penalty",
    "seed",
    "stop",
    "stream",
    "stream_options",
    "suffix",
    "temperature",
    "top_p",
    "user",
];
const TEXT: &str = "a completion is nothing but text";
/// What makes no sense where there is only text.
pub const MEANINGLESS: &[(&str, &str)] =
    &[("tools", TEXT), ("tools_empty", TEXT), ("thinking", TEXT), ("redacted_thinking", TEXT), ("refusal", TEXT)];

/// Checks a request and answers it.
pub fn answer(arrival: &Arrival, body: &Value) -> Result<Answer, Problem> {
    let fields = Node::root(body, &OpenAiWording).object(FIELDS)?;
    let model = model(&fields)?;
    if ["gpt-4", "gpt-5", "o1", "o3", "o4"].iter().any(|start| model.starts_with(start)) {
        let message = "This is a chat model and not supported in the v1/completions endpoint. Did you mean to use \
             v1/chat/completions?";
        return Err(Problem::new(404, "invalid_request_error", message).about("model"));
    }
    let prompts = prompts(&fields)?;
    for (key, least, greatest) in [("max_tokens", 0, i64::MAX), ("logprobs", 0, 5), ("best_of", 1, 20)] {
        if let Some(number) = fields.nullable(key) {
            number.integer(least, greatest)?;
        }
    }
    sampling(&Node::root(&without_logprobs(body), &OpenAiWording).open_object()?)?;
    streaming(&fields)?;

    let asked = [Turn::user(prompts.iter().map(String::as_str).collect(), vec![])];
    let scenario = turn::scenario(arrival, &asked, MEANINGLESS).map_err(mock_problem)?;
    let words = prompts.iter().map(|prompt| texts::count(prompt)).sum();
    let facts = Facts { tools: Vec::new(), tool_results: Vec::new(), words, greeting: GREETING };
    let plan = Plan::new(&scenario, &facts).map_err(mock_problem)?;
    let count = body.get("n").and_then(Value::as_u64).unwrap_or(1) * prompts.len() as u64;
    let outline = json!({"id": fresh_id("cmpl-"), "object": "text_completion", "created": CREATED, "model": model});
    let streamed = body.get("stream") == Some(&Value::Bool(true));
    let counted = body.pointer("/stream_options/include_usage") == Some(&Value::Bool(true));
    let events = streamed.then(|| events(&outline, &plan, count, counted));
    let text = plan.text.as_deref().unwrap_or_default();
    let choices = (0..count).map(|index| choice(index, text, Some(finish(&plan)))).collect::<Vec<_>>();
    let mut whole = with_choices(&outline, choices);
    whole["usage"] = usage(&plan.usage);
    Ok(Answer::new(whole, events, scenario))
}

/// The body without `logprobs`, which is a number here and a flag in a chat.
fn without_logprobs(body: &Value) -> Value {
    let mut body = body.clone();
    if let Value::Object(map) = &mut body {
        map.remove("logprobs");
    }
    body
}

/// The prompts; what comes as tokens is written out.
fn prompts(fields: &Fields<'_>) -> Result<Vec<String>, Problem> {
    let prompt = fields.required("prompt")?;
    match prompt.value {
        Value::Null => Ok(vec![String::new()]),
        Value::String(text) => Ok(vec![text.clone()]),
        _ => {
            let items = prompt.array()?;
            if !items.is_empty() && items.iter().all(|item| item.value.is_u64()) {
                return Ok(vec![prompt.value.to_string()]);
            }
            let text = |item: &Node<'_>| match item.value {
                Value::Array(_) => Ok(item.value.to_string()),
                _ => item.string().map(String::from),
            };
            items.iter().map(text).collect()
        }
    }
}

fn events(outline: &Value, plan: &Plan, count: u64, counted: bool) -> Vec<Event> {
    let chunk = |choices: Vec<Value>| {
        let mut chunk = with_choices(outline, choices);
        if counted {
            chunk["usage"] = Value::Null;
        }
        Event::Data { name: None, data: chunk.to_string() }
    };
    let pieces = texts::fragments(plan.text.as_deref().unwrap_or_default()).into_iter().map(|piece| (piece, None));
    let mut events: Vec<_> = pieces
        .chain([("", Some(finish(plan)))])
        .flat_map(|(piece, finish)| (0..count).map(move |index| choice(index, piece, finish)))
        .map(|choice| chunk(vec![choice]))
        .collect();
    if counted {
        let mut last = with_choices(outline, Vec::new());
        last["usage"] = usage(&plan.usage);
        events.push(Event::Data { name: None, data: last.to_string() });
    }
    events.push(Event::Data { name: None, data: "[DONE]".into() });
    events
}

fn choice(index: u64, text: &str, finish: Option<&str>) -> Value {
    json!({"text": text, "index": index, "logprobs": null, "finish_reason": finish})
}

fn with_choices(outline: &Value, choices: Vec<Value>) -> Value {
    let mut completion = outline.clone();
    completion["choices"] = choices.into();
    completion
}

fn finish(plan: &Plan) -> &str {
    plan.finish.as_deref().unwrap_or("stop")
}
