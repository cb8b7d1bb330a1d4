//! Limits of all kinds together, whatever order the accesses of many workers come in, and however requests end.
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

use std::cell::RefCell;

use gate::{exactly, input, who};
use memory::Memory;
use settings::{Dialect, SECOND, base, parse};
use tollgate_policy::{Config, Leases, Limits, Refusal, Table, Timestamp, Used, WhenFull};
use turns::{Chance, Turn, Workers, schedules};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const WORKERS: usize = 4;
/// The begin of a minute.
const BEGIN: u64 = 1_700_000_040;
/// A token costs a millionth of a dollar: 120 of them can be paid for in a minute.
const LIMITS: &str = r#"[
    {"name": "tokens", "per": [], "tokens": 100, "window": "100s"},
    {"name": "trial", "per": [], "tokens": 50, "window": "50s", "enforce": false},
    {"name": "requests", "per": [], "requests": 6, "window": "60s"},
    {"name": "usd", "per": [], "usd": 0.00012, "window": "1m", "align": "calendar"},
    {"name": "concurrent", "per": [], "concurrent": 2}
]"#;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_nanos((BEGIN + seconds) * SECOND)
}

fn config(limits: &str) -> Config<Dialect> {
    let mut config = base();
    config["limits"] = serde_json::from_str(limits).unwrap();
    config["prices"] = serde_json::json!({"*": {"input": 1, "output": 1}});
    parse(config.to_string().as_bytes()).unwrap()
}

/// How a request ends.
#[derive(Debug, Clone, Copy)]
struct Step {
    reserved: u64,
    used: Used,
}

impl Step {
    fn by_chance(chance: &mut Chance, overshoots: bool) -> Self {
        let reserved = 1 + chance.below(45);
        let seen = input(chance.below(1 + if overshoots { 3 * reserved } else { reserved }));
        let used = match chance.below(5) {
            0 => Used::Nothing,
            1 => Used::Uncertain { seen },
            _ => Used::Exactly(seen),
        };
        Self { reserved, used }
    }

    /// Tokens that this comes to.
    fn tokens(&self) -> u64 {
        match self.used {
            Used::Nothing => 0,
            Used::Exactly(tokens) => tokens.input,
            Used::Uncertain { seen } => seen.input.max(self.reserved),
        }
    }

    fn counts(&self) -> bool {
        self.used != Used::Nothing
    }
}

/// What a worker has done, as far as it knows.
#[derive(Debug, Clone, Default)]
struct Done {
    tokens: u64,
    /// Tokens that the limit which does not enforce has let through.
    tried: u64,
    requests: u64,
    /// What it holds for sure: reserved, and not a word of settling yet.
    holds: Option<u64>,
}

/// Reserves and settles, step by step.
fn run(steps: &[Step], limits: &Limits, turn: &Turn<'_>, done: &mut Done) -> Option<()> {
    let leases = Leases::default();
    *done = Done::default();
    for step in steps {
        let reserved = limits.reserve(turn, &leases, &who(None, "m"), &exactly(step.reserved), at(1));
        if turn.is_over() {
            return None;
        }
        match reserved {
            Ok(reservation) => {
                let is_tried = reservation.would_refuse().is_empty();
                let accesses = turn.accesses();
                let settled = reservation.settle(turn, step.used, at(1));
                if turn.is_over() {
                    done.holds = (turn.accesses() == accesses).then_some(step.reserved);
                    done.tokens += step.tokens().min(step.reserved);
                    done.requests += u64::from(step.counts());
                    return None;
                }
                settled.expect("settles");
                done.tokens += step.tokens();
                done.tried += if is_tried { step.tokens() } else { 0 };
                done.requests += u64::from(step.counts());
            }
            Err(Refusal::Exhausted { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
    Some(())
}

/// Each limit by itself, to see how it stands.
struct Eyes<'m> {
    store: &'m Memory,
    limits: Vec<Limits>,
}

impl<'m> Eyes<'m> {
    fn new(config: &Config<Dialect>, table: Table, store: &'m Memory) -> Self {
        let alone =
            |index| Limits::new(&config.limits()[index..=index], config.prices().clone(), WhenFull::Refuse, table);
        Self { store, limits: (0..config.limits().len()).map(alone).collect() }
    }

    /// Nanoseconds until everything is there again, without what the look itself takes.
    fn charged(&self, index: usize, probe: u64, now: Timestamp) -> u64 {
        let held = self.limits[index].reserve(self.store, &Leases::default(), &who(None, "m"), &exactly(0), now);
        let (standings, probe) = match &held {
            Ok(held) => (held.standings().clone(), probe),
            Err(Refusal::Exhausted { standings, .. }) => ((**standings).clone(), 0),
            Err(other) => panic!("{other}"),
        };
        if let Ok(held) = held {
            held.settle(self.store, Used::Nothing, now).unwrap();
        }
        standings.tokens.or(standings.requests).unwrap().reset_after.as_nanos() as u64 - probe
    }

    /// Whether the limit would grant so many tokens.
    fn grants(&self, index: usize, tokens: u64, now: Timestamp) -> bool {
        let held = self.limits[index].reserve(self.store, &Leases::default(), &who(None, "m"), &exactly(tokens), now);
        held.map(|held| held.settle(self.store, Used::Nothing, now).unwrap()).is_ok()
    }
}

/// Plays one schedule; says what is wrong with the outcome.
fn play(config: &Config<Dialect>, seed: u64, overshoots: bool, swaps_blindly: bool) -> Result<(), String> {
    let mut chance = Chance(seed);
    let memory = Memory::default();
    let table = Table::prepare(turns::geometry(seed), &memory, [7; 16]).unwrap();
    let limits = config.limits_on(table);
    let scripts: Vec<Vec<Step>> =
        (0..WORKERS).map(|_| (0..2).map(|_| Step::by_chance(&mut chance, overshoots)).collect()).collect();
    let done = RefCell::new(vec![Done::default(); WORKERS]);
    Workers::new(&memory, WORKERS, swaps_blindly).play(
        &mut chance,
        |_, _| true,
        |worker, turn| run(&scripts[worker], &limits, turn, &mut done.borrow_mut()[worker]),
        |_| {
            let done = done.borrow();
            let holding = done.iter().filter_map(|it| it.holds);
            if holding.clone().count() > 2 {
                return Err(format!("{} run at once", holding.count()));
            }
            let out: u64 = done.iter().map(|it| it.holds.unwrap_or(0).max(it.tokens)).sum();
            if !overshoots && out > 100 {
                return Err(format!("{out} tokens are out"));
            }
            let requests: u64 = done.iter().map(|it| it.requests).sum();
            if requests > 6 {
                return Err(format!("{requests} requests were let through"));
            }
            Ok(())
        },
    )?;
    let sum = |of: fn(&Done) -> u64| done.borrow().iter().map(of).sum::<u64>();
    let (tokens, tried, requests) = (sum(|it| it.tokens), sum(|it| it.tried), sum(|it| it.requests));
    let eyes = Eyes::new(config, table, &memory);
    let now = at(1);
    let expect = |what: &str, charged: u64, used: u64| {
        if charged == used { Ok(()) } else { Err(format!("{what}: {used} ns were used, {charged} are charged")) }
    };
    expect("tokens", eyes.charged(0, 0, now), tokens * SECOND)?;
    expect("requests", eyes.charged(2, 10 * SECOND, now), requests * 10 * SECOND)?;
    if gate::free_slots(&eyes.limits[4], &memory, now) != 2 {
        return Err("a slot is missing".into());
    }
    let trial = Eyes { store: &memory, limits: vec![enforced(config, table)] };
    expect("trial", trial.charged(0, 0, now), tried * SECOND)?;
    let next_minute = at(60);
    for (window, moment) in [(0, now), (1, next_minute)] {
        let owed = tokens.saturating_sub(120 * window);
        let left = 120_u64.saturating_sub(owed);
        let gives_all = owed > 120 || eyes.grants(3, left, moment);
        if !gives_all || (left < 120 && eyes.grants(3, left + 1, moment)) {
            return Err(format!("{tokens} tokens were paid for, and not {left} are left in window {window}"));
        }
    }
    Ok(())
}

/// The limit that does not enforce, enforced: only so it shows how it stands.
fn enforced(with: &Config<Dialect>, table: Table) -> Limits {
    assert!(!with.limits()[1].enforce());
    let strict = config(&LIMITS.replace(", \"enforce\": false", ""));
    Limits::new(&strict.limits()[1..=1], strict.prices().clone(), WhenFull::Refuse, table)
}

#[test]
fn no_schedule_lets_too_much_through_and_all_kinds_are_charged_what_was_used() {
    let config = config(LIMITS);
    for seed in schedules(600) {
        if let Err(wrong) = play(&config, seed, false, false) {
            panic!("schedule {seed}: {wrong}");
        }
    }
}

#[test]
fn what_is_too_much_is_debt_to_the_token_that_the_next_window_pays() {
    let config = config(LIMITS);
    for seed in schedules(400) {
        if let Err(wrong) = play(&config, seed, true, false) {
            panic!("schedule {seed}: {wrong}");
        }
    }
}

#[test]
fn the_check_notices_a_store_that_loses_updates() {
    let config = config(LIMITS);
    let wrong = (0..40).filter(|&seed| play(&config, seed, false, true).is_err()).count();
    assert!(wrong > 20, "only {wrong} of 40 schedules");
}
