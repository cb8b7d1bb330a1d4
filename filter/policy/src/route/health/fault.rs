//! What counts against a target, and what does not.

use std::time::Duration;

/// What went wrong at a target, through no fault of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It has more to do than it can, or the gateway asks more of it than it may.
    Overloaded {
        /// When to come back, as it said.
        retry_after: Option<Duration>,
    },
    /// It answered that it failed.
    Failing {
        /// When to come back, as it said.
        retry_after: Option<Duration>,
    },
    /// It does not take the gateway's own key, or wants to be paid.
    KeyRefused,
    /// It could not be reached, or hung up before it had answered.
    Unreachable,
    /// It did not begin to answer in time.
    Silent,
    /// Its answer broke off, or was none that its API gives.
    Broken,
}

impl Fault {
    /// What a provider's status says about it; `None` if it says nothing against it.
    ///
    /// `gateways_key`: the request carried the gateway's key, or one that Envoy adds, and not the client's own.
    ///
    /// A client's own mistakes never count, whatever status they get: clients must not be able to take a
    /// target away from others. So 403 does not count, either, though it can be the gateway's account that
    /// may not do something: some providers also say it of what a client asks. 401 and 402 are about keys
    /// and accounts alone, and count unless these are the client's. 404 does not count: it may well be about
    /// a file or an earlier answer. 501 and 505 are about the request.
    pub fn of_status(status: u16, retry_after: Option<Duration>, gateways_key: bool) -> Option<Self> {
        match status {
            429 | 529 => Some(Self::Overloaded { retry_after }),
            // "Flex" capacity exceeded, at Groq.
            498 => Some(Self::Overloaded { retry_after }),
            401 | 402 if gateways_key => Some(Self::KeyRefused),
            408 | 504 => Some(Self::Silent),
            501 | 505 => None,
            500..600 => Some(Self::Failing { retry_after }),
            _ => None,
        }
    }

    /// A word for metrics and logs.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Overloaded { .. } => "overloaded",
            Self::Failing { .. } => "failing",
            Self::KeyRefused => "key_refused",
            Self::Unreachable => "unreachable",
            Self::Silent => "silent",
            Self::Broken => "broken",
        }
    }

    pub(super) const fn retry_after(&self) -> Option<Duration> {
        match *self {
            Self::Overloaded { retry_after } | Self::Failing { retry_after } => retry_after,
            Self::KeyRefused | Self::Unreachable | Self::Silent | Self::Broken => None,
        }
    }
}
