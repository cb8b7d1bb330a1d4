//! Requests to one of two targets, and what becomes of them.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use std::time::Duration;

use tollgate_policy::{Attempt, Fault, Timestamp};

use crate::roads::Road;
use crate::settings::{SECOND, after};

pub const MILLI: u64 = SECOND / 1000;
/// A chance in the middle: backoff is what it is configured to be.
pub const MIDDLE: u64 = u64::MAX / 2;
pub const FAILING: Fault = Fault::Failing { retry_after: None };

pub fn at(millis: u64) -> Timestamp {
    after(millis * MILLI)
}

pub fn model(more: &str) -> String {
    format!(
        r#"{{{more} "targets": [{{"name": "a", "provider": "openai"}}, {{"name": "b", "provider": "anthropic"}}]}}"#
    )
}

pub fn overloaded(seconds: u64) -> Fault {
    Fault::of_status(429, Some(Duration::from_secs(seconds)), true).unwrap()
}

pub fn fail(road: &Road<'_>, mut attempt: Attempt, fault: Fault, now: Timestamp) -> Option<u64> {
    let left_alone = attempt.failed(&fault, road.store, now, MIDDLE).unwrap();
    attempt.end(road.store, now).unwrap();
    left_alone.map(|left_alone| left_alone.as_millis() as u64)
}

pub fn succeed(road: &Road<'_>, mut attempt: Attempt, now: Timestamp) {
    attempt.answered(road.store, now).unwrap();
    attempt.end(road.store, now).unwrap();
}

/// Sends a request, which must go there.
pub fn go_to(road: &Road<'_>, name: &str, now: Timestamp) -> Attempt {
    let (target, attempt) = road.go(now);
    assert_eq!(target, name);
    attempt
}
