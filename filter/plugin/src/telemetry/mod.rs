//! What operators see.

mod metrics;

pub(crate) use metrics::{Metrics, Rejection};
