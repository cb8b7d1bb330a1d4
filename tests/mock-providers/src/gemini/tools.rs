//! Checks the offered tools and how they may be called.

use super::error::{at_fault, invalid};
use super::model::Model;
use super::{items, schema, text};
use crate::problem::Problem;
use serde_json::Value;

/// Checks `tools` and `toolConfig`.
pub fn check(body: &Value, model: &Model<'_>) -> Result<(), Problem> {
    let mut names = Vec::new();
    let mut built_in = None;
    for (index, tool) in items(body, "tools").iter().enumerate() {
        let kinds = tool.as_object().into_iter().flatten().map(|(kind, _)| kind.as_str());
        let mut kinds = kinds.collect::<Vec<_>>();
        if kinds.is_empty() {
            let what = "required one_of 'tool_type' must have one initialized field";
            return Err(at_fault(&format!("tools[{index}].tool_type"), what));
        }
        kinds.retain(|kind| *kind != "function_declarations");
        built_in = built_in.or(kinds.first().copied());
        for (at, declaration) in items(tool, "function_declarations").iter().enumerate() {
            let path = format!("tools[{index}].function_declarations[{at}]");
            let name = self::declaration(declaration, &path)?;
            if names.contains(&name) {
                return Err(invalid(format!("Duplicate function declaration found: {name}")));
            }
            names.push(name);
        }
    }
    if let (Some(built_in), false, false) = (built_in, names.is_empty(), model.has_call_ids()) {
        return Err(invalid(format!(
            "Built-in tools ({{{built_in}}}) and Function Calling cannot be combined in the same request. Please choose \
             one tool type to use."
        )));
    }
    match body.pointer("/tool_config/function_calling_config") {
        Some(config) => calling(config, &names),
        None => Ok(()),
    }
}

/// The names of the declared functions that may be called; none if calling is turned off.
pub fn offered(body: &Value) -> Vec<String> {
    let config = body.pointer("/tool_config/function_calling_config").unwrap_or(&Value::Null);
    if text(config, "mode") == "NONE" {
        return Vec::new();
    }
    let allowed = items(config, "allowed_function_names");
    let declarations = items(body, "tools").iter().flat_map(|tool| items(tool, "function_declarations"));
    let names = declarations.filter_map(|declaration| declaration.get("name"));
    let names = names.filter(|name| allowed.is_empty() || allowed.contains(name));
    names.filter_map(Value::as_str).map(String::from).collect()
}

fn declaration<'a>(declaration: &'a Value, path: &str) -> Result<&'a str, Problem> {
    let name = text(declaration, "name");
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let rest = name.chars().all(|c| c.is_ascii_alphanumeric() || "_.:-".contains(c));
    if !starts || !rest || name.len() > 128 {
        let what = "Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, \
             0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.";
        return Err(at_fault(&format!("{path}.name"), what));
    }
    for (subset, whole) in [("parameters", "parameters_json_schema"), ("response", "response_json_schema")] {
        if declaration.get(subset).is_some() && declaration.get(whole).is_some() {
            return Err(invalid(format!("Only one of {subset} and {whole} may be set for function {name}.")));
        }
        if let Some(found) = declaration.get(subset) {
            schema::check(found, &format!("{path}.{subset}"))?;
        }
    }
    let parameters = declaration.get("parameters");
    if parameters.is_some_and(|parameters| text(parameters, "type") != "OBJECT") {
        return Err(at_fault(&format!("{path}.parameters"), "parameters schema should be of type OBJECT"));
    }
    let whole = declaration.get("parameters_json_schema");
    if whole.is_some_and(|schema| !schema.is_object() || schema.get("type").is_some_and(|kind| kind != "object")) {
        return Err(at_fault(&format!("{path}.parameters_json_schema"), "schema should be of type object"));
    }
    Ok(name)
}

fn calling(config: &Value, names: &[&str]) -> Result<(), Problem> {
    let mode = text(config, "mode");
    let allowed = items(config, "allowed_function_names");
    if names.is_empty() && ["ANY", "VALIDATED"].contains(&mode) {
        return Err(invalid("Function calling config is set without function_declarations."));
    }
    if allowed.is_empty() {
        return Ok(());
    }
    let at = "tool_config.function_calling_config.allowed_function_names";
    if !["ANY", "VALIDATED"].contains(&mode) {
        return Err(at_fault(at, "allowed_function_names should only be set when mode is ANY or VALIDATED."));
    }
    match allowed.iter().find(|name| !names.contains(&name.as_str().unwrap_or_default())) {
        Some(name) => Err(at_fault(at, &format!("{name} is not among the function_declarations."))),
        None => Ok(()),
    }
}
