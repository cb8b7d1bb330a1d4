//! What limits count: weighted tokens, requests, money; and how they go together.
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
use tollgate_policy::{Amount, Consumption, Demand, NanoUsd, Refusal, Tokens, Used};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Every kind of token once, and in another number.
const ALL_KINDS: Consumption = Consumption { input: 100, cached_input: 40, cache_write: 20, output: 50, reasoning: 30 };

fn exactly(used: Consumption) -> Used {
    Used::Exactly(used)
}

#[test]
fn each_kind_of_token_counts_with_its_weight() {
    let cases = [
        ("{}", 150),
        (r#"{"output": 0}"#, 100),
        // 40 uncached, 40 cached, 20 written.
        (r#"{"cached_input": 0.1}"#, 40 + 4 + 20 + 50),
        (r#"{"cached_input": 0.1, "cache_write": 1.25}"#, 40 + 4 + 25 + 50),
        (r#"{"output": 4}"#, 100 + 200),
        (r#"{"output": 4, "reasoning": 1}"#, 100 + 80 + 30),
        (r#"{"input": 2}"#, 200 + 50),
    ];
    for (weights, expected) in cases {
        let limit = format!(r#"[{{"name": "l", "per": [], "tokens": 1000, "window": "1000s", "weights": {weights}}}]"#);
        let gate = Gate::new(&limit);
        gate.settle(gate.ask(0, after(0)).unwrap(), exactly(ALL_KINDS), after(0));
        assert_eq!(gate.remaining(after(0)), 1000 - expected, "{weights}");
    }
}

#[test]
fn parts_of_tokens_add_up_and_are_never_promised() {
    let limit =
        r#"[{"name": "l", "per": [], "tokens": 10, "window": "1000s", "weights": {"cached_input": 0.1, "input": 1}}]"#;
    let gate = Gate::new(limit);
    let cached = |tokens| Consumption { input: tokens, cached_input: tokens, ..Consumption::default() };
    for (sum, remaining) in [(1, 9), (9, 9), (10, 9), (11, 8), (20, 8), (99, 0)] {
        let gate = Gate::new(limit);
        for _ in 0..sum {
            gate.settle(gate.ask(0, after(0)).unwrap(), exactly(cached(1)), after(0));
        }
        assert_eq!(gate.remaining(after(0)), remaining, "{sum} tenths");
    }
    gate.settle(gate.ask(0, after(0)).unwrap(), exactly(cached(91)), after(0));
    assert_eq!(gate.refused_by(&who(None, "m"), &demand(1, 0), after(0)).as_deref(), Some("l"), "0.9 are left");
}

#[test]
fn a_request_reserves_uncached_input_and_its_output() {
    let limit = r#"[{"name": "l", "per": [], "tokens": 1000, "window": "1000s",
                     "weights": {"input": 2, "cached_input": 0, "cache_write": 9, "output": 3, "reasoning": 9}}]"#;
    let gate = Gate::new(limit);
    let held = gate.ask_for(&who(None, "m"), &demand(100, 50), after(0)).unwrap();
    assert_eq!(held.standings().tokens.as_ref().unwrap().remaining, 1000 - 200 - 150);
    let media = Demand { media: Some(Tokens(10)), ..demand(100, 50) };
    let held = gate.ask_for(&who(None, "m"), &media, after(0)).unwrap();
    assert_eq!(held.standings().tokens.as_ref().unwrap().remaining, 650 - 370);
}

#[test]
fn a_burst_is_a_capacity_of_its_own() {
    // Ten tokens a second; three at once, or fifty.
    for burst in [3, 50] {
        let gate =
            Gate::new(&format!(r#"[{{"name": "l", "per": [], "tokens": 100, "window": "10s", "burst": {burst}}}]"#));
        assert_eq!(gate.remaining(after(0)), burst);
        assert!(matches!(gate.ask(burst + 1, after(0)), Err(Refusal::TooLarge { .. })));
        gate.use_up(burst, after(0));
        assert_eq!(gate.remaining(after(0)), 0);
        assert_eq!(gate.remaining(after(SECOND / 10)), 1);
        assert_eq!(gate.remaining(after(SECOND / 5)), 2);
        assert_eq!(gate.remaining(after(100 * SECOND)), burst);
    }
}

#[test]
fn a_request_counts_once_if_a_provider_answered_and_not_if_none_had_it() {
    let cases = [
        (exactly(ALL_KINDS), 9),
        (exactly(Consumption::default()), 9),
        (Used::Uncertain { seen: Consumption::default() }, 9),
        (Used::Nothing, 10),
    ];
    for (used, remaining) in cases {
        let gate = Gate::new(r#"[{"name": "l", "per": [], "requests": 10, "window": "10s"}]"#);
        let held = gate.ask_for(&who(None, "m"), &demand(1_000_000, 1_000_000), after(0)).unwrap();
        assert_eq!(held.standings().requests.as_ref().unwrap().remaining, 9);
        gate.settle(held, used, after(0));
        assert_eq!(gate.standings(after(0)).requests.unwrap().remaining, remaining - 1, "{used:?}; the probe counts");
    }
}

#[test]
fn requests_are_let_through_one_by_one() {
    let gate = Gate::new(r#"[{"name": "rpm", "per": [], "requests": 60, "window": "1m"}]"#);
    for _ in 0..60 {
        gate.use_up(5, after(0));
    }
    let refusal = gate.ask(5, after(0)).unwrap_err();
    assert_eq!((refusal.retry_after_seconds(), refusal.to_string().contains("\"rpm\"")), (Some(1), true));
    gate.use_up(5, after(SECOND));
    assert!(gate.ask(5, after(SECOND)).is_err());
}

const PRICES: &str = r#"{"m": {"input": 2, "cached_input": 0.5, "output": 10}}"#;

fn spending(limit: &str) -> Gate {
    Gate::with(&[("limits", limit), ("prices", PRICES)])
}

const DOLLAR: &str =
    r#"[{"name": "spend", "match": {"model": "m"}, "per": [], "usd": 1, "window": "1000s", "unpriced": "allow"}]"#;

#[test]
fn money_is_reserved_by_price_and_settled_to_the_nano_dollar() {
    let gate = spending(DOLLAR);
    let held = gate.ask_for(&who(None, "m"), &demand(200_000, 50_000), after(0)).unwrap();
    assert_eq!(held.standings(), &tollgate_policy::Standings::default(), "no header tells of money");
    // 0.4 and 0.5 dollars are reserved: 0.1 is left.
    assert_eq!(gate.refused_by(&who(None, "m"), &demand(50_001, 0), after(0)).as_deref(), Some("spend"));
    assert_eq!(gate.refused_by(&who(None, "m"), &demand(50_000, 0), after(0)), None);
    let used = Consumption { input: 200_000, cached_input: 100_000, output: 1000, ..Consumption::default() };
    gate.settle(held, exactly(used), after(0));
    // 0.2, 0.05 and 0.01 dollars were used: 0.74 are left.
    assert_eq!(gate.refused_by(&who(None, "m"), &demand(370_001, 0), after(0)).as_deref(), Some("spend"));
    assert_eq!(gate.refused_by(&who(None, "m"), &demand(370_000, 0), after(0)), None);
}

#[test]
fn more_money_than_the_whole_limit_is_refused_for_good() {
    let gate = spending(DOLLAR);
    let refusal = gate.ask_for(&who(None, "m"), &demand(500_001, 0), after(0)).unwrap_err();
    let expected = Refusal::TooLarge {
        limit: "spend".into(),
        requested: Amount::Usd(NanoUsd(1_000_002_000)),
        capacity: Amount::Usd(NanoUsd(1_000_000_000)),
    };
    assert_eq!(refusal, expected);
    assert_eq!(
        refusal.to_string(),
        "the request may cost 1.000002 USD, more than the whole limit \"spend\" of 1 USD; \
         shorten the input or lower the output cap"
    );
}

#[test]
fn what_has_no_price_counts_nothing_where_that_is_allowed() {
    let gate = spending(&DOLLAR.replace(r#""match": {"model": "m"}, "#, ""));
    let debt = gate.ask_for(&who(None, "m"), &demand(500_000, 0), after(0)).unwrap();
    gate.settle(debt, exactly(input(900_000)), after(0));
    assert!(gate.ask_for(&who(None, "m"), &demand(1, 0), after(0)).is_err());
    let held = gate.ask_for(&who(None, "unpriced"), &demand(u64::MAX, 0), after(0)).unwrap();
    gate.settle(held, exactly(input(u64::MAX)), after(0));
}

#[test]
fn a_request_that_moves_from_a_target_without_a_price_to_one_that_has_it_is_charged_there() {
    let prices = r#"{"dear": {"input": 10, "output": 10}}"#;
    for (used, spent) in [(exactly(input(1000)), 10), (Used::Uncertain { seen: input(500) }, 5), (Used::Nothing, 0)] {
        let gate = Gate::with(&[
            (
                "limits",
                r#"[{"name": "spend", "per": [], "usd": 1, "window": "1mo", "align": "calendar", "unpriced": "allow"}]"#,
            ),
            ("prices", prices),
        ]);
        let mut held = gate.ask_for(&who(None, "free"), &demand(u64::MAX, 0), after(0)).unwrap();
        held.moves_to(gate.limits.prices().find("openai", "dear").copied());
        gate.settle(held, used, after(0));
        // What is left, in thousandths of a dollar, is what one request may take and no more.
        let left = 1000 - spent;
        assert_eq!(gate.refused_by(&who(None, "dear"), &demand(100 * left + 1, 0), after(0)).as_deref(), Some("spend"));
        assert_eq!(gate.refused_by(&who(None, "dear"), &demand(100 * left, 0), after(0)), None);
    }
}

#[test]
fn a_request_that_moves_to_another_target_is_settled_at_its_price() {
    let prices = r#"{"m": {"input": 2, "output": 10}, "dear": {"input": 8, "output": 10}}"#;
    let gate = Gate::with(&[("limits", DOLLAR), ("prices", prices)]);
    let mut held = gate.ask_for(&who(None, "m"), &demand(100_000, 0), after(0)).unwrap();
    held.moves_to(gate.limits.prices().find("openai", "dear").copied());
    gate.settle(held, exactly(input(100_000)), after(0));
    assert_eq!(gate.refused_by(&who(None, "m"), &demand(100_001, 0), after(0)).as_deref(), Some("spend"));
    assert_eq!(gate.refused_by(&who(None, "m"), &demand(100_000, 0), after(0)), None);
}

/// One limit of each kind. Whoever asks for ten tokens takes one of ten parts of each.
const ONE_OF_EACH: &str = r#"[
    {"name": "tokens", "per": [], "tokens": 100, "window": "100s"},
    {"name": "requests", "per": [], "requests": 10, "window": "10s"},
    {"name": "usd", "per": [], "usd": 0.0002, "window": "1d", "align": "calendar", "unpriced": "allow"},
    {"name": "concurrent", "per": [], "concurrent": 10}
]"#;

#[test]
fn whichever_limit_refuses_nothing_is_taken_from_the_others() {
    for (index, (name, small)) in [
        ("tokens", r#"{"name": "tokens", "per": [], "tokens": 20, "window": "100s"}"#),
        ("requests", r#"{"name": "requests", "per": [], "requests": 2, "window": "10s"}"#),
        (
            "usd",
            r#"{"name": "usd", "per": [], "usd": 0.00004, "window": "1d", "align": "calendar", "unpriced": "allow"}"#,
        ),
        ("concurrent", r#"{"name": "concurrent", "per": [], "concurrent": 2}"#),
    ]
    .into_iter()
    .enumerate()
    {
        let mut limits: Vec<serde_json::Value> = serde_json::from_str(ONE_OF_EACH).unwrap();
        limits[index] = serde_json::from_str(small).unwrap();
        let gate = spending(&serde_json::to_string(&limits).unwrap());
        let kept = [(); 2].map(|()| gate.ask(10, after(0)).unwrap());
        for _ in 0..50 {
            assert_eq!(gate.refused_by(&who(None, "m"), &demand(10, 0), after(0)).as_deref(), Some(name));
        }
        for held in kept {
            gate.settle(held, Used::Nothing, after(0));
        }
        // Everything is there again: two can run, and are the only ones.
        let _kept = [(); 2].map(|()| gate.ask(10, after(0)).unwrap());
        assert_eq!(gate.refused_by(&who(None, "m"), &demand(10, 0), after(0)).as_deref(), Some(name));
    }
}

#[test]
fn headers_tell_of_the_tightest_limits_on_tokens_and_on_requests() {
    let limits = r#"[
        {"name": "t-loose", "per": [], "tokens": 1000, "window": "1000s"},
        {"name": "t-tight", "per": [], "tokens": 100, "window": "100s"},
        {"name": "t-shadow", "per": [], "tokens": 50, "window": "50s", "enforce": false},
        {"name": "r-tight", "per": [], "requests": 4, "window": "4s"},
        {"name": "r-loose", "per": [], "requests": 100, "window": "100s"},
        {"name": "usd", "per": [], "usd": 1, "window": "1d", "align": "calendar", "unpriced": "allow"},
        {"name": "concurrent", "per": [], "concurrent": 10}
    ]"#;
    let gate = spending(limits);
    let held = gate.ask(30, after(0)).unwrap();
    let (tokens, requests) = (held.standings().tokens.as_ref().unwrap(), held.standings().requests.as_ref().unwrap());
    assert_eq!((&*tokens.limit, tokens.capacity, tokens.remaining), ("t-tight", 100, 70));
    assert_eq!((&*requests.limit, requests.capacity, requests.remaining), ("r-tight", 4, 3));
    assert_eq!((tokens.reset_after.as_secs(), requests.reset_after.as_secs()), (30, 1));

    let Err(Refusal::Exhausted { limit, standings, .. }) = gate.ask(80, after(0)) else { panic!() };
    let (tokens, requests) = (standings.tokens.unwrap(), standings.requests.unwrap());
    assert_eq!((&*limit, &*tokens.limit, tokens.remaining), ("t-tight", "t-tight", 70));
    assert_eq!((&*requests.limit, requests.remaining), ("r-tight", 3), "also of limits that did not refuse");
}

#[test]
fn a_limit_that_does_not_enforce_says_what_it_would_refuse_and_charges_what_fits() {
    let limits = r#"[
        {"name": "trial", "per": [], "tokens": 100, "window": "100s", "enforce": false},
        {"name": "slots", "per": [], "concurrent": 2, "enforce": false},
        {"name": "real", "per": [], "tokens": 1000, "window": "1000s"}
    ]"#;
    let gate = Gate::new(limits);
    let first = gate.ask(60, after(0)).unwrap();
    assert!(first.would_refuse().is_empty());
    let second = gate.ask(60, after(0)).unwrap();
    assert_eq!(second.would_refuse(), ["trial".into()]);
    let third = gate.ask(40, after(0)).unwrap();
    assert_eq!(third.would_refuse(), ["slots".into()], "what would be refused was not charged");
    let fourth = gate.ask(101, after(0)).unwrap();
    assert_eq!(fourth.would_refuse(), ["trial".into(), "slots".into()], "also what could never pass");
    assert_eq!(gate.remaining(after(0)), 1000 - 60 - 60 - 40 - 101);

    // Settling the second changes nothing in the limit that did not count it.
    gate.settle(second, exactly(input(60)), after(0));
    gate.settle(third, Used::Nothing, after(0));
    gate.settle(first, exactly(input(50)), after(0));
    let fifth = gate.ask(50, after(0)).unwrap();
    assert!(fifth.would_refuse().is_empty());
    assert_eq!(gate.ask(1, after(0)).unwrap().would_refuse(), ["trial".into()]);
}

#[test]
fn a_limit_without_an_assumption_of_its_own_assumes_1024_tokens_of_output() {
    let gate = Gate::new(r#"[{"name": "l", "per": [], "tokens": 10000, "window": "1m"}]"#);
    let open = Demand { output_cap: None, ..demand(6, 0) };
    let held = gate.ask_for(&who(None, "m"), &open, after(0)).unwrap();
    assert_eq!(held.standings().tokens.as_ref().unwrap().remaining, 10_000 - 6 - 1024);
}
