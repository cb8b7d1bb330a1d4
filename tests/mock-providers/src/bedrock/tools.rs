//! Checks the offered tools and the choice among them.

use super::blocks::cache_point;
use super::members::{json_object, text, tool_name, union};
use super::model::{Family, Model};
use super::parameters::held_to;
use crate::model_name::claude_refuses_force;
use crate::problem::Problem;
use crate::shape::{Fields, Node};
use serde_json::Value;
use std::collections::HashSet;

/// Checks `toolConfig`, and says whether there is one.
pub fn check(fields: &Fields<'_>, model: &Model) -> Result<bool, Problem> {
    let Some(config) = fields.nullable("toolConfig") else { return Ok(false) };
    let config = config.object(&["tools", "toolChoice"])?;
    let tools = config.required("tools")?;
    let list = tools.array()?;
    if list.is_empty() {
        return Err(tools.problem(
            "1 validation error detected: Value '[]' at 'toolConfig.tools' failed to satisfy constraint: Member must \
             have length greater than or equal to 1",
        ));
    }
    let mut names = HashSet::new();
    for node in &list {
        let (kind, tool) = union(node, "Tool", &["toolSpec", "systemTool", "cachePoint"])?;
        let name = match kind {
            "toolSpec" => spec(&tool)?,
            "systemTool" => tool_name(&tool.object(&["name"])?.required("name")?)?,
            _ => {
                cache_point(&tool)?;
                continue;
            }
        };
        if !names.insert(name) {
            return Err(node.problem(&format!("The tool name {name} at {} is already defined.", node.path)));
        }
    }
    if let Some(choice) = config.nullable("toolChoice") {
        tool_choice(&choice, &names, model)?;
    }
    Ok(true)
}

/// The names of the offered tools; one that must be called comes first.
pub fn offered(body: &Value) -> Vec<String> {
    let tools = body.pointer("/toolConfig/tools").and_then(Value::as_array);
    let name = |tool: &Value| tool.pointer("/toolSpec/name").and_then(Value::as_str).map(String::from);
    let mut names: Vec<_> = tools.into_iter().flatten().filter_map(name).collect();
    if let Some(wanted) = body.pointer("/toolConfig/toolChoice/tool/name").and_then(Value::as_str) {
        names.sort_by_key(|name| name != wanted);
    }
    names
}

fn spec<'a>(node: &Node<'a>) -> Result<&'a str, Problem> {
    let fields = node.object(&["name", "description", "inputSchema", "strict"])?;
    if let Some(description) = fields.nullable("description") {
        text(&description, 1, usize::MAX)?;
    }
    if let Some(strict) = fields.nullable("strict") {
        strict.boolean()?;
    }
    let (_, schema) = union(&fields.required("inputSchema")?, "ToolInputSchema", &["json"])?;
    json_object(&schema)?;
    if schema.value.get("type").is_none_or(|kind| kind != "object") {
        let path = &schema.path;
        return Err(schema.problem(&format!("The value at {path}.type must be one of the following: object.")));
    }
    if fields.nullable("strict").is_some_and(|strict| strict.value == true) {
        held_to(&schema, schema.value)?;
    }
    tool_name(&fields.required("name")?)
}

fn tool_choice(choice: &Node<'_>, names: &HashSet<&str>, model: &Model) -> Result<(), Problem> {
    let (kind, inner) = union(choice, "ToolChoice", &["auto", "any", "tool"])?;
    if kind != "auto" && model.family == Family::Claude && claude_refuses_force(&model.name) {
        return Err(choice.problem(&format!(
            "The model returned the following errors: tool_choice.type: '{kind}' is not supported for this model."
        )));
    }
    if kind != "tool" {
        return inner.object(&[]).map(drop);
    }
    let name = tool_name(&inner.object(&["name"])?.required("name")?)?;
    if names.contains(name) {
        return Ok(());
    }
    Err(inner.problem(&format!("The tool name {name} at {}.name isn't defined in toolConfig.tools.", inner.path)))
}
