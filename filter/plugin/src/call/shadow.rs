//! Copies of a request for targets whose answers are only measured.

use super::address::{Addressed, headers_of_copy};
use super::route::{Request, upstream};
use crate::gateway::Gateway;
use crate::shadows::{self, Shadow, Target};
use std::rc::Rc;

/// Makes a copy of the request for each of these targets. What cannot be copied, as it could not be sent there, is counted,
/// and no client's concern.
pub(super) fn cast(
    gateway: &Rc<Gateway>,
    request: &Request<'_>,
    targets: &[&tollgate_policy::Target<tollgate_dialects::Dialect>],
    body: &[u8],
) {
    let Request { headers, peek, model, .. } = *request;
    for target in targets {
        let (upstream, target_model) = (upstream(&target.provider), request.name_at(target));
        let of = Target {
            gateway: gateway.clone(),
            provider: target.provider.clone(),
            model: model.name.clone(),
            name: target.name.clone(),
            target_model: target_model.to_owned(),
        };
        let Ok(prepared) = request.prepare(upstream, target_model) else {
            of.count("refused", 0);
            continue;
        };
        let addressed =
            Addressed { upstream, model: target_model, prepared: &prepared, has_sampling: peek.has_sampling() };
        let headers = headers_of_copy(gateway, &target.provider, headers, &addressed);
        let body = prepared.body.unwrap_or_else(|| body.to_vec());
        shadows::cast(Shadow { of, exchange: prepared.exchange, headers, body });
    }
}
