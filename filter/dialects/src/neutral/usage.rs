//! Tokens that an answer took, by kind.

use crate::json::{Failed, Parse, Reader};

/// Tokens by kind. `input` is all input: uncached, cached and cache writes; `output` is all output,
/// reasoning included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// All input tokens.
    pub input: u64,
    /// Input tokens read from the provider's cache.
    pub cached_input: u64,
    /// Input tokens written to the provider's cache.
    pub cache_write: u64,
    /// All output tokens.
    pub output: u64,
    /// Output tokens that were thoughts.
    pub reasoning: u64,
}

impl Usage {
    /// Input and output.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.input.saturating_add(self.output)
    }

    /// Input that was neither read from nor written to a cache.
    pub(crate) fn uncached_input(&self) -> u64 {
        self.input.saturating_sub(self.cached_input).saturating_sub(self.cache_write)
    }
}

/// More tokens than any answer takes. A provider that says more would lock its consumers out for
/// years.
const MOST: u64 = 1 << 40;

/// A number of tokens as a provider gives it: any JSON number; what is below zero counts as none.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count(pub(crate) u64);

impl Parse<'_> for Count {
    fn parse(reader: &mut Reader<'_>) -> Result<Self, Failed> {
        Ok(Self(reader.count("a number of tokens")?.min(MOST)))
    }
}
