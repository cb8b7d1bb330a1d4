//! Checks content blocks: what each kind has, and whose messages it may be in.

use super::media;
use super::members::{json_object, of_characters, text, tool_name, tool_use_id, union};
use super::model::{Family, Model};
use super::{REDACTED, model_says};
use crate::anthropic::SIGNATURE;
use crate::base64;
use crate::problem::Problem;
use crate::shape::Node;

const KINDS: &[&str] = &[
    "text",
    "image",
    "document",
    "video",
    "audio",
    "toolUse",
    "toolResult",
    "guardContent",
    "cachePoint",
    "reasoningContent",
    "citationsContent",
    "searchResult",
    "toolAddition",
    "toolRemoval",
];
const RESULT_KINDS: &[&str] = &["json", "text", "image", "document", "video", "searchResult"];

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speaker {
    /// The user.
    User,
    /// The assistant.
    Assistant,
    /// The operator, in the middle of a conversation.
    System,
}

/// What the order and number of blocks depend on.
#[derive(Debug, PartialEq)]
pub enum Block<'a> {
    /// A text.
    Text(&'a str),
    /// A tool use that the caller has to answer, and its id.
    ToolUse(&'a str),
    /// The caller's answer, and the id of the use it is for.
    ToolResult(&'a str),
    /// A document, and its name.
    Document(&'a str),
    /// Thinking, redacted or not.
    Reasoning,
    /// Anything else.
    Other,
}

/// Checks a block in a message and reads it.
pub fn block<'a>(node: &Node<'a>, speaker: Speaker, model: &Model) -> Result<Block<'a>, Problem> {
    let (kind, inner) = union(node, "ContentBlock", KINDS)?;
    placed(node, kind, &inner, speaker)?;
    match kind {
        "text" => return not_blank(node, &inner).map(Block::Text),
        "toolUse" => return tool_use(&inner),
        "toolResult" => return tool_result(&inner, model),
        "document" => return media::document(&inner, model).map(Block::Document),
        "reasoningContent" => return reasoning(&inner, model).map(|()| Block::Reasoning),
        "image" => media::image(&inner)?,
        "video" => media::video(&inner)?,
        "audio" => media::audio(&inner)?,
        "guardContent" => guard_content(&inner)?,
        "cachePoint" => cache_point(&inner)?,
        "searchResult" => media::search_result(&inner)?,
        "citationsContent" => citations_content(&inner)?,
        _ => tool_change(&inner)?,
    }
    Ok(Block::Other)
}

/// Checks a block of `system`.
pub fn system(node: &Node<'_>) -> Result<(), Problem> {
    let (kind, inner) = union(node, "SystemContentBlock", &["text", "guardContent", "cachePoint"])?;
    match kind {
        "text" => text(&inner, 1, usize::MAX).and_then(|_| not_blank(node, &inner)).map(drop),
        "guardContent" => guard_content(&inner),
        _ => cache_point(&inner),
    }
}

/// Whether a block may be in the speaker's messages.
fn placed(node: &Node<'_>, kind: &str, inner: &Node<'_>, speaker: Speaker) -> Result<(), Problem> {
    // What a tool of the service's own said comes back in the assistant's message.
    let served = inner.value.get("type").is_some_and(|kind| !kind.is_null());
    let (whose, what) = match (speaker, kind) {
        (Speaker::User, "toolUse") => ("User", "tool uses"),
        (Speaker::User, "reasoningContent") => ("User", "reasoning content"),
        (Speaker::User, "citationsContent") => ("User", "citations content"),
        (Speaker::Assistant, "toolResult") if !served => ("Assistant", "tool results"),
        (Speaker::Assistant, "image" | "video" | "audio") => ("Assistant", "images, videos or sounds"),
        (Speaker::Assistant, "document" | "searchResult") => ("Assistant", "documents"),
        (Speaker::User | Speaker::Assistant, "toolAddition" | "toolRemoval") => ("User and assistant", "tool changes"),
        (Speaker::System, kind) if !matches!(kind, "text" | "cachePoint" | "toolAddition" | "toolRemoval") => {
            ("System", kind)
        }
        _ => return Ok(()),
    };
    let message = format!("{whose} messages cannot contain {what}. Please remove the {what} and try again.");
    Err(node.problem(&message))
}

fn not_blank<'a>(block: &Node<'a>, said: &Node<'a>) -> Result<&'a str, Problem> {
    let text = said.string()?;
    if text.is_empty() {
        return Err(block.problem(&format!(
            "The text field in the ContentBlock object at {} is blank. Add text to the text field, and try again.",
            block.path
        )));
    }
    if text.trim().is_empty() {
        let place = block.path.split('.').next().unwrap_or_default();
        let message = format!("{place}: text content blocks must contain non-whitespace text");
        return Err(model_says(Problem::invalid(message)));
    }
    Ok(text)
}

fn tool_use<'a>(node: &Node<'a>) -> Result<Block<'a>, Problem> {
    let fields = node.object(&["toolUseId", "name", "input", "type"])?;
    let id = tool_use_id(&fields.required("toolUseId")?)?;
    tool_name(&fields.required("name")?)?;
    json_object(&fields.required("input")?)?;
    match fields.nullable("type") {
        Some(kind) => kind.one_of(&["server_tool_use"]).map(|_| Block::Other),
        None => Ok(Block::ToolUse(id)),
    }
}

fn tool_result<'a>(node: &Node<'a>, model: &Model) -> Result<Block<'a>, Problem> {
    let fields = node.object(&["toolUseId", "content", "status", "type"])?;
    let id = tool_use_id(&fields.required("toolUseId")?)?;
    if let Some(status) = fields.nullable("status") {
        status.one_of(&["success", "error"])?;
    }
    for part in fields.required("content")?.array()? {
        let (kind, inner) = union(&part, "ToolResultContentBlock", RESULT_KINDS)?;
        match kind {
            "json" => json_object(&inner)?,
            "text" => not_blank(&part, &inner).map(drop)?,
            "image" => media::image(&inner)?,
            "document" => media::document(&inner, model).map(drop)?,
            "video" => media::video(&inner)?,
            _ => media::search_result(&inner)?,
        }
    }
    match fields.nullable("type") {
        Some(kind) => kind.string().map(|_| Block::Other),
        None => Ok(Block::ToolResult(id)),
    }
}

/// Claude knows its own thoughts; nobody else's are checked.
fn reasoning(node: &Node<'_>, model: &Model) -> Result<(), Problem> {
    let claude = model.family == Family::Claude;
    let (kind, inner) = union(node, "ReasoningContentBlock", &["reasoningText", "redactedContent"])?;
    if kind == "redactedContent" {
        media::bytes(&inner)?;
        let data = base64::decode(inner.string()?).unwrap_or_default();
        if claude && !data.starts_with(REDACTED.as_bytes()) {
            let message = format!("{}: Invalid `data` in `redacted_thinking` block", node.path);
            return Err(model_says(Problem::invalid(message)));
        }
        return Ok(());
    }
    let fields = inner.object(&["text", "signature"])?;
    fields.required("text")?.string()?;
    let signature = fields.nullable("signature").map(|signature| signature.string()).transpose()?;
    match signature {
        _ if !claude => Ok(()),
        Some(signature) if signature.starts_with(SIGNATURE) => Ok(()),
        Some(_) => {
            let message = format!("{}: Invalid `signature` in `thinking` block", node.path);
            Err(model_says(Problem::invalid(message)))
        }
        None => {
            let message = format!("{}.thinking.signature: Field required", node.path);
            Err(model_says(Problem::invalid(message)))
        }
    }
}

fn guard_content(node: &Node<'_>) -> Result<(), Problem> {
    let (kind, inner) = union(node, "GuardrailConverseContentBlock", &["text", "image"])?;
    if kind == "image" {
        return media::guarded_image(&inner);
    }
    let fields = inner.object(&["text", "qualifiers"])?;
    fields.required("text")?.string()?;
    let qualifiers = fields.nullable("qualifiers").map(|list| list.array()).transpose()?.unwrap_or_default();
    let known = ["grounding_source", "query", "guard_content"];
    qualifiers.iter().try_for_each(|qualifier| qualifier.one_of(&known).map(drop))
}

/// Checks a cache point.
pub fn cache_point(node: &Node<'_>) -> Result<(), Problem> {
    let fields = node.object(&["type", "ttl"])?;
    fields.required("type")?.one_of(&["default"])?;
    match fields.nullable("ttl") {
        Some(ttl) => ttl.one_of(&["5m", "1h"]).map(drop),
        None => Ok(()),
    }
}

fn citations_content(node: &Node<'_>) -> Result<(), Problem> {
    let fields = node.object(&["content", "citations"])?;
    if let Some(content) = fields.nullable("content") {
        for part in content.array()? {
            let (_, said) = union(&part, "CitationGeneratedContent", &["text"])?;
            not_blank(&part, &said)?;
        }
    }
    let Some(citations) = fields.nullable("citations") else { return Ok(()) };
    let places = ["web", "documentChar", "documentPage", "documentChunk", "searchResultLocation"];
    citations.array()?.iter().try_for_each(|citation| {
        let fields = citation.object(&["title", "source", "sourceContent", "location"])?;
        match fields.nullable("location") {
            Some(location) => union(&location, "CitationLocation", &places).map(drop),
            None => Ok(()),
        }
    })
}

/// A tool that is offered from here on, or not any longer.
fn tool_change(node: &Node<'_>) -> Result<(), Problem> {
    let tool = node.object(&["tool"])?.required("tool")?;
    let fields = tool.object(&["type", "name", "serverName"])?;
    for (key, longest) in [("type", 64), ("name", 128), ("serverName", 128)] {
        if let Some(value) = fields.nullable(key) {
            of_characters(&value, (1, longest), "[\\s\\S]*", |_| true)?;
        }
    }
    Ok(())
}
