//! What a request holds in the limits: told to its client, and settled once.

use super::ending::{Ending, Facts};
use super::refused::limit_headers;
use super::steps::Spent;
use crate::gateway::Gateway;
use crate::host::Headers;
use tollgate_dialects::Dialect;
use tollgate_policy::{Reservation, Timestamp};

/// A request's reservation, until its answer is over.
pub(super) struct Account {
    reservation: Option<Reservation>,
    began: Timestamp,
    /// What its steps took before.
    spent: Spent,
}

impl Account {
    pub(super) const fn new(reservation: Reservation, began: Timestamp, spent: Spent) -> Self {
        Self { reservation: Some(reservation), began, spent }
    }

    pub(super) const fn is_open(&self) -> bool {
        self.reservation.is_some()
    }

    /// Puts how the limits stood into the headers of the response.
    pub(super) fn tell(&self, client: Dialect) {
        let Some(reservation) = &self.reservation else { return };
        for (name, value) in limit_headers(client, reservation.standings()) {
            Headers::Response.set(name, &value);
        }
    }

    /// Another target serves the request than the one it was reserved for.
    pub(super) fn moves_to(&mut self, gateway: &Gateway, facts: &Facts) {
        if let Some(reservation) = &mut self.reservation {
            reservation.moves_to(gateway.limits.prices().find(&facts.provider.name, &facts.target_model).copied());
        }
    }

    /// The answer is over. Safe to call again.
    pub(super) fn settle(&mut self, gateway: &Gateway, facts: &Facts, ending: &Ending, first_byte: Option<Timestamp>) {
        let Some(reservation) = self.reservation.take() else { return };
        let waited = first_byte.map(|first| first.as_nanos().saturating_sub(self.began.as_nanos()) / 1_000_000);
        ending.settle(gateway, facts, reservation, waited, &self.spent);
    }
}
