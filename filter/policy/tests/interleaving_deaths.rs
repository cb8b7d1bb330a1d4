//! Slots, whoever dies at whatever access to the store.
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

use gate::{exactly, free_slots, who};
use memory::Memory;
use settings::{Dialect, SECOND, config_with};
use tollgate_policy::{Config, Consumption, Leases, Table, Timestamp, Used};
use turns::{Chance, Turn, Workers, schedules};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const WORKERS: usize = 4;
/// The begin of a lease, and how long it is.
const BEGIN: u64 = 1_700_000_040;
const LEASE: u64 = 30;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_nanos((BEGIN + seconds) * SECOND)
}

/// Workers that hold a slot through three leases, of which some die at any access.
///
/// In the first, each takes slots; in the second and third, those that live renew theirs; in the fourth
/// they are done.
fn play(config: &Config<Dialect>, seed: u64) -> Result<(), String> {
    let mut chance = Chance(seed);
    let memory = Memory::default();
    let table = Table::prepare(turns::geometry(seed), &memory, [7; 16]).unwrap();
    let limits = config.limits_on(table);
    // From this access on, a worker is dead.
    let deaths: Vec<usize> = (0..WORKERS).map(|_| chance.below(24) as usize).collect();
    let moments: Vec<[u64; 4]> =
        (0..WORKERS).map(|_| [0, 1, 2, 3].map(|lease| lease * LEASE + chance.below(LEASE / 3))).collect();
    let held = RefCell::new([0; WORKERS]);
    let script = |worker: usize, turn: &Turn<'_>, leases: usize| {
        let vm = Leases::default();
        let ask = |now| limits.reserve(turn, &vm, &who(None, "m"), &exactly(0), at(now));
        let mut slots = Vec::new();
        for _ in 0..2 {
            let asked = ask(moments[worker][0]);
            if turn.is_over() {
                std::mem::forget((slots, asked));
                return None;
            }
            slots.extend(asked);
        }
        held.borrow_mut()[worker] = slots.len();
        for &now in &moments[worker][1..leases.clamp(1, 3)] {
            // What a turn that is over could not renew is renewed by the next.
            let _ = vm.renew(turn, at(now));
            if turn.is_over() {
                std::mem::forget(slots);
                return None;
            }
        }
        if leases == 4 {
            for slot in slots {
                let _ = slot.settle(turn, Used::Exactly(Consumption::default()), at(moments[worker][3]));
                if turn.is_over() {
                    return None;
                }
            }
            held.borrow_mut()[worker] = 0;
            return Some(());
        }
        std::mem::forget(slots);
        Some(())
    };
    let workers = Workers::new(&memory, WORKERS, false);
    for leases in 1..=4 {
        let alive = |worker: usize, accesses: usize| deaths[worker] > accesses;
        let done =
            workers.play(&mut chance, alive, |worker, turn| script(worker, turn, leases), |_| Ok::<(), String>(()))?;
        let living: usize = (0..WORKERS).filter(|&it| done[it].is_some()).map(|it| held.borrow()[it]).sum();
        let end = at((leases as u64 - 1) * LEASE + LEASE / 3);
        let free = free_slots(&limits, &memory, end);
        if free + living > 5 {
            return Err(format!("lease {leases}: {living} slots are held and {free} of 5 free"));
        }
        // Whoever died in the first lease is forgotten in the third; whoever died later, two after that.
        let after_all = at((leases as u64 + 1) * LEASE);
        if leases == 4 && free_slots(&limits, &memory, after_all) != 5 {
            return Err("a slot is missing after all have ended".into());
        }
    }
    Ok(())
}

#[test]
fn slots_of_the_dead_come_back_and_those_of_the_living_stay_in_every_schedule() {
    let config = config_with("/limits", r#"[{"name": "l", "per": [], "concurrent": 5}]"#);
    for seed in schedules(2000) {
        if let Err(wrong) = play(&config, seed) {
            panic!("schedule {seed}: {wrong}");
        }
    }
}
