//! A piece of a streamed answer, in no provider's words.

use super::{Citation, Failure, Finish, Image, Part, Piece, Signature, TokenLogprob, Usage};
use crate::json::Text;

/// What happens in a stream, in order: `Start`, then content, then `Finish`, `Usage`, `End`.
///
/// Content has no brackets: a writer whose dialect has blocks opens and closes them itself. Between a
/// call and the last fragment of its arguments nothing else is said.
#[derive(Clone, Debug)]
pub(crate) enum Event<'a> {
    Start {
        id: Text<'a>,
        model: Text<'a>,
    },
    Text(Text<'a>),
    /// Text, and how likely its tokens were. One event, because most APIs say both at once. The text may be
    /// empty: tokens can be parts of a character.
    TextLogprobs {
        text: Text<'a>,
        tokens: Vec<TokenLogprob<'a>>,
    },
    Refusal(Text<'a>),
    Thinking(Text<'a>),
    /// Ends the thoughts before it.
    Signature(Signature<'a>),
    RedactedThinking(Signature<'a>),
    /// Where the text before it is from.
    Citation(Citation<'a>),
    Image(Image<'a>),
    /// Something that has no place here, by its provider's name for it.
    Lost(Text<'a>),
    /// A call begins. `index` counts the calls of this answer from 0.
    ToolCall {
        index: u64,
        id: Text<'a>,
        name: Text<'a>,
    },
    /// A fragment of a call's arguments, which are JSON only when joined.
    ToolArguments {
        index: u64,
        fragment: Text<'a>,
    },
    Finish {
        reason: Finish,
        stop_sequence: Option<Text<'a>>,
    },
    /// The figures so far; later ones replace earlier ones.
    Usage(Usage),
    /// The provider says that the stream is complete.
    End,
    /// The provider says that the stream failed.
    Error(Failure),
}

impl<'a> Event<'a> {
    /// What a piece of an answer is in a stream: nothing where it is empty, or a call, which takes several.
    /// The first text takes all `tokens`.
    pub(crate) fn of(piece: Piece<'a>, tokens: &mut Vec<TokenLogprob<'a>>) -> Option<Self> {
        let said = |text: &Text<'_>| !text.is_empty();
        match piece {
            Ok(Part::Text(text)) if tokens.is_empty() => Some(text).filter(said).map(Self::Text),
            Ok(Part::Text(text)) => {
                Some(text).filter(said).map(|text| Self::TextLogprobs { text, tokens: std::mem::take(tokens) })
            }
            Ok(Part::Refusal(text)) => Some(text).filter(said).map(Self::Refusal),
            Ok(Part::Thinking { text, .. }) => Some(text).filter(said).map(Self::Thinking),
            Ok(Part::Citation(citation)) => Some(Self::Citation(citation)),
            Ok(Part::Image(image)) => Some(Self::Image(image)),
            Ok(_) => None,
            Err(kind) => Some(Self::Lost(kind)),
        }
    }

    /// Whether it is a piece of what the model says, which took a token at least.
    pub(crate) const fn is_said(&self) -> bool {
        matches!(
            self,
            Self::Text(_)
                | Self::TextLogprobs { .. }
                | Self::Refusal(_)
                | Self::Thinking(_)
                | Self::ToolArguments { .. }
                | Self::Lost(_)
        )
    }

    /// Tokens that no text has taken: not all of them show as text.
    pub(crate) fn of_silent(tokens: Vec<TokenLogprob<'a>>) -> Option<Self> {
        (!tokens.is_empty()).then(|| Self::TextLogprobs { text: Text::default(), tokens })
    }
}
