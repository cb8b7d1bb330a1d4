//! Checks thinking: what the model supports, and what goes with it.

use super::{content, kind, role};
use crate::model_name::claude_version;
use crate::problem::Problem;
use crate::shape::{Fields, Node};
use serde_json::Value;

const KINDS: &[&str] = &["enabled", "disabled", "between_tools", "adaptive"];
const LEAST_BUDGET: i64 = 1024;

/// Checks `thinking` and all that depends on it.
pub fn check(fields: &Fields<'_>, model: &str) -> Result<(), Problem> {
    let Some(thinking) = fields.optional("thinking") else { return Ok(()) };
    let chosen = thinking.open_object()?.required("type")?.one_of(KINDS)?;
    let tagged = thinking.tagged(chosen);
    let version = claude_version(model);
    match chosen {
        "enabled" => {
            if version >= Some((4, 7)) {
                return Err(Problem::invalid(
                    "\"thinking.type.enabled\" is not supported for this model. Use \
                     \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking \
                     behavior.",
                ));
            }
            budget(&tagged.object(&["type", "budget_tokens", "display"])?, fields)?;
            turn_starts_with_thinking(&fields.required("messages")?)?;
        }
        "adaptive" => {
            if version.is_some_and(|version| version < (4, 6)) {
                return Err(Problem::invalid("adaptive thinking is not supported on this model"));
            }
            display(&tagged.object(&["type", "display"])?)?;
        }
        _ => return tagged.object(&["type"]).map(drop),
    }
    goes_with(fields)
}

fn display(thinking: &Fields<'_>) -> Result<(), Problem> {
    match thinking.nullable("display") {
        Some(display) => display.one_of(&["summarized", "omitted"]).map(drop),
        None => Ok(()),
    }
}

fn budget(thinking: &Fields<'_>, fields: &Fields<'_>) -> Result<(), Problem> {
    display(thinking)?;
    let budget = thinking.required("budget_tokens")?.integer(LEAST_BUDGET, i64::MAX)?;
    if budget < fields.required("max_tokens")?.integer(1, i64::MAX)? {
        return Ok(());
    }
    Err(Problem::invalid(
        "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our \
         documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking",
    ))
}

/// Sampling stays as it is while thinking, and no tool is forced.
fn goes_with(fields: &Fields<'_>) -> Result<(), Problem> {
    if let Some(temperature) = fields.optional("temperature")
        && temperature.number(0.0, 1.0)? != 1.0
    {
        return Err(Problem::invalid(
            "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.",
        ));
    }
    if let Some(top_p) = fields.optional("top_p")
        && top_p.number(0.0, 1.0)? < 0.95
    {
        return Err(Problem::invalid(
            "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.",
        ));
    }
    if fields.optional("top_k").is_some() {
        return Err(Problem::invalid("`top_k` must be unset when thinking is enabled."));
    }
    let choice = fields.optional("tool_choice");
    match choice.and_then(|choice| choice.value.get("type")).and_then(Value::as_str) {
        Some("any" | "tool") => Err(Problem::invalid("Thinking may not be enabled when tool_choice forces tool use.")),
        _ => Ok(()),
    }
}

/// With manual thinking, the assistant's last turn starts with thinking if it uses tools. A turn
/// goes on over tool results.
fn turn_starts_with_thinking(messages: &Node<'_>) -> Result<(), Problem> {
    let list = messages.array()?;
    let only_results = |message: &Value| {
        role(message) == "user"
            && !content(message).is_empty()
            && content(message).iter().all(|block| kind(block) == "tool_result")
    };
    let of_turn = |node: &&Node<'_>| role(node.value) == "assistant" || only_results(node.value);
    let turn: Vec<_> = list.iter().rev().take_while(of_turn).collect();
    let assistants = || turn.iter().filter(|node| role(node.value) == "assistant");
    let uses_tools = assistants().any(|node| content(node.value).iter().any(|block| kind(block) == "tool_use"));
    let Some(first) = assistants().next_back().filter(|_| uses_tools) else { return Ok(()) };
    let found = content(first.value).first().map(kind).unwrap_or("text");
    if matches!(found, "thinking" | "redacted_thinking") {
        return Ok(());
    }
    Err(first.problem(&format!(
        "Expected `thinking` or `redacted_thinking`, but found `{found}`. When `thinking` is \
         enabled, a final `assistant` message must start with a thinking block (preceeding the \
         lastmost set of `tool_use` and `tool_result` blocks)."
    )))
}
