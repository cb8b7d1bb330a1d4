//! Checks schemas of OpenAPI's subset beyond their fields, which the message's table knows.

use super::error::at_fault;
use super::{items, text};
use crate::problem::Problem;
use serde_json::Value;

/// Checks a schema and those inside it.
pub fn check(schema: &Value, path: &str) -> Result<(), Problem> {
    let kind = text(schema, "type");
    let properties = schema.get("properties").and_then(Value::as_object);
    if ["", "TYPE_UNSPECIFIED"].contains(&kind) && items(schema, "any_of").is_empty() && schema.get("ref").is_none() {
        return Err(at_fault(&format!("{path}.type"), "must be specified"));
    }
    if kind == "OBJECT" && properties.is_none_or(serde_json::Map::is_empty) {
        return Err(at_fault(&format!("{path}.properties"), "should be non-empty for OBJECT type"));
    }
    if kind == "ARRAY" && schema.get("items").is_none() {
        return Err(at_fault(&format!("{path}.items"), "missing field."));
    }
    only_where_it_belongs(schema, kind, path)?;
    enumeration(schema, kind, path)?;
    for (index, name) in items(schema, "required").iter().enumerate() {
        let name = name.as_str().unwrap_or_default();
        if properties.is_none_or(|properties| !properties.contains_key(name)) {
            return Err(at_fault(&format!("{path}.required[{index}]"), "property is not defined"));
        }
    }
    for (name, inner) in properties.into_iter().flatten() {
        check(inner, &format!("{path}.properties[{name}]"))?;
    }
    if let Some(inner) = schema.get("items") {
        check(inner, &format!("{path}.items"))?;
    }
    let choices = items(schema, "any_of").iter().enumerate();
    choices.into_iter().try_for_each(|(index, inner)| check(inner, &format!("{path}.any_of[{index}]")))
}

fn only_where_it_belongs(schema: &Value, kind: &str, path: &str) -> Result<(), Problem> {
    for (field, of) in [("items", "ARRAY"), ("properties", "OBJECT"), ("required", "OBJECT")] {
        if schema.get(field).is_some() && !kind.is_empty() && kind != of {
            return Err(at_fault(&format!("{path}.{field}"), &format!("only allowed for {of} type")));
        }
    }
    let formats = match kind {
        "STRING" => ["enum", "date-time"],
        "NUMBER" => ["float", "double"],
        "INTEGER" => ["int32", "int64"],
        _ => return Ok(()),
    };
    let format = text(schema, "format");
    if format.is_empty() || formats.contains(&format) {
        return Ok(());
    }
    let [one, other] = formats;
    let what = format!("only '{one}' and '{other}' are supported for {kind} type");
    Err(at_fault(&format!("{path}.format"), &what))
}

fn enumeration(schema: &Value, kind: &str, path: &str) -> Result<(), Problem> {
    let values = items(schema, "enum");
    if !values.is_empty() && !["STRING", "INTEGER", "NUMBER"].contains(&kind) {
        return Err(at_fault(&format!("{path}.enum"), "only allowed for STRING type"));
    }
    match values.iter().position(|value| value == "") {
        Some(index) => Err(at_fault(&format!("{path}.enum[{index}]"), "cannot be empty")),
        None => Ok(()),
    }
}
