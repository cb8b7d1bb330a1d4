//! Checks how an answer is to be: the parameters all models have, and those that are passed on.

use super::members::{text, union};
use super::model::{Family, Model};
use super::model_says;
use crate::anthropic;
use crate::problem::Problem;
use crate::schema;
use crate::shape::{Fields, Node};
use serde_json::{Map, Value, json};

const MOST_SEQUENCES: usize = 2500;
/// What Claude may say at most if the request does not say.
const MAX_TOKENS: u64 = 64_000;

/// Checks `inferenceConfig`, `outputConfig` and `additionalModelRequestFields`.
pub fn check(body: &Value, fields: &Fields<'_>, model: &Model) -> Result<(), Problem> {
    inference(fields)?;
    output(fields)?;
    if let Some(added) = fields.nullable("additionalModelRequestFields") {
        added.open_object()?;
    }
    match model.family {
        Family::Claude => {
            let (passed, betas) = passed_on(body, model)?;
            anthropic::check_parameters(&passed, &betas).map_err(model_says)
        }
        Family::Nova => nova(fields).map_err(model_says),
        _ => Ok(()),
    }
}

/// What only Nova has.
fn nova(fields: &Fields<'_>) -> Result<(), Problem> {
    let Some(added) = fields.nullable("additionalModelRequestFields") else { return Ok(()) };
    let added = added.object(&["inferenceConfig", "reasoningConfig"])?;
    if let Some(config) = added.nullable("inferenceConfig")
        && let Some(top) = config.object(&["topK"])?.nullable("topK")
    {
        top.integer(0, 128)?;
    }
    let Some(config) = added.nullable("reasoningConfig") else { return Ok(()) };
    let config = config.object(&["type", "maxReasoningEffort"])?;
    let wanted = config.required("type")?.one_of(&["enabled", "disabled"])?;
    match config.nullable("maxReasoningEffort") {
        Some(effort) if wanted == "disabled" => {
            Err(effort.problem("maxReasoningEffort can only be set when reasoning is enabled"))
        }
        Some(effort) => effort.one_of(&["low", "medium", "high"]).map(drop),
        None => Ok(()),
    }
}

fn inference(fields: &Fields<'_>) -> Result<(), Problem> {
    let Some(config) = fields.nullable("inferenceConfig") else { return Ok(()) };
    let config = config.object(&["maxTokens", "temperature", "topP", "stopSequences"])?;
    if let Some(tokens) = config.nullable("maxTokens") {
        tokens.integer(1, i32::MAX.into())?;
    }
    for share in ["temperature", "topP"] {
        if let Some(share) = config.nullable(share) {
            share.number(0.0, 1.0)?;
        }
    }
    let Some(sequences) = config.nullable("stopSequences") else { return Ok(()) };
    let list = sequences.array()?;
    if list.len() > MOST_SEQUENCES {
        return Err(sequences.problem(&format!(
            "1 validation error detected: Value at 'inferenceConfig.stopSequences' failed to satisfy constraint: \
             Member must have length less than or equal to {MOST_SEQUENCES}"
        )));
    }
    list.iter().try_for_each(|sequence| text(sequence, 1, usize::MAX).map(drop))
}

fn output(fields: &Fields<'_>) -> Result<(), Problem> {
    let Some(config) = fields.nullable("outputConfig") else { return Ok(()) };
    let config = config.object(&["textFormat", "effort"])?;
    if let Some(effort) = config.nullable("effort") {
        text(&effort, 0, 16)?;
        effort.one_of(&["low", "medium", "high", "xhigh", "max"])?;
    }
    let Some(format) = config.nullable("textFormat") else { return Ok(()) };
    let format = format.object(&["type", "structure"])?;
    format.required("type")?.one_of(&["json_schema"])?;
    let (_, definition) = union(&format.required("structure")?, "OutputFormatStructure", &["jsonSchema"])?;
    let definition = definition.object(&["schema", "name", "description"])?;
    for key in ["name", "description"] {
        if let Some(said) = definition.nullable(key) {
            said.string()?;
        }
    }
    let node = definition.required("schema")?;
    held_to(&node, &schema(&node)?)
}

/// A schema that answers or arguments are held to.
pub fn held_to(node: &Node<'_>, schema: &Value) -> Result<(), Problem> {
    match schema::untaken(schema, &schema::CLAUDE) {
        Some(path) => {
            Err(node.problem(&format!("The schema at {} has an unsupported keyword: {}.", node.path, path.join("."))))
        }
        None => Ok(()),
    }
}

/// The schema is not JSON in JSON: it is a string of JSON.
fn schema(node: &Node<'_>) -> Result<Value, Problem> {
    match serde_json::from_str(node.string()?) {
        Ok(Value::Object(schema)) => Ok(Value::Object(schema)),
        _ => Err(node.problem(&format!("The value at {} must be a string holding a JSON schema.", node.path))),
    }
}

/// What Claude itself is told: the shared parameters in its own words, and those that are only its own.
fn passed_on<'a>(body: &'a Value, model: &Model) -> Result<(Value, Vec<&'a str>), Problem> {
    let mut passed = Map::new();
    passed.insert("model".into(), model.name.clone().into());
    passed.insert("max_tokens".into(), MAX_TOKENS.into());
    passed.insert("messages".into(), sketch(body));
    let shared = [
        ("max_tokens", "/inferenceConfig/maxTokens"),
        ("temperature", "/inferenceConfig/temperature"),
        ("top_p", "/inferenceConfig/topP"),
        ("stop_sequences", "/inferenceConfig/stopSequences"),
    ];
    for (key, pointer) in shared {
        if let Some(value) = body.pointer(pointer).filter(|value| !value.is_null()) {
            passed.insert(key.into(), value.clone());
        }
    }
    if let Some(choice) = body.pointer("/toolConfig/toolChoice").and_then(Value::as_object) {
        passed.insert("tool_choice".into(), json!({"type": choice.keys().next()}));
    }
    passed.extend(output_config(body));
    let mut betas = Vec::new();
    for (key, value) in body.get("additionalModelRequestFields").and_then(Value::as_object).into_iter().flatten() {
        match key.as_str() {
            "anthropic_beta" => betas.extend(value.as_array().into_iter().flatten().filter_map(Value::as_str)),
            "tool_choice" => drop(passed.insert(key.clone(), value.clone())),
            // Tools that Claude itself defines.
            "tools" => {}
            _ if passed.contains_key(key) || key == "system" => {
                return Err(Problem::invalid(format!("The additional field {key} conflicts with an existing field.")));
            }
            _ => drop(passed.insert(key.clone(), value.clone())),
        }
    }
    Ok((passed.into(), betas))
}

fn output_config(body: &Value) -> Option<(String, Value)> {
    let config = body.get("outputConfig")?.as_object()?;
    let mut told = Map::new();
    if let Some(effort) = config.get("effort").filter(|effort| !effort.is_null()) {
        told.insert("effort".into(), effort.clone());
    }
    let schema = config.get("textFormat").and_then(|format| format.pointer("/structure/jsonSchema/schema"));
    if let Some(schema) = schema.and_then(Value::as_str) {
        let schema = serde_json::from_str::<Value>(schema).unwrap_or_default();
        told.insert("format".into(), json!({"type": "json_schema", "schema": schema}));
    }
    Some(("output_config".into(), told.into()))
}

/// The conversation, as far as thinking depends on it: which kinds of blocks it has.
fn sketch(body: &Value) -> Value {
    let messages = body.get("messages").and_then(Value::as_array).into_iter().flatten();
    let kind = |block: &Value| {
        let key = block.as_object().and_then(|block| block.keys().next()).map(String::as_str);
        match key.unwrap_or_default() {
            "toolUse" => "tool_use",
            "toolResult" => "tool_result",
            "reasoningContent" => "thinking",
            _ => "text",
        }
    };
    messages
        .map(|message| {
            let content = message.get("content").and_then(Value::as_array).into_iter().flatten();
            let content: Vec<_> = content.map(|block| json!({"type": kind(block)})).collect();
            json!({"role": message.get("role"), "content": content})
        })
        .collect()
}
