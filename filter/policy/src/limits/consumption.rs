//! Tokens by kind, and what a figure for each kind makes of them.

use crate::ratio::product;
use crate::units::Tokens;

/// Tokens that a request took, by kind, as providers count them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Consumption {
    /// All input: uncached, cached, and written to the cache.
    pub input: u64,
    /// Input that was read from the provider's cache.
    pub cached_input: u64,
    /// Input that was written to the provider's cache.
    pub cache_write: u64,
    /// All output, thoughts included.
    pub output: u64,
    /// Output that was thoughts.
    pub reasoning: u64,
}

impl Consumption {
    /// All tokens, whatever their kind.
    pub const fn total(&self) -> Tokens {
        Tokens(self.input.saturating_add(self.output))
    }

    /// This and that.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_add(other.input),
            cached_input: self.cached_input.saturating_add(other.cached_input),
            cache_write: self.cache_write.saturating_add(other.cache_write),
            output: self.output.saturating_add(other.output),
            reasoning: self.reasoning.saturating_add(other.reasoning),
        }
    }
}

/// What a request may take at most.
#[derive(Debug, Clone, Copy)]
pub struct Demand {
    /// Its text, estimated. What settled requests have taught about this model's tokenizer is applied to it.
    pub input: Tokens,
    /// What its images, sounds and documents take, as far as a formula tells: no tokenizer has a say in it.
    /// `None` if it is nothing but text; only then do its figures teach something about the tokenizer.
    pub media: Option<Tokens>,
    /// Its own cap on the output of each answer, if it has one; limits assume an output otherwise.
    pub output_cap: Option<Tokens>,
    /// How many answers it asks for.
    pub answers: u64,
}

/// What a request turned out to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Used {
    /// This, by the provider's own figures; all zero if it answered and did no work. It counts as a request.
    Exactly(Consumption),
    /// Nothing: no provider ever had it. It does not even count as a request.
    Nothing,
    /// Not known to the end: the larger of what was reserved and what was seen.
    Uncertain {
        /// What was seen until the end.
        seen: Consumption,
    },
}

/// One figure for each kind of token, per token: a weight or a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PerKind {
    pub(crate) input: u64,
    pub(crate) cached_input: u64,
    pub(crate) cache_write: u64,
    pub(crate) output: u64,
    pub(crate) reasoning: u64,
}

/// How many tokens an answer without a cap of its own has, where no limit says otherwise.
pub(crate) const ASSUME_OUTPUT: Tokens = Tokens(1024);

impl Demand {
    /// Text and media.
    pub fn all_input(&self) -> Tokens {
        Tokens(self.input.0.saturating_add(self.media.map_or(0, |media| media.0)))
    }

    /// The dearest sensible case: nothing comes from a cache, and every answer is as long as it may be.
    pub(crate) fn at_most(&self, assume_output: Tokens) -> Consumption {
        let each = self.output_cap.unwrap_or(assume_output);
        Consumption { input: self.all_input().0, output: each.0.saturating_mul(self.answers), ..Consumption::default() }
    }
}

impl PerKind {
    /// The figure of every token, added up. Each token counts once: as what it is most precisely.
    pub(crate) fn total(&self, tokens: &Consumption) -> u128 {
        let uncached = tokens.input.saturating_sub(tokens.cached_input).saturating_sub(tokens.cache_write);
        let spoken = tokens.output.saturating_sub(tokens.reasoning);
        let parts = [
            (uncached, self.input),
            (tokens.cached_input, self.cached_input),
            (tokens.cache_write, self.cache_write),
            (spoken, self.output),
            (tokens.reasoning, self.reasoning),
        ];
        let small = parts.iter().try_fold(0u64, |sum, (tokens, each)| sum.checked_add(product(*tokens, *each)?));
        let figure = |(tokens, each)| u128::from(tokens).saturating_mul(u128::from(each));
        small.map_or_else(|| parts.into_iter().map(figure).fold(0, u128::saturating_add), u128::from)
    }
}
