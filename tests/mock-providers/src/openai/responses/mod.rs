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
use crate::scenario::Scenario;
use crate::texts;
use crate::wishes::Wishes;
use answer::{Ending, Reply};
use serde_json::Value;

/// What encrypted reasoning starts with.
const ENCRYPTED: &str = "gAAA";

/// Checks a request and answers it.
pub fn answer(arrival: &Arrival, body: &Value) -> Result<Answer, Problem> {
    validate::check(body)?;
    let scenario = read_scenario(arrival, body).map_err(mock_problem)?;
    let plan = Plan::new(&scenario, &facts(body)).map_err(mock_problem)?;
    let ending = Ending::read(plan.finish.as_deref()).map_err(mock_problem)?;
    let reply = Reply::new(body, &plan, ending);
    let streamed = body.get("stream") == Some(&Value::Bool(true));
    let obfuscated = body.pointer("/stream_options/include_obfuscation") != Some(&Value::Bool(false));
    let events = streamed.then(|| events::all(&reply, obfuscated));
    let midstream_error = events.as_ref().map(|events| events::error(events.len() / 2));
    Ok(Answer { midstream_error, ..Answer::new(reply.whole(), events, scenario) })
}

/// Reads the header, the last message of the user, and the outputs after it. Tools that the message
/// wished to be called are not called again once there are outputs.
fn read_scenario(arrival: &Arrival, body: &Value) -> Result<Scenario, String> {
    let mut wishes = Wishes::default();
    if let Some(Value::String(text)) = body.get("input") {
        wishes.add_markers(text)?;
    }
    let items = items_of(body);
    let user = items.iter().rposition(|item| role(item) == "user");
    if let Some(message) = user.and_then(|index| items.get(index)) {
        content(message).iter().try_for_each(|text| wishes.add_markers(text))?;
    }
    if items.last().is_some_and(is_output) {
        wishes.forget("tools");
        wishes.forget("tools_empty");
    }
    for item in items.iter().skip(user.unwrap_or_default()).filter(|item| is_output(item)) {
        content(item).iter().try_for_each(|text| wishes.add_markers(text))?;
    }
    for list in arrival.all("x-mock") {
        wishes.add_list(list)?;
    }
    Scenario::new(&wishes)
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
