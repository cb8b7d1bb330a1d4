//! What a limit says, and to whom it applies.

use std::num::NonZeroU64;
use std::sync::Arc;

use super::rate::Rate;
use crate::table::{EntryKey, Table};
use crate::units::{Tokens, Window};

/// One entry of `limits`: so many tokens per window, for each combination of its dimensions.
#[derive(Debug, Clone)]
pub struct Limit {
    name: Arc<str>,
    /// In the order of the enum, without repetition: the order in the configuration says nothing.
    per: Vec<Dimension>,
    rate: Rate,
    assume_output: Tokens,
}

/// What a limit counts apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// Each consumer has a limit of its own; all anonymous callers share one.
    Consumer,
    /// Each model has a limit of its own, by the name that the client sent.
    Model,
}

impl Dimension {
    /// All of them, with their names in the configuration.
    pub(crate) const NAMES: &[(&str, Self)] = &[("consumer", Self::Consumer), ("model", Self::Model)];

    /// Marks the dimension in keys, where a consumer and a model of one name must not meet.
    const fn mark(self) -> &'static str {
        match self {
            Self::Consumer => "c",
            Self::Model => "m",
        }
    }

    const fn of<'s>(self, subject: &Subject<'s>) -> Option<&'s str> {
        match self {
            Self::Consumer => subject.consumer,
            Self::Model => Some(subject.model),
        }
    }
}

/// Who asks, and for which model.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'s> {
    /// The consumer's name; `None` for an anonymous caller.
    pub consumer: Option<&'s str>,
    /// The model by its name in the configuration, wildcard included: whoever invents names under a
    /// wildcard must not get a limit of his own for each.
    pub model: &'s str,
}

/// What a request may cost.
#[derive(Debug, Clone, Copy)]
pub struct Demand {
    /// Its input, estimated.
    pub input: Tokens,
    /// Its own cap on the output of each answer, if it has one; limits assume an output otherwise.
    pub output_cap: Option<Tokens>,
    /// How many answers it asks for.
    pub answers: u64,
}

impl Demand {
    pub(super) fn cost(&self, limit: &Limit) -> Tokens {
        let output = self.output_cap.unwrap_or(limit.assume_output);
        Tokens(self.input.0.saturating_add(output.0.saturating_mul(self.answers)))
    }
}

impl Limit {
    pub(crate) fn new(
        name: &str,
        mut per: Vec<Dimension>,
        tokens: NonZeroU64,
        window: Window,
        assume_output: Tokens,
    ) -> Self {
        per.sort_unstable();
        per.dedup();
        Self { name: name.into(), per, rate: Rate::new(tokens, window), assume_output }
    }

    /// Its name, unique in the configuration.
    pub const fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// What it counts apart; empty when all requests share it.
    pub fn per(&self) -> &[Dimension] {
        &self.per
    }

    /// The most that can be used at once, and that comes back in one window.
    pub const fn capacity(&self) -> Tokens {
        self.rate.capacity()
    }

    /// The time in which it fills up again.
    pub const fn window(&self) -> Window {
        self.rate.window()
    }

    /// The output that is reserved for a request without a cap of its own.
    pub const fn assume_output(&self) -> Tokens {
        self.assume_output
    }

    pub(super) const fn rate(&self) -> Rate {
        self.rate
    }

    /// Where its state for this subject lives. Amount and window are not part of it: a limit that
    /// is raised goes on counting.
    pub(super) fn key(&self, table: &Table, subject: &Subject<'_>) -> EntryKey {
        let dimensions = self.per.iter().flat_map(|dimension| [Some(dimension.mark()), dimension.of(subject)]);
        table.key([Some("tokens"), Some(&*self.name)].into_iter().chain(dimensions))
    }
}
