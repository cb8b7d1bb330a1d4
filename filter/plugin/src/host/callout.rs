//! Requests of the filter's own.

use super::HeaderMap;
use proxy_wasm::hostcalls;
use proxy_wasm::types::{BufferType, MapType, Status};
use std::time::Duration;

/// Asks a cluster. Its answer, or that there is none, is told to the stream that asks.
///
/// # Errors
/// Envoy has no such cluster, or cannot reach it now: nobody is asked.
pub(crate) fn call(
    cluster: &str,
    headers: &[(impl AsRef<str>, String)],
    body: &[u8],
    timeout: Duration,
) -> Result<u32, Status> {
    let headers = headers.iter().map(|(name, value)| (name.as_ref(), value.as_str())).collect();
    hostcalls::dispatch_http_call(cluster, headers, Some(body), Vec::new(), timeout)
}

/// The answer to a call, while Envoy tells of it.
pub(crate) struct CallAnswer;

impl CallAnswer {
    /// Its headers; none where nobody answered.
    pub(crate) fn headers() -> HeaderMap {
        HeaderMap::read(MapType::HttpCallResponseHeaders)
    }

    pub(crate) fn body(size: usize) -> Vec<u8> {
        if size == 0 {
            return Vec::new();
        }
        hostcalls::get_buffer(BufferType::HttpCallResponseBody, 0, size).ok().flatten().unwrap_or_default()
    }
}

/// Lets the request go on that was held.
pub(crate) fn resume_request() {
    let _ = hostcalls::resume_http_request();
}
