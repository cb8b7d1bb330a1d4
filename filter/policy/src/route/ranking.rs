//! The targets that have not been looked at yet, by preference.
//!
//! Most requests look at one target only. So nothing is sorted, and nothing is asked of a target before its turn:
//! whoever takes the next one looks for it among those that are left.

use super::models::Target;

/// A target and the figure by which it is preferred.
pub(super) type Ranked<'m, D> = (u64, &'m Target<D>);

/// Targets by preference: the lowest figure first, and the configuration's order where two are alike.
#[derive(Debug)]
pub(super) struct Ranking<'m, D>(Vec<Ranked<'m, D>>);

impl<'m, D> Ranking<'m, D> {
    pub(super) fn new(targets: &'m [Target<D>], mut figure: impl FnMut(&'m Target<D>) -> u64) -> Self {
        Self(targets.iter().map(|target| (figure(target), target)).collect())
    }

    /// Takes the one out that is preferred.
    pub(super) fn take(&mut self) -> Option<Ranked<'m, D>> {
        let ranked = self.0.iter().enumerate();
        let (place, _) = ranked.min_by_key(|(_, (figure, target))| (*figure, target.position))?;
        (place < self.0.len()).then(|| self.0.swap_remove(place))
    }

    /// Puts one in again.
    pub(super) fn put(&mut self, ranked: Ranked<'m, D>) {
        self.0.push(ranked);
    }

    /// Whether there is one that is preferred to this.
    pub(super) fn has_better_than(&self, (figure, than): Ranked<'m, D>) -> bool {
        self.0.iter().any(|(other, target)| (*other, target.position) < (figure, than.position))
    }

    /// Those that are left, in no order.
    pub(super) const fn left(&mut self) -> &mut Vec<Ranked<'m, D>> {
        &mut self.0
    }
}
