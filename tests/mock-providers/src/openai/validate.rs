//! Checks a Chat Completions request the way OpenAI does: the fields at the top.

use super::wording::OpenAiWording;
use super::{format, messages, tools};
use crate::model_name::{openai_efforts, openai_keeps_tools_from_chat, openai_reasons, openai_rests};
use crate::problem::Problem;
use crate::published::{self, Kind};
use crate::shape::{Fields, Node};
use serde_json::Value;

const FIELDS: &[&str] = &[
    "messages",
    "model",
    "audio",
    "frequency_penalty",
    "function_call",
    "functions",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "metadata",
    "modalities",
    "moderation",
    "n",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning_effort",
    "response_format",
    "safety_identifier",
    "seed",
    "service_tier",
    "stop",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "user",
    "verbosity",
    "web_search_options",
];
const EFFORTS: &[&str] = &["none", "minimal", "low", "medium", "high", "xhigh", "max"];
const TIERS: &[&str] = &["auto", "default", "flex", "scale", "priority", "fast"];

/// Checks a whole body.
pub fn check(body: &Value) -> Result<(), Problem> {
    let fields = Node::root(body, &OpenAiWording).object(FIELDS)?;
    let model = model(&fields)?;
    messages::check(&fields.required("messages")?)?;
    limits(&fields, model)?;
    sampling(&fields)?;
    logprobs(&fields, model)?;
    streaming(&fields)?;
    tools::check(&fields)?;
    at_rest_with_tools(&fields, model)?;
    format::check(&fields)?;
    reasoning(&fields, model)?;
    labels(&fields)?;
    rarely_used(&fields)?;
    published::check(Kind::OpenAiChat, body).map_err(Problem::invalid)
}

/// The 404 for a model that does not exist.
pub fn no_such_model(model: &str) -> Problem {
    let message = format!("The model `{model}` does not exist or you do not have access to it.");
    Problem::new(404, "invalid_request_error", message).coded("model_not_found")
}

fn model<'a>(fields: &Fields<'a>) -> Result<&'a str, Problem> {
    let Some(model) = fields.optional("model") else {
        return Err(Problem::invalid("you must provide a model parameter"));
    };
    match model.string()? {
        "" => Err(Problem::invalid("you must provide a model parameter")),
        "no-such-model" => Err(no_such_model("no-such-model")),
        name => Ok(name),
    }
}

fn limits(fields: &Fields<'_>, model: &str) -> Result<(), Problem> {
    let old = fields.nullable("max_tokens");
    let new = fields.nullable("max_completion_tokens");
    for limit in [&old, &new].into_iter().flatten() {
        limit.integer(1, i64::MAX)?;
    }
    let Some(old) = old else { return Ok(()) };
    if new.is_some() {
        return Err(old.problem("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."));
    }
    if openai_reasons(model) {
        return Err(old
            .problem(
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use \
                 'max_completion_tokens' instead.",
            )
            .coded("unsupported_parameter"));
    }
    Ok(())
}

/// Checks how tokens are chosen.
pub fn sampling(fields: &Fields<'_>) -> Result<(), Problem> {
    for (key, least, greatest) in [
        ("temperature", 0.0, 2.0),
        ("top_p", 0.0, 1.0),
        ("frequency_penalty", -2.0, 2.0),
        ("presence_penalty", -2.0, 2.0),
    ] {
        if let Some(number) = fields.nullable(key) {
            number.number(least, greatest)?;
        }
    }
    for (key, least, greatest) in [("n", 1, 128), ("seed", i64::MIN, i64::MAX), ("top_logprobs", 0, 20)] {
        if let Some(number) = fields.nullable(key) {
            number.integer(least, greatest)?;
        }
    }
    let logprobs = fields.nullable("logprobs").map(|node| node.boolean()).transpose()?;
    if let (Some(top), false) = (fields.nullable("top_logprobs"), logprobs == Some(true)) {
        return Err(top.problem("Invalid value for 'top_logprobs': only allowed when 'logprobs' is enabled."));
    }
    if let Some(bias) = fields.nullable("logit_bias") {
        for (_, value) in bias.open_object()?.all() {
            value.integer(-100, 100)?;
        }
    }
    fields.nullable("stop").map_or(Ok(()), |stop| stop_sequences(&stop))
}

fn stop_sequences(stop: &Node<'_>) -> Result<(), Problem> {
    if stop.value.is_string() {
        return Ok(());
    }
    let sequences = stop.array()?;
    if sequences.is_empty() {
        return Err(stop.problem(
            "Invalid 'stop': empty array. Expected an array with minimum length 1, but got an \
             empty array instead.",
        ));
    }
    if sequences.len() > 4 {
        let message = format!(
            "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an \
             array with length {} instead.",
            sequences.len()
        );
        return Err(stop.problem(&message).coded("array_above_max_length"));
    }
    sequences.iter().try_for_each(|one| one.string().map(drop))
}

/// Checks `stream` and `stream_options`.
pub fn streaming(fields: &Fields<'_>) -> Result<(), Problem> {
    let stream = fields.nullable("stream").map(|node| node.boolean()).transpose()?;
    let Some(options) = fields.nullable("stream_options") else { return Ok(()) };
    if stream != Some(true) {
        return Err(options.problem(
            "Invalid value for 'stream_options': The 'stream_options' parameter is only allowed \
             when 'stream' is enabled.",
        ));
    }
    let known = ["include_usage", "include_obfuscation"];
    for (_, value) in options.object(&known)?.all() {
        value.boolean()?;
    }
    Ok(())
}

fn logprobs(fields: &Fields<'_>, model: &str) -> Result<(), Problem> {
    let effort = fields.nullable("reasoning_effort").map(|effort| effort.string()).transpose()?;
    drawn_freely(fields, model, effort)?;
    match fields.nullable("logprobs") {
        Some(wanted) if wanted.boolean()? && !openai_rests(model, effort) => Err(wanted
            .problem("Unsupported parameter: 'logprobs' is not supported with this model.")
            .coded("unsupported_parameter")),
        _ => Ok(()),
    }
}

/// Models that reason take only the sampling that is their own.
pub fn drawn_freely(fields: &Fields<'_>, model: &str, effort: Option<&str>) -> Result<(), Problem> {
    for key in ["temperature", "top_p"] {
        if let Some(number) = fields.nullable(key).filter(|number| number.value.as_f64() != Some(1.0))
            && !openai_rests(model, effort)
        {
            let message = format!(
                "Unsupported value: '{key}' does not support {} with this model. Only the default (1) value is supported.",
                number.value
            );
            return Err(number.problem(&message).coded("unsupported_value"));
        }
    }
    Ok(())
}

/// Not every model that reasons takes every effort.
pub fn takes_effort(effort: &Node<'_>, model: &str) -> Result<(), Problem> {
    let wanted = effort.one_of(EFFORTS)?;
    let efforts = openai_efforts(model);
    if openai_reasons(model) && !efforts.contains(&wanted) {
        let message = format!(
            "Unsupported value: '{wanted}' is not supported with the '{model}' model. Supported values are: '{}'.",
            efforts.join("', '")
        );
        return Err(effort.problem(&message).coded("unsupported_value"));
    }
    Ok(())
}

/// The newest models call functions only in the Responses API, or without reasoning.
fn at_rest_with_tools(fields: &Fields<'_>, model: &str) -> Result<(), Problem> {
    let effort = fields.nullable("reasoning_effort").map(|effort| effort.string()).transpose()?;
    if fields.optional("tools").is_none() || !openai_keeps_tools_from_chat(model) || openai_rests(model, effort) {
        return Ok(());
    }
    let message = format!(
        "Function tools with reasoning_effort are not supported for {model} in /v1/chat/completions. To use function \
         tools, use /v1/responses or set reasoning_effort to 'none'."
    );
    Err(Problem::invalid(message).about("reasoning_effort"))
}

fn reasoning(fields: &Fields<'_>, model: &str) -> Result<(), Problem> {
    let Some(effort) = fields.nullable("reasoning_effort") else { return Ok(()) };
    if model.starts_with("gpt-4") || model.starts_with("gpt-3.5") {
        return Err(Problem::invalid("Unrecognized request argument supplied: reasoning_effort"));
    }
    takes_effort(&effort, model)
}

/// Strings and flags that change nothing in the answer.
fn labels(fields: &Fields<'_>) -> Result<(), Problem> {
    for key in ["prompt_cache_key", "safety_identifier"] {
        if let Some(label) = fields.nullable(key) {
            label.string()?;
        }
    }
    if let Some(user) = fields.optional("user") {
        user.string()?;
    }
    for (key, allowed) in [
        ("service_tier", TIERS),
        ("verbosity", &["low", "medium", "high"]),
        ("prompt_cache_retention", &["in_memory", "24h"]),
    ] {
        if let Some(choice) = fields.nullable(key) {
            choice.one_of(allowed)?;
        }
    }
    if let Some(store) = fields.nullable("store") {
        store.boolean()?;
    }
    fields.nullable("metadata").map_or(Ok(()), |metadata| labels_of_the_test(&metadata))
}

/// Checks `metadata`.
pub fn labels_of_the_test(metadata: &Node<'_>) -> Result<(), Problem> {
    let pairs = metadata.open_object()?.all();
    if pairs.len() > 16 {
        return Err(metadata.problem(
            "Invalid 'metadata': too many properties. Expected an object with at most 16 \
             properties.",
        ));
    }
    for (key, value) in pairs {
        if key.chars().count() > 64 || value.string()?.chars().count() > 512 {
            let message = format!("Invalid '{}': string too long.", value.path);
            return Err(value.problem(&message).coded("string_above_max_length"));
        }
    }
    Ok(())
}

fn rarely_used(fields: &Fields<'_>) -> Result<(), Problem> {
    if let Some(modalities) = fields.nullable("modalities") {
        for modality in modalities.array()? {
            modality.one_of(&["text", "audio"])?;
        }
    }
    if let Some(audio) = fields.nullable("audio") {
        let audio = audio.object(&["format", "voice"])?;
        audio.required("format")?.one_of(&["wav", "aac", "mp3", "flac", "opus", "pcm16"])?;
        audio.required("voice")?;
    }
    if let Some(options) = fields.optional("prompt_cache_options") {
        let options = options.object(&["mode", "ttl"])?;
        for (key, allowed) in [("mode", ["implicit", "explicit"].as_slice()), ("ttl", &["30m"])] {
            if let Some(choice) = options.optional(key) {
                choice.one_of(allowed)?;
            }
        }
    }
    if let Some(prediction) = fields.nullable("prediction") {
        let prediction = prediction.object(&["type", "content"])?;
        prediction.required("type")?.one_of(&["content"])?;
        prediction.required("content")?;
    }
    if let Some(options) = fields.optional("web_search_options") {
        options.object(&["search_context_size", "user_location"])?;
    }
    if let Some(moderation) = fields.nullable("moderation") {
        moderation.object(&["model", "policy"])?.required("model")?.string()?;
    }
    Ok(())
}
