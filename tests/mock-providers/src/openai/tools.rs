//! Checks the offered tools and the choice among them.

use super::format::check_strict;
use crate::problem::Problem;
use crate::shape::{Fields, Node};
use serde_json::Value;

/// Checks `tools`, `tool_choice`, `parallel_tool_calls`, and their predecessors.
pub fn check(fields: &Fields<'_>) -> Result<(), Problem> {
    let tools = fields.optional("tools");
    if let Some(tools) = &tools {
        let offered = tools.array()?;
        if offered.is_empty() {
            return Err(tools.problem(
                "Invalid 'tools': empty array. Expected an array with minimum length 1, but got \
                 an empty array instead.",
            ));
        }
        offered.iter().try_for_each(tool)?;
    }
    if let Some(parallel) = fields.optional("parallel_tool_calls") {
        parallel.boolean()?;
        only_with_tools(&parallel, tools.is_some())?;
    }
    if let Some(choice) = fields.optional("tool_choice") {
        only_with_tools(&choice, tools.is_some())?;
        tool_choice(&choice, tools.as_ref())?;
    }
    functions(fields)
}

/// The names of the offered tools; one that must be called comes first.
pub fn offered(body: &Value) -> Vec<String> {
    let name = |holder: &Value| Some(holder.get("function")?.get("name")?.as_str()?.to_string());
    let offered = body.get("tools").and_then(Value::as_array);
    let mut names: Vec<_> = offered.into_iter().flatten().filter_map(name).collect();
    if let Some(wanted) = body.get("tool_choice").and_then(name) {
        names.sort_by_key(|name| *name != wanted);
    }
    names
}

fn only_with_tools(node: &Node<'_>, tools: bool) -> Result<(), Problem> {
    if tools {
        return Ok(());
    }
    let name = &node.path;
    let message = format!("Invalid value for '{name}': '{name}' is only allowed when 'tools' are specified.");
    Err(node.problem(&message))
}

fn tool(tool: &Node<'_>) -> Result<(), Problem> {
    let kind = tool.open_object()?.required("type")?;
    if kind.one_of(&["function", "custom"])? == "custom" {
        let custom = tool.object(&["type", "custom"])?.required("custom")?;
        let custom = custom.object(&["name", "description", "format"])?;
        return custom.required("name")?.name(64).map(drop);
    }
    let function = tool.object(&["type", "function"])?.required("function")?;
    let function = function.object(&["name", "description", "parameters", "strict"])?;
    let name = function.required("name")?.name(64)?;
    if let Some(description) = function.optional("description") {
        description.string()?;
    }
    let strict = function.nullable("strict").map(|node| node.boolean()).transpose()?;
    let Some(parameters) = function.optional("parameters") else { return Ok(()) };
    object_schema(&parameters, name)?;
    if strict == Some(true) {
        check_strict(&parameters, &format!("function '{name}'"))?;
    }
    Ok(())
}

/// The schema of parameters is one of an object.
pub fn object_schema(parameters: &Node<'_>, name: &str) -> Result<(), Problem> {
    let schema = parameters.open_object()?;
    let kind = schema.optional("type").map_or(&Value::Null, |kind| kind.value);
    // A function without parameters may have an empty schema.
    if kind == "object" || schema.all().is_empty() {
        return match schema.nullable("properties") {
            Some(properties) => properties.open_object().map(drop),
            None => Ok(()),
        };
    }
    let kind = kind.as_str().unwrap_or("None");
    let message = format!(
        "Invalid schema for function '{name}': schema must be a JSON Schema of 'type: \"object\"', \
         got 'type: \"{kind}\"'."
    );
    Err(parameters.problem(&message).coded("invalid_function_parameters"))
}

fn tool_choice(choice: &Node<'_>, tools: Option<&Node<'_>>) -> Result<(), Problem> {
    if choice.value.is_string() {
        return choice.one_of(&["none", "auto", "required"]).map(drop);
    }
    let kind = choice.open_object()?.required("type")?;
    let kind = kind.one_of(&["function", "custom", "allowed_tools"])?;
    let inner = choice.object(&["type", kind])?.required(kind)?;
    if kind == "allowed_tools" {
        let allowed = inner.object(&["mode", "tools"])?;
        allowed.required("mode")?.one_of(&["auto", "required"])?;
        return allowed.required("tools")?.array().map(drop);
    }
    let name = inner.object(&["name"])?.required("name")?.string()?;
    let offered = tools.and_then(|tools| tools.value.as_array()).is_some_and(|tools| {
        let named = |tool: &Value| tool.get(kind)?.get("name")?.as_str().map(|n| n == name);
        tools.iter().any(|tool| named(tool) == Some(true))
    });
    if offered {
        return Ok(());
    }
    let message = format!("Tool choice '{kind}' not found in 'tools' parameter: '{name}' ('{}').", choice.path);
    Err(choice.problem(&message))
}

fn functions(fields: &Fields<'_>) -> Result<(), Problem> {
    let functions = fields.optional("functions");
    if let Some(functions) = &functions {
        for function in functions.array()? {
            let function = function.object(&["name", "description", "parameters"])?;
            function.required("name")?.name(64)?;
        }
    }
    match fields.optional("function_call") {
        Some(call) if functions.is_none() => Err(call.problem(
            "Invalid value for 'function_call': 'function_call' is only allowed when 'functions' \
             are specified.",
        )),
        _ => Ok(()),
    }
}
