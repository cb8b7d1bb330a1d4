//! Checks the offered tools and the choice among them.

use super::blocks::cache_control;
use super::validate::held_to;
use crate::model_name::claude_refuses_force;
use crate::problem::Problem;
use crate::shape::{Fields, Node};
use serde_json::Value;
use std::collections::HashSet;

const CUSTOM: &[&str] = &[
    "type",
    "name",
    "description",
    "input_schema",
    "allowed_callers",
    "cache_control",
    "defer_loading",
    "eager_input_streaming",
    "input_examples",
    "strict",
];
/// What the types of tools that the provider runs or defines start with.
const PROVIDED: &[&str] = &[
    "bash_",
    "code_execution_",
    "browser_",
    "computer_",
    "memory_",
    "text_editor_",
    "web_search_",
    "web_fetch_",
    "tool_search_tool_",
];

/// Checks `tools` and `tool_choice`.
pub fn check(fields: &Fields<'_>, model: &str) -> Result<(), Problem> {
    let tools = fields.optional("tools");
    let offered = tools.as_ref().map(Node::array).transpose()?.unwrap_or_default();
    let mut names = HashSet::new();
    for node in &offered {
        if !names.insert(tool(node)?) {
            return Err(Problem::invalid("tools: Tool names must be unique."));
        }
    }
    let Some(choice) = fields.optional("tool_choice") else { return Ok(()) };
    if offered.is_empty() {
        return Err(choice.problem("tool_choice may only be specified while providing tools."));
    }
    tool_choice(&choice, &names, model)
}

/// The names of the offered tools; one that must be called comes first.
pub fn offered(body: &Value) -> Vec<String> {
    let name = |tool: &Value| tool.get("name")?.as_str().map(String::from);
    let offered = body.get("tools").and_then(Value::as_array);
    let mut names: Vec<_> = offered.into_iter().flatten().filter_map(name).collect();
    if let Some(wanted) = body.get("tool_choice").and_then(name) {
        names.sort_by_key(|name| *name != wanted);
    }
    names
}

fn tool<'a>(node: &Node<'a>) -> Result<&'a str, Problem> {
    let fields = node.open_object()?;
    let kind = fields.nullable("type").map(|kind| kind.string()).transpose()?.unwrap_or("custom");
    if PROVIDED.iter().any(|start| kind.starts_with(start)) {
        return fields.optional("name").map_or(Ok(kind), |name| name.string());
    }
    if kind != "custom" {
        return Err(
            node.problem(&format!("Input tag '{kind}' found using 'type' does not match any of the expected tags"))
        );
    }
    let fields = node.tagged("custom").object(CUSTOM)?;
    if let Some(description) = fields.optional("description") {
        description.string()?;
    }
    for flag in ["strict", "defer_loading"] {
        if let Some(flag) = fields.optional(flag) {
            flag.boolean()?;
        }
    }
    cache_control(&fields)?;
    let schema = fields.required("input_schema")?;
    if fields.optional("strict").is_some_and(|strict| strict.value == true) {
        held_to(&schema)?;
    }
    let schema = schema.open_object()?;
    if schema.required("type")?.value != "object" {
        return Err(schema.required("type")?.problem("Input should be 'object'"));
    }
    if let Some(properties) = schema.nullable("properties") {
        properties.open_object()?;
    }
    if let Some(required) = schema.nullable("required") {
        required.array()?.iter().try_for_each(|name| name.string().map(drop))?;
    }
    fields.required("name")?.name(128)
}

fn tool_choice(choice: &Node<'_>, names: &HashSet<&str>, model: &str) -> Result<(), Problem> {
    let kinds = ["auto", "any", "tool", "none"];
    let kind = choice.open_object()?.required("type")?.one_of(&kinds)?;
    if matches!(kind, "any" | "tool") && claude_refuses_force(model) {
        return Err(Problem::invalid(format!("tool_choice.type: '{kind}' is not supported for this model.")));
    }
    let known: &[&str] = match kind {
        "none" => &["type"],
        "tool" => &["type", "name", "disable_parallel_tool_use"],
        _ => &["type", "disable_parallel_tool_use"],
    };
    let fields = choice.tagged(kind).object(known)?;
    if let Some(disable) = fields.optional("disable_parallel_tool_use") {
        disable.boolean()?;
    }
    if kind == "tool" {
        let name = fields.required("name")?.string()?;
        if !names.contains(name) {
            let message = format!("Tool '{name}' not found in provided tools");
            return Err(Problem::invalid(message));
        }
    }
    Ok(())
}
