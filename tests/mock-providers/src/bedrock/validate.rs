//! Checks a Converse request the way Bedrock does: the members at the top.

use super::members::{of_characters, text, union};
use super::model::Model;
use super::wording::BedrockWording;
use super::{blocks, conversation, model_says, parameters, tools};
use crate::problem::Problem;
use crate::published::{self, Kind};
use crate::shape::{Fields, Node};
use serde_json::Value;

const MEMBERS: &[&str] = &[
    "messages",
    "system",
    "inferenceConfig",
    "toolConfig",
    "guardrailConfig",
    "additionalModelRequestFields",
    "promptVariables",
    "additionalModelResponseFieldPaths",
    "requestMetadata",
    "performanceConfig",
    "serviceTier",
    "outputConfig",
];
const MOST_CACHED: usize = 4;

/// Which of the two operations it is: the stream's guardrail has one member more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operation {
    /// `Converse`.
    Converse,
    /// `ConverseStream`.
    ConverseStream,
}

impl Operation {
    /// The type of its requests.
    fn kind(self) -> Kind {
        match self {
            Self::Converse => Kind::BedrockConverse,
            Self::ConverseStream => Kind::BedrockConverseStream,
        }
    }
}

/// Checks a whole body.
pub fn check(body: &Value, model: &Model, operation: Operation) -> Result<(), Problem> {
    if !model.talks() {
        return Err(Problem::invalid(
            "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
        ));
    }
    let fields = Node::root(body, &BedrockWording).object(MEMBERS)?;
    for block in fields.nullable("system").map(|system| system.array()).transpose()?.unwrap_or_default() {
        blocks::system(&block)?;
    }
    let tools_offered = tools::check(&fields, model)?;
    conversation::check(&fields.required("messages")?, model, tools_offered)?;
    parameters::check(body, &fields, model)?;
    guardrail(&fields, operation)?;
    labels(&fields)?;
    wanted_fields(&fields)?;
    cache_points(body)?;
    published::check(operation.kind(), body).map_err(Problem::invalid)
}

fn guardrail(fields: &Fields<'_>, operation: Operation) -> Result<(), Problem> {
    let Some(config) = fields.nullable("guardrailConfig") else { return Ok(()) };
    let known = ["guardrailIdentifier", "guardrailVersion", "trace", "streamProcessingMode"];
    let known = if operation == Operation::ConverseStream { &known[..] } else { &known[..3] };
    let config = config.object(known)?;
    let pattern = "(|([a-z0-9]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+))";
    let identifier = config.required("guardrailIdentifier")?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if !identifier.string()?.starts_with("arn:aws") {
        of_characters(&identifier, (0, 2048), pattern, plain)?;
    }
    let version = config.required("guardrailVersion")?;
    if !matches!(version.string()?, "" | "DRAFT") {
        of_characters(&version, (1, 8), "(|([1-9][0-9]{0,7})|(DRAFT))", |c| c.is_ascii_digit())?;
    }
    if let Some(trace) = config.nullable("trace") {
        trace.one_of(&["enabled", "disabled", "enabled_full"])?;
    }
    match config.nullable("streamProcessingMode") {
        Some(mode) => mode.one_of(&["sync", "async"]).map(drop),
        None => Ok(()),
    }
}

fn labels(fields: &Fields<'_>) -> Result<(), Problem> {
    if let Some(config) = fields.nullable("performanceConfig")
        && let Some(latency) = config.object(&["latency"])?.nullable("latency")
    {
        latency.one_of(&["standard", "optimized"])?;
    }
    if let Some(tier) = fields.nullable("serviceTier") {
        tier.object(&["type"])?.required("type")?.one_of(&["priority", "default", "flex", "reserved"])?;
    }
    if let Some(metadata) = fields.nullable("requestMetadata") {
        request_metadata(&metadata)?;
    }
    if let Some(variables) = fields.nullable("promptVariables") {
        for (_, variable) in variables.open_object()?.all() {
            union(&variable, "PromptVariableValues", &["text"])?.1.string()?;
        }
    }
    Ok(())
}

fn request_metadata(metadata: &Node<'_>) -> Result<(), Problem> {
    let entries = metadata.open_object()?.all();
    if !(1..=16).contains(&entries.len()) {
        return Err(metadata.problem(
            "1 validation error detected: Value at 'requestMetadata' failed to satisfy constraint: Member must have \
             length between 1 and 16",
        ));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || c.is_whitespace() || ":_@$#=/+,-.".contains(c);
    for (key, value) in entries {
        if !(1..=256).contains(&key.len()) || !key.chars().all(allowed) {
            return Err(metadata.problem(&format!("The key {key} in requestMetadata is invalid.")));
        }
        of_characters(&value, (0, 256), "[a-zA-Z0-9\\s:_@$#=/+,-.]{0,256}", allowed)?;
    }
    Ok(())
}

fn wanted_fields(fields: &Fields<'_>) -> Result<(), Problem> {
    let Some(paths) = fields.nullable("additionalModelResponseFieldPaths") else { return Ok(()) };
    let list = paths.array()?;
    if list.len() > 10 {
        return Err(paths.problem("additionalModelResponseFieldPaths can have at most 10 paths."));
    }
    list.iter().try_for_each(|path| {
        if text(path, 1, 256)?.starts_with('/') {
            return Ok(());
        }
        Err(path.problem(&format!("The JSON Pointer at {} is invalid.", path.path)))
    })
}

fn cache_points(body: &Value) -> Result<(), Problem> {
    let tools = body.pointer("/toolConfig/tools");
    let found: usize = [body.get("system"), body.get("messages"), tools].into_iter().flatten().map(count).sum();
    if found <= MOST_CACHED {
        return Ok(());
    }
    Err(model_says(Problem::invalid(format!(
        "A maximum of {MOST_CACHED} blocks with cache_control may be provided. Found {found}."
    ))))
}

/// Counts cache points in a list of blocks, or of messages.
fn count(list: &Value) -> usize {
    let blocks = list.as_array().into_iter().flatten();
    blocks
        .map(|block| {
            let own = block.get("cachePoint").is_some_and(|point| !point.is_null());
            usize::from(own) + block.get("content").map_or(0, count)
        })
        .sum()
}
