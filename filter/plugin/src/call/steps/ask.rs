//! Asks what a step asks: a small request, routed, reserved and addressed as any other.

use super::super::address::{Addressed, headers_of_own};
use super::super::arrive::Asking;
use super::super::ending::{Facts, Work};
use super::super::route::{Request, Routed};
use super::super::watch::Watch;
use super::{Spent, Underway, Why};
use crate::gateway::Gateway;
use crate::host::{Clock, call};
use tollgate_dialects::{Dialect, RequestBody, question};
use tollgate_policy::{Fault, Step};

pub(super) fn ask(
    gateway: &Gateway,
    asking: &Asking,
    step: &Step,
    prompt: &str,
    spent: &mut Spent,
) -> Result<Underway, Why> {
    let body = question(&step.model, prompt, step.max_output_tokens);
    let peek = RequestBody::new(Dialect::OpenAi.into(), &body).map_err(|_| Why::Unreadable)?;
    let model = gateway.config.models().find(&step.model).ok_or(Why::Unreachable)?;
    let Asking { dialect, caller, headers, .. } = asking;
    let (dialect, outputs) = (*dialect, &[]);
    let request = Request { gateway, dialect, caller, headers, peek: &peek, model, is_free: false, outputs };
    let Routed::To(sent) = request.route().map_err(Why::Refused)? else { return Err(Why::Unreadable) };

    let provider = &sent.target.provider;
    let exchange = sent.prepared.exchange;
    let addressed =
        Addressed { upstream: sent.upstream, model: sent.target_model, prepared: &sent.prepared, has_sampling: false };
    let set = headers_of_own(provider, headers, &addressed, dialect);
    log::debug!("tollgate: step {:?} asks {:?} at {}", step.name, sent.target.name, provider.name);
    let asked = call(&provider.cluster, &set, sent.prepared.body.as_deref().unwrap_or(&body), step.timeout);

    let input = sent.demand.all_input().0;
    let facts = Facts::new(model, sent.target, sent.target_model, input, sent.prepared.losses);
    let mut underway = Underway {
        exchange,
        facts,
        reservation: Some(sent.reservation),
        watch: Watch::new(sent.attempt),
        started: Clock::now(),
        timeout: step.timeout,
        most_bytes: step.max_output_bytes,
        token: 0,
    };
    match asked {
        Ok(token) => {
            underway.token = token;
            Ok(underway)
        }
        Err(status) => {
            log::debug!("tollgate: cluster {:?} cannot be asked: {status:?}", underway.facts.provider.cluster);
            underway.watch.failed(gateway, &underway.facts, &Fault::Unreachable);
            underway.unasked(gateway, Work::None, spent);
            Err(Why::Unreachable)
        }
    }
}
