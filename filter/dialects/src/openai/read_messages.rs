//! Reads the messages of a request.

use super::parts::{ChatPart, Content};
use crate::json::{Item, List, RequestError, Text, required, shape};
use crate::neutral::{Arguments, Losses, Message, Origin, Part, Role, Signature, ToolCall, ToolResult, read_content};

shape! {
    ChatMessage {
        role: Text<'a>,
        content: Content<'a>,
        refusal: Text<'a>,
        tool_calls: List<ChatToolCall<'a>>,
        tool_call_id: Text<'a>,
        reasoning_content: Text<'a>,
        thinking_blocks: List<ThinkingBlock<'a>>,
        images: List<ChatPart<'a>>,
    }
}
shape! { ThinkingBlock { kind as "type": Text<'a>, thinking: Text<'a>, signature: Text<'a>, data: Text<'a> } }
shape! { ChatToolCall { id: Text<'a>, kind as "type": Text<'a>, function: FunctionCall<'a> } }
shape! { FunctionCall { name: Text<'a>, arguments: Text<'a> } }

impl<'a> Item for ChatMessage<'a> {
    type Kept = Message<'a>;

    fn read(self, at: usize, losses: &mut Losses) -> Result<Option<Message<'a>>, RequestError> {
        losses.add_unknown("messages", &self.unknown);
        let role = match self.role.as_deref().unwrap_or_default() {
            "system" => Role::System,
            "developer" => Role::Developer,
            "user" => Role::User,
            "assistant" => Role::Assistant,
            "tool" => return read_tool_message(self, at, losses).map(Some),
            _ => return Err(RequestError::shape("role", "expected developer, system, user, assistant or tool")),
        };
        let mut parts = match self.thinking_blocks {
            Some(blocks) if role == Role::Assistant => blocks.take("thinking_blocks", losses)?,
            _ => {
                losses.add_if(self.reasoning_content, "messages.reasoning_content");
                Vec::new()
            }
        };
        let content =
            self.content.map(|content| read_content(content, "content", losses)).transpose()?.unwrap_or_default();
        if parts.is_empty() {
            parts = content;
        } else {
            parts.extend(content);
        }
        parts.extend(self.refusal.map(Part::Refusal));
        // What a model has drawn, in the place in which this gateway and others gave it.
        let images = self.images.map(|images| images.take("images", losses)).transpose()?;
        parts.extend(images.into_iter().flatten());
        let calls = self.tool_calls.map(|calls| calls.take("tool_calls", losses)).transpose()?;
        parts.extend(calls.into_iter().flatten().map(Part::ToolCall));
        Message { role, parts, at }.well_placed().map(Some)
    }
}

fn read_tool_message<'a>(
    message: ChatMessage<'a>,
    at: usize,
    losses: &mut Losses,
) -> Result<Message<'a>, RequestError> {
    let call_id = required(message.tool_call_id, "tool_call_id")?;
    losses.add_if(message.images, "messages.images");
    let parts =
        message.content.map(|content| read_content(content, "content", losses)).transpose()?.unwrap_or_default();
    let result = ToolResult { call_id, parts, is_error: false };
    Ok(Message { role: Role::User, parts: vec![Part::ToolResult(result)], at })
}

/// Thoughts come back in the form in which this gateway, and others, gave them.
impl<'a> Item for ThinkingBlock<'a> {
    type Kept = Part<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Part<'a>>, RequestError> {
        losses.add_unknown("messages.thinking_blocks", &self.unknown);
        Ok(Some(match self.data {
            Some(data) => Part::RedactedThinking(Signature::shown(Origin::Anthropic, data)),
            None => Part::Thinking {
                text: self.thinking.unwrap_or_default(),
                signature: self.signature.map(|text| Signature::shown(Origin::Anthropic, text)),
            },
        }))
    }
}

impl<'a> Item for ChatToolCall<'a> {
    type Kept = ToolCall<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<ToolCall<'a>>, RequestError> {
        if self.kind.as_deref().is_some_and(|kind| kind != "function") {
            return Err(RequestError::unsupported("type", "only calls of type function can be translated"));
        }
        losses.add_unknown("messages.tool_calls", &self.unknown);
        let function = required(self.function, "function")?;
        losses.add_unknown("messages.tool_calls.function", &function.unknown);
        Ok(Some(ToolCall {
            id: required(self.id, "id")?,
            name: required(function.name, "name").map_err(|error| error.under("function"))?,
            arguments: Arguments::Text(function.arguments.unwrap_or_default()),
        }))
    }
}
