//! Clusters on which Envoy goes from one target to the next within a request.

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

/// The cluster for a request that is first to be tried at `first`: the one on which the most targets follow before
/// one that does not fit. `None` where no cluster begins with this target and has another one for it.
pub(super) fn walk<'m>(clusters: &'m [WalkedCluster], first: usize, fits: &[usize]) -> Option<&'m str> {
    let begins = clusters.iter().filter(|cluster| cluster.order.first() == Some(&first));
    let fitting = |cluster: &WalkedCluster| cluster.order.iter().take_while(|at| fits.contains(at)).count();
    // Of those that are alike, the one that is named first.
    let best = begins.rev().max_by_key(|cluster| fitting(cluster));
    best.filter(|cluster| fitting(cluster) > 1).map(|cluster| &*cluster.name)
}
