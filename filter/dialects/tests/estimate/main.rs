//! How good the estimate of input tokens is: `make estimate` prints it in full, and the README has it in short, written
//! by `UPDATE_GOLDEN=1 cargo test -p tollgate-dialects --test estimate`.

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

fn compare_with_readme(table: &str) {
    const START: &str = "<!-- estimate: written by filter/dialects/tests/estimate -->\n";
    const END: &str = "<!-- end of estimate -->\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(START).expect("the README has a place for the errors of the estimate");
    let (written, after) = rest.split_once(END).expect("the README says where these end");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, [before, START, table, END, after].concat()).unwrap();
        return;
    }
    assert!(written == table, "the errors in the README are not what is so. They are:\n{table}");
}

#[test]
fn prose_and_code_are_within_a_tenth() {
    let tokenizer = tiktoken_rs::o200k_base().unwrap();
    let texts = corpus::read();
    let errors = report::errors(&tokenizer, &texts);
    for kind in ["prose", "code", "unseen"] {
        let of_kind: Errors = errors.iter().filter(|row| row.kind == kind).map(|row| &row.errors).collect();
        assert!(of_kind.absolute(95) <= 0.1, "{kind}: {of_kind}");
    }
    compare_with_readme(&report::in_short(&errors));
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
