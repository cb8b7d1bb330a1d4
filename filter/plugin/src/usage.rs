//! What a provider counts, in the limits' words.

use tollgate_dialects::Usage;
use tollgate_policy::Consumption;

/// Tokens by kind, from the provider's words into the limits'.
pub(crate) fn consumption(usage: &Usage) -> Consumption {
    Consumption {
        input: usage.input,
        cached_input: usage.cached_input,
        cache_write: usage.cache_write,
        output: usage.output,
        reasoning: usage.reasoning,
    }
}
