//! Where a request goes.
//!
//! A [`Model`] has [`Target`]s. The model's strategy ranks them (`strategy`, `order`, `ranking`); the first whose
//! conditions hold for a request (`condition`) and that is well (`health`) gets it, and the others after it where it
//! fails on a cluster that holds several (`walk`). What tells how targets are, how fast (`latency`) and how busy
//! (`busy`), is learned from every [`Attempt`], and shared by all workers, soon: each looks at what others tell
//! at most every hundredth of a second (`measures`).

mod ask;
mod attempt;
mod busy;
mod candidates;
mod condition;
mod health;
mod hours;
mod latency;
mod measures;
mod models;
mod order;
mod ranking;
mod rendezvous;
mod router;
mod steps;
mod strategy;
mod unroutable;
mod walk;

pub use ask::{Ask, Features};
pub use attempt::Attempt;
pub use candidates::Candidates;
pub(crate) use condition::{BOUNDS, Bound, Condition, Feature, OneOf, When};
pub(crate) use health::Cooling;
pub use health::Fault;
pub(crate) use hours::{Days, Hours, Minute};
pub use measures::Measures;
pub use models::{Model, Models, Target};
pub use router::{Moment, Router};
pub(crate) use steps::{Mistake, plain};
pub use steps::{OnFailure, Step, Stop, StopWith, Template, Variable};
pub(crate) use strategy::{Sticky, Strategy, WhenUnhealthy};
pub use unroutable::Unroutable;
pub use walk::Walk;
pub(crate) use walk::WalkedCluster;

/// What stands for a target's name in hashes: the same in every version, worker and process.
pub(crate) fn id_of(target: &str) -> u64 {
    rendezvous::hash_of([target.as_bytes()])
}

/// What stands for a model's name and those of its targets.
pub(crate) fn shape_of<'n>(model: &'n str, targets: impl Iterator<Item = &'n str>) -> u64 {
    rendezvous::hash_of(std::iter::once(model).chain(targets).map(str::as_bytes))
}
