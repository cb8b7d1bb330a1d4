//! A whole answer, in no provider's words.

use super::{Losses, Part, TokenLogprob, Usage};
use crate::json::Text;

/// One answer of a model.
#[derive(Debug, Default)]
pub(crate) struct Response<'a> {
    pub(crate) id: Text<'a>,
    pub(crate) model: Text<'a>,
    pub(crate) parts: Vec<Part<'a>>,
    pub(crate) finish: Finish,
    pub(crate) stop_sequence: Option<Text<'a>>,
    pub(crate) usage: Usage,
    /// How likely the tokens of all its text were, if the provider was asked for that.
    pub(crate) logprobs: Vec<TokenLogprob<'a>>,
    /// What has no place here.
    pub(crate) losses: Losses,
}

impl<'a> Response<'a> {
    /// Takes a piece as it comes.
    pub(crate) fn take(&mut self, piece: Piece<'a>) {
        match piece {
            Ok(part) => self.parts.push(part),
            Err(kind) => self.losses.add_of_answer(&kind),
        }
    }

    /// Puts citations of the whole answer where they have a place: behind its last text.
    pub(crate) fn cite(&mut self, citations: Vec<Part<'a>>) {
        match self.parts.iter().rposition(|part| matches!(part, Part::Text(_))) {
            Some(last) => {
                let behind = last.saturating_add(1);
                drop(self.parts.splice(behind..behind, citations));
            }
            None if citations.is_empty() => {}
            None => self.losses.add_of_answer("citation"),
        }
    }
}

/// A piece of an answer as its provider gives it: a part, or the provider's name for what has no place here.
pub(crate) type Piece<'a> = Result<Part<'a>, Text<'a>>;

/// Why an answer ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Finish {
    /// The model had said what it had to say.
    #[default]
    Stop,
    /// One of the request's stop sequences came up.
    StopSequence,
    /// The output cap was reached.
    Length,
    /// The model waits for tool results.
    ToolCalls,
    /// A content filter cut the answer.
    ContentFilter,
    /// The model or its guards refused.
    Refusal,
    /// A long turn was paused and can be continued.
    Paused,
    /// The model's context window is full.
    ContextWindow,
    /// What the model wrote could not be made into an answer.
    Malformed,
}

impl Finish {
    /// The word for logs and filter state.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::StopSequence => "stop_sequence",
            Self::Length => "length",
            Self::ToolCalls => "tool_calls",
            Self::ContentFilter => "content_filter",
            Self::Refusal => "refusal",
            Self::Paused => "paused",
            Self::ContextWindow => "context_window",
            Self::Malformed => "malformed",
        }
    }
}

/// What an answer tells about itself: its usage and how it ended, each where the provider said so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The provider's own figures.
    pub usage: Option<Usage>,
    /// Why the answer ended.
    pub finish: Option<Finish>,
}
