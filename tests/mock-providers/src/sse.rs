//! Writes server-sent events byte by byte: line endings, spacing, splits and pauses as a test wants
//! them. Splits and pauses are the same in every form (see [`crate::form`]).

use bytes::Bytes;
use std::num::NonZeroUsize;
use std::time::Duration;

/// How lines end.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum LineEnd {
    /// `\n`.
    #[default]
    Lf,
    /// `\r\n`.
    CrLf,
    /// `\r`.
    Cr,
}

impl LineEnd {
    fn text(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::Cr => "\r",
        }
    }
}

/// How the bytes are written.
#[derive(Debug, Clone, Default)]
pub struct Wire {
    /// How lines end.
    pub line_end: LineEnd,
    /// Whether the space after a field's colon is left out.
    pub no_space: bool,
    /// Whether keep-alives are sprinkled between the events.
    pub keep_alive: bool,
    /// Whether the last event lacks its blank line.
    pub no_final_blank: bool,
    /// Whether JSON is pretty-printed over several `data` lines.
    pub multiline: bool,
    /// How many bytes each chunk has; without it, a chunk has one event.
    pub split: Option<NonZeroUsize>,
    /// The pause between events.
    pub gap: Duration,
}

/// One thing in a stream.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// An event with data, and a name with those who name events.
    Data {
        /// The `event` field.
        name: Option<&'static str>,
        /// The `data` field.
        data: String,
    },
    /// A failure, in a form that tells failures from events; elsewhere it is an event like any other.
    Exception {
        /// What the provider calls the failure.
        name: &'static str,
        /// What it says about it.
        data: String,
    },
    /// A comment, which says only that the stream is alive.
    Comment(&'static str),
}

/// Bytes to write as one flushed chunk, and whether to pause after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// The bytes.
    pub bytes: Bytes,
    /// Whether an event ends in this piece.
    pub ends_event: bool,
}

impl Wire {
    /// The first wish that only server-sent events can grant.
    pub fn sse_only(&self) -> Option<&'static str> {
        [
            ("crlf", self.line_end == LineEnd::CrLf),
            ("cr", self.line_end == LineEnd::Cr),
            ("nospace", self.no_space),
            ("ping", self.keep_alive),
            ("no_final_blank", self.no_final_blank),
            ("multiline", self.multiline),
        ]
        .into_iter()
        .find_map(|(name, wished)| wished.then_some(name))
    }

    /// Puts the keep-alive after every event but the last, if they are wanted.
    pub fn with_keep_alives(&self, events: Vec<Event>, keep_alive: &Event) -> Vec<Event> {
        if !self.keep_alive {
            return events;
        }
        let last = events.len().saturating_sub(1);
        let mut sprinkled = Vec::with_capacity(events.len() * 2);
        for (index, event) in events.into_iter().enumerate() {
            sprinkled.push(event);
            if index != last {
                sprinkled.push(keep_alive.clone());
            }
        }
        sprinkled
    }

    /// The bytes of each event.
    pub fn encode(&self, events: &[Event]) -> Vec<Vec<u8>> {
        let mut encoded: Vec<_> = events.iter().map(|event| self.encode_one(event)).collect();
        if let (true, Some(last)) = (self.no_final_blank, encoded.last_mut()) {
            last.truncate(last.len() - self.line_end.text().len());
        }
        encoded
    }

    fn encode_one(&self, event: &Event) -> Vec<u8> {
        let mut lines = Vec::new();
        match event {
            Event::Comment(text) => lines.push(self.field("", text)),
            Event::Data { name, data } => {
                lines.extend(name.map(|name| self.field("event", name)));
                lines.extend(self.data_lines(data));
            }
            Event::Exception { name, data } => {
                lines.push(self.field("event", name));
                lines.extend(self.data_lines(data));
            }
        }
        lines.push(String::new());
        let end = self.line_end.text();
        lines.iter().flat_map(|line| [line.as_bytes(), end.as_bytes()].concat()).collect()
    }

    fn data_lines(&self, data: &str) -> Vec<String> {
        self.laid_out(data).split('\n').map(|line| self.field("data", line)).collect()
    }

    fn field(&self, name: &str, value: &str) -> String {
        let space = if self.no_space { "" } else { " " };
        format!("{name}:{space}{value}")
    }

    fn laid_out(&self, data: &str) -> String {
        let json = self.multiline.then(|| serde_json::from_str::<serde_json::Value>(data).ok());
        json.flatten().and_then(|json| serde_json::to_string_pretty(&json).ok()).unwrap_or_else(|| data.to_string())
    }

    /// Cuts encoded events into the pieces that are written.
    pub fn pieces(&self, encoded: Vec<Vec<u8>>) -> Vec<Piece> {
        let Some(size) = self.split else {
            return encoded.into_iter().map(|bytes| Piece { bytes: bytes.into(), ends_event: true }).collect();
        };
        let ends: Vec<usize> = encoded
            .iter()
            .scan(0, |end, bytes| {
                *end += bytes.len();
                Some(*end)
            })
            .collect();
        let all = Bytes::from(encoded.concat());
        (0..all.len())
            .step_by(size.get())
            .map(|start| {
                let stop = all.len().min(start + size.get());
                let passed = |at: usize| ends.partition_point(|end| *end <= at);
                Piece { bytes: all.slice(start..stop), ends_event: passed(stop) > passed(start) }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(name: Option<&'static str>, data: &str) -> Event {
        Event::Data { name, data: data.into() }
    }

    fn written(wire: &Wire, events: &[Event]) -> String {
        String::from_utf8(wire.encode(events).concat()).unwrap()
    }

    #[test]
    fn writes_fields_as_told() {
        let events = [data(Some("x"), r#"{"a":1}"#), data(None, "[DONE]")];
        let plain = Wire::default();
        assert_eq!(written(&plain, &events), "event: x\ndata: {\"a\":1}\n\ndata: [DONE]\n\n");
        let crlf = Wire { line_end: LineEnd::CrLf, no_space: true, ..Wire::default() };
        assert_eq!(written(&crlf, &events), "event:x\r\ndata:{\"a\":1}\r\n\r\ndata:[DONE]\r\n\r\n");
        let cr = Wire { line_end: LineEnd::Cr, no_final_blank: true, ..Wire::default() };
        assert_eq!(written(&cr, &events), "event: x\rdata: {\"a\":1}\r\rdata: [DONE]\r");
        let multiline = Wire { multiline: true, ..Wire::default() };
        assert_eq!(written(&multiline, &events), "event: x\ndata: {\ndata:   \"a\": 1\ndata: }\n\ndata: [DONE]\n\n");
    }

    #[test]
    fn sprinkles_keep_alives() {
        let wire = Wire { keep_alive: true, ..Wire::default() };
        let events = vec![data(None, "1"), data(None, "2")];
        let sprinkled = wire.with_keep_alives(events.clone(), &Event::Comment("keep-alive"));
        assert_eq!(written(&wire, &sprinkled), "data: 1\n\n: keep-alive\n\ndata: 2\n\n");
        let unchanged = Wire::default().with_keep_alives(events.clone(), &Event::Comment("x"));
        assert_eq!(unchanged, events);
    }

    #[test]
    fn splits_every_size_and_loses_nothing() {
        let encoded = Wire::default().encode(&[data(None, "héllo"), data(None, "😀")]);
        for size in 1..40 {
            let wire = Wire { split: NonZeroUsize::new(size), ..Wire::default() };
            let pieces = wire.pieces(encoded.clone());
            let all: Vec<u8> = pieces.iter().flat_map(|piece| piece.bytes.to_vec()).collect();
            assert_eq!(all, encoded.concat());
            assert!(pieces.iter().all(|piece| piece.bytes.len() <= size));
            let ends = pieces.iter().filter(|piece| piece.ends_event).count();
            assert!(pieces.last().is_some_and(|piece| piece.ends_event));
            let expected = if size >= encoded.concat().len() { 1..=1 } else { 1..=2 };
            assert!(expected.contains(&ends), "{size}");
            assert!(size > 12 || ends == 2, "{size}");
        }
        assert_eq!(Wire::default().pieces(encoded).len(), 2);
    }
}
