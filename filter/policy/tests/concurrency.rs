//! Slots for requests at the same time: who gets one, and how it comes back.
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

use gate::{Gate, demand, who};
use memory::Memory;
use settings::SECOND;
use tollgate_policy::{
    BucketKey, Consumption, Leases, Limits, Refusal, Reservation, Store, StoreError, TableError, Timestamp, Used,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const THREE: &str = r#"[{"name": "parallel", "per": ["consumer"], "concurrent": 3}]"#;
/// A lease, in seconds, and the begin of one.
const LEASE: u64 = 30;
const BEGIN: u64 = 1_700_000_010;

/// So many seconds after the begin of a lease.
fn at(seconds: u64) -> Timestamp {
    Timestamp::from_nanos((BEGIN + seconds) * SECOND)
}

/// One VM of several on one table.
struct Vm<'s> {
    limits: &'s Limits,
    store: &'s Memory,
    leases: Leases,
}

impl<'s> Vm<'s> {
    fn of(gate: &'s Gate) -> Self {
        Self { limits: &gate.limits, store: &gate.store, leases: Leases::default() }
    }

    fn ask(&self, consumer: &str, now: Timestamp) -> Result<Reservation, Refusal> {
        self.limits.reserve(self.store, &self.leases, &who(Some(consumer), "m"), &demand(1, 1), now)
    }

    /// How many slots are free.
    fn free(&self, consumer: &str, now: Timestamp) -> usize {
        let taken: Vec<_> = std::iter::from_fn(|| self.ask(consumer, now).ok()).collect();
        let free = taken.len();
        for held in taken {
            held.settle(self.store, Used::Nothing, now).unwrap();
        }
        free
    }

    fn renew(&self, now: Timestamp) {
        self.leases.renew(self.store, now).unwrap();
    }

    fn end(&self, held: Reservation, now: Timestamp) {
        held.settle(self.store, Used::Exactly(Consumption::default()), now).unwrap();
    }
}

#[test]
fn so_many_requests_run_at_once_and_the_next_waits_a_second() {
    let gate = Gate::new(THREE);
    let vm = Vm::of(&gate);
    let first = vm.ask("a", at(0)).unwrap();
    let _kept = [vm.ask("a", at(0)).unwrap(), vm.ask("a", at(0)).unwrap()];
    let refusal = vm.ask("a", at(0)).unwrap_err();
    assert_eq!(refusal.retry_after_seconds(), Some(1));
    assert_eq!(refusal.to_string(), "the limit \"parallel\" is used up; try again in 1 s");
    assert_eq!(vm.free("b", at(0)), 3, "another consumer has slots of its own");
    vm.end(first, at(1));
    assert_eq!(vm.free("a", at(1)), 1);
}

#[test]
fn a_slot_comes_back_however_the_request_ended() {
    for used in [Used::Nothing, Used::Exactly(Consumption::default()), Used::Uncertain { seen: Consumption::default() }]
    {
        for later in [0, LEASE - 1, LEASE, 2 * LEASE - 1] {
            let gate = Gate::new(THREE);
            let vm = Vm::of(&gate);
            let held = vm.ask("a", at(0)).unwrap();
            held.settle(&gate.store, used, at(later)).unwrap();
            assert_eq!(vm.free("a", at(later)), 3, "{used:?} after {later} s");
            assert_eq!(vm.leases.held(), 0);
        }
    }
}

#[test]
fn a_slot_lasts_as_long_as_its_vm_ticks() {
    let gate = Gate::new(THREE);
    let vm = Vm::of(&gate);
    let held = vm.ask("a", at(29)).unwrap();
    for tick in 1..100 {
        // Two timers tick in one VM.
        vm.renew(at(29 + 10 * tick));
        vm.renew(at(29 + 10 * tick));
        assert_eq!(vm.free("a", at(29 + 10 * tick)), 2, "tick {tick}");
    }
    vm.end(held, at(29 + 1000));
    assert_eq!(vm.free("a", at(29 + 1000)), 3);
    assert!(gate.store.live_entries(at(29 + 1000)) == 0, "nothing is left of it");
}

#[test]
fn slots_of_a_dead_vm_last_one_lease_at_least_and_two_at_most() {
    for taken in [0, 1, LEASE / 2, LEASE - 1] {
        let gate = Gate::new(THREE);
        let (living, dead) = (Vm::of(&gate), Vm::of(&gate));
        let held = living.ask("a", at(taken)).unwrap();
        std::mem::forget((dead.ask("a", at(taken)).unwrap(), dead.ask("a", at(taken)).unwrap()));
        for now in (taken..taken + 3 * LEASE).step_by(5) {
            living.renew(at(now));
            let free = living.free("a", at(now));
            if now < taken + LEASE {
                assert_eq!(free, 0, "taken at {taken}, now {now}");
            }
            if now >= 2 * LEASE {
                assert_eq!(free, 2, "taken at {taken}, now {now}");
            }
        }
        living.end(held, at(taken + 3 * LEASE));
        assert_eq!(living.free("a", at(taken + 3 * LEASE)), 3);
    }
}

#[test]
fn a_reservation_that_is_dropped_is_not_renewed_and_expires() {
    let gate = Gate::new(THREE);
    let vm = Vm::of(&gate);
    let kept = vm.ask("a", at(0)).unwrap();
    drop(vm.ask("a", at(0)).unwrap());
    assert_eq!(vm.leases.held(), 1);
    vm.renew(at(LEASE));
    assert_eq!(vm.free("a", at(LEASE)), 1);
    vm.renew(at(2 * LEASE));
    assert_eq!(vm.free("a", at(2 * LEASE)), 2);
    vm.end(kept, at(2 * LEASE));
    assert_eq!(vm.free("a", at(2 * LEASE)), 3);
}

#[test]
fn a_vm_that_slept_through_its_leases_counts_its_requests_again() {
    let gate = Gate::new(THREE);
    let (sleeper, other) = (Vm::of(&gate), Vm::of(&gate));
    let held = [sleeper.ask("a", at(0)).unwrap(), sleeper.ask("a", at(0)).unwrap()];
    assert_eq!(other.free("a", at(3 * LEASE)), 3, "its leases are over");
    let _kept = [other.ask("a", at(3 * LEASE)).unwrap(), other.ask("a", at(3 * LEASE)).unwrap()];
    sleeper.renew(at(3 * LEASE));
    assert_eq!(other.free("a", at(3 * LEASE)), 0, "four run, however that came");
    for held in held {
        sleeper.end(held, at(3 * LEASE));
    }
    assert_eq!(other.free("a", at(3 * LEASE)), 1);
}

#[test]
fn what_has_expired_is_not_given_back_twice() {
    let gate = Gate::new(THREE);
    let (slow, other) = (Vm::of(&gate), Vm::of(&gate));
    let held = [slow.ask("a", at(0)).unwrap(), slow.ask("a", at(0)).unwrap()];
    let _kept = other.ask("a", at(2 * LEASE)).unwrap();
    for held in held {
        slow.end(held, at(2 * LEASE));
    }
    assert_eq!(other.free("a", at(2 * LEASE)), 2, "the other's slot is not theirs to give");
}

#[test]
fn slots_of_one_vm_are_alike_whichever_ends_first() {
    let gate = Gate::new(THREE);
    let vm = Vm::of(&gate);
    let old = vm.ask("a", at(20)).unwrap();
    vm.renew(at(35));
    let new = vm.ask("a", at(36)).unwrap();
    let newest = vm.ask("a", at(70)).unwrap();
    vm.end(newest, at(71));
    assert_eq!(vm.free("a", at(71)), 1);
    vm.renew(at(75));
    vm.end(old, at(100));
    vm.renew(at(105));
    assert_eq!(vm.free("a", at(105)), 2);
    vm.end(new, at(135));
    assert_eq!(vm.free("a", at(135)), 3);
}

#[test]
fn a_clock_that_is_behind_counts_in_the_newest_lease() {
    let gate = Gate::new(THREE);
    let (ahead, behind) = (Vm::of(&gate), Vm::of(&gate));
    let (later, earlier) = (at(LEASE), Timestamp::from_nanos(at(LEASE).as_nanos() - 1000));
    let first = ahead.ask("a", later).unwrap();
    let second = behind.ask("a", earlier).unwrap();
    assert_eq!(ahead.free("a", later), 1);
    behind.renew(earlier);
    behind.end(second, earlier);
    ahead.end(first, earlier);
    assert_eq!(ahead.free("a", later), 3);
}

/// A store that cannot be written any more.
struct Broken<'m>(&'m Memory);

impl Store for Broken<'_> {
    fn read(&self, bucket: BucketKey) -> Option<(Vec<u8>, u32)> {
        self.0.read(bucket)
    }

    fn compare_and_swap(&self, _: BucketKey, _: &[u8], _: u32) -> Result<bool, StoreError> {
        Err(StoreError::new("broken"))
    }

    fn create(&self, _: BucketKey, _: &[u8]) -> Result<(), StoreError> {
        Err(StoreError::new("broken"))
    }
}

#[test]
fn what_cannot_be_renewed_is_tried_again_and_what_cannot_be_given_back_expires() {
    let gate = Gate::new(THREE);
    let vm = Vm::of(&gate);
    let held = vm.ask("a", at(0)).unwrap();
    assert!(matches!(vm.leases.renew(&Broken(&gate.store), at(LEASE)), Err(TableError::Store(_))));
    vm.renew(at(LEASE + 10));
    assert_eq!(vm.free("a", at(2 * LEASE)), 2);
    assert!(held.settle(&Broken(&gate.store), Used::Nothing, at(2 * LEASE)).is_err());
    vm.renew(at(2 * LEASE));
    assert_eq!(vm.free("a", at(2 * LEASE)), 2);
    assert_eq!(vm.free("a", at(4 * LEASE)), 3);
}

#[test]
fn renewing_costs_nothing_where_nothing_is_due() {
    let gate = Gate::new(THREE);
    let vm = Vm::of(&gate);
    let _kept = vm.ask("a", at(0)).unwrap();
    let before = gate.store.writes();
    for seconds in 0..LEASE {
        vm.renew(at(seconds));
    }
    assert_eq!(gate.store.writes(), before);
    vm.renew(at(LEASE));
    vm.renew(at(LEASE + 1));
    assert_eq!(gate.store.writes(), before + 1);
}
