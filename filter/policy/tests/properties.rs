//! Limits beside models of them that are as simple as can be, through whatever happens.
#![cfg(not(target_arch = "wasm32"))]
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

use std::time::Duration;

use gate::{Gate, demand, exactly, input, who};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use settings::SECOND;
use tollgate_policy::{Leases, Refusal, Reservation, Timestamp, Used};

/// The begin of a minute, and of a lease.
const BEGIN: u64 = 1_700_000_040 * SECOND;
/// A clock that is set back by less is taken for another worker's.
const SKEW: Duration = Duration::from_secs(2);

#[derive(Debug, Clone)]
enum Step {
    Wait(u64),
    Reserve(u64),
    /// One of those that run turns out to have taken so much.
    Settle(usize, u64),
}

fn steps(longest_wait: u64, most: u64) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..longest_wait).prop_map(Step::Wait),
        (0..=most).prop_map(Step::Reserve),
        (any::<usize>(), 0..2 * most).prop_map(|(which, used)| Step::Settle(which, used)),
    ];
    vec(step, 1..60)
}

fn ask(gate: &Gate, tokens: u64, now: Timestamp) -> Result<Reservation, Refusal> {
    gate.ask_for(&who(None, "m"), &exactly(tokens), now)
}

fn pick<T>(running: &mut Vec<T>, which: usize) -> Option<T> {
    let index = which.checked_rem(running.len())?;
    Some(running.swap_remove(index))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A budget of the calendar, beside a number that every window reduces by its amount.
    #[test]
    fn a_calendar_budget_is_what_each_window_can_pay(steps in steps(100 * SECOND, 100)) {
        let gate = Gate::new(r#"[{"name": "l", "per": [], "tokens": 100, "window": "1m", "align": "calendar"}]"#);
        let (mut now, mut used) = (BEGIN, 0);
        let mut running: Vec<(Reservation, u64, u64)> = Vec::new();
        let window = |now: u64| now / (60 * SECOND);
        for step in steps {
            let moment = Timestamp::from_nanos(now);
            match step {
                Step::Wait(nanos) => {
                    let windows = window(now + nanos) - window(now);
                    used = u64::saturating_sub(used, 100 * windows);
                    now += nanos;
                }
                Step::Reserve(tokens) => match ask(&gate, tokens, moment) {
                    Ok(held) => {
                        prop_assert!(used + tokens <= 100);
                        used += tokens;
                        running.push((held, tokens, window(now)));
                    }
                    Err(Refusal::Exhausted { retry_after, .. }) => {
                        prop_assert!(used + tokens > 100);
                        let then = now + retry_after.as_nanos() as u64;
                        prop_assert_eq!(then % (60 * SECOND), 0, "a window begins");
                        let paid = |windows| u64::saturating_sub(used, 100 * windows);
                        let windows = window(then) - window(now);
                        prop_assert!(paid(windows) + tokens <= 100 && paid(windows - 1) + tokens > 100);
                    }
                    Err(other) => panic!("{other}"),
                },
                Step::Settle(which, tokens) => if let Some((held, reserved, taken)) = pick(&mut running, which) {
                    gate.settle(held, Used::Exactly(input(tokens)), moment);
                    if tokens > reserved {
                        used += tokens - reserved;
                    } else if taken == window(now) {
                        used -= (reserved - tokens).min(used);
                    }
                },
            }
            prop_assert_eq!(gate.remaining(Timestamp::from_nanos(now)), 100_u64.saturating_sub(used));
        }
    }

    /// A budget that comes back continuously: a million units, to see a millionth of a second.
    #[test]
    fn a_rolling_budget_never_gives_more_than_its_capacity_and_what_came_back(
        steps in steps(3 * SECOND, 1_000_000),
        burst in 1_u64..3_000_000,
    ) {
        let limit = r#"[{"name": "l", "per": [], "tokens": 1000000, "window": "1s", "burst": BURST}]"#;
        let gate = Gate::new(&limit.replace("BURST", &burst.to_string()));
        let (mut now, mut charged) = (BEGIN, 0_u64);
        let mut running = Vec::new();
        for step in steps {
            let moment = Timestamp::from_nanos(now);
            match step {
                Step::Wait(nanos) => now += nanos,
                Step::Reserve(tokens) => match ask(&gate, tokens, moment) {
                    Ok(held) => {
                        running.push((held, tokens));
                        charged += tokens;
                        let came_back = (now - BEGIN) / 1000 + 1;
                        prop_assert!(charged <= burst + came_back, "{charged} of {burst} and {came_back}");
                    }
                    Err(Refusal::Exhausted { retry_after, .. }) => {
                        let later = |nanos| ask(&gate, tokens, Timestamp::from_nanos(now + nanos));
                        let wait = retry_after.as_nanos() as u64;
                        prop_assert!(later(wait - 1).is_err(), "no earlier");
                    }
                    Err(Refusal::TooLarge { .. }) => prop_assert!(tokens > burst),
                    Err(other) => panic!("{other}"),
                },
                Step::Settle(which, tokens) => if let Some((held, reserved)) = pick(&mut running, which) {
                    let used = tokens.min(reserved);
                    gate.settle(held, Used::Exactly(input(used)), moment);
                    charged -= reserved - used;
                },
            }
            let remaining = gate.remaining(Timestamp::from_nanos(now));
            prop_assert!(remaining <= burst);
            let more = ask(&gate, remaining + 1, Timestamp::from_nanos(now));
            prop_assert!(more.is_err(), "what remains is all that remains");
            let all = ask(&gate, remaining, Timestamp::from_nanos(now)).unwrap();
            gate.settle(all, Used::Nothing, Timestamp::from_nanos(now));
        }
    }

    /// A budget that comes back continuously, under a clock that is set back now and then: only time that passes
    /// brings anything, and nobody waits for the clock.
    #[test]
    fn a_clock_that_is_set_back_gives_nothing_and_keeps_nobody_waiting(
        steps in steps(3 * SECOND, 1_000_000),
        set_back in vec(option::weighted(0.2, 0..20_000 * SECOND), 60),
    ) {
        let gate = Gate::new(r#"[{"name": "l", "per": [], "tokens": 1000000, "window": "1s"}]"#);
        let (mut now, mut passed, mut charged) = (BEGIN, 0, 0_u64);
        let mut running = Vec::new();
        for (step, set_back) in steps.into_iter().zip(set_back) {
            now -= set_back.unwrap_or(0);
            let moment = Timestamp::from_nanos(now);
            match step {
                Step::Wait(nanos) => {
                    now += nanos;
                    passed += nanos;
                }
                Step::Reserve(tokens) => match ask(&gate, tokens, moment) {
                    Ok(held) => {
                        running.push((held, tokens));
                        charged += tokens;
                        prop_assert!(charged <= 1_000_000 + passed / 1000 + 1, "{charged} after {passed} ns");
                    }
                    Err(Refusal::Exhausted { retry_after, .. }) => {
                        let most = Duration::from_secs(1) + SKEW;
                        prop_assert!(retry_after <= most, "{retry_after:?}");
                    }
                    Err(other) => panic!("{other}"),
                },
                Step::Settle(which, tokens) => if let Some((held, reserved)) = pick(&mut running, which) {
                    let used = tokens.min(reserved);
                    gate.settle(held, Used::Exactly(input(used)), moment);
                    charged -= reserved - used;
                },
            }
        }
    }

    /// Slots of three VMs, of which any can die, beside a list of them.
    #[test]
    fn slots_are_those_that_were_taken_or_renewed_in_this_lease_or_the_last(
        steps in vec((0..5, 0..3_usize, 0..20 * SECOND), 1..80),
    ) {
        let gate = Gate::new(r#"[{"name": "l", "per": [], "concurrent": 5}]"#);
        let mut vms: Vec<(Leases, Vec<Reservation>, Vec<u64>)> = (0..3).map(|_| Default::default()).collect();
        let mut orphans: Vec<u64> = Vec::new();
        let mut now = BEGIN;
        for (what, vm, nanos) in steps {
            let lease = now / (30 * SECOND);
            let live = vms.iter().flat_map(|(_, _, taken)| taken).chain(&orphans).filter(|&&it| it + 1 >= lease).count();
            let moment = Timestamp::from_nanos(now);
            let (leases, held, taken) = &mut vms[vm];
            match what {
                0 => now += nanos,
                1 => match gate.limits.reserve(&gate.store, leases, &who(None, "m"), &demand(1, 1), moment) {
                    Ok(reservation) => {
                        prop_assert!(live < 5);
                        held.push(reservation);
                        taken.push(lease);
                    }
                    Err(_) => prop_assert!(live >= 5),
                },
                2 => if let Some(reservation) = held.pop() {
                    reservation.settle(&gate.store, Used::Nothing, moment).unwrap();
                    // They are alike: the one that would expire first goes.
                    taken.sort_unstable_by(|a, b| b.cmp(a));
                    taken.pop();
                },
                3 => {
                    prop_assert_eq!(leases.renew(&gate.store, moment), Ok(()));
                    taken.fill(lease);
                }
                _ => {
                    held.drain(..).for_each(std::mem::forget);
                    orphans.append(taken);
                    *leases = Leases::default();
                }
            }
        }
    }
}
