//! Checks a chat request the way Cohere does: the fields at the top.

use super::messages;
use super::wording::{CohereWording, invalid};
use crate::problem::Problem;
use crate::published::{self, Kind};
use crate::schema;
use crate::shape::{Fields, Node};
use serde_json::Value;

const FIELDS: &[&str] = &[
    "model",
    "messages",
    "tools",
    "strict_tools",
    "documents",
    "citation_options",
    "response_format",
    "safety_mode",
    "max_tokens",
    "stop_sequences",
    "temperature",
    "seed",
    "frequency_penalty",
    "presence_penalty",
    "k",
    "p",
    "logprobs",
    "tool_choice",
    "thinking",
    "priority",
    "stream",
];
/// Numbers, and the least and the greatest they may be.
const RANGES: &[(&str, f64, f64)] =
    &[("temperature", 0.0, 1.0), ("frequency_penalty", 0.0, 1.0), ("presence_penalty", 0.0, 1.0), ("p", 0.01, 0.99)];

/// Checks a whole body.
pub fn check(body: &Value) -> Result<(), Problem> {
    let fields = Node::root(body, &CohereWording).object(FIELDS)?;
    model(&fields)?;
    messages::check(&fields.required("messages")?)?;
    sampling(&fields)?;
    tools(&fields)?;
    for document in list(&fields, "documents")? {
        if !document.value.is_string() {
            messages::document(&document)?;
        }
    }
    format(&fields)?;
    rest(&fields)?;
    published(Kind::CohereChat, body)
}

/// Checks a body against the type that the SDK publishes.
pub fn published(kind: Kind, body: &Value) -> Result<(), Problem> {
    published::check(kind, body).map_err(|message| Problem::new(400, "", message))
}

/// Checks `model`.
pub fn model(fields: &Fields<'_>) -> Result<(), Problem> {
    let Some(model) = fields.nullable("model") else {
        return Err(Problem::new(400, "", "a model parameter is required for this endpoint."));
    };
    match model.string()? {
        "" => Err(Problem::new(400, "", "a model parameter is required for this endpoint.")),
        "no-such-model" => Err(Problem::new(
            404,
            "",
            "model 'no-such-model' not found, make sure the correct model ID was used and that you have access to the \
             model.",
        )),
        _ => Ok(()),
    }
}

/// The items of a list that may be left out.
pub fn list<'a>(fields: &Fields<'a>, key: &str) -> Result<Vec<Node<'a>>, Problem> {
    fields.nullable(key).map_or(Ok(Vec::new()), |list| list.array())
}

fn sampling(fields: &Fields<'_>) -> Result<(), Problem> {
    for (key, least, greatest) in RANGES {
        if let Some(number) = fields.nullable(key) {
            let found = number.number(f64::MIN, f64::MAX)?;
            if found < *least || found > *greatest {
                return Err(invalid(&format!("{key} must be between {least} and {greatest:?} inclusive.")));
            }
        }
    }
    for (key, least, greatest) in
        [("max_tokens", 0, i64::MAX), ("k", 0, 500), ("seed", 0, i64::MAX), ("priority", 0, 999)]
    {
        if let Some(number) = fields.nullable(key) {
            number.integer(least, greatest)?;
        }
    }
    let penalized = |key: &str| fields.nullable(key).is_some_and(|penalty| penalty.value.as_f64() != Some(0.0));
    if penalized("frequency_penalty") && penalized("presence_penalty") {
        return Err(invalid("cannot specify both frequency_penalty and presence_penalty."));
    }
    let sequences = list(fields, "stop_sequences")?;
    if sequences.len() > 5 {
        return Err(invalid("stop_sequences must have at most 5 items"));
    }
    sequences.iter().try_for_each(|sequence| sequence.string().map(drop))
}

fn tools(fields: &Fields<'_>) -> Result<(), Problem> {
    let tools = list(fields, "tools")?;
    let is_strict = fields.nullable("strict_tools").is_some_and(|strict| strict.value == true);
    for tool in &tools {
        let tool = tool.object(&["type", "function"])?;
        tool.required("type")?.one_of(&["function"])?;
        let function = tool.required("function")?.object(&["name", "description", "parameters"])?;
        function.required("name")?.name(128)?;
        if let Some(description) = function.nullable("description") {
            description.string()?;
        }
        let parameters = function.required("parameters")?;
        if is_strict {
            held_to(&parameters)?;
            if parameters.value["required"].as_array().is_none_or(Vec::is_empty) {
                return Err(invalid("strict_tools needs at least one required parameter in each tool"));
            }
        }
        let parameters = parameters.open_object()?;
        if parameters.optional("type").is_some_and(|kind| kind.value != "object") {
            return Err(invalid("the parameters of a tool must be a JSON schema of type object"));
        }
    }
    let Some(choice) = fields.nullable("tool_choice") else { return Ok(()) };
    if choice.one_of(&["REQUIRED", "NONE"])? == "REQUIRED" && tools.is_empty() {
        return Err(invalid("tool_choice REQUIRED needs the tools parameter"));
    }
    Ok(())
}

/// A schema that answers or arguments are held to.
fn held_to(schema: &Node<'_>) -> Result<(), Problem> {
    match schema::untaken(schema.value, &schema::COHERE) {
        Some(path) => Err(invalid(&format!("invalid JSON schema: '{}' is not supported", path.join(".")))),
        None => Ok(()),
    }
}

fn format(fields: &Fields<'_>) -> Result<(), Problem> {
    let Some(format) = fields.nullable("response_format") else { return Ok(()) };
    let kind = format.open_object()?.required("type")?.one_of(&["text", "json_object"])?;
    if kind == "text" {
        return format.object(&["type"]).map(drop);
    }
    if let Some(schema) = format.object(&["type", "json_schema"])?.nullable("json_schema") {
        schema.open_object()?;
        held_to(&schema)?;
    }
    if !list(fields, "documents")?.is_empty() {
        return Err(invalid("response_format is not supported with RAG."));
    }
    if !list(fields, "tools")?.is_empty() {
        return Err(invalid("response_format is not supported with tools."));
    }
    Ok(())
}

fn rest(fields: &Fields<'_>) -> Result<(), Problem> {
    for key in ["stream", "strict_tools", "logprobs"] {
        if let Some(flag) = fields.nullable(key) {
            flag.boolean()?;
        }
    }
    if let Some(mode) = fields.nullable("safety_mode") {
        mode.one_of(&["CONTEXTUAL", "STRICT", "OFF"])?;
    }
    if let Some(options) = fields.nullable("citation_options")
        && let Some(mode) = options.object(&["mode"])?.nullable("mode")
    {
        mode.one_of(&["ENABLED", "DISABLED", "FAST", "ACCURATE", "OFF"])?;
    }
    let Some(thinking) = fields.nullable("thinking") else { return Ok(()) };
    let thinking = thinking.object(&["type", "token_budget"])?;
    thinking.required("type")?.one_of(&["enabled", "disabled"])?;
    match thinking.nullable("token_budget") {
        Some(budget) => budget.integer(0, i64::MAX).map(drop),
        None => Ok(()),
    }
}
