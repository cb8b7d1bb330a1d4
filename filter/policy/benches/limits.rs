//! What limits cost a request: reserve and settle, over a store in memory.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "not for the request path"
)]

#[path = "../tests/gate/mod.rs"]
mod gate;
#[path = "../tests/memory/mod.rs"]
mod memory;
#[path = "../tests/settings/mod.rs"]
mod settings;

use divan::Bencher;
use gate::{Gate, Said, demand, input};
use settings::{SECOND, after};
use tollgate_policy::{Subject, Used};

fn main() {
    divan::main();
}

/// One of each kind, and one more with a long key.
const LIMITS: [&str; 5] = [
    r#"{"name": "tpm", "per": ["consumer", "model"], "tokens": 1000000000, "window": "1m", "weights": {"cached_input": 0.1}}"#,
    r#"{"name": "rpm", "per": ["consumer"], "requests": 1000000000, "window": "1m"}"#,
    r#"{"name": "spend", "per": ["consumer"], "usd": 1000000, "window": "1d", "align": "calendar"}"#,
    r#"{"name": "parallel", "per": ["consumer"], "concurrent": 1000}"#,
    r#"{"name": "user", "match": {"consumer_tag": {"tier": "gold"}}, "per": ["header:x-user", "ip"], "tokens": 1000000000, "window": "1h"}"#,
];

#[divan::bench(args = [0, 1, 5])]
fn reserve_and_settle(bencher: Bencher<'_, '_>, limits: usize) {
    let gate = Gate::with(&[
        ("limits", &format!("[{}]", LIMITS[..limits].join(","))),
        ("prices", r#"{"*": {"input": 2.5, "cached_input": 1.25, "output": 10}}"#),
    ]);
    let tags = std::collections::BTreeMap::from([("tier".to_owned(), "gold".to_owned())]);
    let said = Said::new(&[("header:x-user", "0123456789abcdef0123456789abcdef"), ("ip", "10.1.2.3")]);
    let mut turn = 0;
    bencher.bench_local(|| {
        turn += 1;
        let now = after(turn * SECOND / 1000);
        let subject = Subject { tags: Some(&tags), attributes: &said, ..gate::who(Some("team-red"), "assistant") };
        let held = gate.ask_for(&subject, &demand(1000, 500), now).unwrap();
        gate.settle(held, Used::Exactly(input(900)), now);
    });
}
