//! What must be so of everything that is written.

use serde::de::IgnoredAny;
use tollgate_dialects::{Losses, RequestError};

/// A body is written in at most so many bytes for each byte that was read, and so many more: as in the properties of
/// the dialects, where it says why.
const BODY_BOUND: (usize, usize) = (27, 2048);

/// It is JSON, and not much longer than what it was made of.
pub fn assert_body(out: &[u8], read: &[u8]) {
    // Halves of characters that nobody looks at are passed on, and Rust has no string for them.
    if !has_halves(read) {
        assert_json(out);
    }
    let (times, more) = BODY_BOUND;
    assert!(out.len() <= times * read.len() + more, "{} bytes were made of {}", out.len(), read.len());
}

pub fn has_halves(json: &[u8]) -> bool {
    json.windows(4)
        .any(|bytes| matches!(bytes.to_ascii_lowercase()[..], [b'\\', b'u', b'd', b'8'..=b'9' | b'a'..=b'f']))
}

pub fn assert_json(out: &[u8]) {
    assert!(serde_json::from_slice::<IgnoredAny>(out).is_ok(), "not JSON: {}", show(out));
}

/// They can stand in a header.
pub fn assert_losses(losses: &Losses) {
    let header = losses.to_header();
    assert!(header.len() < 4096 && header.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{header}");
}

/// It says something, and does not repeat a body.
pub fn assert_error(error: &RequestError) {
    assert!(!error.message.is_empty() && error.message.len() < 1024, "{error}");
    assert!(error.param.as_ref().is_none_or(|param| !param.contains(char::is_control)), "{error:?}");
}

pub fn show(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
