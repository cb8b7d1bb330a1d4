//! What settled requests teach about the estimates of the next.
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

use gate::{Gate, demand, input, who};
use settings::{SECOND, after};
use tollgate_policy::{Consumption, Correction, Demand, Subject, Timestamp, Tokens, Used};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const MANY: &str = r#"[{"name": "l", "per": [], "tokens": 1000000000, "window": "1s"}]"#;
const DAY: u64 = 86_400 * SECOND;

/// Requests that are estimated at so much and take so much.
fn teach(gate: &Gate, times: usize, estimate: u64, actual: u64, now: Timestamp) {
    for _ in 0..times {
        gate.settle(gate.ask(estimate, now).unwrap(), Used::Exactly(input(actual)), now);
    }
}

/// Thousandths that an estimate for the model `m` is corrected by.
fn correction(gate: &Gate, now: Timestamp) -> u64 {
    gate.limits.correction(&gate.store, "openai", "m", now).per_mille()
}

#[test]
fn estimates_are_taken_as_they_are_until_something_is_known() {
    let gate = Gate::new(MANY);
    assert_eq!(correction(&gate, after(0)), 1000);
    assert_eq!(Correction::default().apply(Tokens(12_345)), Tokens(12_345));
}

#[test]
fn another_tokenizer_is_soon_met_to_a_few_percent() {
    for (actual, after_one, after_ten) in [(1500, 1200..=1300, 1440..=1500), (700, 840..=860, 700..=740)] {
        let gate = Gate::new(MANY);
        teach(&gate, 1, 1000, actual, after(0));
        let seen = correction(&gate, after(0));
        assert!(after_one.contains(&seen), "{seen} after one of {actual}");
        teach(&gate, 9, 1000, actual, after(0));
        let seen = correction(&gate, after(0));
        assert!(after_ten.contains(&seen), "{seen} after ten of {actual}");
    }
}

#[test]
fn a_correction_stays_between_a_quarter_and_four() {
    for (actual, bound) in [(1_000_000, 4000), (1, 250)] {
        let gate = Gate::new(MANY);
        teach(&gate, 200, 1000, actual, after(0));
        assert!(correction(&gate, after(0)).abs_diff(bound) <= bound / 20, "{}", correction(&gate, after(0)));
    }
}

#[test]
fn what_is_reserved_is_corrected_and_media_are_not() {
    let gate = Gate::new(MANY);
    teach(&gate, 50, 1000, 2000, after(0));
    let factor = gate.limits.correction(&gate.store, "openai", "m", after(0));
    let both = Demand { media: Some(Tokens(500)), ..demand(10_000, 7) };
    let held = gate.ask_for(&who(None, "m"), &both, after(SECOND)).unwrap();
    let expected = factor.apply(Tokens(10_000)).0 + 500 + 7;
    assert_eq!(held.standings().tokens.as_ref().unwrap().remaining, 1_000_000_000 - expected);
    assert_eq!(held.expected(), Tokens(expected), "as much is charged if nobody knows what was used");
    assert!((19_000..=20_000).contains(&factor.apply(Tokens(10_000)).0));
    // The factor is about the estimate as it was, so that learning goes on from there.
    gate.settle(held, Used::Exactly(input(1)), after(SECOND));
    assert_eq!(gate.limits.correction(&gate.store, "openai", "m", after(SECOND)), factor, "media teach nothing");
}

#[test]
fn only_exact_figures_of_enough_text_teach() {
    let cases = [
        (99, Used::Exactly(input(990))),
        (1000, Used::Uncertain { seen: input(9000) }),
        (1000, Used::Nothing),
        (1000, Used::Exactly(Consumption::default())),
    ];
    for (estimate, used) in cases {
        let gate = Gate::new(MANY);
        gate.settle(gate.ask(estimate, after(0)).unwrap(), used, after(0));
        assert_eq!(correction(&gate, after(0)), 1000, "{used:?}");
    }
}

#[test]
fn each_model_of_each_provider_has_its_own() {
    let gate = Gate::new(MANY);
    teach(&gate, 20, 1000, 3000, after(0));
    let of = |provider, model| gate.limits.correction(&gate.store, provider, model, after(0)).per_mille();
    assert_eq!((of("openai", "other-model"), of("anthropic", "m")), (1000, 1000));
    let moved = gate.ask_for(&who(None, "x"), &demand(1000, 0), after(0)).map(|mut held| {
        held.moves_to(None);
        held
    });
    gate.settle(moved.unwrap(), Used::Exactly(input(4000)), after(0));
    assert_eq!(of("openai", "x"), 1000, "another target's figures are not about this one");
}

#[test]
fn what_is_not_used_for_a_day_is_forgotten_and_what_is_used_is_not() {
    let gate = Gate::new(MANY);
    teach(&gate, 20, 1000, 2000, after(0));
    assert!(correction(&gate, after(DAY - 1)) > 1900);
    assert_eq!(correction(&gate, after(DAY)), 1000);
    for half_days in 0..10 {
        teach(&gate, 1, 1000, 2000, after(half_days * (DAY / 2 + 1)));
    }
    assert!(correction(&gate, after(5 * DAY)) > 1900);
}

#[test]
fn a_busy_model_that_is_known_is_not_written_again() {
    let gate = Gate::new(r#"[{"name": "l", "per": ["consumer"], "tokens": 1000000000, "window": "1s"}]"#);
    teach(&gate, 50, 1000, 1300, after(0));
    let (writes, settled) = (gate.store.writes(), correction(&gate, after(0)));
    teach(&gate, 100, 1000, 1301, after(0));
    assert_eq!(correction(&gate, after(0)), settled);
    assert_eq!(gate.store.writes(), writes + 200, "reserved and settled, nothing learned");
}

#[test]
fn what_was_read_of_a_model_is_taken_for_true_for_a_second() {
    let gate = Gate::new(MANY);
    let another_worker = |now| {
        let limits = settings::limits(&gate.store, 1024, MANY);
        for _ in 0..20 {
            let held = limits.reserve(&gate.store, &gate.leases, &who(None, "m"), &demand(1000, 0), now).unwrap();
            held.settle(&gate.store, Used::Exactly(input(3000)), now).unwrap();
        }
    };
    let reserved = |now| {
        let reads = gate.store.reads();
        let held = gate.ask(1000, now).unwrap();
        let reads = gate.store.reads() - reads;
        let taken = 1_000_000_000 - held.standings().tokens.as_ref().unwrap().remaining;
        gate.settle(held, Used::Nothing, now);
        (reads, taken > 2500)
    };
    assert_eq!(reserved(after(0)), (2, false), "what is known, and the limit");
    another_worker(after(1));
    assert_eq!(reserved(after(SECOND - 1)), (1, false), "the limit alone");
    assert_eq!(reserved(after(SECOND)), (2, true));
    assert_eq!(reserved(after(SECOND - 1)), (2, true), "the clock was set back");
}

#[test]
fn more_models_than_are_remembered_are_read_again() {
    let gate = Gate::new(MANY);
    let names: Vec<String> = (0..40).map(|index| format!("m-{index}")).collect();
    let read_by_all = || {
        let reads = gate.store.reads();
        for name in &names {
            let held = gate.ask_for(&who(None, name), &demand(1000, 0), after(0)).unwrap();
            gate.settle(held, Used::Nothing, after(0));
        }
        gate.store.reads() - reads
    };
    let first = read_by_all();
    assert!((first - 39..=first).contains(&read_by_all()), "each is read, but for the last few");
}

#[test]
fn made_up_models_take_a_sixteenth_of_the_table_at_most() {
    let gate = Gate::new(MANY);
    let names: Vec<String> = (0..1000).map(|index| format!("made-up-{index}")).collect();
    for name in &names {
        let subject = Subject { model: "*", ..who(None, name) };
        let held = gate.ask_for(&subject, &demand(1000, 0), after(0)).unwrap();
        gate.settle(held, Used::Exactly(input(4000)), after(0));
    }
    // Of 1024 slots, 64, and one for the limit.
    assert!(gate.store.live_entries(after(0)) <= 65, "{}", gate.store.live_entries(after(0)));
}

#[test]
fn without_limits_on_tokens_or_money_nothing_is_read_and_nothing_learned() {
    let gate = Gate::new(r#"[{"name": "l", "per": [], "requests": 100000, "window": "1s"}]"#);
    let held = gate.ask(1000, after(0)).unwrap();
    let reads = gate.store.reads();
    gate.settle(held, Used::Exactly(input(4000)), after(0));
    assert_eq!(gate.store.reads(), reads);
    assert_eq!(correction(&gate, after(0)), 1000);
}
