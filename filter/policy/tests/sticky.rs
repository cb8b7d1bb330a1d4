//! Who gets which arm, and who changes arms when weights change.
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
use roads::{Road, Said, USUAL, ask};
use settings::{Dialect, after};
use tollgate_policy::Ask;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const KEYS: usize = 10_000;

fn model(sticky: &str, weights: &[(&str, u32)]) -> String {
    let targets: Vec<_> = weights
        .iter()
        .map(|(name, weight)| format!(r#"{{"name": "{name}", "provider": "openai", "weight": {weight}}}"#))
        .collect();
    format!(r#"{{"strategy": "weighted", "sticky": {sticky}, "targets": [{}]}}"#, targets.join(","))
}

/// The arm of each user.
fn arms(weights: &[(&str, u32)]) -> Vec<char> {
    let store = Memory::default();
    let road = Road::new(&store, &model(r#"{"header": "x-user"}"#, weights));
    let arm = |user: usize| {
        let said = Said::new(&[("header:x-user", &format!("user-{user}"))]);
        road.names(&Ask { attributes: &said, ..ask() }, after(0), user as u64).chars().next().unwrap()
    };
    (0..KEYS).map(arm).collect()
}

fn share(arms: &[char], arm: &str) -> usize {
    arms.iter().filter(|it| arm.starts_with(**it)).count()
}

/// How many users go from an arm to another.
fn moved(before: &[char], after: &[char], from: &str, to: &str) -> usize {
    before.iter().zip(after).filter(|(old, new)| from.starts_with(**old) && to.starts_with(**new)).count()
}

#[test]
fn arms_get_their_shares() {
    for weights in [[70, 20, 10], [1, 1, 1], [98, 1, 1], [0, 500_000, 1_000_000]] {
        let arms = arms(&[("a", weights[0]), ("b", weights[1]), ("c", weights[2])]);
        let total = f64::from(weights.iter().sum::<u32>());
        for (name, weight) in ["a", "b", "c"].into_iter().zip(weights) {
            let p = f64::from(weight) / total;
            let bound = 4.0 * (KEYS as f64 * p * (1.0 - p)).sqrt();
            let off = share(&arms, name) as f64 - KEYS as f64 * p;
            assert!(off.abs() <= bound, "{weights:?} {name} {off}");
        }
    }
}

#[test]
fn with_two_arms_exactly_the_moved_share_moves() {
    let steps: Vec<_> = (0..=10).map(|tenth| arms(&[("a", 100 - tenth * 10), ("b", tenth * 10)])).collect();
    for pair in steps.windows(2) {
        let (to, back) = (moved(&pair[0], &pair[1], "a", "b"), moved(&pair[0], &pair[1], "b", "a"));
        assert_eq!(back, 0, "nobody moves the other way");
        assert!((880..=1120).contains(&to), "a tenth of the weight, {to} of {KEYS} users");
    }
    assert_eq!(share(&steps[0], "a"), KEYS);
    assert_eq!(share(&steps[10], "b"), KEYS);
    assert_eq!(arms(&[("a", 9), ("b", 1)]), steps[1], "only the proportion counts");
}

#[test]
fn with_more_arms_none_leaves_the_one_that_grew_or_enters_the_one_that_shrank() {
    let before = arms(&[("a", 60), ("b", 30), ("c", 10)]);
    let after = arms(&[("a", 50), ("b", 30), ("c", 20)]);
    for (from, to) in [("c", "a"), ("c", "b"), ("b", "a")] {
        assert_eq!(moved(&before, &after, from, to), 0, "{from} to {to}");
    }
    let through = [("a", "b"), ("b", "c"), ("a", "c")].map(|(from, to)| moved(&before, &after, from, to));
    let total: usize = through.iter().sum();
    assert!((1000..1819).contains(&total), "{through:?}");
}

#[test]
fn a_new_arm_takes_its_share_from_all_and_gives_it_back() {
    let two = arms(&[("a", 60), ("b", 30)]);
    let three = arms(&[("a", 60), ("b", 30), ("c", 10)]);
    assert_eq!(moved(&two, &three, "a", "b") + moved(&two, &three, "b", "a"), 0);
    let taken = share(&three, "c");
    assert!((880..=1120).contains(&taken), "{taken}");
    assert_eq!(arms(&[("b", 30), ("a", 60)]), two, "the order of the configuration does not count");
}

#[test]
fn whoever_is_on_one_arm_of_a_model_may_be_on_another_of_the_next() {
    let store = Memory::default();
    let model = model(r#""consumer""#, &[("a", 1), ("b", 1)]);
    let models = format!(r#"{{"assistant": {model}, "other": {model}}}"#);
    let road = Road::with(&store, &model, &[("models", &models)]);
    let moment = road.moment(after(0), USUAL);
    let arm = |model, user: usize| {
        let consumer = format!("user-{user}");
        let ask = Ask { consumer: Some(&consumer), ..ask() };
        let mut candidates = road.router.route(road.config.models().find(model).unwrap(), &ask, &moment).unwrap();
        candidates.next(&moment).unwrap().name.clone()
    };
    let same = (0..1000).filter(|&user| arm("assistant", user) == arm("other", user)).count();
    assert!((430..=570).contains(&same), "{same}");
}

#[test]
fn every_kind_of_key_sticks_and_without_one_chance_decides() {
    type WithKey = Box<dyn Fn(&str, &mut dyn FnMut(Ask<'_, Dialect>))>;
    let cases: [(&str, WithKey); 4] = [
        (
            r#"{"header": "X-User"}"#,
            Box::new(|key, then| {
                then(Ask { attributes: &Said::new(&[("header:x-user", key)]), ..ask() });
            }),
        ),
        (
            r#"{"jwt_claim": "sub"}"#,
            Box::new(|key, then| {
                then(Ask { attributes: &Said::new(&[("jwt:sub", key)]), ..ask() });
            }),
        ),
        (r#""consumer""#, Box::new(|key, then| then(Ask { consumer: Some(key), ..ask() }))),
        (r#""conversation""#, Box::new(|key, then| then(Ask { conversation: Some(key.as_bytes()), ..ask() }))),
    ];
    for (sticky, with_key) in cases {
        let store = Memory::default();
        let road = Road::new(&store, &model(sticky, &[("a", 1), ("b", 1)]));
        assert_eq!(road.model().needs_conversation(), sticky.contains("conversation"));
        let mut seen = std::collections::BTreeSet::new();
        for key in 0..40 {
            let mut names = Vec::new();
            with_key(&format!("key {key}"), &mut |ask| {
                names.extend((0..20).map(|chance| road.names(&ask, after(chance), chance << 7)));
            });
            names.dedup();
            assert_eq!(names.len(), 1, "{sticky}");
            seen.extend(names);
        }
        assert_eq!(seen.len(), 2, "{sticky}");
        let by_chance: std::collections::BTreeSet<_> =
            (0..40).map(|chance| road.names(&ask(), after(0), chance << 7)).collect();
        assert_eq!(by_chance.len(), 2, "{sticky}");
    }
}
