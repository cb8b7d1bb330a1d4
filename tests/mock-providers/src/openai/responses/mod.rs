//! The Responses API.

mod answer;
mod content;
mod events;
mod items;
mod tools;
mod validate;
mod wording;

use super::{mock_problem, role};
use crate::plan::{Facts, Plan};
use crate::problem::Problem;
use crate::provider::{Answer, Arrival};
use crate::texts;
use crate::turn::{self, Turn};
use answer::{Ending, Reply};
use serde_json::Value;

/// What encrypted reasoning starts with.
const ENCRYPTED: &str = "gAAA";

/// Checks a request and answers it.
pub fn answer(arrival: &Arrival, body: &Value) -> Result<Answer, Problem> {
    validate::check(body)?;
    let scenario = turn::scenario(arrival, &turns(body), &[]).map_err(mock_problem)?;
    let plan = Plan::new(&scenario, &facts(body)).map_err(mock_problem)?;
    let ending = Ending::read(plan.finish.as_deref()).map_err(mock_problem)?;
    let reply = Reply::new(body, &plan, ending);
    let streamed = body.get("stream") == Some(&Value::Bool(true));
    let obfuscated = body.pointer("/stream_options/include_obfuscation") != Some(&Value::Bool(false));
    let events = streamed.then(|| events::all(&reply, obfuscated));
    let midstream_errors = events.as_ref().map(|events| events::failures(&reply, events.len())).unwrap_or_default();
    Ok(Answer { midstream_errors, ..Answer::new(reply.whole(), events, scenario) })
}

fn turns(body: &Value) -> Vec<Turn> {
    let read = |item: &Value| match role(item) {
        "user" => Turn::user(content(item), Vec::new()),
        _ if is_output(item) => Turn::result(content(item).concat()),
        _ => Turn::default(),
    };
    match body.get("input") {
        Some(Value::String(text)) => vec![Turn::user(vec![text], Vec::new())],
        _ => items_of(body).iter().map(read).collect(),
    }
}

fn facts(body: &Value) -> Facts {
    let items = items_of(body);
    let outputs = items.iter().rev().take_while(|item| is_output(item));
    let mut tool_results: Vec<_> = outputs.map(|item| content(item).concat()).collect();
    tool_results.reverse();
    let said = items.iter().flat_map(content).map(texts::count).sum::<u64>();
    let input = body.get("input").filter(|input| input.is_string());
    let spoken = input.into_iter().chain(body.get("instructions")).map(texts::words).sum::<u64>();
    Facts { tools: tools::offered(body), tool_results, words: said + spoken, greeting: super::GREETING }
}

fn items_of(body: &Value) -> &[Value] {
    body.get("input").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn is_output(item: &Value) -> bool {
    ["function_call_output", "custom_tool_call_output"].contains(&items::kind(item))
}

fn content(item: &Value) -> Vec<&str> {
    item.get("content").or(item.get("output")).map(texts::of).unwrap_or_default()
}

#[cfg(test)]
mod tests;
