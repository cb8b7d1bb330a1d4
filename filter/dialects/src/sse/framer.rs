//! Cuts bytes into events, wherever the bytes were cut before.
//!
//! Follows the event stream grammar of the HTML standard: lines end in LF, CRLF or CR, a space after
//! the colon is optional, a line that starts with a colon is a comment, several `data` lines are one
//! value, and a blank line ends the event. Unlike a browser it also hands on a last event that no
//! blank line ends, because some servers stop there.
//!
//! For every way to cut the same bytes, the same frames come out. That is why a CR at the very end
//! of what has arrived waits: an LF may follow that belongs to it.

use crate::framer::{Frame, Unframed};
use std::borrow::Cow;

/// The most that is kept of an event whose end has not come.
const MAX_EVENT: usize = 8 * 1024 * 1024;

/// Keeps what has no end yet between two calls.
#[derive(Debug, Default)]
pub(crate) struct Framer {
    pending: Vec<u8>,
    /// Where the current line starts, and how far it was searched for its end.
    line: usize,
    searched: usize,
}

impl Framer {
    /// Takes the next bytes and calls `on_frame` for every event that is now whole.
    pub(crate) fn push(&mut self, bytes: &[u8], on_frame: &mut dyn FnMut(Frame<'_>)) -> Result<(), Unframed> {
        if self.pending.is_empty() {
            let used = self.cut(bytes, on_frame);
            self.pending.extend_from_slice(bytes.get(used..).unwrap_or_default());
        } else {
            self.pending.extend_from_slice(bytes);
            let pending = std::mem::take(&mut self.pending);
            let used = self.cut(&pending, on_frame);
            self.pending = pending;
            self.pending.drain(..used.min(self.pending.len()));
        }
        if self.pending.len() > MAX_EVENT { Err(Unframed) } else { Ok(()) }
    }

    /// The stream is over: what is left is the last event.
    pub(crate) fn finish(&mut self, on_frame: &mut dyn FnMut(Frame<'_>)) {
        let pending = std::mem::take(&mut self.pending);
        (self.line, self.searched) = (0, 0);
        if !pending.is_empty() {
            on_frame(frame(&pending));
        }
    }

    /// Calls `on_frame` for every whole event in `bytes`; returns how many bytes they took.
    fn cut(&mut self, bytes: &[u8], on_frame: &mut dyn FnMut(Frame<'_>)) -> usize {
        let mut start: usize = 0;
        while let Some(end_of_line) = find_line_end(bytes, self.searched) {
            let Some(next_line) = after_line_end(bytes, end_of_line) else {
                self.searched = end_of_line;
                return self.rebase(start);
            };
            let blank = end_of_line == self.line;
            (self.line, self.searched) = (next_line, next_line);
            if blank {
                on_frame(frame(bytes.get(start..next_line).unwrap_or_default()));
                start = next_line;
            }
        }
        self.searched = bytes.len();
        self.rebase(start)
    }

    /// Positions count from the first byte that stays.
    fn rebase(&mut self, start: usize) -> usize {
        self.line = self.line.saturating_sub(start);
        self.searched = self.searched.saturating_sub(start);
        start
    }
}

fn find_line_end(bytes: &[u8], from: usize) -> Option<usize> {
    memchr::memchr2(b'\n', b'\r', bytes.get(from..)?).map(|at| from.saturating_add(at))
}

/// Where the next line starts; `None` when that is not known yet.
fn after_line_end(bytes: &[u8], at: usize) -> Option<usize> {
    let next = at.saturating_add(1);
    match (bytes.get(at), bytes.get(next)) {
        (Some(b'\r'), None) => None,
        (Some(b'\r'), Some(b'\n')) => Some(next.saturating_add(1)),
        _ => Some(next),
    }
}

fn frame(raw: &[u8]) -> Frame<'_> {
    let mut data: Option<Cow<'_, [u8]>> = None;
    let mut rest = raw;
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(find_line_end(rest, 0).unwrap_or(rest.len())).unwrap_or((rest, &[]));
        rest = after.get(1..).unwrap_or_default();
        let Some(value) = line.strip_prefix(b"data") else { continue };
        let value = match value.strip_prefix(b":") {
            Some(value) => value.strip_prefix(b" ").unwrap_or(value),
            None if value.is_empty() => value,
            None => continue,
        };
        match &mut data {
            None => data = Some(Cow::Borrowed(value)),
            Some(joined) => {
                let joined = joined.to_mut();
                joined.push(b'\n');
                joined.extend_from_slice(value);
            }
        }
    }
    Frame { raw, name: "", data }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn frames(cuts: &[&[u8]]) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
        let mut framer = Framer::default();
        let mut frames = Vec::new();
        let mut keep = |frame: Frame<'_>| frames.push((frame.raw.to_vec(), frame.data.map(Cow::into_owned)));
        for bytes in cuts {
            framer.push(bytes, &mut keep).unwrap();
        }
        framer.finish(&mut keep);
        frames
    }

    fn data(bytes: &[u8]) -> Vec<Option<String>> {
        let text = |data: Vec<u8>| String::from_utf8(data).unwrap();
        frames(&[bytes]).into_iter().map(|(_, data)| data.map(text)).collect()
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn reads_every_form_of_the_grammar() {
        assert_eq!(data(b"data: a\n\ndata:b\n\n"), [some("a"), some("b")]);
        assert_eq!(data(b"data: a\r\n\r\ndata: b\r\n\r\n"), [some("a"), some("b")]);
        assert_eq!(data(b"data: a\r\rdata: b\r\r"), [some("a"), some("b")]);
        assert_eq!(data(b"event: x\nid: 1\ndata: a\ndata:  b\n\n"), [some("a\n b")]);
        assert_eq!(data(b": comment\n\ndata: a\n\n"), [None, some("a")]);
        assert_eq!(data(b"data: last"), [some("last")]);
        assert_eq!(data(b"data\n\ndatabase: x\n\n"), [some(""), None]);
        assert_eq!(data(b""), []);
    }

    #[test]
    fn every_way_to_cut_the_bytes_gives_the_same_frames() {
        let streams: [&[u8]; 4] = [
            "event: a\ndata: {\"t\":\"é😀\"}\n\n: ping\n\ndata: b\ndata: c\n\ndata: [DONE]\n\n".as_bytes(),
            b"event: a\r\ndata: x\r\n\r\n\r\ndata: y\r\n\r\ndata: z",
            b"data: x\r\rdata: y\r\r",
            b"data: x\n\r\ndata: y\r\n\n\n",
        ];
        for stream in streams {
            let whole = frames(&[stream]);
            let bytes: Vec<&[u8]> = stream.chunks(1).collect();
            assert_eq!(frames(&bytes), whole);
            for first in 0..=stream.len() {
                for second in first..=stream.len() {
                    let cuts = [&stream[..first], &stream[first..second], &stream[second..]];
                    assert_eq!(frames(&cuts), whole, "cut at {first} and {second}");
                }
            }
            let joined: Vec<u8> = whole.into_iter().flat_map(|(raw, _)| raw).collect();
            assert_eq!(joined, stream, "no byte is lost or made up");
        }
    }

    #[test]
    fn an_event_without_end_is_refused_at_the_cap() {
        let mut framer = Framer::default();
        let megabyte = vec![b'x'; 1024 * 1024];
        let mut result = Ok(());
        for _ in 0..9 {
            result = framer.push(&megabyte, &mut |_| panic!("no event has ended"));
        }
        assert_eq!(result, Err(Unframed));
    }
}
