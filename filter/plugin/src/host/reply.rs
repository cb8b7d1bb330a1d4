//! Answers that the filter gives by itself.

use proxy_wasm::hostcalls;

/// Answers the request here and now with a JSON body.
pub(crate) fn reply(status: u16, headers: &[(&str, String)], body: &[u8]) {
    reply_as(status, "application/json", headers, body);
}

/// Answers the request here and now.
pub(crate) fn reply_as(status: u16, content_type: &str, headers: &[(&str, String)], body: &[u8]) {
    let mut all = vec![("content-type", content_type)];
    all.extend(headers.iter().map(|(name, value)| (*name, value.as_str())));
    let _ = hostcalls::send_http_response(u32::from(status), all, Some(body));
}
