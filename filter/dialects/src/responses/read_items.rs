//! Reads a request's input: items, of which several may be one message.

use super::items::image_of;
use super::proof;
use super::read_parts::{Content, InputPart};
use crate::json::{Ignored, Item, List, RequestError, StringOr, Text, required, shape};
use crate::neutral::{Arguments, Image, Losses, Message, Part, Role, ToolCall, ToolResult, read_content};

shape! {
    InputItem {
        kind as "type": Text<'a>,
        // Items are named only for the server's store, except those that hold thoughts.
        id: Text<'a>,
        status: Ignored,
        role: Text<'a>,
        content: Content<'a>,
        phase: Text<'a>,
        call_id: Text<'a>,
        name: Text<'a>,
        arguments: Text<'a>,
        output: Content<'a>,
        summary: List<InputPart<'a>>,
        encrypted_content: Text<'a>,
        caller: Caller<'a>,
        result: Text<'a>,
        output_format: Text<'a>,
    }
}
shape! { Caller { kind as "type": Text<'a> } }

/// A string, or items.
pub(super) type Input<'a> = StringOr<'a, List<InputItem<'a>>>;

/// Reads `instructions` and `input` as messages.
pub(super) fn read_input<'a>(
    instructions: Option<Text<'a>>,
    input: Option<Input<'a>>,
    losses: &mut Losses,
) -> Result<Vec<Message<'a>>, RequestError> {
    let items = match required(input, "input")? {
        StringOr::Text(text) => vec![Message { role: Role::User, parts: vec![Part::Text(text)], at: 0 }],
        StringOr::Other(items) => items.take("input", losses)?,
    };
    if items.is_empty() {
        return Err(RequestError::shape("input", "must hold at least one item"));
    }
    let first = instructions.map(|text| Message { role: Role::System, parts: vec![Part::Text(text)], at: 0 });
    let mut messages: Vec<Message<'_>> = Vec::with_capacity(items.len().saturating_add(1));
    messages.extend(first);
    for item in items {
        match messages.last_mut() {
            Some(last) if is_one_turn(last, &item) => last.parts.extend(item.parts),
            _ => messages.push(item),
        }
    }
    Ok(messages)
}

/// What the assistant thinks, says and calls is one message, and so are the results of its calls.
fn is_one_turn(last: &Message<'_>, next: &Message<'_>) -> bool {
    let results = |message: &Message<'_>| matches!(message.parts.last(), Some(Part::ToolResult(_)));
    last.role == next.role && (next.role == Role::Assistant || results(last) && results(next))
}

impl<'a> Item for InputItem<'a> {
    type Kept = Message<'a>;

    fn read(self, at: usize, losses: &mut Losses) -> Result<Option<Message<'a>>, RequestError> {
        losses.add_unknown("input", &self.unknown);
        losses.add_if(self.phase.as_ref(), "input.phase");
        let calls_itself = self.caller.as_ref().and_then(|caller| caller.kind.as_deref());
        losses.add_if(calls_itself.filter(|kind| *kind != "direct"), "input.caller");
        let kind = self.kind.as_deref().unwrap_or(if self.role.is_some() { "message" } else { "item_reference" });
        let assistant = |part| Some(Message { role: Role::Assistant, parts: vec![part], at });
        match kind {
            "message" => read_message(self, at, losses).map(Some),
            "reasoning" => Ok(read_reasoning(self, losses)?.and_then(assistant)),
            "function_call" => Ok(assistant(Part::ToolCall(ToolCall {
                id: required(self.call_id, "call_id")?,
                name: required(self.name, "name")?,
                arguments: Arguments::Text(self.arguments.unwrap_or_default()),
            }))),
            "function_call_output" => {
                let output = required(self.output, "output")?;
                let result = ToolResult {
                    call_id: required(self.call_id, "call_id")?,
                    parts: read_content(output, "output", losses)?,
                    is_error: false,
                };
                Ok(Some(Message { role: Role::User, parts: vec![Part::ToolResult(result)], at }))
            }
            // What a model has drawn, in the form in which this gateway, too, gives it.
            "image_generation_call" => {
                let source = image_of(required(self.result, "result")?, self.output_format.as_deref());
                Ok(assistant(Part::Image(Image { source: source.map_err(|error| error.under("result"))? })))
            }
            "item_reference" => {
                Err(RequestError::unsupported("", "items are not kept between requests; send the item itself"))
            }
            _ => {
                let message = "only messages, reasoning, function calls and their outputs can be translated";
                Err(RequestError::unsupported("type", message))
            }
        }
    }
}

fn read_message<'a>(item: InputItem<'a>, at: usize, losses: &mut Losses) -> Result<Message<'a>, RequestError> {
    let role = match item.role.as_deref().unwrap_or_default() {
        "system" => Role::System,
        "developer" => Role::Developer,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        _ => return Err(RequestError::shape("role", "expected user, assistant, system or developer")),
    };
    let parts = read_content(required(item.content, "content")?, "content", losses)?;
    Message { role, parts, at }.well_placed()
}

/// The thoughts themselves are told in preference to a summary of them. An item without a summary holds
/// thoughts that only their provider can read; one with an empty summary has thoughts left unsaid.
fn read_reasoning<'a>(item: InputItem<'a>, losses: &mut Losses) -> Result<Option<Part<'a>>, RequestError> {
    let mut parts = item.content.map(|content| read_content(content, "content", losses)).transpose()?;
    if parts.as_ref().is_none_or(Vec::is_empty) {
        parts = item.summary.map(|summary| summary.take("summary", losses)).transpose()?;
    }
    let texts: Vec<Text<'_>> = parts.into_iter().flatten().filter_map(into_text).collect();
    let encrypted = item.encrypted_content.filter(|encrypted| !encrypted.is_empty());
    let signature = encrypted.map(|encrypted| proof::shown(item.id, encrypted));
    Ok(match (join(texts), signature) {
        (Some(text), signature) => Some(Part::Thinking { text, signature }),
        (None, Some(signature)) => Some(Part::RedactedThinking(signature)),
        (None, None) => {
            losses.add("input.reasoning");
            None
        }
    })
}

fn into_text(part: Part<'_>) -> Option<Text<'_>> {
    match part {
        Part::Text(text) | Part::Thinking { text, .. } => Some(text),
        _ => None,
    }
}

/// Parts of a summary are paragraphs.
pub(super) fn join(mut texts: Vec<Text<'_>>) -> Option<Text<'_>> {
    if texts.len() <= 1 {
        return texts.pop();
    }
    let texts: Vec<&str> = texts.iter().map(|text| &**text).collect();
    Some(texts.join("\n\n").into())
}
