//! What a limit counts.

use std::fmt;
use std::num::NonZeroU16;

use super::budget::Budget;
use super::consumption::{Consumption, Demand, PerKind, Used};
use crate::prices::Price;
use crate::units::{NanoUsd, Tokens};

/// What a limit counts, and how much of it there is.
#[derive(Debug, Clone)]
pub(crate) enum Measure {
    /// Tokens, weighted by kind. Units are thousandths of a token, so that weights like 0.1 are exact.
    Tokens { budget: Budget, weights: Weights, assume_output: Tokens },
    /// Requests that a provider had.
    Requests { budget: Budget },
    /// Money. Units are nano-dollars.
    Usd { budget: Budget, assume_output: Tokens, unpriced: Unpriced },
    /// Requests at the same time.
    Concurrent { slots: NonZeroU16 },
}

/// How much each kind of token counts, in thousandths.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weights(pub(crate) PerKind);

/// What a limit on money makes of a model without a price.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Unpriced {
    /// It counts nothing.
    Allow,
    /// There is none: the configuration was refused otherwise.
    #[default]
    Refuse,
}

/// An amount of what a limit counts, as clients read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Whole tokens.
    Tokens(Tokens),
    /// Requests.
    Requests(u64),
    /// Money.
    Usd(NanoUsd),
}

const MILLI: u64 = 1000;

impl Measure {
    /// What kind of state its entries hold.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Tokens { .. } => "tokens",
            Self::Requests { .. } => "requests",
            Self::Usd { .. } => "usd",
            Self::Concurrent { .. } => "concurrent",
        }
    }

    /// The amount and how it comes back; `None` for slots, which come back with their requests.
    pub(super) const fn budget(&self) -> Option<&Budget> {
        match self {
            Self::Tokens { budget, .. } | Self::Requests { budget } | Self::Usd { budget, .. } => Some(budget),
            Self::Concurrent { .. } => None,
        }
    }

    /// Whether it counts what only an estimate knows beforehand.
    pub(super) const fn is_estimated(&self) -> bool {
        matches!(self, Self::Tokens { .. } | Self::Usd { .. })
    }

    /// Units that a request may take at most; `None` if it does not count here.
    pub(super) fn at_most(&self, demand: &Demand, price: Option<&Price>) -> Option<u64> {
        match self {
            Self::Tokens { assume_output, .. } | Self::Usd { assume_output, .. } => {
                self.units(&demand.at_most(*assume_output), price)
            }
            Self::Requests { .. } | Self::Concurrent { .. } => self.units(&Consumption::default(), price),
        }
    }

    /// Units that a request took of which `reserved` were reserved.
    pub(super) fn used(&self, used: &Used, reserved: u64, price: Option<&Price>) -> u64 {
        match used {
            Used::Nothing => 0,
            Used::Exactly(tokens) => self.units(tokens, price).unwrap_or(0),
            Used::Uncertain { seen } => self.units(seen, price).unwrap_or(0).max(reserved),
        }
    }

    fn units(&self, tokens: &Consumption, price: Option<&Price>) -> Option<u64> {
        match self {
            Self::Tokens { weights, .. } => Some(u64::try_from(weights.0.total(tokens)).unwrap_or(u64::MAX)),
            Self::Usd { .. } => price.map(|price| price.cost(tokens).0),
            Self::Requests { .. } | Self::Concurrent { .. } => Some(1),
        }
    }

    /// So many units in the words of clients, who are never promised more than there is.
    pub(super) const fn amount(&self, units: u64, rounding: Rounding) -> Amount {
        match self {
            Self::Tokens { .. } => Amount::Tokens(Tokens(match rounding {
                Rounding::Down => units / MILLI,
                Rounding::Up => units.div_ceil(MILLI),
            })),
            Self::Requests { .. } | Self::Concurrent { .. } => Amount::Requests(units),
            Self::Usd { .. } => Amount::Usd(NanoUsd(units)),
        }
    }
}

/// Which way part of a token goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rounding {
    Down,
    Up,
}

impl Amount {
    /// The bare number: tokens, requests or nano-dollars.
    pub const fn figure(self) -> u64 {
        match self {
            Self::Tokens(Tokens(figure)) | Self::Requests(figure) | Self::Usd(NanoUsd(figure)) => figure,
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tokens(tokens) => write!(f, "{tokens} tokens"),
            Self::Requests(requests) => write!(f, "{requests} requests"),
            Self::Usd(usd) => write!(f, "{usd} USD"),
        }
    }
}
