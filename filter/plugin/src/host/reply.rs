//! Answers that the filter gives by itself.

use super::HeaderMap;
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

/// Headers that Envoy writes for a reply by itself, or that are about the body before.
const OF_THE_BODY: [&str; 7] = [
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "date",
    "server",
    "x-envoy-upstream-service-time",
];

/// Answers with this body in place of the response, whose headers are still held and go with it.
pub(crate) fn reply_instead(headers: &HeaderMap, content_type: &str, body: &[u8]) {
    let kept = headers.iter().filter(|(name, _)| !name.starts_with(':') && !OF_THE_BODY.contains(name));
    let kept: Vec<_> =
        kept.filter_map(|(name, value)| Some((name, std::str::from_utf8(value).ok()?.to_owned()))).collect();
    reply_as(headers.status(), content_type, &kept, body);
}
