//! What a client says beside its question, and an answer stays right without.

use super::Losses;
use crate::json::{Raw, Text, says_anything};

/// Parameters that a writer takes out one by one as it says them. What it leaves was lost.
#[derive(Debug, Default)]
pub(crate) struct Hints<'a> {
    /// The client's name for its end user.
    pub(crate) user: Option<Text<'a>>,
    /// Names and values of the client's own: an object of strings.
    pub(crate) metadata: Option<Raw<'a>>,
    pub(crate) tier: Option<Tier>,
    /// How long an answer should be: `low`, `medium` or `high`.
    pub(crate) verbosity: Option<Text<'a>>,
    /// What requests share that should find the same cache.
    pub(crate) cache_key: Option<Text<'a>>,
    /// Log probabilities of the answer's tokens, and of so many of the most likely in each place.
    pub(crate) logprobs: Option<u64>,
}

impl Hints<'_> {
    /// How many of the most likely tokens are asked for in each place, of at most `most`; 0: no more than the
    /// answer's own. `None`: no log probabilities are asked for.
    pub(crate) fn take_logprobs(&mut self, most: u64, losses: &mut Losses) -> Option<u64> {
        let asked = self.logprobs.take()?;
        losses.add_if((asked > most).then_some(()), "top_logprobs");
        Some(asked.min(most))
    }

    /// Notes what was not taken.
    pub(crate) fn report(self, losses: &mut Losses) {
        losses.add_if(self.user, "user");
        losses.add_if(self.metadata.filter(|metadata| says_anything(metadata.get())), "metadata");
        // What a provider does by itself is not lost.
        losses.add_if(self.tier.filter(|tier| !matches!(tier, Tier::Auto | Tier::Default)), "service_tier");
        losses.add_if(self.verbosity, "verbosity");
        losses.add_if(self.cache_key, "prompt_cache_key");
        losses.add_if(self.logprobs, "logprobs");
    }
}

/// How urgent an answer is, and how dear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tier {
    /// As the account is set up.
    Auto,
    Default,
    /// Slower and cheaper.
    Flex,
    /// Faster and dearer.
    Priority,
}

/// Tiers and their names in `words`, a dialect's own.
pub(crate) type TierWords = [(&'static str, Tier)];

impl Tier {
    pub(crate) fn from_word(words: &TierWords, word: &str) -> Option<Self> {
        words.iter().find(|(name, _)| *name == word).map(|&(_, tier)| tier)
    }

    pub(crate) fn word(self, words: &TierWords) -> Option<&'static str> {
        words.iter().find(|(_, tier)| *tier == self).map(|&(name, _)| name)
    }
}
