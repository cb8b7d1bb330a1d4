//! The body: may they, where to, how many tokens, and in which words.

use super::account::Account;
use super::address::{Addressed, address};
use super::answer::Answering;
use super::arrive::Asking;
use super::ending::Facts;
use super::failover::{self, Failover};
use super::refused::Refused;
use super::reserve::give_back;
use super::route::{Request, Routed, Sent};
use super::served::Served;
use super::shadow;
use super::steps::{Held, Next, Space, Spent, Stepping};
use crate::gateway::Gateway;
use crate::host::{Body, Clock, Headers, SharedData, publish, reply};
use std::rc::Rc;
use tollgate_dialects::{Asked, Dialect, Prepared, RequestBody};
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
    /// It is held until a step has answered.
    Waiting(Box<Stepping>),
    /// This filter has answered it.
    Answered,
}

/// Decides about a whole request and prepares it for its provider.
///
/// # Errors
/// The request is refused; nothing of it stays reserved.
pub(super) fn forward(gateway: &Rc<Gateway>, mut held: Held) -> Result<Forwarded, Refused> {
    let dialect = held.asking.dialect;
    let is_free = held.asking.asked.operation().is_free();
    let mut body = Body::Request.read(usize::MAX);
    let room = held.space.map_or(usize::MAX, Space::room);
    body.truncate(held.space.map_or(usize::MAX, Space::body));
    let read = |asked: &Asked<'static>, body| {
        RequestBody::new(asked.clone(), body).map_err(|error| Refused::bad_request(dialect, error))
    };
    let mut instructed = Vec::new();
    let mut peek = read(&held.asking.asked, &body)?;
    let model = model_for(gateway, dialect, &held.asking.caller, &peek)?;
    if !model.steps.is_empty() && !is_free {
        match held.next(gateway, &peek, model)? {
            Next::Wait(underway) => {
                held.space.get_or_insert_with(|| Space::make(body.len(), model));
                let model = peek.model().to_owned();
                return Ok(Forwarded::Waiting(Box::new(Stepping { held, model, underway: *underway })));
            }
            Next::Answered => return Ok(Forwarded::Answered),
            Next::Go(None) if held.space.is_some() => Body::Request.replace(&body),
            Next::Go(None) => {}
            Next::Go(Some(body)) if body.len() > room => return Err(Refused::body_too_large(dialect)),
            Next::Go(Some(body)) => {
                instructed = body;
                Headers::Request.set("content-length", &instructed.len().to_string());
                Body::Request.replace(&instructed);
                peek = read(&held.asking.asked, &instructed)?;
            }
        }
    }
    let Held { asking: Asking { asked, caller, headers, .. }, outputs, spent, .. } = held;
    let request = Request {
        gateway,
        dialect,
        caller: &caller,
        headers: &headers,
        peek: &peek,
        model,
        is_free,
        outputs: &outputs,
    };
    let routed = request.route()?;
    if let Routed::To(sent) = &routed {
        shadow::cast(gateway, &request, &sent.shadows, if instructed.is_empty() { &body } else { &instructed });
    }
    match routed {
        Routed::Here(answer) => {
            reply(200, &[("x-tollgate-estimated", "true".to_owned())], &answer);
            Ok(Forwarded::Answered)
        }
        Routed::To(sent) if sent.prepared.body.as_ref().is_some_and(|body| body.len() > room) => {
            give_back(sent.reservation);
            // What cannot be given back now is so when the lease ends.
            let _ = sent.attempt.end(&SharedData, Clock::now());
            Err(Refused::body_too_large(dialect))
        }
        Routed::To(sent) if sent.walk.is_some() => {
            let start = failover::start(&request, *sent, spent);
            Ok(Forwarded::Left(Failover::begin(gateway.clone(), start, asked, caller, headers)))
        }
        Routed::To(sent) => Ok(Forwarded::Sent(Box::new(send(gateway, &request, *sent, spent)))),
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
    if let Some(further) = peek.further_models().find(|name| !caller.may_use(name)) {
        return Err(Refused::forbidden_model(dialect, &further));
    }
    let unknown = || Refused::unknown_model(dialect, asked);
    if asked.len() > LONGEST_MODEL || asked.contains(char::is_control) {
        return Err(unknown());
    }
    gateway.config.models().find(asked).ok_or_else(unknown)
}

/// Makes the request one for its target, and lets it go.
fn send(gateway: &Rc<Gateway>, request: &Request<'_>, sent: Sent<'_>, spent: Spent) -> Served {
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
    let facts = Facts::new(model, target, target_model, demand.all_input().0, prepared.losses);
    publish_target(gateway, &facts, caller.name(), peek.model());
    let answering = Answering::new(prepared.exchange, facts, attempt);
    Served::new(gateway.clone(), answering, Account::new(reservation, Clock::now(), spent))
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
