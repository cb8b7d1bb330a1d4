//! What may be used, as the command line says it.

use limitador::limit::{Condition, Limit};
use serde::Deserialize;

/// So many tokens per window for each combination of the named descriptor entries.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    domain: String,
    per: Vec<String>,
    tokens: i64,
    seconds: u64,
}

impl Budget {
    /// The budget as `limitador` counts it.
    pub fn limit(&self) -> Limit {
        Limit::new(self.domain.as_str(), self.tokens, self.seconds, Vec::<Condition>::new(), &self.per)
    }
}
