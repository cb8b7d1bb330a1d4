//! Cuts bytes into messages, wherever the bytes were cut before.
//!
//! A message is handed on only when it is whole and both its checksums are right: what a length says
//! that is wrong would be waited for, and everything after it misread.

use super::checksum::checksum;
use super::headers::Headers;
use super::{EXCEPTION, PRELUDE, TRAILER, chunk};
use crate::framer::{Frame, Unframed};
use crate::json::Writer;
use std::borrow::Cow;

/// The largest message there is.
const MAX_MESSAGE: usize = 8 * 1024 * 1024;

/// Keeps what has no end yet between two calls.
#[derive(Debug, Default)]
pub(crate) struct Framer {
    pending: Vec<u8>,
}

impl Framer {
    /// Takes the next bytes and calls `on_frame` for every message that is now whole.
    pub(crate) fn push(&mut self, bytes: &[u8], on_frame: &mut dyn FnMut(Frame<'_>)) -> Result<(), Unframed> {
        if self.pending.is_empty() {
            let used = cut(bytes, on_frame)?;
            self.pending.extend_from_slice(bytes.get(used..).unwrap_or_default());
        } else {
            self.pending.extend_from_slice(bytes);
            let used = cut(&self.pending, on_frame)?;
            self.pending.drain(..used.min(self.pending.len()));
        }
        Ok(())
    }

    /// The stream is over: what is left is half a message, which says nothing.
    pub(crate) fn finish(&mut self, on_frame: &mut dyn FnMut(Frame<'_>)) {
        let pending = std::mem::take(&mut self.pending);
        if !pending.is_empty() {
            on_frame(Frame { raw: &pending, name: "", data: None });
        }
    }
}

/// Calls `on_frame` for every whole message in `bytes`; returns how many bytes they took.
fn cut(bytes: &[u8], on_frame: &mut dyn FnMut(Frame<'_>)) -> Result<usize, Unframed> {
    let mut rest = bytes;
    while let Some((prelude, _)) = rest.split_first_chunk() {
        let prelude = Prelude::read(prelude)?;
        let Some((message, after)) = rest.split_at_checked(prelude.total) else { break };
        prelude.hand_on(message, on_frame)?;
        rest = after;
    }
    Ok(bytes.len().saturating_sub(rest.len()))
}

/// How long a message and its headers are.
struct Prelude {
    total: usize,
    headers: usize,
}

impl Prelude {
    fn read(bytes: &[u8; PRELUDE]) -> Result<Self, Unframed> {
        let [a, b, c, d, e, f, g, h, sum @ ..] = *bytes;
        if checksum(&[a, b, c, d, e, f, g, h]) != u32::from_be_bytes(sum) {
            return Err(Unframed);
        }
        let length = |bytes| usize::try_from(u32::from_be_bytes(bytes)).map_err(|_| Unframed);
        let prelude = Self { total: length([a, b, c, d])?, headers: length([e, f, g, h])? };
        let least = prelude.headers.saturating_add(PRELUDE).saturating_add(TRAILER);
        if (least..=MAX_MESSAGE).contains(&prelude.total) { Ok(prelude) } else { Err(Unframed) }
    }

    fn hand_on(&self, message: &[u8], on_frame: &mut dyn FnMut(Frame<'_>)) -> Result<(), Unframed> {
        let (summed, sum) = message.split_last_chunk().ok_or(Unframed)?;
        if checksum(summed) != u32::from_be_bytes(*sum) {
            return Err(Unframed);
        }
        let (_, rest) = summed.split_at_checked(PRELUDE).ok_or(Unframed)?;
        let (headers, payload) = rest.split_at_checked(self.headers).ok_or(Unframed)?;
        let headers = Headers::read(headers)?;
        if let Some(name) = headers.event() {
            match chunk::unwrap(name, payload) {
                Some(event) => on_frame(Frame { raw: message, name: "", data: Some(Cow::Owned(event)) }),
                None => on_frame(Frame { raw: message, name, data: Some(Cow::Borrowed(payload)) }),
            }
        } else {
            let name = [EXCEPTION, headers.exception()].concat();
            let data = match headers.error_message {
                // An error that the API does not declare says what it says in a header.
                Some(reason) if payload.is_empty() => Cow::Owned(error_body(reason)),
                _ => Cow::Borrowed(payload),
            };
            on_frame(Frame { raw: message, name: &name, data: Some(data) });
        }
        Ok(())
    }
}

fn error_body(message: &str) -> Vec<u8> {
    let mut body = Vec::new();
    Writer::new(&mut body).object(|w| w.key("message").string(message));
    body
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
mod tests {
    use super::super::{write_event, write_exception};
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Written with Python's struct and binascii, and read by botocore 1.44.5: an event, an exception
    /// among headers of every type, and an error.
    const VECTORS: [(&str, &str, &str); 3] = [
        (
            "0000007a00000051ca2c46650b3a6576656e742d7479706507000b6d65737361676553746f700d3a636f6e74656e742d74797065\
             0700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b2273746f70526561736f\
             6e223a22656e645f7475726e227d5fbf09fc",
            "messageStop",
            r#"{"stopReason":"end_turn"}"#,
        ),
        (
            "000000ae00000087d9e9e81d01740001660101620201017303000101690400000001016c050000000000000000017906000378797a\
             0164080000000000000000017509010101010101010101010101010101010d3a6d6573736167652d74797065070009657863657074\
             696f6e0f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e7b226d657373616765223a22\
             536c6f7720646f776e227da439f78e",
            "exception/throttlingException",
            r#"{"message":"Slow down"}"#,
        ),
        (
            "0000005400000044d90033eb0d3a6d6573736167652d747970650700056572726f720b3a6572726f722d636f64650700033530300e\
             3a6572726f722d6d65737361676507000a616e20226572726f722272a92e97",
            "exception/500",
            r#"{"message":"an \"error\""}"#,
        ),
    ];

    fn bytes(hex: &str) -> Vec<u8> {
        let digit = |&byte: &u8| u8::try_from(char::from(byte).to_digit(16).unwrap()).unwrap();
        hex.as_bytes().chunks(2).map(|pair| (digit(&pair[0]) << 4) | digit(&pair[1])).collect()
    }

    fn all() -> Vec<u8> {
        VECTORS.iter().flat_map(|(hex, ..)| bytes(hex)).collect()
    }

    type Seen = Vec<(Vec<u8>, String, Option<String>)>;

    fn frames(cuts: &[&[u8]]) -> Result<Seen, Unframed> {
        let mut framer = Framer::default();
        let mut seen = Vec::new();
        let mut keep = |frame: Frame<'_>| {
            let data = frame.data.map(|data| String::from_utf8(data.into_owned()).unwrap());
            seen.push((frame.raw.to_vec(), frame.name.to_owned(), data));
        };
        for bytes in cuts {
            framer.push(bytes, &mut keep)?;
        }
        framer.finish(&mut keep);
        Ok(seen)
    }

    #[test]
    fn reads_messages_of_every_kind() {
        let expected: Seen = VECTORS
            .iter()
            .map(|(hex, name, data)| (bytes(hex), (*name).to_owned(), Some((*data).to_owned())))
            .collect();
        assert_eq!(frames(&[&all()]).unwrap(), expected);
    }

    #[test]
    fn every_way_to_cut_the_bytes_gives_the_same_frames() {
        let stream = all();
        let whole = frames(&[&stream]).unwrap();
        let single: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(frames(&single).unwrap(), whole);
        for first in 0..=stream.len() {
            for second in first..=stream.len() {
                let cuts = [&stream[..first], &stream[first..second], &stream[second..]];
                assert_eq!(frames(&cuts).unwrap(), whole, "cut at {first} and {second}");
            }
        }
    }

    #[test]
    fn what_is_written_is_what_was_read() {
        let mut out = b"before".to_vec();
        write_event(&mut out, "messageStop", |out| out.extend_from_slice(br#"{"stopReason":"end_turn"}"#));
        assert_eq!(out[6..], bytes(VECTORS[0].0));
        out.clear();
        write_exception(&mut out, "throttlingException", |out| out.extend_from_slice(b"{}"));
        write_event(&mut out, "", |_| ());
        let names: Vec<(String, Option<String>)> =
            frames(&[&out]).unwrap().into_iter().map(|(_, name, data)| (name, data)).collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(names, [("exception/throttlingException".to_owned(), some("{}")), (String::new(), some(""))]);
    }

    #[test]
    fn a_models_own_events_come_out_of_their_wrapping() {
        let mut out = Vec::new();
        write_event(&mut out, "chunk", |out| out.extend_from_slice(br#"{"bytes":"eyJ0eXBlIjoicGluZyJ9","p":"abc"}"#));
        write_event(&mut out, "chunk", |out| out.extend_from_slice(b"{}"));
        let seen: Vec<(String, Option<String>)> =
            frames(&[&out]).unwrap().into_iter().map(|(_, name, data)| (name, data)).collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(seen, [(String::new(), some(r#"{"type":"ping"}"#)), ("chunk".to_owned(), some("{}"))]);
    }

    #[test]
    fn a_message_that_breaks_off_is_handed_on_without_words() {
        let stream = all();
        let last = stream.len().saturating_sub(1);
        let seen = frames(&[&stream[..last]]).unwrap();
        assert_eq!((seen.len(), seen[2].1.as_str(), &seen[2].2), (3, "", &None));
        assert_eq!(seen[2].0, bytes(VECTORS[2].0)[..0x53]);
    }

    #[test]
    fn one_wrong_bit_anywhere_is_noticed() {
        let stream = bytes(VECTORS[0].0);
        for at in 0..stream.len() {
            for bit in 0..8 {
                let mut wrong = stream.clone();
                wrong[at] ^= 1 << bit;
                assert_eq!(frames(&[&wrong]), Err(Unframed), "byte {at}, bit {bit}");
            }
        }
    }

    #[test]
    fn lengths_that_cannot_be_are_refused_at_once() {
        let refused = |total: u32, headers: u32| {
            let lengths = [total.to_be_bytes(), headers.to_be_bytes()].concat();
            frames(&[&[&lengths[..], &checksum(&lengths).to_be_bytes()].concat()]) == Err(Unframed)
        };
        assert!(refused(0, 0) && refused(15, 0) && refused(100, 85) && refused(u32::MAX, 0) && refused(16, u32::MAX));
        assert!(refused(8 * 1024 * 1024 + 1, 0));
        assert!(!refused(16, 0) && !refused(100, 84) && !refused(8 * 1024 * 1024, 0));
    }
}
