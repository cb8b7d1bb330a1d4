//! How soon a target begins to answer: pure functions on its entry in the table.
//!
//! A moving average whose memory is time and not a number of answers: a thousand answers in a second tell
//! little more than ten. It rises faster than it falls, as in linkerd's balancer: to leave a target that has
//! become slow is urgent, to come back is not. A single answer never counts for more than half, since prompts
//! differ.
//!
//! An entry's `state` is the estimate in nanoseconds; when it expires says when it was last changed.

use std::time::Duration;

use crate::table::Entry;
use crate::units::{SECOND, Timestamp};

/// In this time, an estimate goes half of the way up, or down, to what is seen.
const RISES_IN: u64 = SECOND / 2;
const FALLS_IN: u64 = 2 * SECOND;
/// What has not been seen for so long is not known.
const FORGOTTEN: u64 = 60 * SECOND;

/// What is known of one target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::route) struct Estimate {
    /// Nanoseconds until it begins to answer.
    pub(in crate::route) nanos: u64,
    /// When it was last seen to answer.
    pub(in crate::route) seen: Timestamp,
}

impl Estimate {
    pub(in crate::route) fn of(entry: Entry) -> Self {
        Self { nanos: entry.state, seen: entry.expires.minus(FORGOTTEN) }
    }

    pub(super) const fn entry(self) -> Entry {
        Entry { state: self.nanos, expires: self.seen.plus(FORGOTTEN) }
    }
}

/// After an answer that began so late.
pub(super) fn answered(entry: Option<Entry>, took: Duration, now: Timestamp) -> Entry {
    let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
    let Some(old) = entry.map(Estimate::of) else {
        return Estimate { nanos: took, seen: now }.entry();
    };
    let half = if took > old.nanos { RISES_IN } else { FALLS_IN };
    let passed = now.nanos_since(old.seen).min(half);
    // In microseconds, so that 64 bits hold what two hours do.
    let parts = took.abs_diff(old.nanos).saturating_mul(passed / 1000);
    let step = parts.checked_div(half.saturating_mul(2) / 1000).unwrap_or_default();
    let nanos = if took > old.nanos { old.nanos.saturating_add(step) } else { old.nanos.saturating_sub(step) };
    // Workers' clocks differ a little.
    Estimate { nanos, seen: now.max(old.seen) }.entry()
}

/// After so long without any answer to what was sent: what it takes is at least that.
pub(super) fn silent(entry: Option<Entry>, silence: u64, now: Timestamp) -> Option<Entry> {
    let old = entry.map(Estimate::of);
    // Somebody else may have heard of it in between.
    let unheard = old.map_or(silence, |old| silence.min(now.nanos_since(old.seen)));
    let rises = old.is_none_or(|old| unheard > old.nanos);
    rises.then(|| Estimate { nanos: unheard, seen: now }.entry())
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests may say what they expect")]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    const MILLI: u64 = 1_000_000;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_nanos(1_000 * SECOND + millis * MILLI)
    }

    /// The estimate in milliseconds after answers at (moment, latency), all in milliseconds.
    fn after(answers: impl IntoIterator<Item = (u64, u64)>) -> u64 {
        let entry = answers.into_iter().fold(None, |entry: Option<Entry>, (moment, millis)| {
            let live = entry.filter(|entry| entry.expires > at(moment));
            Some(answered(live, Duration::from_millis(millis), at(moment)))
        });
        Estimate::of(entry.expect("an answer")).nanos / MILLI
    }

    #[test]
    fn the_first_answer_counts_in_full() {
        assert_eq!(after([(0, 300)]), 300);
    }

    #[test]
    fn a_single_answer_never_counts_for_more_than_half() {
        assert_eq!(after([(0, 100), (50_000, 1100)]), 600);
        assert_eq!(after([(0, 1100), (50_000, 100)]), 600);
    }

    #[test]
    fn it_follows_what_it_sees_in_time_however_many_answers_there_are() {
        let steady = |every: u64, latency: u64, until: u64| {
            let slow = (1..=until / every).map(move |n| (n * every, latency));
            after(std::iter::once((0, 100)).chain(slow))
        };
        for every in [1, 10, 100] {
            let risen = steady(every, 1100, 500);
            assert!((450..=610).contains(&risen), "half a second of slow answers, one every {every} ms: {risen}");
        }
        let falling = |until: u64| after(std::iter::once((0, 1100)).chain((1..=until / 10).map(|n| (n * 10, 100))));
        assert!((480..=720).contains(&falling(2000)), "{}", falling(2000));
        assert!(falling(12_000) < 160, "{}", falling(12_000));
    }

    #[test]
    fn what_was_not_seen_for_a_minute_is_not_known() {
        assert_eq!(after([(0, 5000), (60_000, 100)]), 100);
    }

    #[test]
    fn silence_only_raises_it_and_only_while_nobody_hears_an_answer() {
        let known = answered(None, Duration::from_millis(100), at(0));
        assert_eq!(silent(Some(known), 50 * MILLI, at(1000)), None);
        let raised = silent(Some(known), 700 * MILLI, at(1000)).map(|entry| entry.state / MILLI);
        assert_eq!(raised, Some(700));
        assert_eq!(silent(Some(known), 700 * MILLI, at(40)), None, "an answer came 40 ms ago");
        assert_eq!(silent(None, 700 * MILLI, at(40)).map(|entry| entry.state / MILLI), Some(700));
    }
}
