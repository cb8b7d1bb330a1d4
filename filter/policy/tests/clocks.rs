//! A clock that is set: back, as when a machine comes back from a snapshot, and ahead and back again.
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
mod outcomes;
mod roads;
mod settings;

use std::time::Duration;

use gate::{Gate, demand, exactly, free_slots, input, who};
use memory::Memory;
use outcomes::{FAILING, fail, go_to, model, overloaded, succeed};
use roads::Road;
use settings::{SECOND, after};
use tollgate_policy::{Geometry, Leases, Refusal, Table, Timestamp, Used};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const HOUR: u64 = 3600 * SECOND;
const DAY: u64 = 24 * HOUR;
/// 100 tokens in 100 seconds: one token a second.
const HUNDRED: &str = r#"[{"name": "l", "per": [], "tokens": 100, "window": "100s"}]"#;

/// So long before the start of the tests, and some nanoseconds that divide nothing.
fn back(nanos: u64) -> Timestamp {
    Timestamp::from_nanos(after(123_456_789).as_nanos() - nanos)
}

fn retry_after(gate: &Gate, tokens: u64, now: Timestamp) -> Duration {
    match gate.ask(tokens, now) {
        Err(Refusal::Exhausted { retry_after, .. }) => retry_after,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_rolling_limit_goes_on_from_where_it_stood_when_the_clock_is_set_back() {
    for step in [10 * SECOND, HOUR, DAY, 400 * DAY] {
        let gate = Gate::new(HUNDRED);
        gate.use_up(70, after(0));
        gate.use_up(30, after(20 * SECOND));
        // 80 are used: 20 have come back.
        let now = Timestamp::from_nanos(after(20 * SECOND).as_nanos() - step);
        assert_eq!(gate.remaining(now), 20, "set back by {step}");
        let standing = gate.standings(now).tokens.unwrap();
        assert_eq!(standing.reset_after, Duration::from_secs(80));
        assert_eq!(retry_after(&gate, 50, now), Duration::from_secs(30));
        gate.use_up(20, now);
        let later = Timestamp::from_nanos(now.as_nanos() + 30 * SECOND);
        assert_eq!(gate.remaining(later), 30);
    }
}

#[test]
fn what_was_reserved_before_a_step_is_settled_after_it_to_the_token() {
    for (used, remaining) in [(0, 40), (10, 30), (40, 0), (50, 0)] {
        let gate = Gate::new(HUNDRED);
        let held = gate.ask(40, after(0)).unwrap();
        gate.use_up(60, after(0));
        gate.settle(held, Used::Exactly(input(used)), back(HOUR));
        assert_eq!(gate.remaining(back(HOUR)), remaining, "{used} of 40 were used");
        let debt = u64::saturating_sub(used, 40);
        assert_eq!(retry_after(&gate, 100, back(HOUR)), Duration::from_secs(100 - remaining + debt));
    }
}

#[test]
fn what_had_expired_before_a_step_does_not_come_back_to_life() {
    let store = Memory::default();
    let limits =
        settings::limits(&store, 32, r#"[{"name": "l", "per": ["consumer"], "tokens": 100, "window": "100s"}]"#);
    let ask = |consumer: &str, now| {
        let reserved = limits.reserve(&store, &Leases::default(), &who(Some(consumer), "m"), &demand(10, 0), now);
        reserved.map(std::mem::forget)
    };
    for consumer in 0..32 {
        ask(&consumer.to_string(), after(0)).unwrap();
    }
    ask("late", after(60 * SECOND)).unwrap();
    let now = Timestamp::from_nanos(after(60 * SECOND).as_nanos() - HOUR);
    assert_eq!(limits_left(&limits, &store, "3", now), 100, "what it had taken was back before the step");
    for consumer in 0..31 {
        ask(&format!("new-{consumer}"), now).unwrap();
    }
    assert_eq!(limits_left(&limits, &store, "late", now), 90, "who counts still does");
}

fn limits_left(limits: &tollgate_policy::Limits, store: &Memory, consumer: &str, now: Timestamp) -> u64 {
    gate::standings(limits, store, &who(Some(consumer), "m"), now).tokens.unwrap().remaining
}

#[test]
fn a_clock_that_goes_a_day_ahead_and_back_gives_no_more_than_that_day_once() {
    let gate = Gate::new(r#"[{"name": "l", "per": [], "tokens": 1000, "window": "10d"}]"#);
    gate.use_up(1000, after(0));
    gate.use_up(100, after(DAY));
    for _ in 0..10 {
        assert_eq!(gate.remaining(after(SECOND)), 0);
        assert!(gate.ask(1, after(SECOND)).is_err());
    }
    assert_eq!(gate.remaining(after(DAY + SECOND)), 100, "from now on, time goes on as it does");
}

#[test]
fn workers_whose_clocks_differ_a_little_give_nothing_away() {
    let gate = Gate::new(HUNDRED);
    gate.use_up(100, after(SECOND));
    for _ in 0..1000 {
        assert!(gate.ask(1, after(0)).is_err());
        assert!(gate.ask(1, after(SECOND)).is_err());
    }
    assert_eq!(retry_after(&gate, 1, after(SECOND)), Duration::from_secs(1));
}

#[test]
fn a_calendar_budget_is_of_the_window_that_the_clock_shows() {
    for (window, step) in [("1m", HOUR), ("1h", HOUR), ("1h", 30 * DAY), ("1d", 30 * DAY), ("1mo", 100 * DAY)] {
        let limit = r#"[{"name": "l", "per": [], "tokens": 100, "window": "WINDOW", "align": "calendar"}]"#;
        let gate = Gate::new(&limit.replace("WINDOW", window));
        gate.use_up(70, after(0));
        let now = back(step);
        assert_eq!(gate.remaining(now), 30, "{window} set back by {step}");
        gate.use_up(30, now);
        let wait = retry_after(&gate, 1, now);
        let length = match window {
            "1m" => 60,
            "1h" => 3600,
            "1d" => 86_400,
            _ => 31 * 86_400,
        };
        assert!(wait <= Duration::from_secs(length), "{window} set back by {step}: {wait:?}");
        assert_eq!(gate.remaining(Timestamp::from_nanos(now.as_nanos() + wait.as_nanos() as u64)), 100);
    }
}

#[test]
fn debt_of_a_calendar_budget_is_of_no_more_windows_than_it_was() {
    let gate = Gate::new(r#"[{"name": "l", "per": [], "tokens": 100, "window": "1m", "align": "calendar"}]"#);
    let held = gate.ask(10, after(0)).unwrap();
    gate.settle(held, Used::Exactly(input(250)), after(0));
    // This minute and the next are gone, the one after has 50 left.
    let now = back(HOUR);
    assert!(gate.ask(1, now).is_err());
    assert!(retry_after(&gate, 50, now) <= Duration::from_secs(180));
    assert_eq!(gate.remaining(Timestamp::from_nanos(now.as_nanos() + 240 * SECOND)), 100);
}

#[test]
fn places_of_requests_under_way_stay_taken_and_those_of_a_dead_vm_come_back_all_the_same() {
    let gate = Gate::new(r#"[{"name": "l", "per": [], "concurrent": 5}]"#);
    let (living, dead) = (Leases::default(), Leases::default());
    let take =
        |leases: &Leases, now| gate.limits.reserve(&gate.store, leases, &who(None, "m"), &exactly(0), now).unwrap();
    // Within one lease.
    let held = [take(&living, after(12 * SECOND)), take(&living, after(35 * SECOND))];
    std::mem::forget([take(&dead, after(12 * SECOND)), take(&dead, after(35 * SECOND))]);
    let [one, other] = held;
    for seconds in (0..300).step_by(10) {
        let now = Timestamp::from_nanos(back(HOUR).as_nanos() + seconds * SECOND);
        living.renew(&gate.store, now).unwrap();
        let free = free_slots(&gate.limits, &gate.store, now);
        match seconds {
            0..30 => assert_eq!(free, 1, "after {seconds} s"),
            30..60 => assert!((1..=3).contains(&free), "after {seconds} s: {free}"),
            _ => assert_eq!(free, 3, "after {seconds} s"),
        }
    }
    let now = Timestamp::from_nanos(back(HOUR).as_nanos() + 300 * SECOND);
    gate.settle(one, Used::Nothing, now);
    assert_eq!(free_slots(&gate.limits, &gate.store, now), 4);
    gate.settle(other, Used::Nothing, now);
    assert_eq!(free_slots(&gate.limits, &gate.store, now), 5);
}

#[test]
fn places_that_are_given_back_right_after_a_step_are_free() {
    let gate = Gate::new(r#"[{"name": "l", "per": [], "concurrent": 5}]"#);
    let leases = Leases::default();
    let take = |now| gate.limits.reserve(&gate.store, &leases, &who(None, "m"), &exactly(0), now).unwrap();
    let held = [take(after(0)), take(after(0)), take(after(0))];
    let new = take(back(HOUR));
    for held in held.into_iter().chain([new]) {
        gate.settle(held, Used::Nothing, back(HOUR));
    }
    assert_eq!(free_slots(&gate.limits, &gate.store, back(HOUR)), 5);
    assert_eq!(leases.held(), 0);
}

#[test]
fn a_target_cools_no_longer_because_the_clock_is_set_back() {
    let store = Memory::default();
    let road = Road::new(&store, &model(""));
    assert_eq!(fail(&road, go_to(&road, "a", after(0)), overloaded(20), after(0)), Some(20_000));
    let now = |seconds| Timestamp::from_nanos(after(seconds * SECOND).as_nanos() - HOUR);
    for seconds in [0, 10, 19] {
        succeed(&road, go_to(&road, "b", now(seconds)), now(seconds));
    }
    let probe = go_to(&road, "a", now(20));
    assert!(probe.is_probe());
    succeed(&road, probe, now(20));
    assert!(!go_to(&road, "a", now(21)).is_probe());
}

#[test]
fn a_target_that_was_tried_when_the_clock_was_set_back_is_tried_again_within_a_lease() {
    let store = Memory::default();
    let road = Road::new(&store, &model(""));
    fail(&road, go_to(&road, "a", after(0)), FAILING, after(0));
    let probe = go_to(&road, "a", after(SECOND));
    assert!(probe.is_probe());
    std::mem::forget(probe);
    let now = |seconds| Timestamp::from_nanos(after(seconds * SECOND).as_nanos() - HOUR);
    succeed(&road, go_to(&road, "b", now(2)), now(2));
    assert!(go_to(&road, "a", now(32)).is_probe());
}

#[test]
fn how_soon_targets_answer_is_learnt_on_when_the_clock_is_set_back() {
    let store = Memory::default();
    let road = Road::new(&store, &model(r#""strategy": "lowest_latency","#));
    let answer = |name: &str, began: Timestamp, millis: u64| {
        let target = road.model().target_at(name).unwrap();
        let mut attempt = road.router.attempt(road.model(), target, false, &road.moment(began, 1));
        let then = Timestamp::from_nanos(began.as_nanos() + millis * SECOND / 1000);
        attempt.answered(&store, then).unwrap();
        attempt.end(&store, then).unwrap();
    };
    answer("a", after(0), 100);
    answer("b", after(0), 300);
    let now = |millis: u64| Timestamp::from_nanos(back(HOUR).as_nanos() + millis * SECOND / 1000);
    assert_eq!(road.names(&roads::ask(), now(0), roads::USUAL), "a b");
    for turn in 1..20 {
        answer("a", now(turn * 500), 900);
        answer("b", now(turn * 500), 300);
    }
    assert_eq!(road.names(&roads::ask(), now(11_000), roads::USUAL), "b a");
}

#[test]
fn an_answer_that_came_before_it_was_asked_for_teaches_nothing() {
    let store = Memory::default();
    let road = Road::new(&store, &model(r#""strategy": "lowest_latency","#));
    let now = |millis: u64| Timestamp::from_nanos(back(HOUR).as_nanos() + millis * SECOND / 1000);
    let answer = |name: &str, began: Timestamp, then: Timestamp| {
        let target = road.model().target_at(name).unwrap();
        let mut attempt = road.router.attempt(road.model(), target, false, &road.moment(began, 1));
        attempt.answered(&store, then).unwrap();
        attempt.end(&store, then).unwrap();
    };
    answer("b", now(0), now(300));
    answer("a", now(0), now(100));
    // Else it would be the fastest of all.
    answer("b", after(0), now(900));
    assert_eq!(road.names(&roads::ask(), now(2000), roads::USUAL), "a b");
}

#[test]
fn what_nobody_asks_for_goes_on_too_once_the_step_is_noticed() {
    let config = settings::config_with("/limits", HUNDRED);
    let store = Memory::default();
    let table = Table::prepare(Geometry::new(1024), &store, [7; 16]).unwrap();
    let limits = config.limits_on(table);
    let subject = who(None, "m");
    std::mem::forget(limits.reserve(&store, &Leases::default(), &subject, &exactly(100), after(0)).unwrap());
    let at = |seconds| Timestamp::from_nanos(after(seconds * SECOND).as_nanos() - 50 * SECOND);
    table.clock_was_set_back(&store, at(0));
    let left = |now| gate::standings(&limits, &store, &subject, now).tokens.unwrap().remaining;
    assert_eq!([at(50), at(70), at(100)].map(left), [50, 70, 100]);
    let writes = store.writes();
    table.clock_was_set_back(&store, at(100));
    assert_eq!(store.writes(), writes, "there is nothing to set right");
}
