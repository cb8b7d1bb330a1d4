//! The body: may they, where to, how many tokens, and in which words.

use super::answer::Answering;
use super::arrive::Asking;
use super::ending::Facts;
use super::refused::Refused;
use crate::gateway::Gateway;
use crate::host::{Body, Clock, Headers, RequestHeaders, SharedData, publish};
use crate::telemetry::Rejection;
use tollgate_dialects::{Credential, Dialect, Failure, Peek, Prepared};
use tollgate_policy::{Demand, OnLoss, Provider, ProviderKey, Subject, Tokens, Used};

/// Headers that no provider gets from a client: what would have it answer in a form that cannot be
/// read here, and what goes with the client's own account.
const KEPT_BACK: [&str; 4] = ["accept-encoding", "openai-organization", "openai-project", "anthropic-workspace-id"];
/// What the names of headers with credentials hold.
const CREDENTIALS: [&str; 8] =
    ["authorization", "cookie", "api-key", "auth-token", "access-token", "security-token", "subscription-key", "-auth"];

/// The longest name of a model, in bytes, that a wildcard takes: it goes into headers and logs, and so
/// may hold no control characters.
const LONGEST_MODEL: usize = 256;

/// The beginning of no header's name.
const NOTHING: &str = " ";

/// Decides about a whole request and prepares it for its provider.
///
/// # Errors
/// The request is refused; nothing of it stays reserved.
pub(super) fn forward(gateway: &Gateway, asking: Asking) -> Result<Answering, Refused> {
    let Asking { dialect, caller, headers, .. } = asking;
    let body = Body::Request.read(usize::MAX);
    let peek = Peek::new(dialect, &body).map_err(|error| Refused::bad_request(dialect, error))?;
    if !caller.may_use(peek.model()) {
        return Err(Refused::forbidden_model(dialect, peek.model()));
    }
    let unknown = || Refused::unknown_model(dialect, peek.model());
    if peek.model().len() > LONGEST_MODEL || peek.model().contains(char::is_control) {
        return Err(unknown());
    }
    let model = gateway.config.models().find(peek.model()).ok_or_else(unknown)?;
    let target = model.targets.first().ok_or_else(unknown)?;
    let provider = &target.provider;
    let target_model = target.model.as_deref().unwrap_or(peek.model());

    let subject = Subject { consumer: caller.name(), model: &model.name };
    let demand = Demand {
        input: Tokens(peek.input_estimate()),
        output_cap: peek.output_cap().map(Tokens),
        answers: peek.answers(),
    };
    let reservation = gateway
        .limits
        .reserve(&SharedData, &subject, &demand, Clock::now())
        .map_err(|refusal| Refused::limit(dialect, &refusal))?;
    gateway.metrics.contention(reservation.retries());

    let prepared = match prepare(gateway, dialect, provider, &peek, target_model) {
        Ok(prepared) => prepared,
        Err(refused) => {
            // Should this fail, the tokens come back with the window.
            let _ = reservation.settle(&SharedData, Used::Nothing, Clock::now());
            return Err(refused);
        }
    };
    address(gateway, provider, &headers, &prepared, peek.has_sampling());
    if let Some(body) = &prepared.body {
        Headers::Request.set("content-length", &body.len().to_string());
        Body::Request.replace(body);
    }
    log::debug!(
        "tollgate: {} asks for {:?}, goes to {} as {target_model:?}; {} input tokens estimated",
        dialect.name(),
        peek.model(),
        provider.name,
        peek.input_estimate()
    );
    let facts = Facts {
        provider: provider.clone(),
        model: model.name.clone(),
        target_model: target_model.to_owned(),
        dropped: prepared.losses.to_header(),
    };
    publish_target(gateway, &facts, caller.name(), peek.model());
    if !prepared.losses.is_empty() {
        log::debug!("tollgate: dropped {}", facts.dropped);
        gateway.metrics.dropped(&facts.provider.name, &facts.model);
    }
    Ok(Answering::new(prepared.exchange, facts, reservation, Clock::now()))
}

fn prepare(
    gateway: &Gateway,
    dialect: Dialect,
    provider: &Provider<Dialect>,
    peek: &Peek<'_>,
    model: &str,
) -> Result<Prepared, Refused> {
    let prepared = peek.prepare(provider.dialect, model).map_err(|error| Refused::bad_request(dialect, error))?;
    if gateway.config.on_loss() == OnLoss::Reject && !prepared.losses.is_empty() {
        let message = format!("The provider of this model cannot be told: {}.", prepared.losses.to_header());
        let failure = Failure::new(400, message).with_code("unsupported_parameter");
        return Err(Refused::new(dialect, Rejection::BadRequest, failure));
    }
    Ok(prepared)
}

/// Sets everything that makes the request one for `provider`.
fn address(
    gateway: &Gateway,
    provider: &Provider<Dialect>,
    headers: &RequestHeaders,
    prepared: &Prepared,
    has_sampling: bool,
) {
    let translates = prepared.exchange.translates();
    let foreign = if translates { prepared.exchange.client().header_prefix() } else { NOTHING };
    let kept_back = |name: &str| {
        is_credential(name)
            || KEPT_BACK.contains(&name)
            || name.starts_with(foreign)
            || gateway.config.identity_headers().any(|header| header == name)
    };
    headers.names().filter(|name| kept_back(name)).for_each(|name| Headers::Request.remove(name));

    let request = Headers::Request;
    // What was read here as UTF-8 must not be read as anything else there.
    request.set("content-type", "application/json");
    request.set("x-tollgate-cluster", &provider.cluster);
    if let Some(host) = &provider.host {
        request.set(":authority", host);
    }
    let base_path = provider.base_path.as_deref().unwrap_or(provider.dialect.base_path());
    request.set(":path", &format!("{base_path}{}{}", provider.dialect.path(), query(headers, translates)));
    if let Some((name, value)) = provider.dialect.version_header(has_sampling, headers.get("anthropic-version")) {
        request.set(name, value);
    }
    match &provider.key {
        ProviderKey::Secret(secret) => show_key(provider.dialect.credential(), secret.expose()),
        ProviderKey::Passthrough => pass_key_on(provider.dialect, headers, translates),
        ProviderKey::None => {}
    }
}

/// The one credential that the client showed, in the form that the provider takes. Anthropic takes
/// bearer tokens, too, and not all of them are keys.
fn pass_key_on(provider: Dialect, headers: &RequestHeaders, translates: bool) {
    let Some(key) = headers.credential().and_then(|key| std::str::from_utf8(key).ok()) else { return };
    let came_as_bearer = headers.get("x-api-key").is_none();
    let form = if came_as_bearer && !translates { Credential::Bearer } else { provider.credential() };
    show_key(form, key);
}

fn is_credential(name: &str) -> bool {
    CREDENTIALS.iter().any(|part| name.contains(part))
}

/// A query means something to the dialect it was written for only, and can hold keys.
fn query(headers: &RequestHeaders, translates: bool) -> String {
    let path = headers.get(":path").and_then(|path| std::str::from_utf8(path).ok()).unwrap_or_default();
    let Some((_, query)) = path.split_once('?').filter(|_| !translates) else { return String::new() };
    let harmless = |parameter: &&str| {
        let name = parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
        let secret = ["key", "token", "secret", "auth"].iter().any(|part| name.contains(part));
        !secret && !name.contains('%') && parameter.bytes().all(|b| b.is_ascii_graphic())
    };
    let kept: Vec<&str> = query.split('&').filter(harmless).collect();
    if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) }
}

fn show_key(form: Credential, key: &str) {
    match form {
        Credential::Bearer => Headers::Request.set("authorization", &format!("Bearer {key}")),
        Credential::Header(name) => Headers::Request.set(name, key),
    }
}

fn publish_target(gateway: &Gateway, facts: &Facts, consumer: Option<&str>, asked: &str) {
    let published = [
        ("version", gateway.config.version()),
        ("consumer", consumer),
        ("model", Some(asked)),
        ("provider", Some(facts.provider.name.as_str())),
        ("target_model", Some(facts.target_model.as_str())),
    ];
    for (name, value) in published {
        if let Some(value) = value {
            publish(name, value.as_bytes());
        }
    }
}
