//! Copies of requests, whose answers are only measured.
//!
//! A call ends with the stream that makes it, and a copy may take longer than the request that it is of. So streams
//! leave their copies here, and the filter itself, which lives on, sends them at its next tick.

use crate::gateway::Gateway;
use crate::host::{CallAnswer, Clock, call};
use crate::telemetry::Labels;
use crate::usage::consumption;
use proxy_wasm::hostcalls;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tollgate_dialects::{Dialect, Exchange, Outcome, Told, Usage};
use tollgate_policy::{Provider, Timestamp};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(300);
/// Nanoseconds after which nobody will answer.
const FORGOTTEN_AFTER: u64 = 310_000_000_000;
/// How soon copies are sent.
const SOON: Duration = Duration::from_millis(1);
/// As many copies of one VM may wait for an answer, and as many bytes for being sent. Beyond that, requests get none.
const MOST_UNDERWAY: usize = 256;
const MOST_BYTES: usize = 16 << 20;

thread_local! {
    static SHADOWS: RefCell<Shadows> = RefCell::default();
}

#[derive(Default)]
struct Shadows {
    waiting: Vec<Shadow>,
    /// By Envoy's name for the call.
    underway: BTreeMap<u32, Underway>,
}

/// A copy that is to be sent.
pub(crate) struct Shadow {
    pub(crate) of: Target,
    pub(crate) exchange: Exchange,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// For whom it is.
pub(crate) struct Target {
    pub(crate) gateway: Rc<Gateway>,
    pub(crate) provider: Arc<Provider<Dialect>>,
    /// The configuration's names for the model and the target, and the model's name there.
    pub(crate) model: String,
    pub(crate) name: String,
    pub(crate) target_model: String,
}

/// A copy whose answer is awaited.
struct Underway {
    of: Target,
    exchange: Exchange,
    sent: Timestamp,
}

/// Leaves a copy to be sent soon, unless there are too many.
pub(crate) fn cast(shadow: Shadow) {
    SHADOWS.with_borrow_mut(|Shadows { waiting, underway }| {
        let bytes: usize = waiting.iter().map(|waiting| waiting.body.len()).sum();
        let many = waiting.len().saturating_add(underway.len()) >= MOST_UNDERWAY;
        if many || bytes.saturating_add(shadow.body.len()) > MOST_BYTES {
            return shadow.of.count("dropped", 0);
        }
        waiting.push(shadow);
        let _ = hostcalls::set_tick_period(SOON);
    });
}

/// Sends all that wait.
pub(crate) fn send() {
    let now = Clock::now();
    let waiting = SHADOWS.with_borrow_mut(|Shadows { waiting, underway }| {
        // When a configuration goes, Envoy ends its calls without a word.
        underway.retain(|_, copy| now.as_nanos().saturating_sub(copy.sent.as_nanos()) < FORGOTTEN_AFTER);
        std::mem::take(waiting)
    });
    for Shadow { of, exchange, headers, body } in waiting {
        match call(&of.provider.cluster, &headers, &body, TIMEOUT) {
            Ok(token) => {
                let underway = Underway { of, exchange, sent: now };
                SHADOWS.with_borrow_mut(|shadows| shadows.underway.insert(token, underway));
            }
            Err(_) => of.count("unreachable", 0),
        }
    }
}

/// A copy has been answered, or will not be.
pub(crate) fn answered(token: u32, size: usize) {
    let Some(Underway { of, exchange, sent }) = SHADOWS.with_borrow_mut(|shadows| shadows.underway.remove(&token))
    else {
        return;
    };
    let took_ms = Clock::now().as_nanos().saturating_sub(sent.as_nanos()) / 1_000_000;
    let status = CallAnswer::headers().status();
    match status {
        0 => of.count("unreachable", took_ms),
        200..300 => match read(&exchange, &of, &CallAnswer::body(size)) {
            Some(outcome) => {
                of.count("200", took_ms);
                if let Some(usage) = &outcome.usage {
                    of.took(usage);
                }
            }
            None => of.count("broken", took_ms),
        },
        status => of.count(&status.to_string(), took_ms),
    }
}

/// What a whole answer tells, streamed or not; `None` if it is not whole.
fn read(exchange: &Exchange, of: &Target, body: &[u8]) -> Option<Outcome> {
    if exchange.wants_stream() {
        let mut stream = exchange.stream(Clock::seconds());
        stream.push(body);
        stream.finish();
        return stream.is_complete().then(|| stream.outcome());
    }
    let told = Told { now: Clock::seconds(), model: &of.target_model, request: None, input_tokens: None };
    exchange.answer(body, told).ok().map(|answer| answer.outcome)
}

impl Target {
    fn labels(&self) -> Labels<'_> {
        Labels { provider: &self.provider.name, model: &self.model, target: &self.name }
    }

    pub(crate) fn count(&self, status: &str, took_ms: u64) {
        self.gateway.metrics.shadow(self.labels(), status, took_ms);
    }

    fn took(&self, usage: &Usage) {
        let cost = self.gateway.limits.prices().cost(&self.provider.name, &self.target_model, &consumption(usage));
        self.gateway.metrics.shadow_usage(self.labels(), usage, cost);
    }
}
