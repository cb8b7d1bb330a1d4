//! The forms a streamed answer can have. A new form is a variant here, its content type, and how its
//! events are encoded; cuts, splits and pauses then work as they are.

use crate::sse::{Event, Wire};
use crate::{event_stream, json_list};

/// The form of a streamed answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// Server-sent events.
    Sse,
    /// Amazon's binary messages.
    EventStream,
    /// One list in JSON.
    JsonList,
}

impl Form {
    /// The content type of a stream.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Sse => "text/event-stream; charset=utf-8",
            Self::EventStream => "application/vnd.amazon.eventstream",
            Self::JsonList => "application/json; charset=UTF-8",
        }
    }

    /// The bytes of each event. So many were written before them.
    pub fn encode(self, wire: &Wire, events: &[Event], written: usize) -> Vec<Vec<u8>> {
        match self {
            Self::Sse => wire.encode(events),
            Self::EventStream => events.iter().map(event_stream::encode).collect(),
            Self::JsonList => (written..).zip(events).map(|(index, event)| json_list::encode(event, index)).collect(),
        }
    }

    /// What ends a stream that is not cut.
    pub fn closing(self) -> Option<&'static [u8]> {
        (self == Self::JsonList).then_some(json_list::CLOSING)
    }
}
