//! Limits that count the same thing apart are taken at once, and settled at once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may say what they expect"
)]

mod gate;
mod memory;
mod settings;

use gate::{Gate, demand, exactly, input, who};
use settings::{SECOND, after, config_with};
use tollgate_policy::{Limits, Refusal, Subject, Table, Timestamp, Used, WhenFull};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const OF_EACH_CONSUMER: &str = r#"[
    {"name": "tokens", "per": ["consumer"], "tokens": 100, "window": "100s"},
    {"name": "requests", "per": ["consumer"], "requests": 3, "window": "60s"},
    {"name": "day", "per": ["consumer"], "tokens": 1000, "window": "1d", "align": "calendar"},
    {"name": "parallel", "per": ["consumer"], "concurrent": 2}
]"#;

/// Reads and writes of the store while something is done.
fn accesses<T>(gate: &Gate, act: impl FnOnce() -> T) -> (T, [u64; 2]) {
    let before = [gate.store.reads(), gate.store.writes()];
    let done = act();
    (done, [gate.store.reads() - before[0], gate.store.writes() - before[1]])
}

fn team() -> Subject<'static> {
    who(Some("team"), "m")
}

#[test]
fn four_limits_of_a_consumer_are_reserved_by_one_access_and_settled_by_one() {
    let gate = Gate::new(OF_EACH_CONSUMER);
    let (held, reserving) = accesses(&gate, || gate.ask_for(&team(), &exactly(50), after(0)).unwrap());
    assert_eq!(reserving, [1, 1]);
    let (_, settling) = accesses(&gate, || gate.settle(held, Used::Exactly(input(20)), after(0)));
    assert_eq!(settling, [1, 1]);
}

#[test]
fn what_needs_no_correction_costs_no_access() {
    let gate = Gate::new(r#"[{"name": "requests", "per": [], "requests": 3, "window": "60s"}]"#);
    let held = gate.ask(10, after(0)).unwrap();
    let (_, settling) = accesses(&gate, || gate.settle(held, Used::Exactly(input(10)), after(0)));
    assert_eq!(settling, [0, 0]);
}

#[test]
fn a_lesson_that_teaches_nothing_costs_no_access() {
    let gate = Gate::new(r#"[{"name": "tokens", "per": [], "tokens": 100000, "window": "60s"}]"#);
    let (held, reserving) = accesses(&gate, || gate.ask(1000, after(0)).unwrap());
    assert_eq!(reserving, [2, 1], "what is known of the model is read");
    let (_, settling) = accesses(&gate, || gate.settle(held, Used::Exactly(input(1000)), after(0)));
    assert_eq!(settling, [0, 0]);
}

#[test]
fn a_refusal_by_one_of_them_changes_nothing() {
    let gate = Gate::new(OF_EACH_CONSUMER);
    let held: Vec<_> = (0..2).map(|_| gate.ask_for(&team(), &exactly(10), after(0)).unwrap()).collect();
    let (refused, reserving) = accesses(&gate, || gate.ask_for(&team(), &exactly(10), after(0)));
    assert!(matches!(refused, Err(Refusal::Exhausted { limit, .. }) if *limit == *"parallel"));
    assert_eq!(reserving[1], 0);
    assert_eq!(gate.leases.held(), 2);
    held.into_iter().for_each(|held| gate.settle(held, Used::Nothing, after(0)));
    assert_eq!(gate.store.live_entries(after(0)), 0, "all of it is back");
}

#[test]
fn one_that_does_not_enforce_is_left_out_and_the_others_are_taken() {
    let limits = OF_EACH_CONSUMER.replacen(r#""window": "100s""#, r#""window": "100s", "enforce": false"#, 1);
    let gate = Gate::new(&limits);
    let _kept = gate.ask_for(&team(), &exactly(80), after(0)).unwrap();
    let (held, reserving) = accesses(&gate, || gate.ask_for(&team(), &exactly(80), after(0)).unwrap());
    assert_eq!(held.would_refuse(), ["tokens".into()]);
    assert_eq!(reserving, [1, 1]);
    assert_eq!(gate.leases.held(), 2);
}

#[test]
fn a_limit_keeps_its_state_whatever_is_added_beside_it() {
    let of = |names: &[&str]| {
        let one = |name: &&str| format!(r#"{{"name": "{name}", "per": [], "tokens": 100, "window": "100s"}}"#);
        format!("[{}]", names.iter().map(one).collect::<Vec<_>>().join(","))
    };
    let gate = Gate::new(&of(&["a"]));
    gate.use_up(60, after(0));
    let names = ["c", "b", "a", "d", "e", "f", "g", "h"];
    let config = config_with("/limits", &of(&names));
    let table = Table::prepare(tollgate_policy::Geometry::new(1024), &gate.store, [9; 16]).unwrap();
    let more = Limits::new(config.limits(), config.prices().clone(), WhenFull::Refuse, table);
    let standings = gate::standings(&more, &gate.store, &who(None, "m"), after(0));
    assert_eq!(standings.tokens.unwrap().remaining, 40);
}

#[test]
fn a_hundred_limits_of_one_consumer_are_all_counted() {
    let one = |number| format!(r#"{{"name": "l{number}", "per": ["consumer"], "tokens": 100, "window": "100s"}}"#);
    let gate = Gate::new(&format!("[{}]", (0..100).map(one).collect::<Vec<_>>().join(",")));
    let now: Timestamp = after(SECOND);
    let held = gate.ask_for(&team(), &demand(50, 0), now).unwrap();
    assert!(held.uncounted().is_empty());
    gate.settle(held, Used::Exactly(input(100)), now);
    // Each of them, and what the request taught.
    assert_eq!(gate.store.live_entries(now), 100);
}
