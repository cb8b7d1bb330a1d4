//! What counts against a target, and what becomes of requests when none is well.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may say what they expect"
)]

mod memory;
mod outcomes;
mod roads;
mod settings;

use std::time::Duration;

use memory::Memory;
use outcomes::{FAILING, at, fail, go_to, model, overloaded, succeed};
use roads::{Road, USUAL, ask};
use tollgate_policy::{Fault, Unroutable};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn when_none_is_well_the_least_bad_gets_it() {
    let store = Memory::default();
    let road = Road::new(&store, &model(""));
    let (a, b) = (go_to(&road, "a", at(0)), {
        let target = road.model().target_at("b").unwrap();
        road.router.attempt(road.model(), target, false, &road.moment(at(0), USUAL))
    });
    fail(&road, a, overloaded(5), at(0));
    fail(&road, b, FAILING, at(0));
    assert_eq!(road.names(&ask(), at(10), USUAL), "b a", "what said itself to stay away comes last");
    let resort = go_to(&road, "b", at(10));
    assert!(resort.is_last_resort());
    assert_eq!(fail(&road, resort, FAILING, at(10)), None, "what was expected makes it no worse");
    let resort = go_to(&road, "b", at(20));
    succeed(&road, resort, at(20));
    let well = go_to(&road, "b", at(30));
    assert!(!well.is_last_resort(), "an answer is an answer");
    well.end(&store, at(30)).unwrap();
}

#[test]
fn or_it_is_refused_with_a_true_time_to_come_back() {
    let store = Memory::default();
    let road = Road::new(&store, &model(r#""when_unhealthy": "fail","#));
    fail(&road, go_to(&road, "a", at(0)), overloaded(30), at(0));
    fail(&road, go_to(&road, "b", at(0)), overloaded(9), at(0));
    let refused = road.send(&ask(), at(1500), USUAL).err().unwrap();
    assert_eq!(refused, Unroutable::NoneHealthy { retry_after: Duration::from_millis(7500) });
    assert_eq!(refused.retry_after_seconds(), Some(8));
    assert_eq!(refused.to_string(), "no provider of this model takes requests at the moment; try again in 8 s");
    let probe = go_to(&road, "b", at(9000));
    assert!(probe.is_probe());
    let refused = road.send(&ask(), at(9000), USUAL).err().unwrap();
    assert_eq!(refused.retry_after_seconds(), Some(1), "while it is tried");
}

#[test]
fn an_only_target_is_never_left_alone_unless_the_model_says_so() {
    let only = |more: &str| format!(r#"{{{more} "targets": [{{"name": "a", "provider": "openai"}}]}}"#);
    let store = Memory::default();
    let road = Road::new(&store, &only(""));
    assert_eq!(fail(&road, go_to(&road, "a", at(0)), overloaded(30), at(0)), None);
    let attempt = go_to(&road, "a", at(1));
    assert!(!attempt.is_last_resort() && !attempt.is_probe());
    succeed(&road, attempt, at(1));

    let road = Road::new(&store, &only(r#""when_unhealthy": "fail","#));
    assert_eq!(fail(&road, go_to(&road, "a", at(0)), overloaded(30), at(0)), Some(30_000));
    assert_eq!(road.send(&ask(), at(1), USUAL).err().unwrap().retry_after_seconds(), Some(30));
}

#[test]
fn only_what_is_the_providers_fault_counts() {
    let second = Some(Duration::from_secs(1));
    for status in [200, 204, 301, 400, 403, 404, 405, 409, 413, 415, 422, 451, 499, 501, 505] {
        assert_eq!(Fault::of_status(status, second, true), None, "{status}");
    }
    let counts = [
        (429, "overloaded"),
        (498, "overloaded"),
        (529, "overloaded"),
        (500, "failing"),
        (502, "failing"),
        (503, "failing"),
        (520, "failing"),
        (408, "silent"),
        (504, "silent"),
        (401, "key_refused"),
        (402, "key_refused"),
    ];
    for (status, word) in counts {
        assert_eq!(Fault::of_status(status, second, true).unwrap().word(), word, "{status}");
    }
    for status in [401, 402] {
        assert_eq!(Fault::of_status(status, second, false), None, "the client's own key, {status}");
    }
}
