//! What holds for every pair of dialects and every input, not only for those in the golden files.
//!
//! The dialects come from `Dialect::ALL` and what is fed to them from the golden inputs, so a new dialect
//! is tested by being there. The cases are the same in every run; `PROPTEST_CASES=100000` asks for more
//! of them.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod bodies;
mod hostile;
mod logprobs;
mod operations;
mod patched;
mod round_trip;
mod schemas;
mod seeds;
mod streams;
// Its tests of golden files are declared elsewhere.
#[path = "../translation/mod.rs"]
mod translation;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::fmt::Debug;
use tollgate_dialects::Dialect;

/// Runs `test` on `cases` values, or as many as the environment asks for.
fn check<S: Strategy>(cases: u32, values: S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    if let Err(error) = runner.run(&values, test) {
        match error {
            TestError::Fail(reason, value) => panic!("{reason}\nminimal input: {}", shown(&value)),
            error => panic!("{error}"),
        }
    }
}

/// A value in which bytes are shown as the text that they mostly are.
fn shown(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    let mut out = String::new();
    let mut rest = &*text;
    while let Some((before, list)) = rest.split_once('[') {
        let (list, after) = list.split_once(']').unwrap_or((list, ""));
        let bytes: Result<Vec<u8>, _> = list.split(", ").map(str::parse).collect();
        match bytes {
            Ok(bytes) => out += &format!("{before}b\"{}\"", bytes.escape_ascii()),
            Err(_) => out += &format!("{before}[{list}]"),
        }
        rest = after;
    }
    out + rest
}

/// Any dialect.
fn dialects() -> impl Strategy<Value = Dialect> {
    (0..Dialect::ALL.len()).prop_map(|index| Dialect::ALL[index].1)
}
