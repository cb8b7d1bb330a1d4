//! The headers: which API is this, and who calls?

use super::refused::Refused;
use crate::gateway::Gateway;
use crate::host::{Headers, RequestHeaders, jwt_claim, reply};
use crate::telemetry::Rejection;
use tollgate_dialects::{Asked, Dialect, Failure, Operation};
use tollgate_policy::{Caller, UnknownPaths};

/// What only this gateway may say to Envoy, and clients may not.
pub(super) const INTERNAL: &str = "x-tollgate-";

/// Whose SDK a client uses. Cohere's clients send their key as OpenAI's do, and ask for models at the same path.
const SDK_NAME: &str = "x-fern-sdk-name";

/// What to do with a request whose headers have come.
pub(super) enum Arrival {
    Pass,
    Ask(Asking),
    Replied,
    Refused(Refused),
}

/// A request whose body is awaited.
pub(super) struct Asking {
    pub(super) dialect: Dialect,
    pub(super) asked: Asked<'static>,
    pub(super) caller: Caller,
    pub(super) headers: RequestHeaders,
}

pub(super) fn arrive(gateway: &Gateway, end_of_stream: bool) -> Arrival {
    let headers = RequestHeaders::read();
    for name in headers.names().filter(|name| name.starts_with(INTERNAL)) {
        Headers::Request.remove(name);
    }
    let method = headers.get(":method").unwrap_or_default();
    let path = headers.get(":path").unwrap_or_default();
    let asked = Asked::of(method, path);
    let dialect = match asked.as_ref().and_then(Asked::known_dialect) {
        Some(dialect) => dialect,
        None if headers.get("anthropic-version").is_some() => Dialect::Anthropic,
        None if headers.get("x-goog-api-key").is_some() => Dialect::Gemini,
        None if headers.get(SDK_NAME).is_some_and(|name| name == b"cohere") => Dialect::Cohere,
        None => Dialect::OpenAi,
    };
    let Some(asked) = asked else {
        return unknown_path(gateway, dialect);
    };
    if let Some(path) = headers.path_without_key() {
        Headers::Request.set(":path", &path);
    }
    let header = |name: &str| headers.get_only(name).map(<[u8]>::to_vec);
    let caller = match gateway.config.identify(headers.credential(), &header, &jwt_claim) {
        Ok(caller) => caller,
        Err(error) => return Arrival::Refused(Refused::identity(dialect, error)),
    };
    if asked.operation() == Operation::ListModels {
        list_models(gateway, dialect, &caller);
        return Arrival::Replied;
    }
    let refuse =
        |message: &str| Arrival::Refused(Refused::new(dialect, Rejection::BadRequest, Failure::new(400, message)));
    if end_of_stream {
        return refuse("The request has no body. Send a JSON object.");
    }
    if headers.get("content-encoding").is_some_and(|encoding| !encoding.eq_ignore_ascii_case(b"identity")) {
        return refuse("The request body is compressed. Send it without content-encoding.");
    }
    let asked =
        asked.with_content_type(headers.get("content-type")).with_betas(headers.all("anthropic-beta")).into_owned();
    Arrival::Ask(Asking { dialect, asked, caller, headers })
}

fn unknown_path(gateway: &Gateway, dialect: Dialect) -> Arrival {
    match gateway.config.unknown_paths() {
        UnknownPaths::Pass => Arrival::Pass,
        UnknownPaths::Reject => {
            let message = "This gateway does not serve this method and path.";
            let failure = Failure::new(404, message).with_code("unknown_path");
            Arrival::Refused(Refused::new(dialect, Rejection::UnknownPath, failure))
        }
    }
}

fn list_models(gateway: &Gateway, dialect: Dialect, caller: &Caller) {
    let names: Vec<&str> = gateway.config.models().names().filter(|name| caller.may_use(name)).collect();
    reply(200, &[], &dialect.models_body(&names));
}
