//! Checks messages: what each role may say, and that every tool call is answered.

use super::media;
use crate::base64;
use crate::problem::Problem;
use crate::shape::{Fields, Node};

const ROLES: &[&str] = &["developer", "system", "user", "assistant", "tool", "function"];
const LONGEST_CALL_ID: usize = 40;

/// Checks `messages`.
pub fn check(messages: &Node<'_>) -> Result<(), Problem> {
    let list = messages.array()?;
    not_empty(messages, list.len())?;
    let mut calls = OpenCalls::default();
    for message in &list {
        let role = message.open_object()?.required("role")?.one_of(ROLES)?;
        if role != "tool" {
            calls.all_answered(message)?;
        }
        match role {
            "assistant" => calls = OpenCalls(assistant(message)?),
            "tool" => calls.answer(message, tool(message)?)?,
            "user" => spoken(message, &["text", "image_url", "input_audio", "file"])?,
            "function" => {
                let fields = message.object(&["role", "name", "content"])?;
                fields.required("name")?.string()?;
                fields.required("content")?;
            }
            _ => spoken(message, &["text"])?,
        }
    }
    calls.all_answered(messages)
}

/// The tool calls of the last assistant message that have no result yet.
#[derive(Default)]
struct OpenCalls<'a>(Vec<&'a str>);

impl<'a> OpenCalls<'a> {
    fn answer(&mut self, message: &Node<'_>, id: &str) -> Result<(), Problem> {
        match self.0.iter().position(|open| *open == id) {
            Some(index) => {
                self.0.remove(index);
                Ok(())
            }
            None => Err(Problem::invalid(
                "Invalid parameter: messages with role 'tool' must be a response to a preceeding \
                 message with 'tool_calls'.",
            )
            .about(format!("{}.role", message.path))),
        }
    }

    fn all_answered(&self, at: &Node<'_>) -> Result<(), Problem> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Problem::invalid(format!(
            "An assistant message with 'tool_calls' must be followed by tool messages responding \
             to each 'tool_call_id'. The following tool_call_ids did not have response messages: {}",
            self.0.join(", ")
        ))
        .about(format!("{}.role", at.path)))
    }
}

fn not_empty(node: &Node<'_>, length: usize) -> Result<(), Problem> {
    if length > 0 {
        return Ok(());
    }
    let message = format!(
        "Invalid '{}': empty array. Expected an array with minimum length 1, but got an empty \
         array instead.",
        node.path
    );
    Err(node.problem(&message).coded("empty_array"))
}

/// A system, developer or user message.
fn spoken(message: &Node<'_>, parts: &[&str]) -> Result<(), Problem> {
    let fields = message.object(&["role", "content", "name"])?;
    participant(&fields)?;
    content(&fields.required("content")?, parts)
}

fn participant(fields: &Fields<'_>) -> Result<(), Problem> {
    let Some(name) = fields.optional("name") else { return Ok(()) };
    let forbidden = |c: char| c.is_whitespace() || "<|\\/>".contains(c);
    if name.string()?.is_empty() || name.string()?.contains(forbidden) {
        let message = format!(
            "Invalid '{}': string does not match pattern. Expected a string that matches the \
             pattern '^[^\\s<|\\\\/>]+$'.",
            name.path
        );
        return Err(name.problem(&message));
    }
    Ok(())
}

/// An assistant message; gives the ids of its tool calls.
fn assistant<'a>(message: &Node<'a>) -> Result<Vec<&'a str>, Problem> {
    let known = ["role", "content", "name", "refusal", "audio", "tool_calls", "function_call", "annotations"];
    let fields = message.object(&known)?;
    participant(&fields)?;
    if let Some(refusal) = fields.nullable("refusal") {
        refusal.string()?;
    }
    let said = fields.nullable("content");
    if let Some(said) = &said {
        content(said, &["text", "refusal"])?;
    }
    let silent = ["tool_calls", "function_call", "refusal", "audio"];
    if said.is_none() && !silent.iter().any(|key| fields.nullable(key).is_some()) {
        let message = "Invalid value for 'content': expected a string, got null.";
        return Err(Problem::invalid(message).about(format!("{}.content", fields.path)));
    }
    if let Some(call) = fields.nullable("function_call") {
        let call = call.object(&["name", "arguments"])?;
        call.required("name")?.string()?;
        call.required("arguments")?.string()?;
    }
    let Some(calls) = fields.optional("tool_calls") else { return Ok(Vec::new()) };
    let list = calls.array()?;
    not_empty(&calls, list.len())?;
    list.iter().map(tool_call).collect()
}

fn tool_call<'a>(call: &Node<'a>) -> Result<&'a str, Problem> {
    let kind = call.open_object()?.required("type")?.one_of(&["function", "custom"])?;
    let fields = call.object(&["id", "type", kind, "index"])?;
    let inner = fields.required(kind)?;
    let said = if kind == "function" { "arguments" } else { "input" };
    let inner = inner.object(&["name", said])?;
    inner.required("name")?.name(64)?;
    inner.required(said)?.string()?;
    call_id(&fields.required("id")?)
}

fn call_id<'a>(node: &Node<'a>) -> Result<&'a str, Problem> {
    let id = node.string()?;
    let length = id.chars().count();
    if length <= LONGEST_CALL_ID {
        return Ok(id);
    }
    let message = format!(
        "Invalid '{}': string too long. Expected a string with maximum length {LONGEST_CALL_ID}, \
         but got a string with length {length} instead.",
        node.path
    );
    Err(node.problem(&message).coded("string_above_max_length"))
}

/// A tool message; gives the id of the call it answers.
fn tool<'a>(message: &Node<'a>) -> Result<&'a str, Problem> {
    let fields = message.object(&["role", "content", "tool_call_id"])?;
    content(&fields.required("content")?, &["text"])?;
    call_id(&fields.required("tool_call_id")?)
}

/// A string, or parts of the allowed types.
fn content(content: &Node<'_>, allowed: &[&str]) -> Result<(), Problem> {
    if content.value.is_string() {
        return Ok(());
    }
    let parts = content.array()?;
    not_empty(content, parts.len())?;
    parts.iter().try_for_each(|part| {
        let kind = part.open_object()?.required("type")?.one_of(allowed)?;
        let known = ["type", kind, "prompt_cache_breakpoint"];
        let fields = part.object(if kind == "refusal" { &known[..2] } else { &known })?;
        if let Some(breakpoint) = fields.optional("prompt_cache_breakpoint") {
            let breakpoint = breakpoint.object(&["mode", "ttl"])?;
            breakpoint.required("mode")?.one_of(&["explicit"])?;
        }
        let inner = fields.required(kind)?;
        match kind {
            "image_url" => image(&inner),
            "input_audio" => audio(&inner),
            "file" => file(&inner),
            _ => inner.string().map(drop),
        }
    })
}

fn image(image: &Node<'_>) -> Result<(), Problem> {
    let fields = image.object(&["url", "detail"])?;
    if let Some(detail) = fields.optional("detail") {
        detail.one_of(&["auto", "low", "high", "original"])?;
    }
    media::image_url(&fields.required("url")?, "data URI").map_err(|problem| problem.coded("invalid_image_url"))
}

fn audio(audio: &Node<'_>) -> Result<(), Problem> {
    let fields = audio.object(&["data", "format"])?;
    fields.required("format")?.one_of(&["wav", "mp3"])?;
    let data = fields.required("data")?;
    if base64::is_valid(data.string()?) {
        return Ok(());
    }
    Err(data.problem(&format!("Invalid '{}': not valid base64.", data.path)))
}

fn file(file: &Node<'_>) -> Result<(), Problem> {
    let fields = file.object(&["file_id", "file_data", "filename"])?;
    for (_, field) in fields.all() {
        field.string()?;
    }
    let Some(data) = fields.optional("file_data") else {
        return fields.required("file_id").map(drop);
    };
    if fields.optional("file_id").is_some() {
        let message = format!("Mutually exclusive parameters: '{}' and 'file_id'.", data.path);
        return Err(data.problem(&message));
    }
    fields.required("filename")?;
    media::file_data(&data, "data URI")
}
