//! What an answer may hold, and not every API has a place for.

use super::{Citation, Event, Failure, Finish, Losses, Part, Response, Source};

/// A piece of an answer that an API may have no place for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Extra<'e, 'a> {
    Image(&'e Source<'a>),
    Citation(&'e Citation<'a>),
    /// Thoughts that only their provider can read.
    RedactedThinking,
}

impl<'e, 'a> Extra<'e, 'a> {
    fn of_event(event: &'e Event<'a>) -> Option<Self> {
        match event {
            Event::Image(image) => Some(Self::Image(&image.source)),
            Event::Citation(citation) => Some(Self::Citation(citation)),
            Event::RedactedThinking(_) => Some(Self::RedactedThinking),
            _ => None,
        }
    }

    fn of_part(part: &'e Part<'a>) -> Option<Self> {
        match part {
            Part::Image(image) => Some(Self::Image(&image.source)),
            Part::Citation(citation) => Some(Self::Citation(citation)),
            Part::RedactedThinking(_) => Some(Self::RedactedThinking),
            _ => None,
        }
    }

    /// What it is called where it is reported as lost.
    fn name(self) -> &'static str {
        match self {
            Self::Image(_) => "image",
            Self::Citation(_) => "citation",
            Self::RedactedThinking => "redacted_thinking",
        }
    }
}

/// What of an answer has been said to its client, and what has not.
#[derive(Debug, Default)]
pub(crate) struct Telling {
    said: bool,
    /// Something is missing that could have been the answer itself.
    lost: bool,
    pub(crate) losses: Losses,
}

impl Telling {
    /// Notes something that has no place here, by its provider's name for it.
    pub(crate) fn lose(&mut self, kind: &str) {
        self.lost = true;
        self.losses.add_of_answer(kind);
    }

    /// May this be said in an API that `holds` so much? If not, it is noted.
    fn may_say(&mut self, extra: Option<Extra<'_, '_>>, holds: fn(Extra<'_, '_>) -> bool) -> bool {
        let Some(extra) = extra.filter(|extra| !holds(*extra)) else { return true };
        self.lost |= matches!(extra, Extra::Image(_));
        self.losses.add_of_answer(extra.name());
        false
    }

    /// May this be said in an API that `holds` so much? If not, it is noted.
    pub(crate) fn event(&mut self, event: &Event<'_>, holds: fn(Extra<'_, '_>) -> bool) -> bool {
        let may = self.may_say(Extra::of_event(event), holds);
        self.said |= may && event.says_anything();
        may
    }

    /// What a client is told in place of an answer that ended well, and of which nothing is left.
    pub(crate) fn nothing_left(&self, finish: Finish) -> Option<Failure> {
        let message =
            || format!("The provider's answer holds only what this API has no place for: {}.", self.losses.to_header());
        let nothing = self.lost && !self.said && finish == Finish::Stop;
        nothing.then(|| Failure::new(502, message()).with_code("unsupported_answer"))
    }
}

impl Response<'_> {
    /// Takes out what an API that `holds` so much has no place for, and notes it.
    pub(crate) fn leave_out(&mut self, holds: fn(Extra<'_, '_>) -> bool) -> Telling {
        let mut told = Telling { lost: !self.losses.is_empty(), losses: std::mem::take(&mut self.losses), said: false };
        self.parts.retain(|part| {
            let may = told.may_say(Extra::of_part(part), holds);
            told.said |= may && says_anything(part);
            may
        });
        told
    }
}

/// What is thought is not said.
fn says_anything(part: &Part<'_>) -> bool {
    match part {
        Part::Text(text) | Part::Refusal(text) => !text.is_empty(),
        Part::ToolCall(_) | Part::Image(_) => true,
        _ => false,
    }
}

impl Event<'_> {
    fn says_anything(&self) -> bool {
        match self {
            Self::Text(text) | Self::TextLogprobs { text, .. } | Self::Refusal(text) => !text.is_empty(),
            Self::ToolCall { .. } | Self::Image(_) => true,
            _ => false,
        }
    }
}
