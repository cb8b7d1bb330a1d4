//! Counting a request's input tokens before it is sent.

use crate::Dialect;
use crate::json::Writer;

/// The answer that says `tokens`.
pub(crate) fn answer(client: Dialect, tokens: u64) -> Vec<u8> {
    let mut out = Vec::new();
    let _ = client;
    Writer::new(&mut out).object(|w| w.key("input_tokens").unsigned(tokens));
    out
}
