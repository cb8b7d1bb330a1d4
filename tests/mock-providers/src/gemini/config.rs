//! Checks how content is to be generated, and the rest of the fields at the top.

use super::error::{at_fault, invalid};
use super::model::Model;
use super::{items, schema, text};
use crate::problem::Problem;
use serde_json::Value;

/// Numbers, and the least and the greatest they may be.
const RANGES: &[(&str, f64, f64)] = &[
    ("temperature", 0.0, 2.0),
    ("top_p", 0.0, 1.0),
    ("top_k", 1.0, f64::MAX),
    ("candidate_count", 1.0, 8.0),
    ("max_output_tokens", 1.0, f64::MAX),
    ("presence_penalty", -2.0, 2.0),
    ("frequency_penalty", -2.0, 2.0),
    ("logprobs", 0.0, 20.0),
];

/// Checks `generationConfig`.
pub fn check(body: &Value, model: &Model<'_>) -> Result<(), Problem> {
    let Some(config) = body.get("generation_config") else { return Ok(()) };
    for (name, least, greatest) in RANGES {
        let found = config.get(name).and_then(Value::as_f64);
        if found.is_some_and(|found| found < *least || found > *greatest) {
            let what = match *greatest {
                f64::MAX => format!("{name} must be at least {least}."),
                _ => format!("{name} must be in the range [{least:?}, {greatest:?}]."),
            };
            return Err(at_fault(&format!("generation_config.{name}"), &what));
        }
    }
    stop_sequences(config)?;
    logprobs(config, model)?;
    format(config)?;
    match config.get("thinking_config") {
        Some(thinking) => self::thinking(thinking, model),
        None => Ok(()),
    }
}

fn stop_sequences(config: &Value) -> Result<(), Problem> {
    let sequences = items(config, "stop_sequences");
    let at = "generation_config.stop_sequences";
    if sequences.len() > 5 {
        return Err(at_fault(at, "the number of stop sequences must be at most 5."));
    }
    match sequences.iter().position(|sequence| sequence == "") {
        Some(index) => Err(at_fault(&format!("{at}[{index}]"), "stop_sequence must not be empty.")),
        None => Ok(()),
    }
}

fn logprobs(config: &Value, model: &Model<'_>) -> Result<(), Problem> {
    let wanted = config.get("response_logprobs") == Some(&Value::Bool(true));
    if config.get("logprobs").is_some() && !wanted {
        return Err(at_fault("generation_config.logprobs", "logprobs needs response_logprobs to be true."));
    }
    if wanted && !model.tells_logprobs() {
        return Err(invalid("Logprobs is not supported for this model."));
    }
    Ok(())
}

fn format(config: &Value) -> Result<(), Problem> {
    let kind = text(config, "response_mime_type");
    if !["", "text/plain", "application/json", "text/x.enum"].contains(&kind) {
        return Err(at_fault(
            "generation_config.response_mime_type",
            "allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and \
             `text/x.enum`.",
        ));
    }
    let (subset, whole) = (config.get("response_schema"), config.get("response_json_schema"));
    if subset.is_some() && whole.is_some() {
        return Err(invalid("Only one of response_schema and response_json_schema may be set."));
    }
    if (subset.is_some() || whole.is_some()) && !["application/json", "text/x.enum"].contains(&kind) {
        return Err(invalid(
            "Function calling or a response schema with a response mime type: '' is unsupported: \
             application/json is needed",
        ));
    }
    if let Some(whole) = whole.filter(|whole| !whole.is_object()) {
        return Err(at_fault("generation_config.response_json_schema", &format!("not a JSON schema: {whole}")));
    }
    match subset {
        Some(subset) => schema::check(subset, "generation_config.response_schema"),
        None => Ok(()),
    }
}

fn thinking(config: &Value, model: &Model<'_>) -> Result<(), Problem> {
    let budget = config.get("thinking_budget").and_then(Value::as_i64);
    let level = config.get("thinking_level").is_some();
    if !model.thinks() {
        return Err(invalid("Thinking is not enabled for this model."));
    }
    if budget.is_some() && level {
        return Err(invalid("You can only set only one of thinking budget and thinking level."));
    }
    if level && !model.has_thinking_levels() {
        return Err(invalid("Thinking level is not supported for this model."));
    }
    let (least, greatest, stops) = model.thinking_budget();
    match budget {
        None | Some(-1) => Ok(()),
        Some(0) if stops => Ok(()),
        Some(0) => Err(invalid("Budget 0 is invalid. This model only works in thinking mode.")),
        Some(budget) if (least..=greatest).contains(&budget) => Ok(()),
        Some(budget) => Err(invalid(format!(
            "The thinking budget {budget} is invalid. Please choose a value between {least} and {greatest}."
        ))),
    }
}

/// Checks `safetySettings` and `cachedContent`.
pub fn check_rest(body: &Value) -> Result<(), Problem> {
    let mut seen = Vec::new();
    for (index, setting) in items(body, "safety_settings").iter().enumerate() {
        let category = text(setting, "category");
        if ["", "HARM_CATEGORY_UNSPECIFIED"].contains(&category) {
            let what = "element predicate failed: $.category in (HarmCategory.HARM_CATEGORY_HATE_SPEECH, \
                 HarmCategory.HARM_CATEGORY_SEXUALLY_EXPLICIT, HarmCategory.HARM_CATEGORY_DANGEROUS_CONTENT, \
                 HarmCategory.HARM_CATEGORY_HARASSMENT, HarmCategory.HARM_CATEGORY_CIVIC_INTEGRITY)";
            return Err(at_fault(&format!("safety_settings[{index}]"), what));
        }
        if seen.contains(&category) {
            return Err(at_fault("safety_settings", &format!("duplicate category: {category}")));
        }
        seen.push(category);
    }
    let with_cache = ["system_instruction", "tools", "tool_config"];
    if body.get("cached_content").is_some() && with_cache.iter().any(|name| body.get(name).is_some()) {
        return Err(invalid(
            "CachedContent can not be used with GenerateContent request setting system_instruction, tools or \
             tool_config.\n\nProposed fix: move those values to CachedContent from GenerateContent request.",
        ));
    }
    Ok(())
}
