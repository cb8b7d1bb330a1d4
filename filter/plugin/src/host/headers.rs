//! Headers, as bytes.

use super::{HeaderMap, abi};
use proxy_wasm::types::MapType;
use std::ops::Deref;

/// The headers of one direction, changed one at a time.
#[derive(Clone, Copy)]
pub(crate) enum Headers {
    /// The request's.
    Request,
    /// The response's.
    Response,
}

impl Headers {
    fn map(self) -> MapType {
        match self {
            Self::Request => MapType::HttpRequestHeaders,
            Self::Response => MapType::HttpResponseHeaders,
        }
    }

    /// A header's value; several of one name are joined by Envoy.
    pub(crate) fn get(self, name: &str) -> Option<Vec<u8>> {
        abi::header(self.map(), name)
    }

    /// Puts `value` in place of what the header was. A value that could not stand in a header is not
    /// set at all: it could start another one.
    pub(crate) fn set(self, name: &str, value: &str) {
        if value.bytes().all(|b| matches!(b, b' '..=b'~')) {
            abi::set_header(self.map(), name, value);
        }
    }

    pub(crate) fn remove(self, name: &str) {
        abi::remove_header(self.map(), name);
    }

    /// All of them.
    pub(crate) fn read(self) -> HeaderMap {
        HeaderMap::read(self.map())
    }
}

/// The request's headers as they came.
pub(crate) struct RequestHeaders(HeaderMap);

impl Deref for RequestHeaders {
    type Target = HeaderMap;

    fn deref(&self) -> &HeaderMap {
        &self.0
    }
}

impl RequestHeaders {
    pub(crate) fn read() -> Self {
        Self(Headers::Request.read())
    }

    /// Puts the request's headers back as they were.
    pub(crate) fn restore(&self) {
        self.0.write(Headers::Request.map());
    }

    /// The key in `?key=`, where Google's clients may put it.
    fn key_in_query(&self) -> Option<&[u8]> {
        let query = self.get(":path")?.split(|&b| b == b'?').nth(1)?;
        let mut keys = query.split(|&b| b == b'&').filter_map(|parameter| parameter.strip_prefix(b"key="));
        keys.next().filter(|_| keys.next().is_none())
    }

    /// The path without the key that it may hold, which would be logged with it; `None` if there is none.
    pub(crate) fn path_without_key(&self) -> Option<String> {
        let path = std::str::from_utf8(self.get(":path")?).ok()?;
        let (path, query) = path.split_once('?')?;
        let is_key = |parameter: &&str| parameter.starts_with("key=");
        query.split('&').find(is_key)?;
        let kept: Vec<&str> = query.split('&').filter(|parameter| !is_key(parameter)).collect();
        Some(if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) })
    }

    /// The client's API key, wherever clients of these APIs put it. Where a header of its own is sent beside
    /// a bearer token, Anthropic takes the former, and so does this.
    pub(crate) fn credential(&self) -> Option<&[u8]> {
        self.key().or_else(|| self.bearer()).or_else(|| self.key_in_query()).filter(|key| !key.is_empty())
    }

    /// Is the credential a bearer token, which need not be a key?
    pub(crate) fn came_as_bearer(&self) -> bool {
        self.key().is_none() && self.bearer().is_some()
    }

    /// The key in a header of its own.
    fn key(&self) -> Option<&[u8]> {
        const KEYS: [&str; 3] = ["x-api-key", "x-goog-api-key", "api-key"];
        KEYS.iter().find_map(|name| self.get_only(name)).filter(|key| !key.is_empty())
    }

    fn bearer(&self) -> Option<&[u8]> {
        const SCHEME: &[u8] = b"bearer ";
        let (scheme, token) = self.get_only("authorization")?.split_at_checked(SCHEME.len())?;
        scheme.eq_ignore_ascii_case(SCHEME).then(|| token.trim_ascii())
    }
}
