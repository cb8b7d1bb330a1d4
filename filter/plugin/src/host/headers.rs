//! Headers, as bytes.

use proxy_wasm::hostcalls;
use proxy_wasm::types::MapType;

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
        hostcalls::get_map_value_bytes(self.map(), name).ok().flatten()
    }

    /// Puts `value` in place of what the header was. A value that could not stand in a header is not
    /// set at all: it could start another one.
    pub(crate) fn set(self, name: &str, value: &str) {
        if value.bytes().all(|b| matches!(b, b' '..=b'~')) {
            let _ = hostcalls::set_map_value(self.map(), name, Some(value));
        }
    }

    pub(crate) fn remove(self, name: &str) {
        let _ = hostcalls::set_map_value(self.map(), name, None);
    }

    /// Removes every header that `unwanted` says so of.
    pub(crate) fn remove_where(self, unwanted: impl Fn(&str) -> bool) {
        let all = hostcalls::get_map_bytes(self.map()).unwrap_or_default();
        for (name, _) in all.iter().filter(|(name, _)| unwanted(name)) {
            self.remove(name);
        }
    }

    /// The response's status; 0 where there is none.
    pub(crate) fn status(self) -> u16 {
        let status = self.get(":status");
        status.as_deref().and_then(|status| std::str::from_utf8(status).ok()?.parse().ok()).unwrap_or(0)
    }
}

/// All request headers, read with one host call.
pub(crate) struct RequestHeaders(Vec<(String, Vec<u8>)>);

impl RequestHeaders {
    pub(crate) fn read() -> Self {
        Self(hostcalls::get_map_bytes(MapType::HttpRequestHeaders).unwrap_or_default())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }

    /// The value of a header that is there once. Of two, nobody can say which one another filter or
    /// a provider would take, so neither says who calls.
    pub(crate) fn get_only(&self, name: &str) -> Option<&[u8]> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| &**value);
        values.next().filter(|_| values.next().is_none())
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

    /// All names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
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
