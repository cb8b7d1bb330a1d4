//! Seeds, which are whole numbers of any size.

use super::Sampling;

/// From here on, whole numbers run together.
const LARGE: f64 = 9_007_199_254_740_992.0;

impl Sampling {
    /// The seed, where it may be another than the client's.
    pub(crate) fn rounded_seed(&self) -> Option<f64> {
        self.seed.filter(|seed| seed.abs() >= LARGE)
    }
}
