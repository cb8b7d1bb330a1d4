//! The forms that a stream of events is written in.

use crate::scenario::Scenario;
use crate::sse::{Event, Wire};

/// How a stream is written.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum StreamForm {
    /// As server-sent events.
    #[default]
    ServerSentEvents,
    /// As one list in JSON, item by item, which is how Google streams unless told otherwise.
    JsonList,
}

/// What is about lines, fields or comments, and not about lists.
const ABOUT_EVENTS: &str = "the stream is a list in JSON, without lines and comments";

impl StreamForm {
    /// The `content-type` of a stream.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::ServerSentEvents => "text/event-stream; charset=utf-8",
            Self::JsonList => "application/json; charset=UTF-8",
        }
    }

    /// The bytes of each event. Those before them have been `written` already.
    pub fn encode(self, wire: &Wire, events: &[Event], written: usize) -> Vec<Vec<u8>> {
        match self {
            Self::ServerSentEvents => wire.encode(events),
            Self::JsonList => {
                let items = events.iter().filter_map(|event| match event {
                    Event::Data { data, .. } => Some(data),
                    Event::Comment(_) => None,
                });
                items.enumerate().map(|(index, data)| item(data, written + index)).collect()
            }
        }
    }

    /// What ends a stream that is not cut.
    pub fn closing(self) -> Option<&'static [u8]> {
        match self {
            Self::ServerSentEvents => None,
            Self::JsonList => Some(b"]"),
        }
    }

    /// What may not be wished for, and why.
    pub fn meaningless(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::ServerSentEvents => &[],
            Self::JsonList => &[
                ("crlf", ABOUT_EVENTS),
                ("cr", ABOUT_EVENTS),
                ("nospace", ABOUT_EVENTS),
                ("ping", ABOUT_EVENTS),
                ("no_final_blank", ABOUT_EVENTS),
                ("multiline", ABOUT_EVENTS),
            ],
        }
    }

    /// Whether an error comes as the only item of a list.
    pub fn lists_errors(self, scenario: &Scenario) -> bool {
        self == Self::JsonList && !scenario.json_for_stream
    }
}

/// An item of the list, with what separates it from the one before.
fn item(data: &str, index: usize) -> Vec<u8> {
    let json = serde_json::from_str::<serde_json::Value>(data).ok();
    let pretty = json.and_then(|json| serde_json::to_string_pretty(&json).ok());
    let before = if index == 0 { "[" } else { ",\r\n" };
    format!("{before}{}\n", pretty.as_deref().unwrap_or(data)).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_written_item_by_item() {
        let events = [r#"{"a":1}"#, "{}"].map(|data| Event::Data { name: None, data: data.into() });
        let wire = Wire::default();
        let mut bytes = StreamForm::JsonList.encode(&wire, &events, 0).concat();
        assert_eq!(bytes, b"[{\n  \"a\": 1\n}\n,\r\n{}\n");
        bytes.extend(StreamForm::JsonList.closing().unwrap_or_default());
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&bytes).unwrap(), serde_json::json!([{"a": 1}, {}]));
        assert_eq!(StreamForm::JsonList.encode(&wire, &events[1..], 1).concat(), b",\r\n{}\n");
    }
}
