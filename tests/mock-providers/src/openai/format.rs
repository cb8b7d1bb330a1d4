//! Checks the response format: JSON mode and strict JSON schemas.

use crate::problem::Problem;
use crate::schema;
use crate::shape::{Fields, Node};
use crate::texts;
use serde_json::Value;

/// Checks `response_format`.
pub fn check(fields: &Fields<'_>) -> Result<(), Problem> {
    let Some(format) = fields.optional("response_format") else { return Ok(()) };
    let kind = format.open_object()?.required("type")?;
    match kind.one_of(&["text", "json_object", "json_schema"])? {
        "json_schema" => {
            let format = format.object(&["type", "json_schema"])?;
            json_schema(&format.required("json_schema")?)
        }
        kind => {
            format.object(&["type"])?;
            if kind == "json_object" { mentions_json(fields) } else { Ok(()) }
        }
    }
}

fn json_schema(node: &Node<'_>) -> Result<(), Problem> {
    let fields = node.object(&["name", "description", "schema", "strict"])?;
    let name = fields.required("name")?.name(64)?;
    if let Some(description) = fields.optional("description") {
        description.string()?;
    }
    let strict = fields.nullable("strict").map(|node| node.boolean()).transpose()?;
    let Some(schema) = fields.optional("schema") else { return Ok(()) };
    schema.open_object()?;
    if strict == Some(true) {
        check_strict(&schema, &format!("response_format '{name}'"))?;
    }
    Ok(())
}

/// A strict schema closes every object and requires every property.
pub fn check_strict(schema: &Node<'_>, owner: &str) -> Result<(), Problem> {
    let at_fault = |path: Vec<String>, what: &str| {
        let context: Vec<_> = path.iter().map(|key| format!("'{key}'")).collect();
        let context = context.join(", ");
        let message = format!("Invalid schema for {owner}: In context=({context}), {what}");
        schema.problem(&message)
    };
    if let Some(path) = schema::open_object(schema.value) {
        return Err(at_fault(path, "'additionalProperties' is required to be supplied and to be false."));
    }
    if let Some(path) = schema::optional_property(schema.value) {
        return Err(at_fault(
            path,
            "'required' is required to be supplied and to be an array including every key in \
             properties.",
        ));
    }
    if let Some(mut path) = schema::untaken(schema.value, &schema::OPENAI) {
        let keyword = path.pop().unwrap_or_default();
        return Err(at_fault(path, &format!("'{keyword}' is not permitted.")));
    }
    Ok(())
}

fn mentions_json(fields: &Fields<'_>) -> Result<(), Problem> {
    let messages = fields.required("messages")?;
    let said = messages.value.as_array().into_iter().flatten().any(|message| {
        let content = message.get("content").unwrap_or(&Value::Null);
        texts::of(content).iter().any(|text| text.to_lowercase().contains("json"))
    });
    if said {
        return Ok(());
    }
    Err(messages.problem(
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type \
         'json_object'.",
    ))
}
