//! Checks a Messages request the way Anthropic does: the fields at the top.

use super::version::Version;
use super::wording::AnthropicWording;
use super::{blocks, conversation, thinking, tools};
use crate::model_name::claude_version;
use crate::problem::Problem;
use crate::published::{self, Kind};
use crate::schema;
use crate::shape::{Fields, Node};
use serde_json::Value;

const FIELDS: &[&str] = &[
    "max_tokens",
    "messages",
    "model",
    "cache_control",
    "container",
    "diagnostics",
    "inference_geo",
    "metadata",
    "output_config",
    "service_tier",
    "speed",
    "stop_sequences",
    "stream",
    "system",
    "thinking",
    "tool_choice",
    "tools",
];
/// Fields of a request whose tokens are counted.
const COUNTED: &[&str] =
    &["messages", "model", "cache_control", "output_config", "speed", "system", "thinking", "tool_choice", "tools"];
/// Fields of the first version only.
const SAMPLING: &[&str] = &["temperature", "top_p", "top_k"];
/// Fields that a beta feature adds.
const BETA_FIELDS: &[(&str, &str)] = &[("context-management-", "context_management"), ("mcp-client-", "mcp_servers")];
const EFFORTS: &[&str] = &["low", "medium", "high", "xhigh", "max"];
const MOST_CACHED: usize = 4;

/// Checks a whole body.
pub fn check(body: &Value, version: Version, betas: &[&str]) -> Result<(), Problem> {
    let fields = Node::root(body, &AnthropicWording).object(&known(version, betas))?;
    let model = model(&fields)?;
    fields.required("max_tokens")?.integer(1, i64::MAX)?;
    if let Some(stream) = fields.optional("stream") {
        stream.boolean()?;
    }
    if let Some(system) = fields.optional("system") {
        blocks::system(&system)?;
    }
    conversation::check(&fields.required("messages")?, model, version)?;
    sampling(&fields, model)?;
    tools::check(&fields, model)?;
    thinking::check(&fields, model)?;
    output_config(&fields, model)?;
    labels(&fields)?;
    cache_points(body)?;
    published(body, version, betas)
}

/// Checks a whole body whose tokens are to be counted: it has fewer fields, and no limit.
pub fn check_count(body: &Value, version: Version, betas: &[&str]) -> Result<(), Problem> {
    let added = BETA_FIELDS.iter().map(|(_, field)| field);
    let counted: Vec<_> = COUNTED.iter().chain(added).copied().collect();
    Node::root(body, &AnthropicWording).object(&counted)?;
    let mut limited = body.clone();
    limited["max_tokens"] = i64::MAX.into();
    check(&limited, version, betas)?;
    if betas.is_empty() {
        published::check(Kind::AnthropicCountTokens, body).map_err(Problem::invalid)?;
    }
    Ok(())
}

/// The SDK publishes the newest version, and a type of its own for what beta features add.
fn published(body: &Value, version: Version, betas: &[&str]) -> Result<(), Problem> {
    let mut body = body.clone();
    if let (Version::First, Value::Object(map)) = (version, &mut body) {
        map.retain(|key, _| !SAMPLING.contains(&key.as_str()));
    }
    let kind = if betas.is_empty() { Kind::AnthropicMessages } else { Kind::AnthropicBetaMessages };
    published::check(kind, &body).map_err(Problem::invalid)
}

/// Checks what a host passes on that takes the conversation and the tools in a shape of its own. The
/// body has no more of the messages than the kinds of their blocks.
pub fn check_parameters(body: &Value, betas: &[&str]) -> Result<(), Problem> {
    let fields = Node::root(body, &AnthropicWording).object(&known(Version::First, betas))?;
    let model = model(&fields)?;
    sampling(&fields, model)?;
    thinking::check(&fields, model)?;
    output_config(&fields, model)?;
    labels(&fields)
}

fn known(version: Version, betas: &[&str]) -> Vec<&'static str> {
    let mut known = FIELDS.to_vec();
    if version == Version::First {
        known.extend(SAMPLING);
    }
    let added = |(beta, _): &&(&str, &str)| betas.iter().any(|named| named.starts_with(beta));
    known.extend(BETA_FIELDS.iter().filter(added).map(|(_, field)| field));
    known
}

fn model<'a>(fields: &Fields<'a>) -> Result<&'a str, Problem> {
    let node = fields.required("model")?;
    match node.string()? {
        "" => Err(node.problem("String should have at least 1 character")),
        "no-such-model" => Err(Problem::new(404, "not_found_error", "model: no-such-model")),
        name => Ok(name),
    }
}

fn sampling(fields: &Fields<'_>, model: &str) -> Result<(), Problem> {
    let temperature = fields.optional("temperature");
    let top_p = fields.optional("top_p");
    for number in [&temperature, &top_p].into_iter().flatten() {
        number.number(0.0, 1.0)?;
    }
    if let Some(top_k) = fields.optional("top_k") {
        top_k.integer(0, i64::MAX)?;
    }
    if claude_version(model) >= Some((4, 7)) {
        not_sampled(fields)?;
    }
    if temperature.is_some() && top_p.is_some() && claude_version(model) >= Some((4, 1)) {
        return Err(Problem::invalid(
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
        ));
    }
    let Some(sequences) = fields.optional("stop_sequences") else { return Ok(()) };
    sequences.array()?.iter().try_for_each(|sequence| {
        if sequence.string()?.trim().is_empty() {
            return Err(sequences.problem("each stop sequence must contain non-whitespace"));
        }
        Ok(())
    })
}

/// Models since 4.7 take sampling parameters only as far as these say what is so anyway.
fn not_sampled(fields: &Fields<'_>) -> Result<(), Problem> {
    for (key, usual) in [("temperature", Some(1.0)), ("top_p", Some(1.0)), ("top_k", None)] {
        if fields.optional(key).is_some_and(|given| usual.is_none() || given.value.as_f64() != usual) {
            return Err(Problem::invalid(format!("`{key}` is deprecated for this model.")));
        }
    }
    Ok(())
}

fn output_config(fields: &Fields<'_>, model: &str) -> Result<(), Problem> {
    let Some(config) = fields.optional("output_config") else { return Ok(()) };
    let config = config.object(&["effort", "format"])?;
    if let Some(effort) = config.nullable("effort") {
        effort.one_of(EFFORTS)?;
        if !has_effort(model) {
            return Err(Problem::invalid("This model does not support the effort parameter."));
        }
    }
    let Some(format) = config.nullable("format") else { return Ok(()) };
    let format = format.object(&["type", "schema"])?;
    format.required("type")?.one_of(&["json_schema"])?;
    let schema = format.required("schema")?;
    schema.open_object()?;
    held_to(&schema)
}

/// A schema that answers or arguments are held to.
pub fn held_to(schema: &Node<'_>) -> Result<(), Problem> {
    if schema::open_object(schema.value).is_some() {
        return Err(schema.problem("For 'object' type, 'additionalProperties' must be explicitly set to false"));
    }
    match schema::untaken(schema.value, &schema::CLAUDE).as_deref() {
        Some([path @ .., keyword]) => {
            Err(schema.problem(&format!("property {keyword} is not supported (at '{}')", path.join("."))))
        }
        _ => Ok(()),
    }
}

/// Effort came with Opus 4.5, and to the others with 4.6.
fn has_effort(model: &str) -> bool {
    match claude_version(model) {
        Some((4, 5)) => model.contains("opus"),
        Some(version) => version >= (4, 6),
        None => true,
    }
}

fn labels(fields: &Fields<'_>) -> Result<(), Problem> {
    if let Some(metadata) = fields.optional("metadata")
        && let Some(user) = metadata.object(&["user_id"])?.nullable("user_id")
        && user.string()?.chars().count() > 256
    {
        return Err(user.problem("String should have at most 256 characters"));
    }
    if let Some(tier) = fields.optional("service_tier") {
        tier.one_of(&["auto", "standard_only"])?;
    }
    if let Some(speed) = fields.nullable("speed") {
        speed.one_of(&["standard", "fast"])?;
    }
    if let Some(geo) = fields.nullable("inference_geo") {
        geo.string()?;
    }
    if let Some(diagnostics) = fields.nullable("diagnostics") {
        diagnostics.object(&["previous_message_id"])?;
    }
    blocks::cache_control(fields)
}

fn cache_points(body: &Value) -> Result<(), Problem> {
    let found = count_cache_points(body);
    if found <= MOST_CACHED {
        return Ok(());
    }
    Err(Problem::invalid(format!(
        "A maximum of {MOST_CACHED} blocks with cache_control may be provided. Found {found}."
    )))
}

/// Counts cache points wherever Anthropic reads them: not in tool arguments or schemas.
fn count_cache_points(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(count_cache_points).sum(),
        Value::Object(map) => {
            let own = map.get("cache_control").is_some_and(|point| !point.is_null());
            let inner = ["system", "messages", "tools", "content"];
            let below: usize = inner.iter().filter_map(|key| map.get(*key)).map(count_cache_points).sum();
            usize::from(own) + below
        }
        _ => 0,
    }
}
