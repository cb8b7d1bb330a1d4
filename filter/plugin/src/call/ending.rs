//! The end: what the request took is settled, counted and published.

use crate::gateway::Gateway;
use crate::host::{Clock, SharedData, publish};
use std::sync::Arc;
use tollgate_dialects::{Dialect, Losses, Outcome};
use tollgate_policy::{Provider, Reservation, Tokens, Used};

/// What is known of a request when it goes out.
pub(super) struct Facts {
    pub(super) provider: Arc<Provider<Dialect>>,
    /// The configuration's name for the model, wildcard included.
    pub(super) model: String,
    /// The model's name at the provider.
    pub(super) target_model: String,
    /// What the provider could not be told, and of its answer the client.
    pub(super) dropped: Losses,
}

/// What is known of an answer when it is over.
#[derive(Default)]
pub(super) struct Ending {
    /// The status that the client saw; 0: it saw none.
    pub(super) status: u16,
    /// No provider did any work for this.
    pub(super) costs_nothing: bool,
    /// The answer came to its end.
    pub(super) complete: bool,
    pub(super) outcome: Outcome,
}

impl Ending {
    /// What to settle: exact figures where the provider gave final ones, nothing where it did
    /// nothing, and otherwise the larger of what was reserved and what was seen.
    fn used(&self) -> Used {
        let seen = Tokens(self.outcome.usage.map_or(0, |usage| usage.total()));
        match (self.costs_nothing, self.complete && self.outcome.usage.is_some()) {
            (true, _) => Used::Nothing,
            (false, true) => Used::Exactly(seen),
            (false, false) => Used::Uncertain { seen },
        }
    }

    pub(super) fn settle(&self, gateway: &Gateway, facts: &Facts, reservation: Reservation, ttft_ms: Option<u64>) {
        match reservation.settle(&SharedData, self.used(), Clock::now()) {
            Ok(settled) => gateway.metrics.contention(settled.retries),
            Err(error) => log::warn!("tollgate: a reservation was not settled: {error}"),
        }
        gateway.metrics.request(&facts.provider.name, &facts.model, self.status);
        if !facts.dropped.is_empty() {
            gateway.metrics.dropped(&facts.provider.name, &facts.model);
        }
        if let Some(usage) = &self.outcome.usage {
            gateway.metrics.tokens(&facts.provider.name, &facts.model, usage);
            let figures = [
                ("input_tokens", usage.input),
                ("cached_input_tokens", usage.cached_input),
                ("output_tokens", usage.output),
                ("total_tokens", usage.total()),
            ];
            for (name, figure) in figures {
                publish(name, figure.to_string().as_bytes());
            }
        }
        if let Some(finish) = self.outcome.finish {
            publish("finish", finish.word().as_bytes());
        }
        if let Some(ttft_ms) = ttft_ms {
            publish("ttft_ms", ttft_ms.to_string().as_bytes());
        }
    }
}
