//! What workers learn of targets, whatever order their accesses come in.
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
mod turns;

use std::convert::Infallible;
use std::time::Duration;

use memory::Memory;
use roads::{Road, USUAL, ask, send_over};
use settings::{SECOND, after};
use tollgate_policy::{Fault, Moment, Timestamp};
use turns::{Chance, Turn, Workers};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const MILLI: u64 = SECOND / 1000;
const WORKERS: usize = 4;
const FAILING: Fault = Fault::Failing { retry_after: None };
const FIRST: &str = r#"{"targets": [{"name": "a", "provider": "openai"}, {"name": "b", "provider": "anthropic"}]}"#;
const LATENCY: &str = r#"{"strategy": "lowest_latency", "targets": [{"name": "a", "provider": "openai"}]}"#;

fn at(millis: u64) -> Timestamp {
    after(millis * MILLI)
}

/// What a worker's request became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    Probe,
    Elsewhere,
    /// It went to the target after the probe had succeeded.
    Trusting,
}

/// A cooled target; every worker sends a request, and the one that tries the target ends as `outcome` says.
fn play_probe(seed: u64, succeeds: bool, swaps_blindly: bool) -> (Vec<Sent>, Road<'static>) {
    let store: &'static Memory = Box::leak(Box::default());
    let road = Road::new(store, FIRST);
    let (_, mut failing) = road.go(at(0));
    failing.failed(&FAILING, store, at(0), u64::MAX / 2).unwrap();
    failing.end(store, at(0)).unwrap();

    let run = |worker: usize, turn: &Turn<'_>| {
        let now = at(1000 + worker as u64);
        let (target, mut attempt) = send_over(&road, turn, &ask(), now, USUAL).ok()?;
        if turn.is_over() {
            return None;
        }
        if target == "b" {
            return Some(Sent::Elsewhere);
        }
        if !attempt.is_probe() {
            return Some(Sent::Trusting);
        }
        let told = if succeeds {
            attempt.answered(turn, now)
        } else {
            attempt.failed(&FAILING, turn, now, u64::MAX / 2).map(drop)
        };
        if turn.is_over() {
            return None;
        }
        told.unwrap();
        Some(Sent::Probe)
    };
    let mut chance = Chance(seed);
    let done = Workers::new(store, WORKERS, swaps_blindly)
        .play(&mut chance, |_, _| true, run, |_| Ok::<_, Infallible>(()))
        .unwrap_or_else(|never| match never {});
    (done.into_iter().flatten().collect(), road)
}

fn probes(sent: &[Sent]) -> usize {
    sent.iter().filter(|sent| **sent == Sent::Probe).count()
}

#[test]
fn exactly_one_request_tries_a_target() {
    for seed in 0..500 {
        let (sent, road) = play_probe(seed, true, false);
        assert_eq!(probes(&sent), 1, "schedule {seed}: {sent:?}");
        assert_eq!(road.go(at(1500)).0, "a", "schedule {seed}");
    }
}

#[test]
fn if_it_fails_the_time_doubles_once() {
    for seed in 0..500 {
        let (sent, road) = play_probe(seed, false, false);
        assert_eq!(probes(&sent), 1, "schedule {seed}: {sent:?}");
        assert!(!sent.contains(&Sent::Trusting), "schedule {seed}: {sent:?}");
        assert_eq!(road.go(at(2990)).0, "b", "schedule {seed}");
        assert_eq!(road.go(at(3010)).0, "a", "schedule {seed}");
    }
}

#[test]
fn the_check_notices_a_store_that_loses_updates() {
    let wrong = (0..300).filter(|&seed| probes(&play_probe(seed, true, true).0) > 1).count();
    assert!(wrong > 100, "only {wrong} of 300 schedules");
}

/// Each worker's answer: how long it took and when it came, in milliseconds.
const ANSWERS: [(u64, u64); 3] = [(100, 1000), (900, 1300), (400, 1450)];

fn answer(road: &Road<'_>, store: &impl tollgate_policy::Store, worker: usize) -> bool {
    let (took, came) = ANSWERS[worker];
    let measures = tollgate_policy::Measures::default();
    let moment = Moment { store, leases: &road.leases, measures: &measures, now: at(came - took), chance: USUAL };
    let mut attempt = road.router.attempt(road.model(), &road.model().targets[0], false, &moment);
    attempt.answered(store, at(came)).is_ok()
}

fn bytes(store: &Memory) -> Vec<Option<Vec<u8>>> {
    store.keys().iter().map(|key| store.bytes(key)).collect()
}

#[test]
fn no_answer_is_lost_however_many_come_at_once() {
    // What the table can be after all answers in some order, each with its own changes in full.
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let possible: Vec<_> = orders
        .iter()
        .map(|order| {
            let store = Memory::default();
            let road = Road::new(&store, LATENCY);
            assert!(order.iter().all(|&worker| answer(&road, &store, worker)));
            bytes(&store)
        })
        .collect();
    let play = |seed, swaps_blindly| {
        let store = Memory::default();
        let road = Road::new(&store, LATENCY);
        let run = |worker: usize, turn: &Turn<'_>| {
            let done = answer(&road, turn, worker);
            (!turn.is_over()).then_some(done)
        };
        let done = Workers::new(&store, ANSWERS.len(), swaps_blindly)
            .play(&mut Chance(seed), |_, _| true, run, |_| Ok::<_, Infallible>(()))
            .unwrap_or_else(|never| match never {});
        assert!(done.iter().all(|done| *done == Some(true)));
        possible.contains(&bytes(&store))
    };
    assert!((0..500).all(|seed| play(seed, false)));
    let noticed = (0..300).filter(|&seed| !play(seed, true)).count();
    assert!(noticed > 50, "only {noticed} of 300 schedules of a store that loses updates");
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn threads_elect_one_probe_each_time() {
    let store = Memory::default();
    let cooled = Road::new(&store, FIRST);
    for round in 0..200_u64 {
        let begin = round * 200_000;
        let (_, mut failing) = cooled.go(at(begin));
        let wait = failing.failed(&FAILING, &store, at(begin), u64::MAX / 2).unwrap();
        assert_eq!(wait, Some(Duration::from_secs(1)));
        failing.end(&store, at(begin)).unwrap();
        let elected: usize = std::thread::scope(|scope| {
            let worker = || {
                let road = Road::new(&store, FIRST);
                let (target, attempt) = road.go(at(begin + 1000));
                assert_eq!(attempt.is_probe(), target == "a");
                usize::from(attempt.is_probe())
            };
            let workers: Vec<_> = (0..4).map(|_| scope.spawn(worker)).collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).sum()
        });
        assert_eq!(elected, 1, "round {round}");
    }
}
