//! Makes a request one for its provider: where it goes, and what goes with it.

use crate::gateway::Gateway;
use crate::host::{Headers, RequestHeaders};
use tollgate_dialects::{Credential, Dialect, Exchange, Prepared, Upstream};
use tollgate_policy::{Provider, ProviderKey};

/// Headers that go with the account whose key is shown.
const OF_AN_ACCOUNT: [&str; 3] = ["openai-organization", "openai-project", "anthropic-workspace-id"];
/// What the names of headers with credentials hold.
const CREDENTIALS: [&str; 8] =
    ["authorization", "cookie", "api-key", "auth-token", "access-token", "security-token", "subscription-key", "-auth"];

/// Google's APIs take parameters of the system in headers and in the query: which fields there are in an answer, its usage
/// among them, in which form it is, whose project pays (<https://cloud.google.com/apis/docs/system-parameters>).
const OF_GOOGLES_SYSTEM: &str = "x-goog-";
const OF_GOOGLES_CLIENT: &str = "x-goog-api-client";

/// Headers about the client's own stream, and what Envoy says of it: names, and how names begin.
const OF_A_STREAM: [&str; 10] = [
    ":",
    "x-envoy-",
    "x-forwarded-",
    "x-request-id",
    "x-tollgate-",
    "connection",
    "content-length",
    "expect",
    "te",
    "transfer-encoding",
];

/// A request and where it goes.
pub(super) struct Addressed<'r> {
    pub(super) upstream: Upstream<'r>,
    /// The provider's own name for the model.
    pub(super) model: &'r str,
    pub(super) prepared: &'r Prepared,
    pub(super) has_sampling: bool,
}

/// Sets everything that makes the request one for `provider`. `headers` are the request's as they are now, `shown` as
/// the client sent them.
pub(super) fn address(
    gateway: &Gateway,
    provider: &Provider<Dialect>,
    headers: &RequestHeaders,
    shown: &RequestHeaders,
    addressed: &Addressed<'_>,
) {
    let Addressed { upstream, model, prepared, .. } = *addressed;
    let translates = prepared.exchange.translates();
    let kept_back = |name: &str| is_kept_back(gateway, provider, &prepared.exchange, name);
    headers.names().filter(|name| kept_back(name)).for_each(|name| Headers::Request.remove(name));

    let mut set = |name: &str, value: &str| {
        if kept_back(name) || headers.get_only(name) != Some(value.as_bytes()) {
            Headers::Request.set(name, value);
        }
    };
    let path = prepared.exchange.path(&upstream, provider.base_path.as_deref(), model);
    // What these APIs must know of the query is in their paths already.
    let says_all = translates || is_googles(provider) || matches!(provider.platform, tollgate_policy::Platform::Aws);
    set(":path", &with_query(path, headers, says_all));
    destination(provider, headers, shown, addressed, translates, &mut set);
}

/// The headers of a copy of the request that goes to another target.
pub(super) fn headers_of_copy(
    gateway: &Gateway,
    provider: &Provider<Dialect>,
    headers: &RequestHeaders,
    addressed: &Addressed<'_>,
) -> Vec<(String, String)> {
    let exchange = &addressed.prepared.exchange;
    let own = headers_of_own(provider, headers, addressed, exchange.client());
    let is_copied = |name: &str| {
        !OF_A_STREAM.iter().any(|of| *of == name || (of.ends_with([':', '-']) && name.starts_with(of)))
            && !is_kept_back(gateway, provider, exchange, name)
            && !own.iter().any(|(set, _)| *set == name)
    };
    let text = |value: &[u8]| std::str::from_utf8(value).ok().map(str::to_owned);
    let copied = headers.iter().filter(|(name, _)| is_copied(name));
    let mut all: Vec<_> = copied.filter_map(|(name, value)| Some((name.to_owned(), text(value)?))).collect();
    all.extend(own.into_iter().map(|(name, value)| (name.to_owned(), value)));
    all
}

/// Whether a header of the client's is not for this provider to see.
fn is_kept_back(gateway: &Gateway, provider: &Provider<Dialect>, exchange: &Exchange, name: &str) -> bool {
    let translates = exchange.translates();
    let clients_account = provider.key == ProviderKey::Passthrough && !translates;
    is_credential(name)
        || name == "accept-encoding"
        || (is_googles(provider) && name.starts_with(OF_GOOGLES_SYSTEM) && name != OF_GOOGLES_CLIENT)
        || (!clients_account && OF_AN_ACCOUNT.contains(&name))
        || (translates && name.starts_with(exchange.client().header_prefix()))
        || gateway.config.identity_headers().any(|header| header == name)
}

fn is_googles(provider: &Provider<Dialect>) -> bool {
    provider.dialect == Dialect::Gemini || matches!(provider.platform, tollgate_policy::Platform::Vertex { .. })
}

/// The headers of a request of this filter's own, for a client that speaks `shows`.
pub(super) fn headers_of_own(
    provider: &Provider<Dialect>,
    headers: &RequestHeaders,
    addressed: &Addressed<'_>,
    shows: Dialect,
) -> Vec<(&'static str, String)> {
    let Addressed { upstream, model, prepared, .. } = *addressed;
    let exchange = &prepared.exchange;
    let mut set = vec![
        (":method", "POST".to_owned()),
        (":path", exchange.path(&upstream, provider.base_path.as_deref(), model)),
        (":authority", provider.cluster.clone()),
    ];
    // A key that the client showed is shown as it was to the provider that it was written for.
    let translates = shows != exchange.provider();
    destination(provider, headers, headers, addressed, translates, &mut |name, value| {
        set.retain(|(known, _)| *known != name);
        set.push((name, value.to_owned()));
    });
    set
}

/// Sets what a request to `provider` needs beside its path: whose it is, what it is, and the credential. `translates`:
/// the client's own was not written for that provider's API.
fn destination(
    provider: &Provider<Dialect>,
    headers: &RequestHeaders,
    shown: &RequestHeaders,
    addressed: &Addressed<'_>,
    translates: bool,
    set: &mut dyn FnMut(&'static str, &str),
) {
    let Addressed { upstream, prepared, has_sampling, .. } = *addressed;
    // What was read here as UTF-8 must not be read as anything else there.
    if let Some(content_type) = prepared.exchange.request_type() {
        set("content-type", content_type);
    }
    if let Some(host) = &provider.host {
        set(":authority", host);
    }
    if let Some((name, value)) = upstream.version_header(has_sampling, headers.get("anthropic-version")) {
        set(name, value);
    }
    match &provider.key {
        ProviderKey::Secret(secret) => show_key(upstream.credential(), secret.expose(), set),
        ProviderKey::Passthrough => pass_key_on(upstream, shown, translates, set),
        ProviderKey::None => {}
    }
}

/// The one credential that the client showed, in the form that the provider takes. Anthropic takes
/// bearer tokens, too, and not all of them are keys.
fn pass_key_on(
    upstream: Upstream<'_>,
    headers: &RequestHeaders,
    translates: bool,
    set: &mut dyn FnMut(&'static str, &str),
) {
    let Some(key) = headers.credential().and_then(|key| std::str::from_utf8(key).ok()) else { return };
    let form = if headers.came_as_bearer() && !translates { Credential::Bearer } else { upstream.credential() };
    show_key(form, key, set);
}

fn is_credential(name: &str) -> bool {
    // A search sets itself up for long texts, and names are short. Each part begins with one of these.
    name.bytes().enumerate().filter(|(_, first)| matches!(first, b'a' | b'c' | b's' | b'-')).any(|(at, _)| {
        let rest = name.as_bytes().get(at..).unwrap_or_default();
        CREDENTIALS.iter().any(|part| rest.starts_with(part.as_bytes()))
    })
}

/// Adds the client's query, which means something to the dialect it was written for only, and can hold
/// keys. What the path says already is not said again. `says_all`: nothing of it means anything there.
fn with_query(mut path: String, headers: &RequestHeaders, says_all: bool) -> String {
    let asked = headers.get(":path").and_then(|path| std::str::from_utf8(path).ok()).unwrap_or_default();
    let Some((_, query)) = asked.split_once('?').filter(|_| !says_all) else { return path };
    let own = path.split_once('?').map(|(_, own)| own.to_owned()).unwrap_or_default();
    let name = |parameter: &str| parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
    let harmless = |parameter: &&str| {
        let name = name(parameter);
        let secret = ["key", "token", "secret", "auth"].iter().any(|part| name.contains(part));
        !secret && !name.contains('%') && parameter.bytes().all(|b| b.is_ascii_graphic())
    };
    let unsaid = |parameter: &&str| !own.split('&').any(|said| name(said) == name(parameter));
    for parameter in query.split('&').filter(harmless).filter(unsaid) {
        path.push(if path.contains('?') { '&' } else { '?' });
        path.push_str(parameter);
    }
    path
}

fn show_key(form: Credential, key: &str, set: &mut dyn FnMut(&'static str, &str)) {
    match form {
        Credential::Bearer => set("authorization", &format!("Bearer {key}")),
        Credential::Header(name) => set(name, key),
    }
}
