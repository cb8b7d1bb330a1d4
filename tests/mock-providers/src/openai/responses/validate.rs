//! Checks a request of the Responses API the way OpenAI does: the fields at the top.

use super::wording::ResponsesWording;
use super::{items, tools};
use crate::model_name::{openai_reasons, openai_rests};
use crate::openai::format::check_strict;
use crate::openai::validate::{drawn_freely, labels_of_the_test, no_such_model, takes_effort};
use crate::problem::Problem;
use crate::published::{self, Kind};
use crate::shape::{Fields, Node};
use crate::texts;
use serde_json::Value;

const FIELDS: &[&str] = &[
    "access_programs",
    "background",
    "context_management",
    "conversation",
    "image",
    "include",
    "input",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "model",
    "moderation",
    "parallel_tool_calls",
    "previous_response_id",
    "prompt",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
];
/// What Chat Completions calls otherwise.
const MOVED: &[(&str, &str)] = &[
    ("messages", "input"),
    ("max_tokens", "max_output_tokens"),
    ("max_completion_tokens", "max_output_tokens"),
    ("response_format", "text.format"),
    ("reasoning_effort", "reasoning.effort"),
    ("verbosity", "text.verbosity"),
];
const INCLUDED: &[&str] = &[
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
];
const EFFORTS: &[&str] = &["none", "minimal", "low", "medium", "high", "xhigh", "max"];
const SUMMARIES: &[&str] = &["auto", "concise", "detailed"];
/// Strings that must be one of a few.
const CHOICES: &[(&str, &[&str])] = &[
    ("service_tier", &["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"]),
    ("truncation", &["auto", "disabled"]),
    ("prompt_cache_retention", &["in_memory", "24h"]),
];

/// Checks a whole body.
pub fn check(body: &Value) -> Result<(), Problem> {
    let root = Node::root(body, &ResponsesWording);
    moved(&root.open_object()?)?;
    let fields = root.object(FIELDS)?;
    let model = model(&fields)?;
    let former = ["previous_response_id", "conversation", "prompt"];
    let has_former = former.iter().any(|key| fields.nullable(key).is_some());
    match fields.nullable("input") {
        Some(input) => items::check(&input, has_former)?,
        None if has_former => {}
        None => return fields.required("input").map(drop),
    }
    state(&fields)?;
    sampling(&fields)?;
    tools::check(&fields)?;
    text(&fields)?;
    reasoning(&fields, model)?;
    labels(&fields)?;
    streaming(&fields)?;
    published::check(Kind::OpenAiResponses, body).map_err(Problem::invalid)
}

fn moved(fields: &Fields<'_>) -> Result<(), Problem> {
    let Some((old, new)) = MOVED.iter().find(|(old, _)| fields.optional(old).is_some()) else { return Ok(()) };
    Err(Problem::invalid(format!(
        "Unsupported parameter: '{old}'. In the Responses API, this parameter has moved to '{new}'. Try again with the \
         new parameter. See the API documentation for more information: \
         https://platform.openai.com/docs/api-reference/responses/create."
    ))
    .about(*old)
    .coded("unsupported_parameter"))
}

fn model<'a>(fields: &Fields<'a>) -> Result<&'a str, Problem> {
    match fields.required("model")?.string()? {
        "" => Err(fields.required("model")?.problem("The requested model '' does not exist.").coded("model_not_found")),
        "no-such-model" => Err(Problem { status: 400, ..no_such_model("no-such-model") }.about("model")),
        name => Ok(name),
    }
}

/// What is kept between responses.
fn state(fields: &Fields<'_>) -> Result<(), Problem> {
    for key in ["store", "background"] {
        if let Some(flag) = fields.nullable(key) {
            flag.boolean()?;
        }
    }
    if let Some(instructions) = fields.nullable("instructions") {
        instructions.string()?;
    }
    if let Some(conversation) = fields.nullable("conversation") {
        if !conversation.value.is_string() {
            conversation.object(&["id"])?.required("id")?.string()?;
        }
        if fields.nullable("previous_response_id").is_some() {
            let message = "Mutually exclusive parameters: 'previous_response_id' and 'conversation'. Ensure you are only \
                 providing one of: 'previous_response_id' or 'conversation'.";
            return Err(conversation.problem(message).coded("mutually_exclusive_parameters"));
        }
    }
    let Some(former) = fields.nullable("previous_response_id") else { return Ok(()) };
    let id = former.string()?;
    if !id.starts_with("resp") {
        let message = format!("Invalid 'previous_response_id': '{id}'. Expected an ID that begins with 'resp'.");
        return Err(former.problem(&message));
    }
    if id == "resp_no_such" {
        let message = format!("Previous response with id '{id}' not found.");
        return Err(former.problem(&message).coded("previous_response_not_found"));
    }
    Ok(())
}

fn sampling(fields: &Fields<'_>) -> Result<(), Problem> {
    for (key, least, greatest) in [("temperature", 0.0, 2.0), ("top_p", 0.0, 1.0)] {
        if let Some(number) = fields.nullable(key) {
            number.number(least, greatest)?;
        }
    }
    for (key, least, greatest) in
        [("top_logprobs", 0, 20), ("max_tool_calls", 1, i64::MAX), ("max_output_tokens", i64::MIN, i64::MAX)]
    {
        if let Some(number) = fields.nullable(key) {
            number.integer(least, greatest)?;
        }
    }
    match fields.nullable("max_output_tokens") {
        Some(limit) if limit.value.as_i64() < Some(16) => {
            let message = format!(
                "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got {} instead.",
                limit.value
            );
            Err(limit.problem(&message).coded("integer_below_min_value"))
        }
        _ => Ok(()),
    }
}

fn text(fields: &Fields<'_>) -> Result<(), Problem> {
    let Some(text) = fields.nullable("text") else { return Ok(()) };
    let text = text.object(&["format", "verbosity"])?;
    if let Some(verbosity) = text.nullable("verbosity") {
        verbosity.one_of(&["low", "medium", "high"])?;
    }
    let Some(format) = text.nullable("format") else { return Ok(()) };
    match format.open_object()?.required("type")?.one_of(&["text", "json_schema", "json_object"])? {
        "json_schema" => {
            let format = format.object(&["type", "name", "description", "schema", "strict"])?;
            let name = format.required("name")?.name(64)?;
            let schema = format.required("schema")?;
            schema.open_object()?;
            if format.nullable("strict").map(|node| node.boolean()).transpose()? == Some(true) {
                check_strict(&schema, &format!("response_format '{name}'"))?;
            }
            Ok(())
        }
        kind => {
            format.object(&["type"])?;
            if kind == "json_object" { mentions_json(fields) } else { Ok(()) }
        }
    }
}

fn mentions_json(fields: &Fields<'_>) -> Result<(), Problem> {
    let Some(input) = fields.nullable("input") else { return Ok(()) };
    if texts::of(input.value).iter().any(|text| text.to_lowercase().contains("json")) {
        return Ok(());
    }
    Err(input.problem(
        "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
    ))
}

fn reasoning(fields: &Fields<'_>, model: &str) -> Result<(), Problem> {
    let unsupported = |key: &str| {
        let message = format!("Unsupported parameter: '{key}' is not supported with this model.");
        Err(Problem::invalid(message).about(key).coded("unsupported_parameter"))
    };
    // What is not known to reason may be somebody else's model.
    let never = !openai_reasons(model) && model.starts_with("gpt-");
    let effort = fields.nullable("reasoning").and_then(|reasoning| reasoning.value.get("effort")?.as_str());
    drawn_freely(fields, model, effort)?;
    for include in fields.nullable("include").map(|list| list.array()).transpose()?.unwrap_or_default() {
        let included = include.one_of(INCLUDED)?;
        if included == "reasoning.encrypted_content" && never {
            return Err(include.problem("Encrypted content is not supported with this model."));
        }
        if included == "message.output_text.logprobs" && !openai_rests(model, effort) {
            return Err(include.problem("logprobs are not supported with reasoning models."));
        }
    }
    let Some(reasoning) = fields.nullable("reasoning") else { return Ok(()) };
    let reasoning = reasoning.object(&["context", "effort", "generate_summary", "mode", "summary"])?;
    for (key, allowed) in [
        ("effort", EFFORTS),
        ("summary", SUMMARIES),
        ("generate_summary", SUMMARIES),
        ("context", &["auto", "current_turn", "all_turns"]),
    ] {
        if let Some(choice) = reasoning.nullable(key) {
            choice.one_of(allowed)?;
            if key == "effort" {
                takes_effort(&choice, model)?;
            }
            if never {
                return unsupported(&choice.path);
            }
        }
    }
    Ok(())
}

/// Strings and flags that change nothing in the answer.
fn labels(fields: &Fields<'_>) -> Result<(), Problem> {
    for (key, longest) in [("prompt_cache_key", 1024), ("safety_identifier", 128), ("user", 1024)] {
        if let Some(label) = fields.nullable(key)
            && label.string()?.chars().count() > longest
        {
            let message = format!("Invalid '{key}': string too long. Expected a string with maximum length {longest}.");
            return Err(label.problem(&message).coded("string_above_max_length"));
        }
    }
    for (key, allowed) in CHOICES {
        if let Some(choice) = fields.nullable(key) {
            choice.one_of(allowed)?;
        }
    }
    fields.nullable("metadata").map_or(Ok(()), |metadata| labels_of_the_test(&metadata))
}

fn streaming(fields: &Fields<'_>) -> Result<(), Problem> {
    let stream = fields.nullable("stream").map(|node| node.boolean()).transpose()?;
    let Some(options) = fields.nullable("stream_options") else { return Ok(()) };
    if stream != Some(true) {
        return Err(options.problem("The 'stream_options' parameter is only allowed when 'stream' is enabled."));
    }
    match options.object(&["include_obfuscation"])?.nullable("include_obfuscation") {
        Some(flag) => flag.boolean().map(drop),
        None => Ok(()),
    }
}
