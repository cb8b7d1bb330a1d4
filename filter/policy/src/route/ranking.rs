//! The targets that have not been looked at yet, by preference.
//!
//! Most requests look at one target only. So nothing is sorted, and nothing is asked of a target before its turn:
//! whoever takes the next one looks for it among those that are left, by their positions alone.

use super::models::Target;
use crate::sort::sort_by_key;

/// The figure by which a target is preferred, and its position in the model. The lowest comes first, and what the
/// configuration names first where two are alike.
pub(super) type Ranked = (u64, usize);

/// A model's targets by preference.
#[derive(Debug)]
pub(super) struct Ranking<'m, D> {
    targets: &'m [Target<D>],
    /// In no order.
    left: Vec<Ranked>,
}

impl<'m, D> Ranking<'m, D> {
    pub(super) fn new(targets: &'m [Target<D>], figure: impl FnMut(&'m Target<D>) -> u64) -> Self {
        let left = targets.iter().map(figure).enumerate().map(|(position, figure)| (figure, position)).collect();
        Self { targets, left }
    }

    /// Takes the one out that is preferred.
    pub(super) fn take(&mut self) -> Option<(u64, &'m Target<D>)> {
        let (place, _) = self.left.iter().enumerate().min_by_key(|(_, ranked)| **ranked)?;
        let (figure, position) = (place < self.left.len()).then(|| self.left.swap_remove(place))?;
        Some((figure, self.targets.get(position)?))
    }

    /// Puts one in again.
    pub(super) fn put(&mut self, ranked: Ranked) {
        self.left.push(ranked);
    }

    /// Whether there is one that is preferred to this.
    pub(super) fn has_better_than(&self, ranked: Ranked) -> bool {
        self.left.iter().any(|other| *other < ranked)
    }

    /// Leaves those out that do not fit.
    pub(super) fn retain(&mut self, fits: impl Fn(&Target<D>) -> bool) {
        self.left.retain(|(_, position)| self.targets.get(*position).is_some_and(&fits));
    }

    /// Those that are left, in their order.
    pub(super) fn sorted(&mut self) -> &mut [Ranked] {
        sort_by_key(&mut self.left, |ranked| *ranked);
        &mut self.left
    }
}
