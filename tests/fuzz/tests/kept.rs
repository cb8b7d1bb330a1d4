//! Everything that was kept, and every seed, holds.

use fuzz::seeds::{all, files};
use fuzz::{Check, TARGETS};

/// Tries all inputs, and names those that do not hold.
fn assert_hold(inputs: impl IntoIterator<Item = (&'static str, String, Vec<u8>)>) {
    let mut failed = Vec::new();
    for (target, name, bytes) in inputs {
        let (_, check) = TARGETS.iter().find(|(name, _)| *name == target).expect("a target");
        if std::panic::catch_unwind(|| check(&bytes)).is_err() {
            failed.push(format!("{target}/{name}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn what_was_kept_holds() {
    let kept = |&(target, _): &(&'static str, Check)| {
        let files = files(format!("{}/corpus/{target}", env!("CARGO_MANIFEST_DIR")));
        assert!(!files.is_empty(), "{target} has kept nothing");
        files.into_iter().map(move |(name, bytes)| (target, name, bytes))
    };
    assert_hold(TARGETS.iter().flat_map(kept));
}

#[test]
fn seeds_hold() {
    assert_hold(all().into_iter().map(|seed| (seed.target, seed.name, seed.bytes)));
}

/// Each target is a program of its own, which the manifest names.
#[test]
fn every_target_has_a_program() {
    let mut programs: Vec<String> = files(format!("{}/targets", env!("CARGO_MANIFEST_DIR")))
        .into_iter()
        .map(|(name, _)| name.trim_end_matches(".rs").to_owned())
        .collect();
    programs.sort();
    let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(programs, names);
    let manifest = include_str!("../Cargo.toml");
    for name in names {
        assert!(manifest.contains(&format!("path = \"targets/{name}.rs\"")), "Cargo.toml has no [[bin]] for {name}");
    }
}
