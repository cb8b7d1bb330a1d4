//! Limits on tokens, whatever order the accesses of many workers come in.
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
mod turns;

use gate::{exactly, input, who};
use memory::Memory;
use settings::{Dialect, SECOND, after, config_with};
use tollgate_policy::{Config, Leases, Limits, Refusal, Subject, Table, Timestamp, Used, WhenFull};
use turns::{Chance, Turn, Workers, schedules};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const WORKERS: usize = 4;
const CAPACITY: u64 = 100;
/// One limit that all share, one that two pairs of workers share.
const LIMITS: &str = r#"[{"name": "all", "per": [], "tokens": 100, "window": "100s"},
                         {"name": "pair", "per": ["consumer"], "tokens": 60, "window": "60s"}]"#;

/// What a worker does: for each step, reserve the first and use the second.
struct Script {
    consumer: &'static str,
    steps: Vec<(u64, u64)>,
    now: Timestamp,
}

impl Script {
    fn subject(&self) -> Subject<'static> {
        who(Some(self.consumer), "m")
    }

    /// The same, where nobody else does anything.
    fn alone(&self, limits: &Limits, store: &Memory) {
        for &(reserved, used) in &self.steps {
            let held = limits.reserve(store, &Leases::default(), &self.subject(), &exactly(reserved), self.now);
            held.unwrap().settle(store, Used::Exactly(input(used)), self.now).unwrap();
        }
    }

    /// Tokens used in the end, or `None` if the turn was over before.
    fn run(&self, limits: &Limits, store: &Turn<'_>) -> Option<u64> {
        let mut total = 0;
        let leases = Leases::default();
        for &(reserved, used) in &self.steps {
            let reserved = limits.reserve(store, &leases, &self.subject(), &exactly(reserved), self.now);
            if store.is_over() {
                return None;
            }
            match reserved {
                Ok(reservation) => {
                    let settled = reservation.settle(store, Used::Exactly(input(used)), self.now);
                    if store.is_over() {
                        return None;
                    }
                    settled.expect("settles");
                    total += used;
                }
                Err(Refusal::Exhausted { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        Some(total)
    }
}

/// Nanoseconds until (the shared limit, the subject's limit) are full, seen without changing them.
fn levels(limits: &[Limits; 2], store: &Memory, subject: &Subject<'_>, now: Timestamp) -> [u64; 2] {
    limits.each_ref().map(|limits| match limits.reserve(store, &Leases::default(), subject, &exactly(0), now) {
        Ok(probe) => probe.standings().tokens.as_ref().unwrap().reset_after.as_nanos() as u64,
        Err(Refusal::Exhausted { standings, .. }) => standings.tokens.unwrap().reset_after.as_nanos() as u64,
        Err(other) => panic!("{other}"),
    })
}

/// What is unusual about a schedule.
#[derive(Clone, Copy, Default)]
struct Unusual {
    /// Requests use more than they reserve.
    overshoots: bool,
    /// Each worker's clock is so much ahead of the one before.
    skew: u64,
    /// Before, somebody used ten tokens, and then the clock was set back by so much.
    set_back: u64,
    /// The store loses updates.
    swaps_blindly: bool,
}

/// Plays one schedule; says what is wrong with the outcome.
fn play(config: &Config<Dialect>, seed: u64, unusual: Unusual) -> Result<(), String> {
    let Unusual { overshoots, skew, set_back, swaps_blindly } = unusual;
    let mut chance = Chance(seed);
    let memory = Memory::default();
    let table = Table::prepare(turns::geometry(seed), &memory, [7; 16]).unwrap();
    let both = config.limits_on(table);
    let each = [0, 1]
        .map(|index| Limits::new(&config.limits()[index..=index], config.prices().clone(), WhenFull::Refuse, table));
    let scripts: Vec<Script> = (0..WORKERS)
        .map(|worker| Script {
            consumer: if worker % 2 == 0 { "even" } else { "odd" },
            steps: (0..2)
                .map(|_| {
                    let reserved = 1 + chance.below(45);
                    let most = if overshoots { 2 * reserved } else { reserved };
                    (reserved, chance.below(most + 1))
                })
                .collect(),
            now: after(10_000 + worker as u64 * skew),
        })
        .collect();

    let before = if set_back > 0 { 10 } else { 0 };
    let earlier = Script { consumer: "even", steps: vec![(before, before)], now: after(10_000 + set_back) };
    earlier.alone(&both, &memory);

    let done = Workers::new(&memory, WORKERS, swaps_blindly).play(
        &mut chance,
        |_, _| true,
        |worker, turn| scripts[worker].run(&both, turn),
        |worker| {
            let level = levels(&each, &memory, &scripts[worker].subject(), scripts[0].now);
            let most = [CAPACITY, 60].map(|tokens| tokens * SECOND + skew * WORKERS as u64);
            if !overshoots && (level[0] > most[0] || level[1] > most[1]) {
                return Err(format!("more than the capacity is out: {level:?}"));
            }
            Ok(())
        },
    )?;
    for (parity, script) in scripts.iter().take(2).enumerate() {
        let used = |worker: usize| done[worker].unwrap_or_default();
        let own: u64 = (0..WORKERS).filter(|worker| worker % 2 == parity).map(used).sum();
        let own = own + if parity == 0 { before } else { 0 };
        let all: u64 = before + (0..WORKERS).map(used).sum::<u64>();
        let level = levels(&each, &memory, &script.subject(), scripts[0].now);
        for (level, used) in level.into_iter().zip([all, own]) {
            if level.abs_diff(used * SECOND) > skew * WORKERS as u64 {
                return Err(format!("{used} tokens were used, {level} ns are charged"));
            }
        }
    }
    Ok(())
}

#[test]
fn no_schedule_lets_too_much_through_and_what_is_charged_is_what_was_used() {
    let config = config_with("/limits", LIMITS);
    for seed in schedules(1500) {
        if let Err(wrong) = play(&config, seed, Unusual::default()) {
            panic!("schedule {seed}: {wrong}");
        }
    }
}

#[test]
fn overshoots_are_charged_to_the_token_in_every_schedule() {
    let config = config_with("/limits", LIMITS);
    for seed in schedules(750) {
        if let Err(wrong) = play(&config, seed, Unusual { overshoots: true, ..Unusual::default() }) {
            panic!("schedule {seed}: {wrong}");
        }
    }
}

#[test]
fn workers_whose_clocks_differ_are_wrong_by_that_difference_at_most() {
    let config = config_with("/limits", LIMITS);
    for seed in schedules(750) {
        if let Err(wrong) = play(&config, seed, Unusual { skew: 2_000, ..Unusual::default() }) {
            panic!("schedule {seed}: {wrong}");
        }
    }
}

#[test]
fn a_clock_that_is_set_back_loses_nothing_whichever_worker_notices_first() {
    let config = config_with("/limits", LIMITS);
    for seed in schedules(750) {
        if let Err(wrong) = play(&config, seed, Unusual { set_back: 3600 * SECOND, ..Unusual::default() }) {
            panic!("schedule {seed}: {wrong}");
        }
    }
}

#[test]
fn the_check_notices_a_store_that_loses_updates() {
    let config = config_with("/limits", LIMITS);
    let wrong = (0..300)
        .filter(|&seed| play(&config, seed, Unusual { swaps_blindly: true, ..Unusual::default() }).is_err())
        .count();
    assert!(wrong > 100, "only {wrong} of 300 schedules");
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn threads_together_use_no_more_than_the_limit_and_are_charged_exactly() {
    const THREADS: u64 = 4;
    let store = Memory::default();
    let json = r#"[{"name": "all", "per": [], "tokens": 10000, "window": "10000s"}]"#;
    let limits = settings::limits(&store, 32, json);
    let subject = who(None, "m");
    let used: u64 = std::thread::scope(|scope| {
        let worker = |seed| {
            let (limits, store) = (&limits, &store);
            scope.spawn(move || {
                let (mut chance, leases, subject) = (Chance(seed), Leases::default(), who(None, "m"));
                let mut total = 0;
                for _ in 0..2000 {
                    let reserved = 1 + chance.below(50);
                    let Ok(reservation) = limits.reserve(store, &leases, &subject, &exactly(reserved), after(0)) else {
                        continue;
                    };
                    let used = chance.below(reserved + 1);
                    reservation.settle(store, Used::Exactly(input(used)), after(0)).unwrap();
                    total += used;
                }
                total
            })
        };
        let workers: Vec<_> = (0..THREADS).map(worker).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    assert!(used <= 10_000 && used > 9_900, "{used}");
    let probe = limits.reserve(&store, &Leases::default(), &subject, &exactly(0), after(0)).unwrap();
    assert_eq!(probe.standings().tokens.as_ref().unwrap().remaining, 10_000 - used);
}
