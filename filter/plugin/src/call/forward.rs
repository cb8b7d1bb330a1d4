//! The body: may they, where to, how many tokens, and in which words.

use super::address::{Addressed, address};
use super::answer::Answering;
use super::arrive::Asking;
use super::ending::Facts;
use super::refused::Refused;
use crate::gateway::Gateway;
use crate::host::{Body, Clock, Headers, SharedData, publish, reply};
use crate::telemetry::Rejection;
use tollgate_dialects::{Dialect, Failure, Platform, Prepared, RequestBody, Server, Upstream};
use tollgate_policy::{Demand, OnLoss, Provider, Refusal, Reservation, Subject, Tokens, Used};

/// The longest name of a model, in bytes, that a wildcard takes: it goes into headers and logs, and so
/// may hold no control characters.
const LONGEST_MODEL: usize = 256;

/// The output of a request without a cap of its own, as limits assume it by default.
const ASSUMED_OUTPUT: Tokens = Tokens(1024);

/// What becomes of a request that is not refused.
pub(super) enum Forwarded {
    /// A provider gets it.
    Sent(Box<Answering>),
    /// This filter has answered it.
    Answered,
}

/// Decides about a whole request and prepares it for its provider.
///
/// # Errors
/// The request is refused; nothing of it stays reserved.
pub(super) fn forward(gateway: &Gateway, asking: Asking) -> Result<Forwarded, Refused> {
    let Asking { dialect, asked, caller, headers } = asking;
    let body = Body::Request.read(usize::MAX);
    let is_free = asked.operation().is_free();
    let peek = RequestBody::new(asked, &body).map_err(|error| Refused::bad_request(dialect, error))?;
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

    let upstream = upstream(provider);
    if let Some(answer) = peek.answer_here(upstream, target_model) {
        reply(200, &[("x-tollgate-estimated", "true".to_owned())], &answer);
        return Ok(Forwarded::Answered);
    }

    let input = peek.input_estimate(upstream.dialect, target_model);
    let subject = Subject {
        consumer: caller.name(),
        tags: caller.tags(),
        asked: peek.model(),
        model: &model.name,
        target: &target.name,
        provider: &provider.name,
        target_model,
        attributes: &headers,
    };
    let demand = Demand {
        input: Tokens(if is_free { 0 } else { input.text }),
        media: input.media.filter(|_| !is_free).map(Tokens),
        output_cap: peek.output_cap().map(Tokens),
        answers: peek.answers(),
    };
    let reservation = gateway
        .limits
        .reserve(&SharedData, &gateway.leases, &subject, &demand, Clock::now())
        .map_err(|refusal| refused_by_limit(gateway, dialect, &refusal))?;
    count(gateway, &reservation);

    let prepared = match prepare(gateway, dialect, upstream, &peek, target_model) {
        Ok(prepared) => prepared,
        Err(refused) => {
            // Should this fail, the tokens come back with the window.
            let _ = reservation.settle(&SharedData, Used::Nothing, Clock::now());
            return Err(refused);
        }
    };
    address(
        gateway,
        provider,
        &headers,
        &Addressed { upstream, model: target_model, prepared: &prepared, has_sampling: peek.has_sampling() },
    );
    if let Some(body) = &prepared.body {
        Headers::Request.set("content-length", &body.len().to_string());
        Body::Request.replace(body);
    }
    log::debug!(
        "tollgate: {} asks for {:?}, goes to {} as {target_model:?}; {} input tokens estimated",
        dialect.name(),
        peek.model(),
        provider.name,
        input.total()
    );
    let facts = Facts {
        provider: provider.clone(),
        model: model.name.clone(),
        target_model: target_model.to_owned(),
        dropped: prepared.losses,
        expected: expected(&demand),
    };
    publish_target(gateway, &facts, caller.name(), peek.model());
    if !facts.dropped.is_empty() {
        log::debug!("tollgate: dropped {}", facts.dropped.to_header());
    }
    let answering = Answering::new(prepared.exchange, facts, reservation, Clock::now());
    Ok(Forwarded::Sent(Box::new(answering)))
}

fn refused_by_limit(gateway: &Gateway, dialect: Dialect, refusal: &Refusal) -> Refused {
    if let Refusal::Exhausted { limit, .. } = refusal {
        gateway.metrics.limit_refusal(limit, true);
    }
    Refused::limit(dialect, refusal)
}

/// Counts what reserving met.
fn count(gateway: &Gateway, reservation: &Reservation) {
    gateway.metrics.contention(reservation.retries());
    for limit in reservation.would_refuse() {
        gateway.metrics.limit_refusal(limit, false);
    }
    for limit in reservation.uncounted() {
        gateway.metrics.uncounted(limit);
    }
}

/// The most that a request takes if its input is estimated well, whatever limits there are.
fn expected(demand: &Demand) -> Tokens {
    let output = demand.output_cap.unwrap_or(ASSUMED_OUTPUT).0.saturating_mul(demand.answers);
    let media = demand.media.map_or(0, |media| media.0);
    Tokens(demand.input.0.saturating_add(media).saturating_add(output))
}

/// A provider of the configuration, as the dialects know it.
fn upstream(provider: &Provider<Dialect>) -> Upstream<'_> {
    let platform = match &provider.platform {
        tollgate_policy::Platform::Direct => Platform::Direct,
        tollgate_policy::Platform::Azure { api_version } => Platform::Azure { api_version },
        tollgate_policy::Platform::Vertex { project, location } => Platform::Vertex { project, location },
        tollgate_policy::Platform::Aws => Platform::Aws,
    };
    Upstream { dialect: provider.dialect, platform, server: provider.server.and_then(Server::named) }
}

fn prepare(
    gateway: &Gateway,
    dialect: Dialect,
    upstream: Upstream<'_>,
    peek: &RequestBody<'_>,
    model: &str,
) -> Result<Prepared, Refused> {
    let prepared = peek.prepare(upstream, model).map_err(|error| Refused::bad_request(dialect, error))?;
    if gateway.config.on_loss() == OnLoss::Reject && !prepared.losses.is_empty() {
        let message = format!("The provider of this model cannot be told: {}.", prepared.losses.to_header());
        let failure = Failure::new(400, message).with_code("unsupported_parameter");
        return Err(Refused::new(dialect, Rejection::BadRequest, failure));
    }
    Ok(prepared)
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
