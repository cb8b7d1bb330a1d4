//! How long a target is left alone.

use std::time::Duration;

use crate::units::SECOND;

/// How long a target of a model is left alone after a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cooling {
    /// The first time, in nanoseconds.
    pub(crate) first: u64,
    /// At most, whatever the provider says.
    pub(crate) most: u64,
}

impl Default for Cooling {
    fn default() -> Self {
        Self { first: SECOND, most: 60 * SECOND }
    }
}

impl Cooling {
    /// Nanoseconds until a target may be tried again that has failed so many times in a row.
    ///
    /// What the provider says is taken at its word. Otherwise the time doubles with every failure, give or
    /// take a fifth, so that the targets and gateways that failed together are not all tried together.
    pub(super) fn after(&self, failures: u8, said: Option<Duration>, chance: u64) -> u64 {
        if let Some(said) = said.filter(|said| !said.is_zero()) {
            return u64::try_from(said.as_nanos()).unwrap_or(u64::MAX).min(self.most);
        }
        let doubled = 1_u64.checked_shl(u32::from(failures.saturating_sub(1))).unwrap_or(u64::MAX);
        let backoff = self.first.saturating_mul(doubled).min(self.most);
        // From 800 to 1200 thousandths.
        let thousandths = (chance >> 32).saturating_mul(401).checked_shr(32).unwrap_or_default().saturating_add(800);
        let jittered = u128::from(backoff).saturating_mul(u128::from(thousandths)) / 1000;
        u64::try_from(jittered).unwrap_or(u64::MAX).min(self.most)
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    const MIDDLE: u64 = u64::MAX / 2;

    #[test]
    fn the_time_doubles_up_to_the_most() {
        let cooling = Cooling::default();
        let seconds = |failures| (cooling.after(failures, None, MIDDLE) as f64 / SECOND as f64).round();
        let times = [1, 2, 3, 4, 5, 6, 7, 8, 63, 64, 255].map(seconds);
        assert_eq!(times, [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0, 60.0, 60.0]);
    }

    #[test]
    fn chance_moves_it_by_a_fifth_at_most() {
        let cooling = Cooling::default();
        for (chance, millis) in [(0, 1600), (u64::MAX, 2400), (MIDDLE, 2000)] {
            assert_eq!(cooling.after(2, None, chance) / 1_000_000, millis);
        }
        assert_eq!(cooling.after(7, None, u64::MAX), 60 * SECOND);
    }

    #[test]
    fn what_the_provider_says_is_true_but_capped() {
        let cooling = Cooling::default();
        let after = |said| cooling.after(1, Some(said), u64::MAX);
        assert_eq!(after(Duration::from_secs(7)), 7 * SECOND);
        assert_eq!(after(Duration::from_millis(20)), 20_000_000);
        assert_eq!(after(Duration::MAX), 60 * SECOND);
        assert!(after(Duration::ZERO) > SECOND, "as if it had said nothing");
    }
}
