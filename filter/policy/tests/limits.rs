//! What limits let through, and what comes back.
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

use gate::{Gate, demand, input, who};
use memory::Memory;
use settings::{SECOND, after, config_with, limits};
use tollgate_policy::{Amount, Demand, Geometry, Leases, Limits, Refusal, Standings, Table, Timestamp, Tokens, Used};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// 100 tokens in 100 seconds: one token a second.
const HUNDRED: &str = r#"[{"name": "l", "per": [], "tokens": 100, "window": "100s"}]"#;

#[test]
fn a_full_limit_gives_its_capacity_at_once_and_not_one_token_more() {
    let gate = Gate::new(HUNDRED);
    gate.use_up(60, after(0));
    assert_eq!(gate.remaining(after(0)), 40);
    assert!(gate.ask(41, after(0)).is_err());
    assert_eq!(gate.remaining(after(0)), 40, "a refusal takes nothing");
    gate.use_up(40, after(0));
    assert!(gate.ask(1, after(0)).is_err());
}

#[test]
fn it_fills_up_again_continuously_and_no_higher_than_full() {
    let gate = Gate::new(HUNDRED);
    gate.use_up(100, after(0));
    for (seconds, expected) in [(0, 0), (1, 1), (50, 50), (99, 99), (100, 100), (1000, 100)] {
        assert_eq!(gate.remaining(after(seconds * SECOND)), expected, "after {seconds} s");
    }
}

#[test]
fn a_request_costs_its_input_and_its_output_cap_or_what_the_limit_assumes() {
    let limit = r#"[{"name": "l", "per": [], "tokens": 100, "window": "100s", "assume_output": 30}]"#;
    let cap = |tokens| Some(Tokens(tokens));
    for (output_cap, answers, expected) in
        [(cap(15), 1, 75), (cap(0), 1, 90), (None, 1, 60), (cap(15), 4, 30), (None, 3, 0)]
    {
        let gate = Gate::new(limit);
        let demand = Demand { input: Tokens(10), media: None, output_cap, answers };
        let reservation = gate.ask_for(&who(None, "m"), &demand, after(0)).unwrap();
        assert_eq!(reservation.standings().tokens.as_ref().unwrap().remaining, expected);
        gate.settle(reservation, Used::Nothing, after(0));
        assert_eq!(gate.remaining(after(0)), 100);
    }
}

#[test]
fn retry_after_is_true_to_the_nanosecond_and_to_the_second() {
    let gate = Gate::new(HUNDRED);
    gate.use_up(70, after(0));
    let now = SECOND / 2;
    let refusal = gate.ask(50, after(now)).unwrap_err();
    let Refusal::Exhausted { limit, retry_after, standings } = &refusal else { panic!("{refusal}") };
    let standing = standings.tokens.as_ref().unwrap();
    assert_eq!((&**limit, standing.remaining, standing.capacity), ("l", 30, 100));
    assert_eq!(standing.reset_after, Duration::from_millis(69_500));
    assert_eq!(*retry_after, Duration::from_millis(19_500));
    assert_eq!(refusal.retry_after_seconds(), Some(20));
    assert_eq!(refusal.to_string(), "the limit \"l\" is used up; try again in 20 s");

    let wait = retry_after.as_nanos() as u64;
    for early in [1, SECOND] {
        assert!(gate.ask(50, after(now + wait - early)).is_err());
    }
    assert!(gate.ask(50, after(now + 19 * SECOND)).is_err(), "one second less");
    assert!(gate.ask(50, after(now + wait)).is_ok());
}

#[test]
fn more_than_the_whole_limit_is_refused_for_good() {
    let gate = Gate::new(HUNDRED);
    let refusal = gate.ask(101, after(0)).unwrap_err();
    let expected = Refusal::TooLarge {
        limit: "l".into(),
        requested: Amount::Tokens(Tokens(101)),
        capacity: Amount::Tokens(Tokens(100)),
    };
    assert_eq!(refusal, expected);
    assert_eq!(refusal.retry_after_seconds(), None);
    assert!(matches!(gate.ask(u64::MAX, after(0)), Err(Refusal::TooLarge { .. })));
    gate.use_up(100, after(0));
    assert!(matches!(gate.ask(101, after(0)), Err(Refusal::TooLarge { .. })), "whatever is left");
}

#[test]
fn settling_corrects_what_was_reserved_to_what_was_used() {
    let cases = [
        (Used::Exactly(input(10)), 90),
        (Used::Exactly(input(40)), 60),
        (Used::Nothing, 100),
        (Used::Uncertain { seen: input(10) }, 60),
        (Used::Uncertain { seen: input(70) }, 30),
        (Used::Exactly(input(100)), 0),
    ];
    for (used, remaining) in cases {
        let gate = Gate::new(HUNDRED);
        let reservation = gate.ask(40, after(0)).unwrap();
        assert_eq!(reservation.standings().tokens.as_ref().unwrap().remaining, 60);
        reservation.settle(&gate.store, used, after(0)).unwrap();
        assert_eq!(gate.remaining(after(0)), remaining, "{used:?}");
    }
}

#[test]
fn overshoot_is_debt_that_later_requests_wait_for() {
    let gate = Gate::new(HUNDRED);
    let reservation = gate.ask(40, after(0)).unwrap();
    gate.settle(reservation, Used::Exactly(input(250)), after(0));
    let refusal = gate.ask(1, after(0)).unwrap_err();
    assert_eq!(refusal.retry_after_seconds(), Some(151));
    assert!(gate.ask(1, after(150 * SECOND)).is_err());
    assert!(gate.ask(1, after(151 * SECOND)).is_ok());
}

#[test]
fn surplus_fills_a_limit_no_higher_than_full() {
    let gate = Gate::new(HUNDRED);
    let reservation = gate.ask(80, after(0)).unwrap();
    gate.settle(reservation, Used::Exactly(input(10)), after(30 * SECOND));
    assert_eq!(gate.remaining(after(30 * SECOND)), 100);
    gate.use_up(100, after(30 * SECOND));
    assert!(gate.ask(1, after(30 * SECOND)).is_err());
}

#[test]
fn what_time_has_given_back_is_not_given_back_again() {
    // After 40 seconds the limit is full again; then somebody else empties it.
    for seconds in [40, 50] {
        let gate = Gate::new(HUNDRED);
        let first = gate.ask(40, after(0)).unwrap();
        let now = after(seconds * SECOND);
        gate.use_up(100, now);
        gate.settle(first, Used::Nothing, now);
        assert_eq!(gate.remaining(now), 0);
    }
}

#[test]
fn while_a_limit_stays_busy_surplus_comes_back_however_late() {
    let gate = Gate::new(HUNDRED);
    let first = gate.ask(40, after(0)).unwrap();
    gate.use_up(60, after(0));
    gate.use_up(90, after(90 * SECOND));
    gate.use_up(60, after(150 * SECOND));
    // 250 were taken in 200 seconds: without the 40 of the first, 90 would be free.
    assert_eq!(gate.remaining(after(200 * SECOND)), 50);
    gate.settle(first, Used::Nothing, after(200 * SECOND));
    assert_eq!(gate.remaining(after(200 * SECOND)), 90);
}

#[test]
fn settling_after_the_window_has_passed_refunds_nothing_and_still_charges_overshoot() {
    for (used, remaining) in [(0, 100), (40, 100), (70, 70)] {
        let gate = Gate::new(HUNDRED);
        let reservation = gate.ask(40, after(0)).unwrap();
        gate.settle(reservation, Used::Exactly(input(used)), after(500 * SECOND));
        assert_eq!(gate.remaining(after(500 * SECOND)), remaining);
    }
}

#[test]
fn prices_that_do_not_divide_evenly_still_cancel_out() {
    let gate = Gate::new(r#"[{"name": "l", "per": [], "tokens": 7, "window": "1s"}]"#);
    for tokens in [1, 2, 3, 5, 6, 7] {
        let reservation = gate.ask(tokens, after(0)).unwrap();
        gate.settle(reservation, Used::Nothing, after(0));
        assert_eq!(gate.remaining(after(0)), 7);
    }
    gate.use_up(7, after(0));
    assert!(gate.ask(1, after(0)).is_err());
}

#[test]
fn limits_that_count_other_things_apart_do_not_meet_in_one_name() {
    let two = r#"[{"name": "a", "per": ["model"], "tokens": 100, "window": "100s"},
                  {"name": "b", "per": ["consumer"], "tokens": 100, "window": "100s"}]"#;
    let gate = Gate::new(two);
    let _kept = gate.ask_for(&who(Some("x"), "x"), &demand(60, 0), after(0)).unwrap();
    assert!(gate.ask_for(&who(Some("y"), "x"), &demand(50, 0), after(0)).is_err());
    assert!(gate.ask_for(&who(Some("y"), "y"), &demand(100, 0), after(0)).is_ok());
}

#[test]
fn a_limit_that_changes_what_it_counts_apart_starts_afresh() {
    let store = Memory::default();
    let [consumer, model] = [r#"["consumer"]"#, r#"["model"]"#]
        .map(|it| limits(&store, 64, &format!(r#"[{{"name": "l", "per": {it}, "tokens": 100, "window": "100s"}}]"#)));
    let subject = who(Some("x"), "x");
    let _kept = consumer.reserve(&store, &Leases::default(), &subject, &demand(100, 0), after(0)).unwrap();
    assert!(model.reserve(&store, &Leases::default(), &subject, &demand(100, 0), after(0)).is_ok());
}

/// What is left of a hundred tokens of which half were used under one limit, and then under another of the same name.
fn left_under(before: &str, then: &str) -> u64 {
    let store = Memory::default();
    let limit = |words: &str| limits(&store, 64, &format!(r#"[{{"name": "l", "per": [], {words}}}]"#));
    let subject = who(None, "m");
    let held = limit(before).reserve(&store, &Leases::default(), &subject, &demand(50, 0), after(0)).unwrap();
    held.settle(&store, Used::Exactly(input(50)), after(0)).unwrap();
    gate::standings(&limit(then), &store, &subject, after(0)).tokens.unwrap().remaining
}

#[test]
fn a_limit_whose_time_changes_starts_afresh_so_that_nobody_waits_for_the_one_it_was() {
    let cases = [
        (r#""tokens": 100, "window": "31d""#, r#""tokens": 100, "window": "1m""#, 100),
        (r#""tokens": 100, "window": "1m""#, r#""tokens": 100, "window": "31d""#, 100),
        (r#""tokens": 100, "window": "31d""#, r#""tokens": 100000, "window": "31d", "burst": 100"#, 100),
        (r#""tokens": 100, "window": "1d", "burst": 100"#, r#""tokens": 1000000, "window": "1d", "burst": 100"#, 100),
    ];
    for (before, then, left) in cases {
        assert_eq!(left_under(before, then), left, "{before} becomes {then}");
    }
}

#[test]
fn of_a_limit_whose_amount_changes_the_same_share_is_used() {
    let cases = [
        (r#""tokens": 100, "window": "31d""#, r#""tokens": 100, "window": "31d""#, 50),
        (r#""tokens": 100, "window": "31d""#, r#""tokens": 1000, "window": "31d""#, 500),
        (r#""tokens": 100, "window": "31d""#, r#""tokens": 10, "window": "31d""#, 5),
        (r#""tokens": 100, "window": "60s""#, r#""tokens": 100, "window": "1m", "enforce": true"#, 50),
        (r#""tokens": 600, "window": "1m", "burst": 100"#, r#""tokens": 1200, "window": "1m", "burst": 200"#, 100),
    ];
    for (before, then, left) in cases {
        assert_eq!(left_under(before, then), left, "{before} becomes {then}");
    }
}

#[test]
fn no_token_is_free_however_many_a_nanosecond_brings() {
    let gate = Gate::new(r#"[{"name": "l", "per": [], "tokens": 3000000000, "window": "1s"}]"#);
    gate.use_up(1, after(0));
    assert!(gate.remaining(after(0)) < 3_000_000_000);
}

#[test]
fn a_refusal_by_one_limit_gives_back_what_the_others_gave() {
    let two = r#"[{"name": "large", "per": [], "tokens": 1000, "window": "100s"},
                  {"name": "small", "per": ["model"], "tokens": 100, "window": "100s"}]"#;
    let gate = Gate::new(two);
    let _kept = gate.ask(80, after(0)).unwrap();
    for _ in 0..20 {
        let Err(Refusal::Exhausted { limit, .. }) = gate.ask(90, after(0)) else { panic!() };
        assert_eq!(&*limit, "small");
    }
    let other = who(None, "other");
    assert_eq!(
        gate.ask_for(&other, &demand(0, 0), after(0)).unwrap().standings().tokens.as_ref().unwrap().remaining,
        920
    );
}

#[test]
fn retry_after_is_the_longest_wait_of_all_limits() {
    let two = r#"[{"name": "minute", "per": [], "tokens": 100, "window": "1m"},
                  {"name": "day", "per": [], "tokens": 100, "window": "1d"}]"#;
    let gate = Gate::new(two);
    gate.use_up(100, after(0));
    let refusal = gate.ask(50, after(0)).unwrap_err();
    assert_eq!(refusal.retry_after_seconds(), Some(43_200));
    assert!(matches!(&refusal, Refusal::Exhausted { limit, .. } if &**limit == "day"));
    assert!(gate.ask(50, after(43_199 * SECOND)).is_err());
    assert!(gate.ask(50, after(43_200 * SECOND)).is_ok());
}

#[test]
fn the_tightest_limit_is_the_one_with_the_smallest_share_left() {
    let two = r#"[{"name": "large", "per": [], "tokens": 1000, "window": "100s"},
                  {"name": "small", "per": [], "tokens": 100, "window": "100s"}]"#;
    let gate = Gate::new(two);
    let reservation = gate.ask(50, after(0)).unwrap();
    let tightest = reservation.standings().tokens.as_ref().unwrap();
    assert_eq!((&*tightest.limit, tightest.capacity, tightest.remaining), ("small", 100, 50));
    assert_eq!(tightest.reset_after, Duration::from_secs(50));
}

#[test]
fn without_limits_a_reservation_is_empty_and_settles() {
    let gate = Gate::new("[]");
    let reservation = gate.ask(u64::MAX, after(0)).unwrap();
    assert_eq!(reservation.standings(), &Standings::default());
    assert!(reservation.settle(&gate.store, Used::Nothing, after(0)).is_ok());
}

#[test]
fn a_reservation_settles_after_the_configuration_has_changed() {
    let gate = Gate::new(HUNDRED);
    let reservation = gate.ask(80, after(0)).unwrap();
    let store = gate.store;
    drop(gate.limits);
    // The same limit, raised, on the same table: it goes on counting.
    let raised = limits(&store, 1024, &HUNDRED.replace("\"tokens\": 100", "\"tokens\": 200"));
    let left = |limits: &Limits| {
        let probe = limits.reserve(&store, &Leases::default(), &who(None, "m"), &demand(0, 0), after(0)).unwrap();
        probe.standings().tokens.as_ref().unwrap().remaining
    };
    assert_eq!(left(&raised), 40);
    // A table of another size is another table: nobody misreads, and nothing is lost in the old.
    let resized = limits(&store, 128, HUNDRED);
    assert_eq!(left(&resized), 100);
    reservation.settle(&store, Used::Exactly(input(20)), after(0)).unwrap();
    assert_eq!((left(&raised), left(&resized)), (160, 100));
    let config = config_with("/limits", HUNDRED);
    let again = Table::prepare(Geometry::new(1024), &store, [9; 16]).unwrap();
    assert_eq!(left(&config.limits_on(again)), 80, "preparing again keeps everything");
}

#[test]
fn clocks_that_differ_by_microseconds_break_nothing() {
    let gate = Gate::new(HUNDRED);
    let (ahead, behind) = (after(5_000), after(0));
    gate.use_up(60, ahead);
    let reservation = gate.ask(40, behind);
    let refusal = reservation.unwrap_err();
    assert_eq!(refusal.retry_after_seconds(), Some(1), "late by microseconds, never early");
    let reservation = gate.ask(39, behind).unwrap();
    gate.settle(reservation, Used::Nothing, ahead);
    let reservation = gate.ask(40, ahead).unwrap();
    gate.settle(reservation, Used::Exactly(input(40)), behind);
    assert!(gate.ask(1, ahead).is_err());
    assert_eq!(gate.remaining(behind), 0);
}

#[test]
fn numbers_beyond_reason_saturate() {
    let gate = Gate::new(HUNDRED);
    let reservation = gate.ask(100, after(0)).unwrap();
    gate.settle(reservation, Used::Exactly(input(u64::MAX)), after(0));
    assert!(gate.ask(1, after(0)).is_err());
    let limit = format!(r#"[{{"name": "l", "per": [], "tokens": {}, "window": "31d"}}]"#, (1_u64 << 53) - 1);
    let gate = Gate::new(&limit);
    assert_eq!(gate.remaining(Timestamp::from_nanos(u64::MAX)), (1 << 53) - 1);
    assert_eq!(gate.remaining(Timestamp::from_nanos(0)), (1 << 53) - 1);
}
