//! Durations, as percentiles.

use serde_json::{Value, json};
use std::time::Duration;

/// Many durations of one kind.
#[derive(Default)]
pub struct Figures(Vec<u64>);

impl Figures {
    pub fn add(&mut self, duration: Duration) {
        self.0.push(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    }

    /// In microseconds.
    pub fn into_json(mut self) -> Value {
        self.0.sort_unstable();
        let at = |percent: usize| {
            let place = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
            self.0.get(place).map(|&nanos| nanos as f64 / 1e3)
        };
        json!({"count": self.0.len(), "p50": at(50), "p90": at(90), "p99": at(99)})
    }
}
