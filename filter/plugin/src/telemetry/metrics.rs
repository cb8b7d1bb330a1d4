//! Counters. Envoy's metrics have no labels, so labels stand in the name, `;label=value` after
//! `;label=value`, and the `stats_tags` of the shipped configurations cut them out again.
//!
//! Every value is a name from the configuration or one of a fixed set: a client cannot make Envoy
//! keep another metric.

use proxy_wasm::hostcalls;
use proxy_wasm::types::MetricType;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use tollgate_dialects::Usage;
use tollgate_policy::NanoUsd;

/// Why a request was refused here.
#[derive(Clone, Copy)]
pub(crate) enum Rejection {
    BadRequest,
    Unauthenticated,
    Forbidden,
    UnknownModel,
    UnknownPath,
    /// Its body is larger than Envoy buffers.
    BodyTooLarge,
    /// It may cost more than a whole limit.
    TooLarge,
    OverLimit,
    LimitUnavailable,
    /// No target's conditions hold.
    NoTarget,
    /// No target is well.
    Unhealthy,
    /// A step has said that it goes no further.
    Stopped,
    /// A step has failed that must not.
    StepFailed,
}

impl Rejection {
    fn word(self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::UnknownModel => "unknown_model",
            Self::UnknownPath => "unknown_path",
            Self::BodyTooLarge => "body_too_large",
            Self::TooLarge => "too_large",
            Self::OverLimit => "over_limit",
            Self::LimitUnavailable => "limit_unavailable",
            Self::NoTarget => "no_target",
            Self::Unhealthy => "unhealthy",
            Self::Stopped => "stopped",
            Self::StepFailed => "step_failed",
        }
    }
}

/// Which target of which model.
#[derive(Clone, Copy)]
pub(crate) struct Labels<'l> {
    pub(crate) provider: &'l str,
    pub(crate) model: &'l str,
    pub(crate) target: &'l str,
}

/// Counters by name, defined when first counted.
#[derive(Default)]
pub(crate) struct Metrics {
    counters: RefCell<Counters>,
}

#[derive(Default)]
struct Counters {
    ids: BTreeMap<String, u32>,
    /// Where a name is put together.
    name: String,
}

impl Metrics {
    /// One request that a provider answered. `model` is the configuration's name for it, `target` that of the target
    /// where it is not the provider's.
    pub(crate) fn request(&self, provider: &str, model: &str, target: Option<&str>, status: u16) {
        let status = status.to_string();
        let (label, target) = target.map_or(("", ""), |target| (";target=", target));
        let name =
            ["tollgate_requests;provider=", provider, ";model=", model, label, target, ";status=", status.as_str()];
        self.count(&name, 1);
    }

    /// What a step of a model has come to: `answered`, `stopped`, or why it has failed.
    pub(crate) fn step(&self, model: &str, step: &str, outcome: &str) {
        self.count(&["tollgate_steps;model=", model, ";step=", step, ";outcome=", outcome], 1);
    }

    /// A request was tried at another target because this one had failed it.
    pub(crate) fn failover(&self, provider: &str, model: &str, target: Option<&str>) {
        let (label, target) = target.map_or(("", ""), |target| (";target=", target));
        self.count(&["tollgate_failovers;provider=", provider, ";model=", model, label, target], 1);
    }

    /// One copy of a request, what became of it, which is a status or a word, and how long that took.
    pub(crate) fn shadow(&self, of: Labels<'_>, status: &str, took_ms: u64) {
        let Labels { provider, model, target } = of;
        let [a, b, c, d, e, f] = [";provider=", provider, ";model=", model, ";target=", target];
        self.count(&["tollgate_shadow_requests", a, b, c, d, e, f, ";status=", status], 1);
        self.count(&["tollgate_shadow_ms", a, b, c, d, e, f], took_ms);
    }

    /// What the answer to a copy took.
    pub(crate) fn shadow_usage(&self, of: Labels<'_>, usage: &Usage, cost: Option<NanoUsd>) {
        let Labels { provider, model, target } = of;
        let [a, b, c, d, e, f] = [";provider=", provider, ";model=", model, ";target=", target];
        for (kind, tokens) in kinds(usage).into_iter().filter(|(_, tokens)| *tokens > 0) {
            self.count(&["tollgate_shadow_tokens", a, b, c, d, e, f, ";type=", kind], tokens);
        }
        if let Some(cost) = cost {
            self.count(&["tollgate_shadow_cost_nanousd", a, b, c, d, e, f], cost.0);
        }
    }

    /// A target was left alone by all workers because of what one request met there.
    pub(crate) fn cooldown(&self, provider: &str, model: &str, reason: &str) {
        self.count(&["tollgate_cooldowns;provider=", provider, ";model=", model, ";reason=", reason], 1);
    }

    pub(crate) fn tokens(&self, provider: &str, model: &str, usage: &Usage) {
        for (kind, tokens) in kinds(usage) {
            if tokens > 0 {
                self.count(&["tollgate_tokens;provider=", provider, ";model=", model, ";type=", kind], tokens);
            }
        }
    }

    /// What tokens cost, in nano-dollars.
    pub(crate) fn cost(&self, provider: &str, model: &str, cost: NanoUsd) {
        self.count(&["tollgate_cost_nanousd;provider=", provider, ";model=", model], cost.0);
    }

    /// One request that a limit refused, or would have.
    pub(crate) fn limit_refusal(&self, limit: &str, enforced: bool) {
        let enforced = if enforced { "true" } else { "false" };
        self.count(&["tollgate_limit_refusals;limit=", limit, ";enforced=", enforced], 1);
    }

    /// One request that a limit let through without counting it.
    pub(crate) fn uncounted(&self, limit: &str) {
        self.count(&["tollgate_limit_uncounted;limit=", limit], 1);
    }

    pub(crate) fn rejection(&self, rejection: Rejection) {
        self.count(&["tollgate_rejections;reason=", rejection.word()], 1);
    }

    /// One request of which something was dropped or adapted, there or on the way back.
    pub(crate) fn dropped(&self, provider: &str, model: &str) {
        self.count(&["tollgate_dropped;provider=", provider, ";model=", model], 1);
    }

    fn count(&self, name: &[&str], by: u64) {
        let Counters { ids, name: whole } = &mut *self.counters.borrow_mut();
        whole.clear();
        whole.extend(name.iter().copied());
        let id = match ids.get(whole) {
            Some(id) => *id,
            None => {
                let Ok(id) = hostcalls::define_metric(MetricType::Counter, whole) else { return };
                ids.insert(whole.clone(), id);
                id
            }
        };
        let _ = hostcalls::increment_metric(id, i64::try_from(by).unwrap_or(i64::MAX));
    }
}

/// Attempts on the shared table that another worker was faster at, whoever made them.
pub(crate) fn contention(attempts: u32) {
    thread_local! {
        static COUNTER: OnceCell<u32> = const { OnceCell::new() };
    }
    let define = || hostcalls::define_metric(MetricType::Counter, "tollgate_table_contention").ok();
    let id = COUNTER.with(|counter| {
        let id = counter.get().copied().or_else(define)?;
        Some(*counter.get_or_init(|| id))
    });
    if let Some(id) = id {
        let _ = hostcalls::increment_metric(id, i64::from(attempts));
    }
}

/// Tokens by kind. Those that are also another kind's are counted in both.
fn kinds(usage: &Usage) -> [(&'static str, u64); 5] {
    [
        ("input", usage.input),
        ("cached_input", usage.cached_input),
        ("cache_write", usage.cache_write),
        ("output", usage.output),
        ("reasoning", usage.reasoning),
    ]
}
