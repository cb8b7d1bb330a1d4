//! Checks messages: what each role may say, and that every tool call is answered.

use super::wording::invalid;
use crate::base64;
use crate::problem::Problem;
use crate::shape::Node;

/// Checks `messages`.
pub fn check(messages: &Node<'_>) -> Result<(), Problem> {
    let list = messages.array()?;
    let mut open: Vec<&str> = Vec::new();
    let mut asked = false;
    for message in &list {
        let role = message.open_object()?.required("role")?.one_of(&["user", "assistant", "system", "tool"])?;
        if role != "tool" {
            all_answered(&open)?;
        }
        asked |= role != "system";
        match role {
            "assistant" => open = assistant(message)?,
            "tool" => answer(&mut open, tool(message)?)?,
            "user" => {
                let content = message.object(&["role", "content"])?.required("content")?;
                parts(&content, &["text", "image_url"])?;
            }
            _ => parts(&message.object(&["role", "content"])?.required("content")?, &["text"])?,
        }
    }
    if !asked {
        return Err(invalid("message must be at least 1 token long or tool results must be specified."));
    }
    all_answered(&open)
}

fn answer(open: &mut Vec<&str>, id: &str) -> Result<(), Problem> {
    match open.iter().position(|call| *call == id) {
        Some(index) => {
            open.remove(index);
            Ok(())
        }
        None => {
            Err(invalid(&format!("tool_call_id '{id}' does not match a tool call of the assistant message before")))
        }
    }
}

fn all_answered(open: &[&str]) -> Result<(), Problem> {
    match open.first() {
        Some(id) => Err(invalid(&format!("tool call '{id}' has no tool message with its result"))),
        None => Ok(()),
    }
}

/// An assistant message; gives the ids of its tool calls.
fn assistant<'a>(message: &Node<'a>) -> Result<Vec<&'a str>, Problem> {
    let fields = message.object(&["role", "content", "tool_calls", "tool_plan", "citations"])?;
    if let Some(plan) = fields.nullable("tool_plan") {
        plan.string()?;
    }
    if let Some(citations) = fields.nullable("citations") {
        for citation in citations.array()? {
            citation.object(&["start", "end", "text", "sources", "content_index", "type"])?;
        }
    }
    let content = fields.nullable("content");
    if let Some(content) = &content {
        parts(content, &["text", "thinking"])?;
    }
    let calls = fields.nullable("tool_calls").map(|calls| calls.array()).transpose()?.unwrap_or_default();
    if content.is_none() && calls.is_empty() {
        return Err(invalid("an assistant message must have content or tool_calls"));
    }
    let call = |call: &Node<'a>| {
        let fields = call.object(&["id", "type", "function"])?;
        fields.required("type")?.one_of(&["function"])?;
        let function = fields.required("function")?.object(&["name", "arguments"])?;
        function.required("name")?.string()?;
        function.required("arguments")?.string()?;
        fields.required("id")?.string()
    };
    calls.iter().map(call).collect()
}

/// A tool message; gives the id of the call it answers.
fn tool<'a>(message: &Node<'a>) -> Result<&'a str, Problem> {
    let fields = message.object(&["role", "content", "tool_call_id"])?;
    parts(&fields.required("content")?, &["text", "document"])?;
    fields.required("tool_call_id")?.string()
}

/// A text, or parts of the allowed types.
fn parts(content: &Node<'_>, allowed: &[&str]) -> Result<(), Problem> {
    if content.value.is_string() {
        return Ok(());
    }
    let parts = content.array()?;
    if parts.is_empty() {
        return Err(invalid("message must not be empty in a turn"));
    }
    parts.iter().try_for_each(|part| {
        let kind = part.open_object()?.required("type")?.one_of(allowed)?;
        let inner = part.object(&["type", kind])?.required(kind)?;
        match kind {
            "image_url" => image(&inner),
            "document" => document(&inner),
            _ => inner.string().map(drop),
        }
    })
}

fn image(image: &Node<'_>) -> Result<(), Problem> {
    let fields = image.object(&["url", "detail"])?;
    if let Some(detail) = fields.nullable("detail") {
        detail.one_of(&["auto", "low", "high"])?;
    }
    let url = fields.required("url")?.string()?;
    let data = url.strip_prefix("data:image/").and_then(|rest| rest.split_once(";base64,"));
    let valid = match data {
        Some((kind, data)) => ["png", "jpeg", "gif", "webp"].contains(&kind) && base64::is_valid(data),
        None => url.starts_with("https://") || url.starts_with("http://"),
    };
    if valid { Ok(()) } else { Err(invalid("image_url must be a valid URL or a data URI of an image")) }
}

/// Checks a document.
pub fn document(document: &Node<'_>) -> Result<(), Problem> {
    let fields = document.object(&["data", "id"])?;
    if let Some(id) = fields.nullable("id") {
        id.string()?;
    }
    let data = fields.required("data")?;
    if data.value.is_string() { Ok(()) } else { data.open_object().map(drop) }
}
