//! What operators see.

mod metrics;

pub(crate) use metrics::{Labels, Metrics, Rejection, contention};
