//! The end: what the request took is settled, counted and published.

use super::steps::Spent;
use crate::gateway::Gateway;
use crate::host::{Clock, SharedData, publish, publish_number};
use crate::telemetry::Rejection;
use crate::usage::consumption;
use std::sync::Arc;
use tollgate_dialects::{Dialect, Losses, Outcome};
use tollgate_policy::{Consumption, Model, NanoUsd, Provider, Reservation, Target, Tokens, Used};

/// What is known of a request when it goes out.
pub(super) struct Facts {
    pub(super) provider: Arc<Provider<Dialect>>,
    /// The configuration's name for the model, wildcard included.
    pub(super) model: String,
    /// The configuration's name for the target.
    pub(super) target: String,
    /// The model's name at the provider.
    pub(super) target_model: String,
    /// The input tokens that were estimated.
    pub(super) input: u64,
    /// What the provider could not be told, and of its answer the client.
    pub(super) dropped: Losses,
}

impl Facts {
    pub(super) fn new(
        model: &Model<Dialect>,
        target: &Target<Dialect>,
        target_model: &str,
        input: u64,
        dropped: Losses,
    ) -> Self {
        if !dropped.is_empty() {
            log::debug!("tollgate: dropped {}", dropped.to_header());
        }
        Self {
            provider: target.provider.clone(),
            model: model.name.clone(),
            target: target.name.clone(),
            target_model: target_model.to_owned(),
            input,
            dropped,
        }
    }

    /// The target's name, if it has one that is not just its provider's.
    pub(super) fn own_target(&self) -> Option<&str> {
        Some(self.target.as_str()).filter(|name| *name != self.provider.name)
    }
}

/// What is known of an answer when it is over.
#[derive(Default)]
pub(super) struct Ending {
    /// The status that the client saw; 0: it saw none.
    pub(super) status: u16,
    pub(super) work: Work,
    /// The answer came to its end.
    pub(super) complete: bool,
    pub(super) outcome: Outcome,
    /// What a stream took at least, by what was seen of it: usage comes last, and a client can leave before.
    pub(super) streamed: Consumption,
    /// What attempts at other targets took, as far as they said.
    pub(super) before: Consumption,
}

/// What was done for a request.
#[derive(Clone, Copy, Default)]
pub(super) enum Work {
    /// No provider ever had it.
    None,
    /// No provider ever had it, because a filter behind this one refused it.
    Rejected(Rejection),
    /// A provider had it, and answered with an error.
    Refused,
    /// As much as the answer says.
    #[default]
    Unknown,
}

impl Work {
    /// What was done in all, if so much was done before.
    pub(super) const fn and(self, before: Self) -> Self {
        match (self, before) {
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Refused, _) | (_, Self::Refused) => Self::Refused,
            (work, _) => work,
        }
    }
}

impl Ending {
    /// What to settle: exact figures where the provider gave final ones, nothing where it did
    /// nothing, and otherwise the larger of what was reserved and what was seen.
    fn used(&self) -> Used {
        let seen = self.outcome.usage.as_ref().map(|usage| consumption(usage).and(self.before));
        match (self.work, seen) {
            (Work::None | Work::Rejected(_), _) => Used::Nothing,
            (Work::Refused, _) => Used::Exactly(self.before),
            (Work::Unknown, Some(seen)) if self.complete => Used::Exactly(seen),
            (Work::Unknown, seen) => {
                let seen = seen.unwrap_or(self.before);
                let Consumption { input, output, .. } = self.streamed;
                Used::Uncertain {
                    seen: Consumption { input: seen.input.max(input), output: seen.output.max(output), ..seen },
                }
            }
        }
    }

    /// The tokens that limits elsewhere should charge for this: as it is settled here.
    pub(super) fn charged(&self, reservation: &Reservation) -> Tokens {
        match self.used() {
            Used::Nothing => Tokens(0),
            Used::Exactly(used) => used.total(),
            Used::Uncertain { seen } => seen.total().max(reservation.expected()),
        }
    }

    /// Settles and counts what was taken, and says what it was, with what was `spent` before it.
    pub(super) fn settle(
        &self,
        gateway: &Gateway,
        facts: &Facts,
        reservation: Reservation,
        ttft_ms: Option<u64>,
        spent: &Spent,
    ) {
        let charged = self.charged(&reservation).0.saturating_add(spent.charged);
        let cost = spent.with(self.account(gateway, facts, reservation));
        publish_number("charged_tokens", charged);
        if let Some(cost) = cost {
            publish_number("cost_nanousd", cost.0);
        }
        if let Some(usage) = &self.outcome.usage {
            let figures = [
                ("input_tokens", usage.input),
                ("cached_input_tokens", usage.cached_input),
                ("output_tokens", usage.output),
                ("total_tokens", usage.total()),
            ];
            for (name, figure) in figures {
                publish_number(name, figure);
            }
        }
        if let Some(finish) = self.outcome.finish {
            publish("finish", finish.word().as_bytes());
        }
        if let Some(ttft_ms) = ttft_ms {
            publish_number("ttft_ms", ttft_ms);
        }
    }

    /// Settles and counts what was taken. Returns what it cost, where the model has a price.
    pub(super) fn account(&self, gateway: &Gateway, facts: &Facts, reservation: Reservation) -> Option<NanoUsd> {
        if let Err(error) = reservation.settle(&SharedData, self.used(), Clock::now()) {
            log::warn!("tollgate: a reservation was not settled: {error}");
        }
        match self.work {
            Work::Rejected(rejection) => gateway.metrics.rejection(rejection),
            // Nobody was sent it, and nobody has seen that.
            Work::None if self.status == 0 => {}
            _ => gateway.metrics.request(&facts.provider.name, &facts.model, facts.own_target(), self.status),
        }
        if !facts.dropped.is_empty() {
            gateway.metrics.dropped(&facts.provider.name, &facts.model);
        }
        let usage = self.outcome.usage.as_ref()?;
        gateway.metrics.tokens(&facts.provider.name, &facts.model, usage);
        let prices = gateway.limits.prices();
        let cost = prices.cost(&facts.provider.name, &facts.target_model, &consumption(usage))?;
        gateway.metrics.cost(&facts.provider.name, &facts.model, cost);
        Some(cost)
    }
}
