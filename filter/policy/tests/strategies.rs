//! Which target is preferred.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may say what they expect"
)]

mod memory;
mod roads;
mod settings;

use memory::Memory;
use roads::{Road, USUAL, ask, asking, demand};
use settings::{Dialect, SECOND, after};
use tollgate_policy::{Ask, Demand, Features, Target};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const MILLI: u64 = SECOND / 1000;

fn model(strategy: &str, targets: &[&str]) -> String {
    format!(r#"{{"strategy": "{strategy}", "targets": [{}]}}"#, targets.join(","))
}

/// Three targets that differ in nothing but their names.
fn three(strategy: &str) -> String {
    model(strategy, &["a", "b", "c"].map(|name| target(name, "")).each_ref().map(String::as_str))
}

fn target(name: &str, more: &str) -> String {
    format!(r#"{{"name": "{name}", "provider": "openai", "model": "{name}"{more}}}"#)
}

#[test]
fn without_a_strategy_the_configurations_order_counts() {
    let store = Memory::default();
    let road =
        Road::new(&store, r#"{"targets": [{"name": "b", "provider": "openai"}, {"name": "a", "provider": "openai"}]}"#);
    for chance in 0..100 {
        assert_eq!(road.names(&ask(), after(0), chance << 32 | chance), "b a");
    }
    assert_eq!(Road::new(&store, &three("first")).names(&ask(), after(0), 5), "a b c");
}

#[test]
fn weights_are_shares_of_requests() {
    let store = Memory::default();
    let weighted = ["a", "b", "c"].into_iter().zip([70, 20, 10]);
    let targets: Vec<_> = weighted.map(|(name, weight)| target(name, &format!(r#", "weight": {weight}"#))).collect();
    let road = Road::new(&store, &model("weighted", &[&targets[0], &targets[1], &targets[2]]));
    let mut chance = 1_u64;
    let mut counts = [0_u64; 3];
    for _ in 0..10_000 {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let names = road.names(&ask(), after(0), chance);
        counts["abc".find(names.chars().next().unwrap()).unwrap()] += 1;
    }
    // Four standard deviations.
    for (count, (expected, bound)) in counts.into_iter().zip([(7000, 184), (2000, 160), (1000, 120)]) {
        assert!(count.abs_diff(expected) <= bound, "{counts:?}");
    }
}

#[test]
fn a_target_of_weight_zero_is_there_for_when_no_other_is() {
    let store = Memory::default();
    let (a, b) = (target("a", r#", "weight": 0"#), target("b", ""));
    let road = Road::new(&store, &model("weighted", &[&a, &b]));
    for chance in 0..1000_u64 {
        assert_eq!(road.names(&ask(), after(0), chance.wrapping_mul(0x9e37_79b9_7f4a_7c15)), "b a");
    }
}

#[test]
fn the_lowest_cost_depends_on_what_a_request_may_take() {
    let store = Memory::default();
    let targets = ["a", "b", "c"].map(|name| target(name, ""));
    let prices =
        r#"{"a": {"input": 1, "output": 10}, "b": {"input": 3, "output": 3}, "openai/c": {"input": 3, "output": 3}}"#;
    let json = model("lowest_cost", &targets.each_ref().map(String::as_str));
    let road = Road::with(&store, &json, &[("prices", prices)]);
    let names = |input, output| road.names(&asking(&|_| demand(input, output)), after(0), USUAL);
    assert_eq!(names(10_000, Some(100)), "a b c");
    assert_eq!(names(100, Some(10_000)), "b c a", "the order of the configuration where two cost the same");
    assert_eq!(names(3_583, None), "b c a", "without a cap, 1024 tokens of output are assumed");
    assert_eq!(names(3_585, None), "a b c");
    let many = |_: &Target<Dialect>| Demand { answers: 10, ..demand(10_000, Some(300)) };
    assert_eq!(road.names(&asking(&many), after(0), USUAL), "b c a", "every answer costs");
}

#[test]
fn the_price_of_a_wildcard_is_that_of_the_name_asked_for() {
    let store = Memory::default();
    let prices = r#"{"openai/m-1": {"input": 1, "output": 1}, "openai/*": {"input": 5, "output": 5},
                     "anthropic/*": {"input": 3, "output": 3}}"#;
    let models = r#"{"assistant": {"targets": [{"provider": "openai"}]},
                     "m-*": {"strategy": "lowest_cost", "targets": [{"provider": "openai"}, {"provider": "anthropic"}]}}"#;
    let road =
        Road::with(&store, r#"{"targets": [{"provider": "openai"}]}"#, &[("prices", prices), ("models", models)]);
    let model = road.config.models().find("m-1").unwrap();
    let moment = road.moment(after(0), USUAL);
    let first = |name| {
        let mut candidates = road.router.route(model, &Ask { model: name, ..ask() }, &moment).unwrap();
        candidates.next(&moment).unwrap().name.clone()
    };
    assert_eq!((first("m-1").as_str(), first("m-2").as_str()), ("openai", "anthropic"));
}

#[test]
fn the_lowest_latency_is_the_one_that_was_seen_in_the_last_seconds() {
    let store = Memory::default();
    let road = Road::new(&store, &three("lowest_latency"));
    // In the configuration's order as long as nothing is known.
    assert_eq!(road.names(&ask(), after(0), USUAL), "a b c");
    for (name, millis) in [("a", 300), ("b", 100), ("c", 200)] {
        let target = road.model().target_at(name).unwrap();
        let mut attempt = road.router.attempt(road.model(), target, false, &road.moment(after(0), USUAL));
        attempt.answered(&store, after(millis * MILLI)).unwrap();
        attempt.end(&store, after(SECOND)).unwrap();
    }
    assert_eq!(road.names(&ask(), after(SECOND), USUAL), "b c a");
    let streaming = Ask { features: Features { stream: true, ..Features::default() }, ..ask() };
    assert_eq!(road.names(&streaming, after(SECOND), USUAL), "a b c", "streams are another matter");
    assert_eq!(road.names(&ask(), after(62 * SECOND), USUAL), "a b c", "after a minute, nothing is known");
}

#[test]
fn one_request_in_32_is_sent_elsewhere_to_see() {
    let store = Memory::default();
    let road = Road::new(&store, &three("lowest_latency"));
    for (name, millis) in [("a", 100), ("b", 200), ("c", 300)] {
        let target = road.model().target_at(name).unwrap();
        let mut attempt = road.router.attempt(road.model(), target, false, &road.moment(after(0), USUAL));
        attempt.answered(&store, after(millis * MILLI)).unwrap();
        attempt.end(&store, after(SECOND)).unwrap();
    }
    let mut counts = [0_u64; 3];
    for chance in 0..32_000_u64 {
        let names = road.names(&ask(), after(SECOND), (chance / 32) << 32 | chance);
        counts["abc".find(names.chars().next().unwrap()).unwrap()] += 1;
        assert_eq!(names.len(), 5, "all of them are candidates");
    }
    assert_eq!(counts, [31_000, 500, 500]);
}

#[test]
fn of_what_is_unknown_more_is_tried() {
    let store = Memory::default();
    let road = Road::new(&store, &three("lowest_latency"));
    let target = road.model().target_at("c").unwrap();
    let mut attempt = road.router.attempt(road.model(), target, false, &road.moment(after(0), USUAL));
    attempt.answered(&store, after(900 * MILLI)).unwrap();
    attempt.end(&store, after(SECOND)).unwrap();
    let mut counts = [0_u64; 3];
    for chance in 0..1600_u64 {
        let names = road.names(&ask(), after(SECOND), (chance / 8) << 32 | chance);
        counts["abc".find(names.chars().next().unwrap()).unwrap()] += 1;
    }
    assert_eq!(counts, [100, 100, 1400]);
}

#[test]
fn the_least_busy_has_the_fewest_requests_under_way_on_all_workers() {
    let store = Memory::default();
    let [here, there] = [(); 2].map(|()| Road::new(&store, &three("least_busy")));
    let roads = [&here, &there, &here, &there].into_iter().zip(0..);
    let sent: Vec<_> = roads.map(|(road, number)| road.go(after(number * 10 * MILLI))).collect();
    let names: Vec<_> = sent.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c", "a"]);
    assert_eq!(there.names(&ask(), after(40 * MILLI), USUAL), "b c a");
    for ((_, attempt), number) in sent.into_iter().zip(5..) {
        attempt.end(&store, after(number * 10 * MILLI)).unwrap();
    }
    assert_eq!(here.names(&ask(), after(90 * MILLI), USUAL), "a b c");
}

#[test]
fn a_worker_knows_its_own_requests_at_once_and_tells_others_within_a_hundredth_of_a_second() {
    let store = Memory::default();
    let [here, there] = [(); 2].map(|()| Road::new(&store, &three("least_busy")));
    let sent = [(); 5].map(|()| here.go(after(0)));
    assert_eq!(sent.each_ref().map(|(name, _)| name.as_str()), ["a", "b", "c", "a", "b"]);
    assert!(here.measures.must_tell());
    assert!(!here.measures.must_tell(), "once is enough");
    here.measures.tell(&store, after(10 * MILLI));
    assert_eq!(there.names(&ask(), after(10 * MILLI), USUAL), "c a b");
    for (_, attempt) in sent {
        attempt.end(&store, after(11 * MILLI)).unwrap();
    }
    assert_eq!(here.names(&ask(), after(11 * MILLI), USUAL), "a b c");
    assert!(here.measures.must_tell());
    here.measures.tell(&store, after(20 * MILLI));
    assert_eq!(there.names(&ask(), after(20 * MILLI), USUAL), "a b c");
    assert!(!here.measures.must_tell());
    assert_eq!((here.leases.held(), there.leases.held()), (0, 0));
}

#[test]
fn many_requests_at_once_take_few_reads_and_are_told_by_few_writes() {
    let store = Memory::default();
    let road = Road::new(&store, &three("least_busy"));
    let before = (store.reads(), store.writes());
    for _ in 0..100 {
        let (_, attempt) = road.go(after(0));
        attempt.end(&store, after(MILLI)).unwrap();
    }
    let (reads, writes) = (store.reads() - before.0, store.writes() - before.1);
    assert_eq!(writes, 1);
    // How many are under way, how well the target is that gets them all, and to tell of it.
    assert_eq!(reads, 3);
}

#[test]
fn requests_of_a_worker_that_died_are_forgotten() {
    let store = Memory::default();
    let [dead, alive] = [(); 2].map(|()| Road::new(&store, &three("least_busy")));
    drop(dead.go(after(0)));
    drop(dead.leases);
    assert_eq!(alive.names(&ask(), after(SECOND), USUAL), "b c a");
    assert_eq!(alive.names(&ask(), after(61 * SECOND), USUAL), "a b c");
}
