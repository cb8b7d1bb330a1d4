//! Budgets that begin anew with the UTC minute, hour, day or month.
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

use std::time::Duration;

use gate::{Gate, input};
use settings::SECOND;
use tollgate_policy::{Refusal, Timestamp, Used};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn gate(window: &str) -> Gate {
    let limit = r#"[{"name": "l", "per": [], "tokens": 100, "window": "WINDOW", "align": "calendar"}]"#;
    Gate::new(&limit.replace("WINDOW", window))
}

/// So many seconds after the Unix epoch.
const fn unix(seconds: u64) -> Timestamp {
    Timestamp::from_nanos(seconds * SECOND)
}

/// The begin of a minute that is no other window's.
const MINUTE: u64 = 1_700_000_040;

/// Reserves ten tokens that turn out to be more.
fn overshoot(gate: &Gate, used: u64, now: Timestamp) {
    let held = gate.ask(10, now).unwrap();
    gate.settle(held, Used::Exactly(input(used)), now);
}

fn retry_after(gate: &Gate, tokens: u64, now: Timestamp) -> Duration {
    match gate.ask(tokens, now) {
        Err(Refusal::Exhausted { retry_after, .. }) => retry_after,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_budget_begins_anew_at_the_calendars_next_window_and_not_before() {
    let cases = [
        // 2023-11-14T22:13:20Z and the ends of its minute, hour, day and month.
        ("1m", 1_700_000_000, 1_700_000_040),
        ("1h", 1_700_000_000, 1_700_002_800),
        ("1d", 1_700_000_000, 1_700_006_400),
        ("1mo", 1_700_000_000, 1_701_388_800),
        // 2024-02-29T23:59:59Z, 2023-02-28T23:59:59Z, 2024-12-31T23:59:59Z.
        ("1mo", 1_709_251_199, 1_709_251_200),
        ("1mo", 1_677_628_799, 1_677_628_800),
        ("1mo", 1_735_689_599, 1_735_689_600),
        ("60m", 1_700_000_000, 1_700_002_800),
    ];
    for (window, now, end) in cases {
        let gate = gate(window);
        gate.use_up(70, unix(now));
        assert_eq!(gate.remaining(unix(now)), 30);
        assert_eq!(retry_after(&gate, 31, unix(now)), Duration::from_secs(end - now), "{window}");
        assert_eq!(gate.standings(unix(now)).tokens.unwrap().reset_after, Duration::from_secs(end - now));
        gate.use_up(30, unix(now));
        assert_eq!(gate.remaining(Timestamp::from_nanos(end * SECOND - 1)), 0, "{window}");
        assert_eq!(gate.remaining(unix(end)), 100, "{window}");
    }
}

#[test]
fn debt_is_paid_by_the_next_window_and_those_after_it() {
    let gate = gate("1m");
    gate.use_up(40, unix(MINUTE));
    overshoot(&gate, 240, unix(MINUTE));
    // 280 of 100 are used: this window and the next are gone, the one after has 20 left.
    assert_eq!(gate.remaining(unix(MINUTE)), 0);
    assert_eq!(retry_after(&gate, 1, unix(MINUTE + 59)), Duration::from_secs(61));
    assert_eq!(retry_after(&gate, 20, unix(MINUTE)), Duration::from_secs(120));
    assert_eq!(retry_after(&gate, 21, unix(MINUTE)), Duration::from_secs(180));
    assert_eq!(gate.remaining(unix(MINUTE + 60)), 0);
    assert_eq!(gate.remaining(unix(MINUTE + 120)), 20);
    gate.use_up(20, unix(MINUTE + 120));
    assert!(gate.ask(1, unix(MINUTE + 120)).is_err());
    assert_eq!(gate.remaining(unix(MINUTE + 180)), 100);
}

#[test]
fn debt_of_whole_windows_is_paid_to_the_token() {
    for (used, left) in
        [(100, [0, 100, 100]), (200, [0, 0, 100]), (201, [0, 0, 99]), (299, [0, 0, 1]), (300, [0, 0, 0])]
    {
        let gate = gate("1m");
        overshoot(&gate, used, unix(MINUTE));
        let seen = [0, 60, 120].map(|later| gate.remaining(unix(MINUTE + later)));
        assert_eq!(seen, left, "{used}");
    }
}

#[test]
fn surplus_comes_back_in_its_own_window_only() {
    let budget = gate("1m");
    let held = budget.ask(80, unix(MINUTE)).unwrap();
    budget.settle(held, Used::Exactly(input(30)), unix(MINUTE + 59));
    assert_eq!(budget.remaining(unix(MINUTE + 59)), 70);

    for (used, left) in [(0, 50), (80, 50), (90, 40)] {
        let budget = gate("1m");
        let held = budget.ask(80, unix(MINUTE)).unwrap();
        budget.use_up(50, unix(MINUTE + 60));
        budget.settle(held, Used::Exactly(input(used)), unix(MINUTE + 60));
        assert_eq!(budget.remaining(unix(MINUTE + 60)), left, "{used} of 80 were used");
    }
}

#[test]
fn surplus_reduces_debt() {
    let gate = gate("1m");
    let held = gate.ask(80, unix(MINUTE)).unwrap();
    overshoot(&gate, 100, unix(MINUTE));
    // 180 are used.
    gate.settle(held, Used::Exactly(input(20)), unix(MINUTE));
    // 120 are.
    assert_eq!(gate.remaining(unix(MINUTE)), 0);
    assert_eq!(gate.remaining(unix(MINUTE + 60)), 80);
}

#[test]
fn overshoot_of_what_nobody_remembers_is_charged_to_the_window_in_which_it_ends() {
    let gate = gate("1m");
    let held = gate.ask(80, unix(MINUTE)).unwrap();
    gate.settle(held, Used::Exactly(input(130)), unix(MINUTE + 600));
    assert_eq!(gate.remaining(unix(MINUTE + 600)), 50);
}

#[test]
fn a_clock_that_is_behind_neither_loses_nor_gives_anything() {
    let (before, next) = (Timestamp::from_nanos((MINUTE + 60) * SECOND - 500), unix(MINUTE + 60));
    let gate = gate("1m");
    let held = gate.ask(60, before).unwrap();
    gate.use_up(70, next);
    // For the slow clock, it is the new window already.
    assert_eq!(gate.remaining(before), 30);
    gate.settle(held, Used::Nothing, before);
    assert_eq!(gate.remaining(next), 30, "its surplus went with its window");
    assert!(gate.ask(31, before).is_err());
    gate.use_up(30, before);
    assert_eq!(gate.remaining(next), 0);
    overshoot_late(&gate, before, next);
}

fn overshoot_late(gate: &Gate, before: Timestamp, next: Timestamp) {
    let held = gate.ask(0, before).unwrap();
    gate.settle(held, Used::Exactly(input(25)), before);
    assert_eq!(gate.remaining(next), 0);
    assert_eq!(gate.remaining(unix(MINUTE + 120)), 75);
}

#[test]
fn a_budget_that_changes_its_window_starts_afresh_and_one_that_is_raised_goes_on() {
    let limits = |json: &str| {
        let config = settings::config_with("/limits", json);
        config.limits().to_vec()
    };
    let gate = gate("1m");
    gate.use_up(70, unix(MINUTE));
    let other = |json: &str| {
        let table =
            tollgate_policy::Table::prepare(tollgate_policy::Geometry::new(1024), &gate.store, [0; 16]).unwrap();
        let limits = tollgate_policy::Limits::new(
            &limits(json),
            gate.limits.prices().clone(),
            tollgate_policy::WhenFull::Refuse,
            table,
        );
        gate::standings(&limits, &gate.store, &gate::who(None, "m"), unix(MINUTE)).tokens.unwrap().remaining
    };
    let limit = r#"[{"name": "l", "per": [], "tokens": 200, "window": "1m", "align": "calendar"}]"#;
    assert_eq!(other(limit), 130);
    assert_eq!(other(&limit.replace("1m", "1d")), 200);
    assert_eq!(other(&limit.replace(r#", "align": "calendar""#, "")), 200);
}

#[test]
fn numbers_beyond_reason_saturate() {
    for window in ["1m", "1mo"] {
        let gate = gate(window);
        overshoot(&gate, u64::MAX, unix(MINUTE));
        assert!(gate.ask(1, unix(MINUTE + 60 * 60 * 24 * 400)).is_err());
        assert_eq!(gate.remaining(Timestamp::from_nanos(u64::MAX)), 100);
        gate.use_up(1, Timestamp::from_nanos(u64::MAX));
    }
    let largest = r#"[{"name": "l", "per": [], "tokens": 9007199254740991, "window": "1m", "align": "calendar"}]"#;
    let gate = Gate::new(largest);
    gate.use_up(9_007_199_254_740_991, unix(MINUTE));
    assert_eq!(gate.remaining(unix(MINUTE)), 0);
    assert_eq!(gate.remaining(unix(MINUTE + 60)), 9_007_199_254_740_991);
}
