//! Which model a name means.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may say what they expect"
)]

mod memory;
mod settings;

use settings::{config_with, parse};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const MODELS: &str = r#"{
    "zeta":     {"targets": [{"provider": "openai"}]},
    "gpt-4o":   {"targets": [{"provider": "openai"}]},
    "gpt-*":    {"targets": [{"provider": "openai"}]},
    "gpt-4*":   {"targets": [{"provider": "anthropic"}]},
    "é*":       {"targets": [{"provider": "openai"}]},
    "alpha":    {"targets": [{"provider": "openai"}]}
}"#;

#[test]
fn a_name_means_the_exact_entry_else_the_longest_prefix_else_the_star() {
    let with_star = MODELS.replacen('{', r#"{"*": {"targets": [{"provider": "openai"}]},"#, 1);
    let without = config_with("/models", MODELS);
    let with = config_with("/models", &with_star);
    let cases = [
        ("gpt-4o", Some("gpt-4o")),
        ("gpt-4o-mini", Some("gpt-4*")),
        ("gpt-4", Some("gpt-4*")),
        ("gpt-3.5", Some("gpt-*")),
        ("gpt-", Some("gpt-*")),
        ("été", Some("é*")),
        ("日本", None),
        ("gpt", None),
        ("", None),
    ];
    for (name, expected) in cases {
        let found = without.models().find(name).map(|model| model.name.as_str());
        assert_eq!(found, expected, "{name}");
        let found = with.models().find(name).map(|model| model.name.as_str());
        assert_eq!(found, expected.or(Some("*")), "{name}");
    }
}

#[test]
fn names_are_listed_in_the_configurations_order_without_wildcards() {
    let text = format!(
        r#"{{"providers": {{"openai": {{"dialect": "openai", "cluster": "c"}},
             "anthropic": {{"dialect": "anthropic", "cluster": "c"}}}}, "models": {MODELS}}}"#
    );
    let config = parse(text.as_bytes()).unwrap();
    assert_eq!(config.models().names().collect::<Vec<_>>(), ["zeta", "gpt-4o", "alpha"]);
}
