//! The body: may they, where to, how many tokens, and in which words.

use super::account::Account;
use super::address::{Addressed, address};
use super::answer::Answering;
use super::arrive::Asking;
use super::ending::Facts;
use super::failover::{self, Failover};
use super::refused::Refused;
use super::reserve::expected;
use super::route::{Request, Routed, Sent};
use super::served::Served;
use crate::gateway::Gateway;
use crate::host::{Body, Clock, Headers, publish, reply};
use std::rc::Rc;
use tollgate_dialects::{Dialect, Prepared, RequestBody};
use tollgate_policy::{Caller, Model};

/// The longest name of a model, in bytes, that a wildcard takes: it goes into headers and logs, and so
/// may hold no control characters.
const LONGEST_MODEL: usize = 256;

/// What becomes of a request that is not refused.
pub(super) enum Forwarded {
    /// A provider gets it.
    Sent(Box<Served>),
    /// The filter on a cluster makes it one for each target that is tried.
    Left(Rc<Failover>),
    /// This filter has answered it.
    Answered,
}

/// Decides about a whole request and prepares it for its provider.
///
/// # Errors
/// The request is refused; nothing of it stays reserved.
pub(super) fn forward(gateway: &Rc<Gateway>, asking: Asking) -> Result<Forwarded, Refused> {
    let Asking { dialect, asked, caller, headers } = asking;
    let is_free = asked.operation().is_free();
    let again = gateway.config.models().have_walks().then(|| asked.clone());
    let body = Body::Request.read(usize::MAX);
    let peek = RequestBody::new(asked, &body).map_err(|error| Refused::bad_request(dialect, error))?;
    let model = model_for(gateway, dialect, &caller, &peek)?;
    let request = Request { gateway, dialect, caller: &caller, headers: &headers, peek: &peek, model, is_free };
    match request.route()? {
        Routed::Here(answer) => {
            reply(200, &[("x-tollgate-estimated", "true".to_owned())], &answer);
            Ok(Forwarded::Answered)
        }
        Routed::To(sent) => match (&sent.walk, again) {
            (Some(_), Some(asked)) => {
                let start = failover::start(&request, *sent);
                Ok(Forwarded::Left(Failover::begin(gateway.clone(), start, asked, caller, headers)))
            }
            _ => Ok(Forwarded::Sent(Box::new(send(gateway, &request, *sent)))),
        },
    }
}

/// The model that is asked for, if there is one of that name and the caller may use it.
fn model_for<'g>(
    gateway: &'g Gateway,
    dialect: Dialect,
    caller: &Caller,
    peek: &RequestBody<'_>,
) -> Result<&'g Model<Dialect>, Refused> {
    let asked = peek.model();
    if !caller.may_use(asked) {
        return Err(Refused::forbidden_model(dialect, asked));
    }
    let unknown = || Refused::unknown_model(dialect, asked);
    if asked.len() > LONGEST_MODEL || asked.contains(char::is_control) {
        return Err(unknown());
    }
    gateway.config.models().find(asked).ok_or_else(unknown)
}

/// Makes the request one for its target, and lets it go.
fn send(gateway: &Rc<Gateway>, request: &Request<'_>, sent: Sent<'_>) -> Served {
    let Request { dialect, caller, headers, peek, model, .. } = *request;
    let Sent { target, upstream, target_model, prepared, demand, reservation, attempt, .. } = sent;
    let provider = &target.provider;
    let addressed = Addressed { upstream, model: target_model, prepared: &prepared, has_sampling: peek.has_sampling() };
    Headers::Request.set("x-tollgate-cluster", &provider.cluster);
    address(gateway, provider, headers, headers, &addressed);
    replace_body(&prepared);
    log::debug!(
        "tollgate: {} asks for {:?}, goes to {:?} at {} as {target_model:?}; {} input tokens estimated",
        dialect.name(),
        peek.model(),
        target.name,
        provider.name,
        demand.all_input().0
    );
    let facts = Facts::new(model, target, target_model, prepared.losses, expected(&demand));
    publish_target(gateway, &facts, caller.name(), peek.model());
    let answering = Answering::new(prepared.exchange, facts, attempt);
    Served::new(gateway.clone(), answering, Account::new(reservation, Clock::now()))
}

/// Puts the provider's body in the place of the client's, where it differs.
pub(super) fn replace_body(prepared: &Prepared) {
    if let Some(body) = &prepared.body {
        Headers::Request.set("content-length", &body.len().to_string());
        Body::Request.replace(body);
    }
}

/// Says who asks for what, and who serves it.
pub(super) fn publish_target(gateway: &Gateway, facts: &Facts, consumer: Option<&str>, asked: &str) {
    let published = [
        ("version", gateway.config.version()),
        ("consumer", consumer),
        ("model", Some(asked)),
        ("target", Some(facts.target.as_str())),
        ("provider", Some(facts.provider.name.as_str())),
        ("target_model", Some(facts.target_model.as_str())),
    ];
    for (name, value) in published {
        if let Some(value) = value {
            publish(name, value.as_bytes());
        }
    }
}
