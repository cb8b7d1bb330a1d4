//! How good the estimate of input tokens is: `make estimate` prints it, and the README has the table in short.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used
)]

#[path = "../../src/estimate/classes.rs"]
mod classes;
mod corpus;
mod fit;
mod report;

use report::Errors;

#[test]
fn prose_and_code_are_within_a_tenth() {
    let tokenizer = tiktoken_rs::o200k_base().unwrap();
    let texts = corpus::read();
    let errors = report::errors(&tokenizer, &texts);
    for kind in ["prose", "code"] {
        let of_kind: Errors = errors.iter().filter(|row| row.kind == kind).map(|row| &row.errors).collect();
        assert!(of_kind.absolute(95) <= 0.1, "{kind}: {of_kind}");
    }
}

#[test]
#[ignore = "prints a report: make estimate"]
fn report() {
    let texts = corpus::read();
    println!(
        "{}",
        report::all(&tiktoken_rs::o200k_base().unwrap(), &texts, "o200k_base, to which the table is fitted")
    );
    println!("{}", report::all(&tiktoken_rs::cl100k_base().unwrap(), &texts, "cl100k_base, to which it is not"));
}

#[test]
#[ignore = "writes src/estimate/pairs.rs: make estimate-fit"]
fn fit_the_table() {
    let pairs = fit::fit(&tiktoken_rs::o200k_base().unwrap(), &corpus::read());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/estimate/pairs.rs");
    std::fs::write(path, fit::source(&pairs)).unwrap();
}
