//! Writes `application/vnd.amazon.eventstream`: binary messages, each with its lengths, headers, a
//! payload and two checksums.

use crate::sse::Event;

/// The lengths and their checksum, before the headers.
const PRELUDE: usize = 12;
/// The checksum after the payload.
const CHECKSUM: usize = 4;
/// The type of header values that are strings.
const STRING: u8 = 7;

/// The message for an event. Comments have none.
pub fn encode(event: &Event) -> Vec<u8> {
    let (kind, type_header, name, data) = match event {
        Event::Data { name, data } => ("event", ":event-type", name.unwrap_or("chunk"), data),
        Event::Exception { name, data } => ("exception", ":exception-type", *name, data),
        Event::Comment(_) => return Vec::new(),
    };
    let headers = [(type_header, name), (":content-type", "application/json"), (":message-type", kind)];
    message(&headers, data.as_bytes())
}

fn message(headers: &[(&str, &str)], payload: &[u8]) -> Vec<u8> {
    let headers: Vec<u8> = headers.iter().flat_map(|(name, value)| header(name, value)).collect();
    let total = PRELUDE + headers.len() + payload.len() + CHECKSUM;
    let mut message = Vec::with_capacity(total);
    message.extend((total as u32).to_be_bytes());
    message.extend((headers.len() as u32).to_be_bytes());
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message.extend(headers);
    message.extend(payload);
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message
}

fn header(name: &str, value: &str) -> Vec<u8> {
    let mut header = vec![name.len() as u8];
    header.extend(name.as_bytes());
    header.push(STRING);
    header.extend((value.len() as u16).to_be_bytes());
    header.extend(value.as_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_known_bytes_of_a_message() {
        // The example of the format's published test vectors: a payload, and one string header.
        let written = message(&[("content-type", "application/json")], b"{'foo':'bar'}");
        assert_eq!(written.len(), 61);
        assert_eq!(written[..12], [0, 0, 0, 0x3d, 0, 0, 0, 0x20, 0x07, 0xfd, 0x83, 0x96]);
        assert_eq!(written[57..], [0x8d, 0x9c, 0x08, 0xb1]);
    }

    #[test]
    fn tells_failures_from_events() {
        let text = |event: &Event| String::from_utf8_lossy(&encode(event)).into_owned();
        let event = text(&Event::Data { name: Some("messageStop"), data: "{}".into() });
        assert!(
            event.contains(":event-type\u{7}\0\u{b}messageStop") && event.contains(":message-type\u{7}\0\u{5}event")
        );
        let failure = text(&Event::Exception { name: "throttlingException", data: "{}".into() });
        assert!(failure.contains(":exception-type\u{7}\0\u{13}throttlingException"));
        assert!(failure.contains(":message-type\u{7}\0\u{9}exception"));
        assert!(encode(&Event::Comment("x")).is_empty());
    }
}
