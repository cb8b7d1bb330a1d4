//! The forms a streamed answer can have. A new form is a variant here, its content type, and how its
//! events are encoded; cuts, splits and pauses then work as they are.

use crate::event_stream;
use crate::sse::{Event, Wire};

/// The form of a streamed answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// Server-sent events.
    Sse,
    /// Amazon's binary messages.
    EventStream,
}

impl Form {
    /// The content type of a stream.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Sse => "text/event-stream; charset=utf-8",
            Self::EventStream => "application/vnd.amazon.eventstream",
        }
    }

    /// The bytes of each event.
    pub fn encode(self, wire: &Wire, events: &[Event]) -> Vec<Vec<u8>> {
        match self {
            Self::Sse => wire.encode(events),
            Self::EventStream => events.iter().map(event_stream::encode).collect(),
        }
    }
}
