//! A piece of a streamed answer, in no provider's words.

use super::{Citation, Failure, Finish, Image, Signature, TokenLogprob, Usage};
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
