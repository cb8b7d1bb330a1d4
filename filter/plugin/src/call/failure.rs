//! Why there is no answer: what the client is told, and whether anybody did work for it.

use super::ending::{Facts, Work};
use super::watch::fault_of;
use crate::host::{Headers, property, reply};
use crate::telemetry::Rejection;
use std::time::Duration;
use tollgate_dialects::{Dialect, Exchange, Failure, ProviderFailure, Stream};
use tollgate_policy::{Fault, ProviderKey};

/// What Envoy says of a request that no provider has seen.
const NOT_CONNECTED: [&str; 5] =
    ["connection_failure", "no_healthy_upstream", "cluster_not_found", "no_cluster", "overflow"];

/// What Envoy says begins so where a provider hung up: before it had answered, or in the middle of it.
const RESET: &str = "upstream_reset_";

/// What Envoy says where a provider had nothing to say for `per_try_idle_timeout`. Other timeouts may be the client's doing.
const STALLED: &[u8] = b"upstream_per_try_idle_timeout";

/// What Envoy's `ratelimit` filter says when its service has refused a request, and when it did not answer.
const RATE_LIMITED: &str = "request_rate_limited";
const RATE_LIMITER_DOWN: &str = "rate_limiter_error";

/// An error, read.
pub(super) struct Failed {
    /// What the client is told.
    pub(super) told: ProviderFailure,
    pub(super) work: Work,
    /// What it says against the target, if anything.
    pub(super) fault: Option<Fault>,
}

/// Reads what a response with `status`, which is no success, says.
pub(super) fn read(exchange: &Exchange, facts: &Facts, status: u16, body: &[u8]) -> Failed {
    if let Some(details) = envoys_details() {
        return envoys_own(status, &details);
    }
    if !(400..600).contains(&status) {
        return Failed { told: in_our_words(unreadable()), work: Work::Refused, fault: Some(Fault::Broken) };
    }
    let told = exchange.failure(status, body);
    // Some say by a word in the body, and not by the status, that the key was wrong.
    let refuses_key = [status, told.failure.status].contains(&401) && facts.provider.key != ProviderKey::Passthrough;
    let told = if refuses_key || repeats_key(facts, body) || repeats_key(facts, told.failure.message.as_bytes()) {
        refused_key(if refuses_key { 401 } else { status })
    } else {
        told
    };
    // By a word in the body, too: those that do not say 401 say 400.
    let says = if told.failure.status == 401 { 401 } else { status };
    let header = said_retry_after(&|name| Headers::Response.get(name));
    let fault = fault_of(facts, says, time_to_come_back(header, &told.failure));
    Failed { told, work: Work::Refused, fault }
}

/// An error that a stream began with.
pub(super) fn in_a_stream(facts: &Facts, failure: &Failure) -> Failure {
    match failure.status {
        401 if facts.provider.key != ProviderKey::Passthrough => refused_key(401).failure,
        status if repeats_key(facts, failure.message.as_bytes()) => refused_key(status).failure,
        _ => failure.clone(),
    }
}

/// Shorter keys keep no secret, and stand in many a text by chance: servers of one's own are given such.
const SHORTEST_KEY: usize = 8;

/// Whether what a provider says holds the gateway's key. Whose key was wrong, and what it looks like, is between the two.
pub(super) fn repeats_key(facts: &Facts, said: &[u8]) -> bool {
    secret_of(facts).is_some_and(|key| memchr::memmem::find(said, key).is_some())
}

/// Puts stars in the place of the gateway's key, wherever a provider says it in a stream that has failed. Where that
/// cannot be, because escapes hide it or the stream has checksums, gives what the client is told in place of all of it.
pub(super) fn hide_key(facts: &Facts, stream: &mut Stream, said: &mut [u8]) -> Option<Vec<u8>> {
    let key = secret_of(facts)?;
    let places: Vec<usize> = memchr::memmem::find_iter(said, key).collect();
    let failure = stream.failure_in_words()?;
    if if places.is_empty() { repeats_key(facts, failure.message.as_bytes()) } else { stream.has_checksums() } {
        let told = refused_key(failure.status).failure;
        return Some(stream.failure_instead(&told));
    }
    for place in places {
        said.iter_mut().skip(place).take(key.len()).for_each(|byte| *byte = b'*');
    }
    None
}

fn secret_of(facts: &Facts) -> Option<&[u8]> {
    let ProviderKey::Secret(secret) = &facts.provider.key else { return None };
    Some(secret.expose().as_bytes()).filter(|key| key.len() >= SHORTEST_KEY)
}

fn refused_key(status: u16) -> ProviderFailure {
    let message = "The provider refused the gateway's credential.";
    in_our_words(Failure::new(status, message).with_code("upstream_credential"))
}

/// What Envoy says of an answer that is its own, and no provider's.
pub(super) fn envoys_details() -> Option<String> {
    let details = property(["response", "code_details"]);
    (!details.is_empty() && details != b"via_upstream").then(|| String::from_utf8_lossy(&details).into_owned())
}

/// What Envoy answers itself: because no provider was asked, or because none answered.
pub(super) fn envoys_own(status: u16, details: &str) -> Failed {
    let asked_nobody = property(["upstream", "address"]).is_empty();
    // An earlier attempt may have reached somebody, whatever became of the last.
    let attempts = <[u8; 8]>::try_from(property(["upstream", "request_attempt_count"])).map_or(1, u64::from_le_bytes);
    let not_connected = NOT_CONNECTED.iter().any(|reason| details.contains(reason));
    let refused =
        |rejection, failure| Failed { told: in_our_words(failure), work: Work::Rejected(rejection), fault: None };
    match details {
        RATE_LIMITED => return refused(Rejection::OverLimit, over_shared_limit(status)),
        RATE_LIMITER_DOWN => {
            let failure = Failure::new(status, "The limits cannot be checked at the moment. Try again.");
            return refused(Rejection::LimitUnavailable, failure);
        }
        _ => {}
    }
    let told = in_our_words(match status {
        504 => silent(),
        400..500 if asked_nobody => Failure::new(status, "This gateway refused the request."),
        _ => unreachable(status),
    });
    let nobody_had_it = attempts <= 1 && (asked_nobody || not_connected);
    // What other filters answer, or what is too large for Envoy's buffers, says nothing about the target.
    let fault = match status {
        504 => Some(Fault::Silent),
        _ if not_connected || details.starts_with(RESET) => Some(Fault::Unreachable),
        _ => None,
    };
    Failed { told, work: if nobody_had_it { Work::None } else { Work::Unknown }, fault }
}

/// What it says against the target that its answer has ended before it was whole, if anything: clients leave, too.
pub(super) fn cut_short() -> Option<Fault> {
    let details = property(["response", "code_details"]);
    (details.starts_with(RESET.as_bytes()) || details == STALLED).then_some(Fault::Broken)
}

/// Whether the attempt on the cluster that has just ended had a connection to its target.
pub(super) fn was_connected() -> bool {
    !property(["upstream", "local_address"]).is_empty()
}

/// What a rate limit service has refused. It says in a header of its own, which Envoy writes, when it will not.
fn over_shared_limit(status: u16) -> Failure {
    let reset = Headers::Response.get("x-ratelimit-reset").and_then(|value| String::from_utf8(value).ok());
    let seconds = reset.and_then(|value| value.split(',').next()?.trim().parse().ok());
    let again = seconds.map_or_else(|| "later".to_owned(), |seconds: u64| format!("in {seconds} s"));
    let message = format!("The limit that all gateways share is used up. Try again {again}.");
    Failure { retry_after: seconds, ..Failure::new(status, message) }
}

/// An answer that is not what its API answers.
pub(super) fn unreadable() -> Failure {
    Failure::new(502, "The provider's answer cannot be read: it is not what its API answers.")
}

/// No answer began in time.
pub(super) fn silent() -> Failure {
    Failure::new(504, "The provider did not answer in time.")
}

/// There was no connection, or none that held until there was an answer.
pub(super) fn unreachable(status: u16) -> Failure {
    Failure::new(status, "The provider could not be reached.")
}

/// When to come back, as the provider says it in a header or in the body; where it should and does not, in
/// a second.
pub(super) fn retry_after(failure: &Failure) -> Option<String> {
    let said = Headers::Response.get("retry-after").and_then(|value| String::from_utf8(value).ok());
    let otherwise = failure.retry_after.or((failure.status == 503).then_some(1));
    said.or_else(|| otherwise.map(|seconds| seconds.to_string()))
}

/// When to come back, as exactly as these headers say it.
pub(super) fn said_retry_after(header: &dyn Fn(&str) -> Option<Vec<u8>>) -> Option<Duration> {
    let said = |name, unit| {
        let value = String::from_utf8(header(name)?).ok()?;
        Duration::try_from_secs_f64(value.trim().parse::<f64>().ok()? * unit).ok()
    };
    said("retry-after-ms", 0.001).or_else(|| said("retry-after", 1.0))
}

/// The same, or what the body says.
pub(super) fn time_to_come_back(header: Option<Duration>, failure: &Failure) -> Option<Duration> {
    header.or_else(|| failure.retry_after.map(Duration::from_secs))
}

/// Answers here and now with an error, where there are only headers to put one in place of, or none.
pub(super) fn reply_with(client: Dialect, failure: &Failure) {
    let retry_after: Vec<_> = retry_after(failure).map(|value| ("retry-after", value)).into_iter().collect();
    reply(failure.status, &retry_after, &client.error_body(failure));
}

/// The status that the client has seen, as Envoy knows it; 0 if none.
pub(super) fn status_seen() -> u16 {
    let code = <[u8; 8]>::try_from(property(["response", "code"])).map_or(0, u64::from_le_bytes);
    u16::try_from(code).unwrap_or(0)
}

fn in_our_words(failure: Failure) -> ProviderFailure {
    ProviderFailure { failure, as_it_is: false }
}
