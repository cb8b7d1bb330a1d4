//! The versions of the API.

use crate::problem::Problem;
use crate::provider::Arrival;

/// A version of the API.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Version {
    /// `2023-06-01`: sampling parameters are allowed.
    First,
    /// `2026-10-21`: they are not, and misplaced documents and citations are refused.
    Second,
}

impl Version {
    /// Reads the header, which is required.
    pub fn read(arrival: &Arrival) -> Result<Self, Problem> {
        match arrival.header("anthropic-version") {
            Some("2023-06-01") => Ok(Self::First),
            Some("2026-10-21") => Ok(Self::Second),
            Some(other) => Err(Problem::invalid(format!(
                "anthropic-version: \"{other}\" is not a valid version. See \
                 https://docs.anthropic.com/en/api/versioning."
            ))),
            None => Err(Problem::invalid("anthropic-version: header is required")),
        }
    }
}
