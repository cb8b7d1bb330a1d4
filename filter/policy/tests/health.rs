//! Targets that fail are left alone, tried again, and come back: for all workers.
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

use memory::Memory;
use outcomes::{FAILING, MIDDLE, at, fail, go_to, model, overloaded, succeed};
use roads::{Road, USUAL, ask};
use tollgate_policy::Fault;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn a_target_that_fails_is_left_alone_by_all_workers_tried_once_and_comes_back() {
    let store = Memory::default();
    let [here, there] = [(); 2].map(|()| Road::new(&store, &model("")));
    let first = go_to(&here, "a", at(0));
    assert_eq!(fail(&here, first, FAILING, at(0)), Some(1000));
    for millis in [1, 500, 999] {
        succeed(&there, go_to(&there, "b", at(millis)), at(millis));
    }
    let probe = go_to(&there, "a", at(1000));
    assert!(probe.is_probe());
    for road in [&here, &there] {
        succeed(road, go_to(road, "b", at(1001)), at(1001));
    }
    succeed(&there, probe, at(1500));
    for road in [&here, &there] {
        let attempt = go_to(road, "a", at(1501));
        assert!(!attempt.is_probe() && !attempt.is_last_resort());
        succeed(road, attempt, at(1600));
    }
}

#[test]
fn who_has_just_seen_it_well_leaves_it_within_a_hundredth_of_a_second_and_who_sees_it_fail_at_once() {
    let store = Memory::default();
    let [here, there, elsewhere] = [(); 3].map(|()| Road::new(&store, &model("")));
    for road in [&there, &elsewhere] {
        succeed(road, go_to(road, "a", at(0)), at(0));
    }
    let met = [&here, &there].map(|road| go_to(road, "a", at(1)));
    let told = met.map(|attempt| fail(&here, attempt, FAILING, at(2)));
    assert_eq!(told, [Some(1000), None], "the second fault tells nothing new");
    for road in [&here, &there] {
        succeed(road, go_to(road, "b", at(2)), at(2));
    }
    let late = go_to(&elsewhere, "a", at(9));
    assert!(!late.is_probe());
    succeed(&elsewhere, go_to(&elsewhere, "b", at(10)), at(10));
    succeed(&elsewhere, late, at(11));
    succeed(&there, go_to(&there, "b", at(11)), at(11));
}

#[test]
fn every_failed_trial_doubles_the_time_up_to_the_longest() {
    let store = Memory::default();
    let road = Road::new(&store, &model(r#""health": {"cooldown": "2s", "max_cooldown": "30s"},"#));
    let mut now = 0;
    let mut times = Vec::new();
    for _ in 0..6 {
        let wait = fail(&road, go_to(&road, "a", at(now)), FAILING, at(now)).unwrap();
        succeed(&road, go_to(&road, "b", at(now + wait - 1)), at(now + wait - 1));
        times.push(wait / 1000);
        now += wait;
    }
    assert_eq!(times, [2, 4, 8, 16, 30, 30]);
    succeed(&road, go_to(&road, "a", at(now)), at(now));
    assert_eq!(fail(&road, go_to(&road, "a", at(now)), FAILING, at(now)), Some(2000), "then it begins anew");
}

#[test]
fn what_the_provider_says_is_honoured_up_to_the_longest() {
    for (said, waited) in [(7, 7000), (3600, 60_000)] {
        let store = Memory::default();
        let road = Road::new(&store, &model(""));
        assert_eq!(fail(&road, go_to(&road, "a", at(0)), overloaded(said), at(0)), Some(waited));
        succeed(&road, go_to(&road, "b", at(waited - 1)), at(waited - 1));
        assert!(go_to(&road, "a", at(waited)).is_probe());
    }
}

#[test]
fn requests_that_were_under_way_do_not_add_up() {
    let store = Memory::default();
    let road = Road::new(&store, &model(""));
    let mut under_way: Vec<_> = (0..50).map(|_| go_to(&road, "a", at(0))).collect();
    let late = under_way.split_off(40);
    let mut waits = under_way.into_iter().map(|attempt| fail(&road, attempt, FAILING, at(100)));
    assert_eq!(waits.next(), Some(Some(1000)));
    assert!(waits.all(|wait| wait.is_none()));
    for (attempt, millis) in late.into_iter().zip(1200..) {
        assert_eq!(fail(&road, attempt, FAILING, at(millis)), None, "after it has cooled");
    }
    let probe = go_to(&road, "a", at(1300));
    assert_eq!(fail(&road, probe, FAILING, at(1300)), Some(2000), "a second time, and not a fiftieth");
}

#[test]
fn what_a_later_answer_says_can_only_make_it_longer() {
    let store = Memory::default();
    let road = Road::new(&store, &model(""));
    let under_way: Vec<_> = (0..3).map(|_| go_to(&road, "a", at(0))).collect();
    let waits: Vec<_> =
        under_way.into_iter().zip([5, 20, 10]).map(|(it, said)| fail(&road, it, overloaded(said), at(0))).collect();
    assert_eq!(waits, [Some(5000), Some(20_000), None]);
    succeed(&road, go_to(&road, "b", at(19_999)), at(19_999));
}

#[test]
fn answers_to_what_was_sent_before_it_failed_show_nothing() {
    let store = Memory::default();
    let road = Road::new(&store, &model(""));
    let [slow, failing] = [(); 2].map(|()| go_to(&road, "a", at(0)));
    fail(&road, failing, FAILING, at(10));
    succeed(&road, slow, at(20));
    go_to(&road, "b", at(21)).end(&store, at(21)).unwrap();
}

#[test]
fn a_trial_that_shows_nothing_leaves_it_to_the_next() {
    let store = Memory::default();
    let road = Road::new(&store, &model(""));
    fail(&road, go_to(&road, "a", at(0)), FAILING, at(0));
    let left = go_to(&road, "a", at(1000));
    assert!(left.is_probe());
    left.end(&store, at(1100)).unwrap();
    let probe = go_to(&road, "a", at(1101));
    assert!(probe.is_probe());
    assert_eq!(fail(&road, probe, FAILING, at(1200)), Some(2000));
}

#[test]
fn a_trial_whose_worker_died_is_repeated() {
    let store = Memory::default();
    let road = Road::new(&store, &model(""));
    fail(&road, go_to(&road, "a", at(0)), FAILING, at(0));
    drop(go_to(&road, "a", at(1000)));
    go_to(&road, "b", at(30_999)).end(&store, at(30_999)).unwrap();
    assert!(go_to(&road, "a", at(31_000)).is_probe());
}

#[test]
fn a_trial_that_ends_after_its_lease_does_not_end_the_next() {
    let store = Memory::default();
    let road = Road::new(&store, &model(""));
    fail(&road, go_to(&road, "a", at(0)), FAILING, at(0));
    let late = go_to(&road, "a", at(1000));
    let probe = go_to(&road, "a", at(31_000));
    assert!(late.is_probe() && probe.is_probe());
    late.end(&store, at(31_500)).unwrap();
    go_to(&road, "b", at(31_600)).end(&store, at(31_600)).unwrap();
    succeed(&road, probe, at(32_000));
}

#[test]
fn a_target_that_nobody_asked_for_long_is_forgiven() {
    let store = Memory::default();
    let road = Road::new(&store, &model(""));
    fail(&road, go_to(&road, "a", at(0)), FAILING, at(0));
    let attempt = go_to(&road, "a", at(121_001));
    assert!(!attempt.is_probe());
    attempt.end(&store, at(121_001)).unwrap();
}

#[test]
fn models_that_share_a_target_share_what_is_known_of_it() {
    let store = Memory::default();
    let models = r#"{
        "assistant": {"targets": [{"name": "x", "provider": "openai", "model": "m"}, {"provider": "anthropic"}]},
        "other": {"targets": [{"name": "y", "provider": "openai", "model": "m"}, {"provider": "anthropic"}]},
        "third": {"targets": [{"name": "z", "provider": "openai", "model": "n"}, {"provider": "anthropic"}]}}"#;
    let assistant = r#"{"targets": [{"name": "x", "provider": "openai", "model": "m"}, {"provider": "anthropic"}]}"#;
    let road = Road::with(&store, assistant, &[("models", models)]);
    fail(&road, go_to(&road, "x", at(0)), FAILING, at(0));
    let moment = road.moment(at(1), USUAL);
    let first = |model| {
        let model = road.config.models().find(model).unwrap();
        road.router.route(model, &ask(), &moment).unwrap().next(&moment).unwrap().name.clone()
    };
    assert_eq!((first("other").as_str(), first("third").as_str()), ("anthropic", "z"));
}

#[test]
fn a_sticky_user_is_elsewhere_only_as_long_as_the_target_is_not_well() {
    let store = Memory::default();
    let road = Road::new(&store, &model(r#""strategy": "weighted", "sticky": "consumer","#));
    let who = (0..100).map(|n| format!("user {n}"));
    let who: Vec<_> = who
        .filter(|user| road.names(&tollgate_policy::Ask { consumer: Some(user), ..ask() }, at(0), USUAL) == "a b")
        .collect();
    let user = tollgate_policy::Ask { consumer: Some(&who[0]), ..ask() };
    let (_, attempt) = road.send(&user, at(0), USUAL).unwrap();
    fail(&road, attempt, FAILING, at(0));
    assert_eq!(road.send(&user, at(10), USUAL).unwrap().0, "b");
    let (target, probe) = road.send(&user, at(1000), USUAL).unwrap();
    assert_eq!(target, "a");
    succeed(&road, probe, at(1010));
    assert_eq!(road.send(&user, at(1020), USUAL).unwrap().0, "a");
}

#[test]
fn a_clients_mistake_shows_that_a_target_is_well() {
    let store = Memory::default();
    let road = Road::new(&store, &model(""));
    fail(&road, go_to(&road, "a", at(0)), FAILING, at(0));
    let mut probe = go_to(&road, "a", at(1000));
    probe.declined(&store, at(1010)).unwrap();
    probe.end(&store, at(1010)).unwrap();
    assert!(!go_to(&road, "a", at(1020)).is_probe());
}

#[test]
fn an_answer_that_breaks_off_counts_although_it_began_well() {
    let store = Memory::default();
    let road = Road::new(&store, &model(""));
    let mut attempt = go_to(&road, "a", at(0));
    attempt.answered(&store, at(100)).unwrap();
    assert_eq!(fail(&road, attempt, Fault::Broken, at(200)), Some(1000));
    go_to(&road, "b", at(300)).end(&store, at(300)).unwrap();
}

#[test]
fn targets_are_taken_to_be_well_if_the_table_cannot_be_read() {
    let store = Memory::default();
    let road = Road::new(&store, &model(""));
    for key in store.keys() {
        store.overwrite(&key, b"garbage");
    }
    let (target, mut attempt) = road.go(at(0));
    assert_eq!(target, "a");
    assert!(attempt.failed(&FAILING, &store, at(0), MIDDLE).is_err());
    attempt.end(&store, at(0)).unwrap();
}
