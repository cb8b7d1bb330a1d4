//! What a request may take, and its place in the limits.

use super::refused::Refused;
use super::route::Request;
use crate::gateway::Gateway;
use crate::host::{Clock, SharedData};
use tollgate_dialects::Dialect;
use tollgate_policy::{Demand, Refusal, Reservation, Subject, Target, Tokens, Used};

impl Request<'_> {
    /// What it may take at a target.
    pub(super) fn demand(&self, target: &Target<Dialect>) -> Demand {
        let Self { peek, is_free, .. } = *self;
        let input = peek.input_estimate(target.provider.dialect, self.name_at(target));
        Demand {
            input: Tokens(if is_free { 0 } else { input.text }),
            media: input.media.filter(|_| !is_free).map(Tokens),
            output_cap: peek.output_cap().map(Tokens),
            answers: peek.answers(),
        }
    }

    /// Reserves what it may take at a target.
    ///
    /// # Errors
    /// A limit refuses it; nothing is reserved.
    pub(super) fn reserve(&self, target: &Target<Dialect>, demand: &Demand) -> Result<Reservation, Refused> {
        let Self { gateway, dialect, caller, headers, peek, model, .. } = *self;
        let subject = Subject {
            consumer: caller.name(),
            tags: caller.tags(),
            asked: peek.model(),
            model: &model.name,
            target: &target.name,
            provider: &target.provider.name,
            target_model: self.name_at(target),
            attributes: headers,
        };
        let reserved = gateway.limits.reserve(&SharedData, &gateway.leases, &subject, demand, Clock::now());
        let reservation = reserved.map_err(|refusal| refused_by_limit(gateway, dialect, &refusal))?;
        count(gateway, &reservation);
        Ok(reservation)
    }
}

/// Gives back what was reserved for a request that does not go out.
pub(super) fn give_back(reservation: Reservation) {
    // Should this fail, the tokens come back with the window.
    let _ = reservation.settle(&SharedData, Used::Nothing, Clock::now());
}

fn refused_by_limit(gateway: &Gateway, dialect: Dialect, refusal: &Refusal) -> Refused {
    if let Refusal::Exhausted { limit, .. } | Refusal::TooLarge { limit, .. } = refusal {
        gateway.metrics.limit_refusal(limit, true);
    }
    Refused::limit(dialect, refusal)
}

/// Counts what reserving met.
fn count(gateway: &Gateway, reservation: &Reservation) {
    for limit in reservation.would_refuse() {
        gateway.metrics.limit_refusal(limit, false);
    }
    for limit in reservation.uncounted() {
        gateway.metrics.uncounted(limit);
    }
}
