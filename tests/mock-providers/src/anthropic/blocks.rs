//! Checks content blocks: what each type has, and whose messages it may be in.

use super::sources;
use super::version::Version;
use super::{REDACTED, SIGNATURE};
use crate::problem::Problem;
use crate::shape::{Fields, Node, is_name_byte};

const KINDS: &[&str] = &[
    "text",
    "image",
    "document",
    "search_result",
    "thinking",
    "redacted_thinking",
    "tool_use",
    "tool_result",
    "server_tool_use",
    "web_search_tool_result",
    "web_fetch_tool_result",
    "code_execution_tool_result",
    "bash_code_execution_tool_result",
    "text_editor_code_execution_tool_result",
    "tool_search_tool_result",
    "container_upload",
];
const RESULT_KINDS: &[&str] = &["text", "image", "search_result", "document", "tool_reference", "browser_state"];
const EMPTY: &str = "text content blocks must be non-empty";
const BLANK: &str = "text content blocks must contain non-whitespace text";

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

/// What the order of blocks depends on.
#[derive(Debug)]
pub enum Block<'a> {
    /// A text.
    Text(&'a str),
    /// A tool use, and its id.
    ToolUse(&'a str),
    /// A tool result, and the id of the use it is for.
    ToolResult(&'a str),
    /// Anything else.
    Other,
}

impl<'a> Block<'a> {
    /// The id, if this is a tool use.
    pub fn tool_use(&self) -> Option<&'a str> {
        if let Self::ToolUse(id) = self { Some(id) } else { None }
    }

    /// The id of the tool use, if this is a tool result.
    pub fn result(&self) -> Option<&'a str> {
        if let Self::ToolResult(id) = self { Some(id) } else { None }
    }
}

/// Checks `system`: a string or text blocks.
pub fn system(system: &Node<'_>) -> Result<(), Problem> {
    if system.value.is_string() {
        return Ok(());
    }
    for block in system.array()? {
        let fields = block.open_object()?;
        fields.required("type")?.one_of(&["text"])?;
        not_blank(text(&block, false)?, "system")?;
    }
    Ok(())
}

/// Checks a message's content and reads its blocks.
pub fn content<'a>(content: &Node<'a>, speaker: Speaker, version: Version) -> Result<Vec<Block<'a>>, Problem> {
    if let Some(text) = content.value.as_str() {
        let words = [text].into_iter().filter(|text| !text.is_empty());
        return Ok(words.map(Block::Text).collect());
    }
    content.array()?.iter().map(|node| block(node, speaker, version)).collect()
}

fn block<'a>(node: &Node<'a>, speaker: Speaker, version: Version) -> Result<Block<'a>, Problem> {
    let kind = node.open_object()?.required("type")?.one_of(KINDS)?;
    placed(node, kind, speaker, version)?;
    let tagged = node.tagged(kind);
    match kind {
        "text" => {
            let user = speaker != Speaker::Assistant && version == Version::Second;
            let text = text(&tagged, user)?;
            not_blank(text, "messages")?;
            return Ok(Block::Text(text));
        }
        "tool_use" => return tool_use(&tagged).map(Block::ToolUse),
        "tool_result" => return tool_result(&tagged).map(Block::ToolResult),
        "image" => sources::image(&tagged)?,
        "document" => sources::document(&tagged)?,
        "search_result" => search_result(&tagged)?,
        "thinking" => {
            let fields = tagged.object(&["type", "thinking", "signature"])?;
            fields.required("thinking")?.string()?;
            if !fields.required("signature")?.string()?.starts_with(SIGNATURE) {
                return Err(node.problem("Invalid `signature` in `thinking` block"));
            }
        }
        "redacted_thinking" => {
            let data = tagged.object(&["type", "data"])?.required("data")?;
            if !data.string()?.starts_with(REDACTED) {
                return Err(node.problem("Invalid `data` in `redacted_thinking` block"));
            }
        }
        // Blocks of server tools come from the provider and go back as they are.
        _ => cache_control(&tagged.open_object()?)?,
    }
    Ok(Block::Other)
}

/// Whether a block may be in the speaker's messages.
fn placed(node: &Node<'_>, kind: &str, speaker: Speaker, version: Version) -> Result<(), Problem> {
    let only = match (kind, speaker) {
        ("tool_use" | "thinking" | "redacted_thinking" | "server_tool_use", Speaker::User) => "assistant",
        ("tool_result", Speaker::Assistant) => "user",
        ("document", Speaker::Assistant) if version == Version::Second => "user",
        ("text", _) => return Ok(()),
        (_, Speaker::System) => {
            return Err(node.problem("`system` messages can only have `text` blocks"));
        }
        _ => return Ok(()),
    };
    Err(node.problem(&format!("`{kind}` blocks can only be in `{only}` messages")))
}

/// Checks a text block, which may be empty as far as this goes.
fn text<'a>(node: &Node<'a>, no_citations: bool) -> Result<&'a str, Problem> {
    let fields = node.object(&["type", "text", "cache_control", "citations"])?;
    if let Some(citations) = fields.nullable("citations") {
        let list = citations.array()?;
        if no_citations && !list.is_empty() {
            return Err(citations.problem("citations are only permitted in `assistant` messages"));
        }
        for citation in list {
            citation.open_object()?.required("type")?.string()?;
        }
    }
    cache_control(&fields)?;
    fields.required("text")?.string()
}

fn not_blank(text: &str, place: &str) -> Result<(), Problem> {
    match text {
        "" => Err(Problem::invalid(format!("{place}: {EMPTY}"))),
        _ if text.trim().is_empty() => Err(Problem::invalid(format!("{place}: {BLANK}"))),
        _ => Ok(()),
    }
}

fn tool_use<'a>(node: &Node<'a>) -> Result<&'a str, Problem> {
    let known = ["type", "id", "name", "input", "cache_control", "caller", "toolset_name"];
    let fields = node.object(&known)?;
    fields.required("name")?.name(200)?;
    fields.required("input")?.open_object()?;
    cache_control(&fields)?;
    tool_id(&fields.required("id")?)
}

fn tool_result<'a>(node: &Node<'a>) -> Result<&'a str, Problem> {
    let known = ["type", "tool_use_id", "content", "is_error", "cache_control", "toolset_name"];
    let fields = node.object(&known)?;
    let failed = fields.optional("is_error").map(|node| node.boolean()).transpose()?;
    cache_control(&fields)?;
    let content = fields.optional("content").filter(|content| !content.value.is_string());
    let blocks = content.map(|content| content.array()).transpose()?.unwrap_or_default();
    for block in blocks {
        let kind = block.open_object()?.required("type")?.one_of(RESULT_KINDS)?;
        if failed == Some(true) && kind != "text" {
            return Err(node.problem("all content must be type \"text\" if \"is_error\" is true"));
        }
        let tagged = block.tagged(kind);
        match kind {
            "text" => not_blank(text(&tagged, false)?, "messages")?,
            "image" => sources::image(&tagged)?,
            "document" => sources::document(&tagged)?,
            "search_result" => search_result(&tagged)?,
            "tool_reference" => {
                let known = ["type", "tool_name", "cache_control"];
                tagged.object(&known)?.required("tool_name")?.string()?;
            }
            _ => {
                let known = ["type", "tabs", "cache_control", "state_changes"];
                tagged.object(&known)?.required("tabs")?.array()?;
            }
        }
    }
    tool_id(&fields.required("tool_use_id")?)
}

fn tool_id<'a>(node: &Node<'a>) -> Result<&'a str, Problem> {
    let id = node.string()?;
    if !id.is_empty() && id.bytes().all(is_name_byte) {
        return Ok(id);
    }
    Err(node.problem("String should match pattern '^[a-zA-Z0-9_-]+$'"))
}

fn search_result(node: &Node<'_>) -> Result<(), Problem> {
    let known = ["type", "content", "source", "title", "cache_control", "citations"];
    let fields = node.object(&known)?;
    fields.required("source")?.string()?;
    fields.required("title")?.string()?;
    for block in fields.required("content")?.array()? {
        not_blank(text(&block, false)?, "messages")?;
    }
    cache_control(&fields)
}

/// Checks `cache_control`, where it is allowed.
pub fn cache_control(fields: &Fields<'_>) -> Result<(), Problem> {
    let Some(control) = fields.nullable("cache_control") else { return Ok(()) };
    let control = control.object(&["type", "ttl"])?;
    control.required("type")?.one_of(&["ephemeral"])?;
    match control.optional("ttl") {
        Some(ttl) => ttl.one_of(&["5m", "1h"]).map(drop),
        None => Ok(()),
    }
}
