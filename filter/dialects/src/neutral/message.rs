//! A message of a conversation, and what it is made of.

use super::{Arguments, Citation, Losses, Signature, Source};
use crate::json::{Item, List, RequestError, StringOr, Text};

/// Who says a message. Tool results are said by the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    System,
    Developer,
    User,
    Assistant,
}

impl Role {
    /// Whose turn a message is, in the words that Anthropic and Bedrock share.
    pub(crate) fn of_turn(word: Option<&str>) -> Result<Self, RequestError> {
        match word.unwrap_or_default() {
            "user" => Ok(Self::User),
            "assistant" => Ok(Self::Assistant),
            "system" => Ok(Self::System),
            _ => Err(RequestError::shape("role", "expected user, assistant or system")),
        }
    }
}

/// One message. `at` is its index in the client's own list, for errors that name it.
#[derive(Debug)]
pub(crate) struct Message<'a> {
    pub(crate) role: Role,
    pub(crate) parts: Vec<Part<'a>>,
    pub(crate) at: usize,
}

impl Message<'_> {
    /// Refuses a message that holds what its role cannot say.
    pub(crate) fn well_placed(self) -> Result<Self, RequestError> {
        let instructs = matches!(self.role, Role::System | Role::Developer);
        let misplaced = |part: &Part<'_>| match part {
            Part::Text(_) => None,
            _ if instructs => Some("instructions can only be text"),
            Part::ToolResult(_) => (self.role != Role::User).then_some("only the user can give tool results"),
            Part::ToolCall(_) | Part::Thinking { .. } | Part::RedactedThinking(_) | Part::Refusal(_) => {
                (self.role != Role::Assistant).then_some("only the assistant can call tools, think or refuse")
            }
            Part::Image(_) | Part::Document(_) | Part::Audio(_) | Part::Video(_) | Part::Citation(_) => None,
        };
        match self.parts.iter().find_map(misplaced) {
            Some(reason) => Err(RequestError::shape("content", reason)),
            None => Ok(self),
        }
    }
}

/// A conversation that the system prompt stands beside: it becomes the first message.
pub(crate) fn with_system<'a>(
    mut messages: Vec<Message<'a>>,
    system: Result<Option<Vec<Part<'a>>>, RequestError>,
) -> Result<Vec<Message<'a>>, RequestError> {
    if messages.is_empty() {
        return Err(RequestError::shape("messages", "must hold at least one message"));
    }
    if let Some(parts) = system? {
        if !parts.iter().all(|part| matches!(part, Part::Text(_))) {
            return Err(RequestError::shape("system", "instructions can only be text"));
        }
        messages.insert(0, Message { role: Role::System, parts, at: 0 });
    }
    Ok(messages)
}

/// Reads what a message says, in order: a string, or parts. `name` is what it is called, for an error's path.
pub(crate) fn read_content<'a, T: Item<Kept = Part<'a>>>(
    content: StringOr<'a, List<T>>,
    name: &str,
    losses: &mut Losses,
) -> Result<Vec<Part<'a>>, RequestError> {
    match content {
        StringOr::Text(text) => Ok(vec![Part::Text(text)]),
        StringOr::Other(parts) => parts.take(name, losses),
    }
}

/// A piece of a message.
#[derive(Debug)]
pub(crate) enum Part<'a> {
    Text(Text<'a>),
    Refusal(Text<'a>),
    Image(Image<'a>),
    Document(Document<'a>),
    Audio(Source<'a>),
    Video(Source<'a>),
    /// Where the text before it is from.
    Citation(Citation<'a>),
    ToolCall(ToolCall<'a>),
    ToolResult(ToolResult<'a>),
    /// The model's thoughts; the signature proves to their provider that they are its own.
    Thinking {
        text: Text<'a>,
        signature: Option<Signature<'a>>,
    },
    /// Thoughts that only their provider can read.
    RedactedThinking(Signature<'a>),
}

#[derive(Clone, Debug)]
pub(crate) struct Image<'a> {
    pub(crate) source: Source<'a>,
}

#[derive(Debug)]
pub(crate) struct Document<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) title: Option<Text<'a>>,
    /// Is the answer to say what it has from here?
    pub(crate) cited: bool,
}

impl<'a> Document<'a> {
    pub(crate) fn new(source: Source<'a>, title: Option<Text<'a>>) -> Self {
        Self { source, title, cited: false }
    }
}

/// The model asks for a tool to be run.
#[derive(Debug)]
pub(crate) struct ToolCall<'a> {
    pub(crate) id: Text<'a>,
    pub(crate) name: Text<'a>,
    pub(crate) arguments: Arguments<'a>,
}

#[derive(Debug)]
pub(crate) struct ToolResult<'a> {
    pub(crate) call_id: Text<'a>,
    pub(crate) parts: Vec<Part<'a>>,
    pub(crate) is_error: bool,
}
