//! What takes the place of a body that Envoy holds.
//!
//! It has to fit Envoy's buffer. Where it does not, Envoy ends the request while this filter is at it, which fails the VM
//! and ends Envoy itself. How large the buffer is nobody says; but what it holds has fitted, and what is small fits any.

use crate::host::{Body, Headers, reply_instead};

/// What fits any buffer, and every error of the gateway's own: so large is the smallest buffer that is supported.
const ROOM: usize = 65_536;

/// How much fits a buffer that holds so many bytes.
pub(in super::super) fn room(held: usize) -> usize {
    held.max(ROOM)
}

/// Puts a body that is whole in the place of the `held` bytes of the provider's. One for which there may be no room is a
/// reply of this filter's own.
pub(super) fn put_whole(content_type: &str, body: &[u8], held: usize) {
    if body.len() > room(held) {
        return reply_instead(&Headers::Response.read(), content_type, body);
    }
    Headers::Response.set("content-type", content_type);
    Headers::Response.set("content-length", &body.len().to_string());
    Body::Response.replace(body);
}
