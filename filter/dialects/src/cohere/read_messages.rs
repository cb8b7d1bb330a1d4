//! Reads the messages of a request.

use crate::json::{Item, List, Raw, RequestError, StringOr, Text, required, shape, text_or_json};
use crate::neutral::{Losses, Message, Origin, Part, Role, Signature, ToolResult, read_content};
use crate::openai::{ChatToolCall, ImageUrl, read_image};

shape! {
    ChatMessage {
        role: Text<'a>,
        content: StringOr<'a, List<ChatPart<'a>>>,
        tool_plan: Text<'a>,
        tool_calls: List<ChatToolCall<'a>>,
        tool_call_id: Text<'a>,
        citations: Raw<'a>,
    }
}
shape! {
    ChatPart {
        kind as "type": Text<'a>,
        text: Text<'a>,
        image_url: ImageUrl<'a>,
        thinking: Text<'a>,
        signature: Text<'a>,
        document: DocumentShape<'a>,
    }
}
shape! { DocumentShape { data: Raw<'a>, id: Text<'a> } }

impl<'a> Item for ChatMessage<'a> {
    type Kept = Message<'a>;

    fn read(self, at: usize, losses: &mut Losses) -> Result<Option<Message<'a>>, RequestError> {
        losses.add_unknown("messages", &self.unknown);
        losses.add_if(
            self.citations.filter(|citations| crate::json::says_anything(citations.get())),
            "messages.citations",
        );
        let content =
            self.content.map(|content| read_content(content, "content", losses)).transpose()?.unwrap_or_default();
        let role = match self.role.as_deref().unwrap_or_default() {
            "system" => Role::System,
            "user" => Role::User,
            "assistant" => Role::Assistant,
            "tool" => {
                let call_id = required(self.tool_call_id, "tool_call_id")?;
                let result = ToolResult { call_id, parts: content, is_error: false };
                return Ok(Some(Message { role: Role::User, parts: vec![Part::ToolResult(result)], at }));
            }
            _ => return Err(RequestError::shape("role", "expected system, user, assistant or tool")),
        };
        let plan = self.tool_plan.filter(|plan| !plan.is_empty());
        let mut parts: Vec<Part<'_>> =
            plan.map(|text| Part::Thinking { text, signature: None }).into_iter().chain(content).collect();
        let calls = self.tool_calls.map(|calls| calls.take("tool_calls", losses)).transpose()?;
        parts.extend(calls.into_iter().flatten().map(Part::ToolCall));
        Message { role, parts, at }.well_placed().map(Some)
    }
}

impl<'a> Item for ChatPart<'a> {
    type Kept = Part<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Part<'a>>, RequestError> {
        losses.add_unknown("messages.content", &self.unknown);
        Ok(Some(match self.kind.as_deref().unwrap_or_default() {
            "text" => Part::Text(required(self.text, "text")?),
            "image_url" => {
                let image = required(self.image_url, "image_url")?;
                Part::Image(read_image(image, losses).map_err(|error| error.under("image_url"))?)
            }
            // A signature is not Cohere's: it came with an answer of this gateway.
            "thinking" => Part::Thinking {
                text: required(self.thinking, "thinking")?,
                signature: self.signature.map(|text| Signature::shown(Origin::Anthropic, text)),
            },
            // What a tool found. Only citations need the id.
            "document" => {
                let document = required(self.document, "document")?;
                losses.add_if(document.id.as_ref(), "messages.content.document.id");
                Part::Text(document.read(losses).map_err(|error| error.under("document"))?)
            }
            _ => return Err(RequestError::shape("type", "expected text, image_url, thinking or document")),
        }))
    }
}

impl<'a> DocumentShape<'a> {
    /// The text of a document: all of its fields are shown to the model, so they stay as JSON.
    fn read(self, losses: &mut Losses) -> Result<Text<'a>, RequestError> {
        losses.add_unknown("messages.content.document", &self.unknown);
        text_or_json(required(self.data, "data")?)
    }
}

/// More documents than this no request has, and each is written out at length.
const MOST_DOCUMENTS: usize = 10_000;

/// A document of the request's own: its text, and its id.
impl<'a> Item for StringOr<'a, DocumentShape<'a>> {
    type Kept = (Text<'a>, Option<Text<'a>>);

    fn read(self, index: usize, losses: &mut Losses) -> Result<Option<Self::Kept>, RequestError> {
        match self {
            _ if index >= MOST_DOCUMENTS => {
                Err(RequestError::shape("", "is more than the 10000 documents there may be"))
            }
            StringOr::Text(text) => Ok(Some((text, None))),
            StringOr::Other(mut document) => {
                let id = document.id.take();
                document.read(losses).map(|text| Some((text, id)))
            }
        }
    }
}
