//! Why a request goes nowhere.

use std::fmt;
use std::time::Duration;

/// Why none of a model's targets gets the request. Client may read it: nothing of the request's content is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unroutable {
    /// Every target has conditions that do not hold. The request is at fault.
    NoneFits {
        /// The targets, and the conditions of each that do not hold, by their names in the configuration.
        failing: Vec<(String, Vec<String>)>,
    },
    /// Every target that fits is cooling, and the model is configured to refuse then.
    NoneHealthy {
        /// When the first of them is tried again.
        retry_after: Duration,
    },
}

impl Unroutable {
    /// What `retry-after` should say: whole seconds, rounded up, at least one. `None` if it never helps.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::NoneFits { .. } => None,
            Self::NoneHealthy { retry_after } => {
                let begun = u64::from(retry_after.subsec_nanos() > 0);
                Some(retry_after.as_secs().saturating_add(begun).max(1))
            }
        }
    }
}

impl fmt::Display for Unroutable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoneFits { failing } => {
                f.write_str("no target of this model takes this request; conditions that do not hold:")?;
                for (index, (target, conditions)) in failing.iter().enumerate() {
                    let start = if index == 0 { "" } else { ";" };
                    write!(f, "{start} {} at {target:?}", conditions.join(", "))?;
                }
                Ok(())
            }
            Self::NoneHealthy { .. } => {
                let seconds = self.retry_after_seconds().unwrap_or(1);
                write!(f, "no provider of this model takes requests at the moment; try again in {seconds} s")
            }
        }
    }
}

impl std::error::Error for Unroutable {}
