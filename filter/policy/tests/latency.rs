//! Workers that ask three targets, one of which becomes slow, hangs, and recovers.
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

use std::collections::BTreeMap;

use memory::Memory;
use roads::{Road, ask};
use settings::{SECOND, after};
use tollgate_policy::Attempt;
use turns::Chance;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const MILLI: u64 = SECOND / 1000;
const WORKERS: usize = 2;
const MODEL: &str = r#"{"strategy": "lowest_latency", "targets": [
    {"name": "a", "provider": "openai", "model": "a"},
    {"name": "b", "provider": "openai", "model": "b"},
    {"name": "c", "provider": "openai", "model": "c"}]}"#;

/// How many milliseconds a target takes at a moment, in milliseconds; `None`: for ever.
type Takes = fn(target: &str, now: u64) -> Option<u64>;

/// How many requests went to each target in a span of time.
struct Traffic(Vec<(u64, usize, char)>);

impl Traffic {
    /// The share of a target in hundredths.
    fn share(&self, target: char, worker: Option<usize>, from: u64, to: u64) -> u64 {
        let within =
            |(now, by, _): &&(u64, usize, char)| (from..to).contains(now) && worker.is_none_or(|worker| worker == *by);
        let all: Vec<_> = self.0.iter().filter(within).collect();
        (all.iter().filter(|(.., it)| *it == target).count() * 100 / all.len()) as u64
    }
}

/// A request to a target that begins to answer after so many milliseconds.
fn answer(road: &Road<'_>, target: &str, began: u64, took: u64) {
    let target = road.model().target_at(target).unwrap();
    let mut attempt = road.router.attempt(road.model(), target, false, &road.moment(after(began * MILLI), 1));
    attempt.answered(road.store, after((began + took) * MILLI)).unwrap();
    attempt.end(road.store, after((began + took) * MILLI)).unwrap();
}

/// Plays requests, one every `every` milliseconds, of each worker in turn.
fn play(seconds: u64, every: u64, takes: Takes) -> Traffic {
    let store = Memory::default();
    let roads: Vec<_> = (0..WORKERS).map(|_| Road::new(&store, MODEL)).collect();
    let mut chance = Chance(7);
    let mut answers: BTreeMap<(u64, usize), Attempt> = BTreeMap::new();
    let mut hanging = Vec::new();
    let mut traffic = Vec::new();
    for (number, now) in (0..seconds * 1000).step_by(every as usize).enumerate() {
        while let Some(entry) = answers.first_entry().filter(|entry| entry.key().0 <= now) {
            let ((moment, _), mut attempt) = entry.remove_entry();
            attempt.answered(&store, after(moment * MILLI)).unwrap();
            attempt.end(&store, after(moment * MILLI)).unwrap();
        }
        let worker = chance.below(WORKERS as u64) as usize;
        let random = chance.below(1 << 31) << 32 | chance.below(1 << 31);
        let (target, attempt) = roads[worker].send(&ask(), after(now * MILLI), random).unwrap();
        traffic.push((now, worker, target.chars().next().unwrap()));
        // Give or take a fifth.
        match takes(&target, now) {
            Some(took) => drop(answers.insert((now + took * (80 + chance.below(41)) / 100, number), attempt)),
            None => hanging.push(attempt),
        }
    }
    Traffic(traffic)
}

/// `a` is the fastest, and then not, and then again.
fn slow(target: &str, now: u64) -> Option<u64> {
    Some(match (target, now) {
        ("a", 10_000..30_000) => 3000,
        ("a", _) => 100,
        ("b", _) => 150,
        _ => 200,
    })
}

fn hangs(target: &str, now: u64) -> Option<u64> {
    slow(target, now).filter(|took| *took < 3000)
}

#[test]
fn traffic_goes_to_the_fastest_and_leaves_it_within_two_seconds_of_its_becoming_slow() {
    for takes in [slow as Takes, hangs] {
        let traffic = play(60, 5, takes);
        assert!(traffic.share('a', None, 2000, 10_000) >= 95);
        for worker in 0..WORKERS {
            let left = traffic.share('a', Some(worker), 12_000, 30_000);
            assert!(left <= 5, "{left} % still go there");
        }
        assert!(traffic.share('b', None, 12_000, 30_000) >= 90, "the second best gets it");
    }
}

#[test]
fn traffic_comes_back_when_the_fastest_has_recovered() {
    let traffic = play(60, 5, slow);
    let back = traffic.share('a', None, 50_000, 60_000);
    assert!(back >= 90, "{back} %");
}

#[test]
fn all_of_it_is_known_at_few_requests_too() {
    let traffic = play(600, 500, |target, _| Some(if target == "c" { 300 } else { 900 }));
    let best = traffic.share('c', None, 120_000, 600_000);
    assert!(best >= 75, "{best} %");
}

#[test]
fn what_one_worker_hears_no_answer_from_all_workers_leave() {
    let store = Memory::default();
    let [here, there] = [(); 2].map(|()| Road::new(&store, MODEL));
    for (name, took) in [("a", 100), ("b", 200)] {
        answer(&here, name, 0, took);
    }
    let (target, silent) = here.send(&ask(), after(SECOND), 1).unwrap();
    assert_eq!(target, "a");
    let later = |millis| after(SECOND + millis * MILLI);
    assert_eq!(here.names(&ask(), later(199), 1), "a b c");
    assert_eq!(there.names(&ask(), later(201), 1), "a b c", "only the one that waits can know");
    assert_eq!(here.names(&ask(), later(201), 1), "b a c");
    assert_eq!(there.names(&ask(), later(211), 1), "b a c", "within a hundredth of a second");
    silent.end(&store, later(300)).unwrap();
}

#[test]
fn one_hanging_request_does_not_condemn_a_target_that_answers_others() {
    let store = Memory::default();
    let road = Road::new(&store, MODEL);
    let (_, stuck) = road.send(&ask(), after(0), 1).unwrap();
    for (name, took) in [("b", 300), ("c", 300)] {
        answer(&road, name, 0, took);
    }
    for tenth in 0..50 {
        let now = (tenth + 1) * 100;
        answer(&road, "a", now, 90);
        assert_eq!(road.names(&ask(), after((now + 95) * MILLI), 1), "a b c");
    }
    // Then no answer comes at all.
    assert_eq!(road.names(&ask(), after(5500 * MILLI), 1), "b c a");
    drop(stuck);
}

#[test]
fn answers_in_short_order_are_told_together_and_weigh_no_more_than_the_time_they_took() {
    let store = Memory::default();
    let [here, there] = [(); 2].map(|()| Road::new(&store, MODEL));
    answer(&here, "a", 1000, 300);
    answer(&here, "b", 1000, 302);
    let before = store.writes();
    for moment in 1305..1310 {
        answer(&here, "a", moment - 300, 300);
    }
    assert_eq!(store.writes(), before);
    // Were it the only answer in these eleven milliseconds, it would take it past the other target.
    answer(&here, "a", 1311 - 580, 580);
    assert_eq!(store.writes(), before + 1);
    assert_eq!(there.names(&ask(), after(1312 * MILLI), 1), "a b c");
    answer(&here, "a", 1322 - 580, 580);
    assert_eq!(there.names(&ask(), after(1333 * MILLI), 1), "b a c");
}

#[test]
fn answers_that_were_not_told_yet_do_not_dilute_one_that_comes_much_later() {
    let burst = |road: &Road<'_>| (0..10).for_each(|moment| answer(road, "a", moment, 100));
    let after_one_of = |took, at: u64| {
        let store = Memory::default();
        let [here, there] = [(); 2].map(|()| Road::new(&store, MODEL));
        burst(&here);
        answer(&there, "b", at - 500, 500);
        answer(&here, "a", at - took, took);
        there.names(&ask(), after((at + 20) * MILLI), 1)
    };
    // A single answer counts for half of what was known until then.
    assert_eq!(after_one_of(880, 30_000), "a b c");
    assert_eq!(after_one_of(920, 30_000), "b a c");
    // Nothing is known any more.
    assert_eq!(after_one_of(520, 90_000), "b a c");
}

#[test]
fn silence_that_may_be_a_matter_of_telling_condemns_nobody() {
    let store = Memory::default();
    let [here, there] = [(); 2].map(|()| Road::new(&store, MODEL));
    answer(&here, "b", 0, 5);
    let (target, stuck) = there.send(&ask(), after(6 * MILLI), 1).unwrap();
    assert_eq!(target, "b");
    // Others hear of it all the time.
    answer(&here, "a", 0, 7);
    for now in 10..200 {
        answer(&here, "b", now, 3);
        assert_eq!(there.names(&ask(), after((now + 3) * MILLI), 1), "b a c", "after {now} ms");
    }
    // Then nobody does.
    assert_eq!(there.names(&ask(), after(240 * MILLI), 1), "a b c");
    drop(stuck);
}
