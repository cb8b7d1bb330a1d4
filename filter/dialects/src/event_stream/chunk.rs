//! What Bedrock's `InvokeModelWithResponseStream` wraps a model's own events in.

use crate::base64::decode;
use crate::json::{Text, parse, shape};

shape! { Chunk { bytes: Text<'a> } }

/// The model's own event, out of the message of this name and payload.
pub(super) fn unwrap(name: &str, payload: &[u8]) -> Option<Vec<u8>> {
    if name != "chunk" {
        return None;
    }
    let chunk: Chunk<'_> = parse(std::str::from_utf8(payload).ok()?).ok()?;
    decode(&chunk.bytes?)
}
