//! What a limit says, and to whom it applies.

use std::borrow::Cow;
use std::sync::Arc;

use super::budget::Budget;
use super::dimension::{Dimension, KeyPart};
use super::matching::Match;
use super::measure::{Amount, Measure, Rounding};
use super::subject::Subject;
use crate::sort::distinct;

/// One entry of `limits`: so much for each combination of its dimensions.
#[derive(Debug, Clone)]
pub struct Limit {
    name: Arc<str>,
    matching: Match,
    /// In the order of the enum, without repetition: the order in the configuration says nothing.
    per: Vec<Dimension>,
    measure: Measure,
    enforce: bool,
}

impl Limit {
    pub(crate) fn new(name: &str, matching: Match, per: Vec<Dimension>, measure: Measure, enforce: bool) -> Self {
        Self { name: name.into(), matching, per: distinct(per), measure, enforce }
    }

    /// Its name, unique in the configuration.
    pub const fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// What it counts apart; empty when all requests share it.
    pub fn per(&self) -> &[Dimension] {
        &self.per
    }

    /// Whether it refuses requests, or only says that it would.
    pub const fn enforce(&self) -> bool {
        self.enforce
    }

    /// The most that can be used at once.
    pub const fn capacity(&self) -> Amount {
        match &self.measure {
            Measure::Concurrent { slots } => Amount::Requests(slots.get() as u64),
            Measure::Tokens { budget, .. } | Measure::Requests { budget } | Measure::Usd { budget, .. } => {
                self.measure.amount(budget.capacity(), Rounding::Down)
            }
        }
    }

    pub(crate) const fn measure(&self) -> &Measure {
        &self.measure
    }

    pub(crate) const fn matching(&self) -> &Match {
        &self.matching
    }

    /// What makes its state another's than that of limits beside it. The amount is not part of it: a limit that is
    /// raised goes on counting. The time in which all of it comes back is: what was used of a month is nothing that a
    /// minute could give back.
    pub(super) fn own_parts(&self) -> [KeyPart<'_>; 4] {
        let budget = self.measure.budget();
        let refill = budget.and_then(Budget::refill).unwrap_or_default().to_le_bytes();
        let text = |text| Some(Cow::Borrowed(str::as_bytes(text)));
        let kind = budget.map_or("", |budget| budget.kind());
        [text(self.measure.kind()), text(kind), text(&self.name), Some(Cow::Owned(refill.to_vec()))]
    }

    /// What it shares with limits that count the same thing apart, whoever asks.
    pub(super) fn marks<'l>(&'l self, bucket: &'l [u8]) -> impl Iterator<Item = KeyPart<'l>> {
        let own = [Some(Cow::Borrowed(b"limits".as_slice())), Some(Cow::Borrowed(bucket))];
        own.into_iter().chain(self.per.iter().flat_map(Dimension::mark))
    }

    /// What it counts apart for this subject.
    pub(super) fn values<'s>(&'s self, subject: &'s Subject<'s>) -> impl Iterator<Item = KeyPart<'s>> {
        self.per.iter().flat_map(|dimension| dimension.value(subject))
    }
}
