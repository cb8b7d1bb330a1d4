//! Why a step has said nothing.

use super::super::refused::Refused;
use crate::telemetry::Rejection;
use tollgate_dialects::{Dialect, Failure};

/// Why a step has said nothing.
pub(in super::super) enum Why {
    /// It was not asked: a limit refuses it, or its model has no target for it.
    Refused(Refused),
    /// Nobody could be asked.
    Unreachable,
    /// It took longer than it may.
    Timeout,
    /// Its provider answered with an error.
    Error,
    /// Its provider's answer is none that its API gives.
    Unreadable,
    /// It answered, and said nothing, or that it would not.
    Silent,
    /// It said more than it may.
    TooLong,
}

impl Why {
    /// The word for metrics and logs.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::Error => "error",
            Self::Unreadable => "unreadable",
            Self::Silent => "silent",
            Self::TooLong => "too_long",
        }
    }

    /// What the client is told. What a limit says, it says as it would of the step's own request.
    pub(super) fn refused(self, dialect: Dialect, step: &str) -> Refused {
        use Rejection::{BadRequest, NoTarget, UnknownModel};
        let reason = match self {
            Self::Refused(refused) if !matches!(refused.rejection, BadRequest | NoTarget | UnknownModel) => {
                return refused;
            }
            Self::Refused(_) => "its model cannot take it",
            Self::Unreachable => "its provider could not be reached",
            Self::Timeout => "it took longer than it may",
            Self::Error => "its provider answered with an error",
            Self::Unreadable => "its provider's answer cannot be read",
            Self::Silent => "it said nothing",
            Self::TooLong => "it said more than it may",
        };
        let status = if matches!(self, Self::Timeout) { 504 } else { 502 };
        let message = format!("The step {step:?} that goes before this model has failed: {reason}.");
        Refused::new(dialect, Rejection::StepFailed, Failure::new(status, message).with_code("step_failed"))
    }
}
