//! Answers that the filter gives by itself.

use proxy_wasm::hostcalls;

/// Answers the request here and now with a JSON body.
pub(crate) fn reply(status: u16, headers: &[(&str, String)], body: &[u8]) {
    let mut all = vec![("content-type", "application/json")];
    all.extend(headers.iter().map(|(name, value)| (*name, value.as_str())));
    let _ = hostcalls::send_http_response(u32::from(status), all, Some(body));
}
