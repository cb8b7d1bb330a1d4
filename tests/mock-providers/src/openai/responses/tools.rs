//! Checks the offered tools and the choice among them.

use crate::openai::format::check_strict;
use crate::openai::tools::object_schema;
use crate::problem::Problem;
use crate::shape::{Fields, Node};
use serde_json::Value;

/// Tools that the provider runs or defines.
const BUILT_IN: &[&str] = &[
    "file_search",
    "computer",
    "computer_use_preview",
    "web_search",
    "web_search_2025_08_26",
    "web_search_preview",
    "web_search_preview_2025_03_11",
    "mcp",
    "code_interpreter",
    "programmatic_tool_calling",
    "image_generation",
    "local_shell",
    "shell",
    "namespace",
    "tool_search",
    "apply_patch",
];

/// Checks `tools`, `tool_choice` and `parallel_tool_calls`.
pub fn check(fields: &Fields<'_>) -> Result<(), Problem> {
    let tools = fields.nullable("tools");
    let offered = tools.as_ref().map(Node::array).transpose()?.unwrap_or_default();
    offered.iter().try_for_each(tool)?;
    if let Some(parallel) = fields.nullable("parallel_tool_calls") {
        parallel.boolean()?;
    }
    match fields.nullable("tool_choice") {
        Some(choice) => tool_choice(&choice, &offered),
        None => Ok(()),
    }
}

/// The names of the offered functions; one that must be called comes first.
pub fn offered(body: &Value) -> Vec<String> {
    let choice = body.get("tool_choice").unwrap_or(&Value::Null);
    if choice == "none" {
        return Vec::new();
    }
    let tools = body.get("tools").and_then(Value::as_array);
    let functions = tools.into_iter().flatten().filter(|tool| tool.get("type").is_some_and(|kind| kind == "function"));
    let mut names: Vec<_> = functions.filter_map(|tool| tool.get("name")?.as_str().map(String::from)).collect();
    if let Some(wanted) = choice.get("name").and_then(Value::as_str) {
        names.sort_by_key(|name| name != wanted);
    }
    names
}

fn tool(tool: &Node<'_>) -> Result<(), Problem> {
    let fields = tool.open_object()?;
    let kinds = [&["function", "custom"], BUILT_IN].concat();
    let kind = fields.required("type")?.one_of(&kinds)?;
    if BUILT_IN.contains(&kind) {
        return Ok(());
    }
    // A tool in the shape of Chat Completions lacks a name here, which is said first.
    let name = fields.required("name")?.name(if kind == "custom" { 128 } else { 64 })?;
    if kind == "custom" {
        let known = ["type", "name", "description", "format", "allowed_callers", "defer_loading", "async"];
        return tool.object(&known).map(drop);
    }
    let fields = tool.object(&[
        "type",
        "name",
        "description",
        "parameters",
        "strict",
        "allowed_callers",
        "defer_loading",
        "output_schema",
        "async",
    ])?;
    if let Some(description) = fields.nullable("description") {
        description.string()?;
    }
    let strict = fields.nullable("strict").map(|node| node.boolean()).transpose()?;
    let Some(parameters) = fields.nullable("parameters") else { return Ok(()) };
    object_schema(&parameters, name)?;
    if strict == Some(true) {
        check_strict(&parameters, &format!("function '{name}'"))?;
    }
    Ok(())
}

fn tool_choice(choice: &Node<'_>, offered: &[Node<'_>]) -> Result<(), Problem> {
    let said = choice.value.as_str().map(|_| choice.one_of(&["none", "auto", "required"])).transpose()?;
    if let Some(said) = said {
        if said == "required" && offered.is_empty() {
            let message = "Tool choice 'required' must be specified with 'tools' parameter.";
            return Err(choice.problem(message));
        }
        return Ok(());
    }
    let kinds = [&["function", "custom", "allowed_tools"], BUILT_IN].concat();
    let kind = choice.open_object()?.required("type")?.one_of(&kinds)?;
    match kind {
        "function" | "custom" => {
            let name = choice.object(&["type", "name"])?.required("name")?.string()?;
            named(choice, offered, kind, name)
        }
        "allowed_tools" => {
            let fields = choice.object(&["type", "mode", "tools"])?;
            fields.required("mode")?.one_of(&["auto", "required"])?;
            fields.required("tools")?.array().map(drop)
        }
        "mcp" => choice.object(&["type", "server_label", "name"])?.required("server_label")?.string().map(drop),
        _ => choice.object(&["type"]).map(drop),
    }
}

fn named(choice: &Node<'_>, offered: &[Node<'_>], kind: &str, name: &str) -> Result<(), Problem> {
    let is = |tool: &Value, key: &str, value: &str| tool.get(key).is_some_and(|found| found == value);
    if offered.iter().any(|tool| is(tool.value, "type", kind) && is(tool.value, "name", name)) {
        return Ok(());
    }
    Err(choice.problem(&format!("Tool choice '{kind}' not found in 'tools' parameter.")))
}
