//! Clusters on which Envoy goes from one target to the next within a request.

use std::cmp::Reverse;

use crate::sort::sort_by_key;

/// A cluster that holds several targets of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WalkedCluster {
    /// Its name.
    pub(crate) name: Box<str>,
    /// The positions of its targets in the model, in the order in which Envoy tries them.
    pub(crate) order: Box<[usize]>,
}

/// Where a request goes that may be tried at more than one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk<'m> {
    /// The cluster that holds the targets.
    pub cluster: &'m str,
    /// The targets' positions in the model that the request's conditions leave it.
    pub fits: Vec<usize>,
}

/// The cluster for a request that is first to be tried at `first`: of those on which a target that fits follows it, the one
/// on which the most follow that are well, and then the most that fit, and whose next one can carry the request, if any's
/// can. `None` where no cluster begins with this target and has another one for it.
///
/// Where there is no choice, nobody is asked who is well and who can carry it.
pub(super) fn walk<'m>(
    clusters: &'m [WalkedCluster],
    first: usize,
    fits: &[usize],
    is_well: impl Fn(usize) -> bool,
    carries: impl Fn(usize) -> bool,
) -> Option<&'m str> {
    let next = |cluster: &WalkedCluster| match *cluster.order {
        [begins, next, ..] if begins == first && fits.contains(&next) => Some(next),
        _ => None,
    };
    let mut possible = clusters.iter().filter_map(|cluster| Some((next(cluster)?, cluster)));
    let only = possible.next()?;
    let Some(second) = possible.next() else { return Some(&only.1.name) };
    let mut possible: Vec<_> = [only, second].into_iter().chain(possible).collect();
    let follow = |cluster: &WalkedCluster, is_good: &dyn Fn(usize) -> bool| {
        cluster.order.iter().skip(1).take_while(|at| fits.contains(at) && is_good(**at)).count()
    };
    // Of those that are alike, the one that is named first.
    sort_by_key(&mut possible, |(_, cluster)| Reverse((follow(cluster, &is_well), follow(cluster, &|_| true))));
    let best = possible.iter().find(|(next, _)| carries(*next)).or(possible.first());
    best.map(|(_, cluster)| &*cluster.name)
}
