//! A VM that fails when a request says so: for tests of what outlives it.

use crate::host::Headers;

/// Fails, if the request has the header `x-trap`.
#[allow(clippy::panic, reason = "to fail is what it is for")]
pub(crate) fn spring() {
    if Headers::Request.get("x-trap").is_some() {
        panic!("a test asked for it");
    }
}
