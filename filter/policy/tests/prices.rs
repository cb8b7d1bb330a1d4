//! What `prices` may say, which of them must be there, and what tokens cost.
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

use gate::input;
use serde_json::{Value, json};
use settings::{base, config_with, errors_with, parse};
use tollgate_policy::Consumption;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// A configuration of several models with a limit on money, and what is wrong with it.
fn spending(limit: Value, prices: Value) -> String {
    let mut config = base();
    config["models"] = json!({
        "assistant": {"targets": [{"provider": "anthropic", "model": "claude-x"}, {"provider": "openai", "model": "gpt-x"}]},
        "gpt-*": {"targets": [{"provider": "openai"}]},
        "exact": {"targets": [{"provider": "openai"}]}
    });
    config["limits"] = json!([{"name": "spend", "per": [], "usd": 5, "window": "1d"}]);
    for (name, value) in limit.as_object().unwrap() {
        config["limits"][0][name] = value.clone();
    }
    config["prices"] = prices;
    parse(config.to_string().as_bytes()).map(|_| String::new()).unwrap_or_else(|errors| errors.to_string())
}

fn price() -> Value {
    json!({"input": 1, "output": 2})
}

#[test]
fn a_limit_on_money_must_know_the_price_of_all_that_it_can_meet() {
    let all = spending(json!({}), json!({}));
    let give = r#"or give this limit "unpriced": "allow""#;
    let expected = [
        format!(
            r#"limits[0]: the model "claude-x" at provider "anthropic" has no price; add "claude-x" to "prices", {give}"#
        ),
        format!(r#"limits[0]: the model "gpt-x" at provider "openai" has no price; add "gpt-x" to "prices", {give}"#),
        format!(
            r#"limits[0]: not every model that "gpt-*" matches at provider "openai" has a price; add "gpt-*" to "prices", {give}"#
        ),
        format!(r#"limits[0]: the model "exact" at provider "openai" has no price; add "exact" to "prices", {give}"#),
    ];
    let mut lines: Vec<_> = all.lines().collect();
    lines.sort_unstable();
    let mut expected: Vec<_> = expected.iter().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(lines, expected);

    let everything = [
        json!({"*": price()}),
        json!({"openai/*": price(), "claude*": price()}),
        json!({"anthropic/claude-x": price(), "g*": price(), "exact": price()}),
    ];
    for prices in everything {
        assert_eq!(spending(json!({}), prices.clone()), "", "{prices}");
    }
    assert_eq!(spending(json!({"unpriced": "allow"}), json!({})), "");
}

#[test]
fn only_what_a_limit_on_money_can_meet_must_have_a_price() {
    let cases = [
        // A narrower pattern is met by narrower names.
        (json!({"match": {"model": "gpt-4*"}}), json!({"gpt-4*": price()}), 0),
        (json!({"match": {"model": "gpt-4*"}}), json!({"gpt-4o*": price()}), 1),
        (json!({"match": {"model": "gpt-4*"}}), json!({"gpt-4": price()}), 1),
        (json!({"match": {"model": "gpt-4o"}}), json!({"gpt-4o": price()}), 0),
        (json!({"match": {"model": "exact"}}), json!({"exact": price()}), 0),
        (json!({"match": {"model": "assistant"}}), json!({"gpt-x": price(), "anthropic/*": price()}), 0),
        (json!({"match": {"model": "assistant"}}), json!({"gpt-x": price(), "openai/*": price()}), 1),
        (json!({"match": {"model": "nobody"}}), json!({}), 0),
        // Another provider's price does not count.
        (json!({"match": {"model": "exact"}}), json!({"anthropic/exact": price()}), 1),
    ];
    for (limit, prices, wrong) in cases {
        let errors = spending(limit.clone(), prices.clone());
        assert_eq!(errors.lines().count(), wrong, "{limit} {prices}: {errors}");
    }
}

#[test]
fn a_price_that_cannot_be_right_is_refused_where_it_stands() {
    let cases = [
        (json!({"a*b": price()}), r#"prices.a*b: "a*b" is not a pattern; a * can stand at the end only"#),
        (
            json!({"m": {"output": 1}}),
            "prices.m.input: is missing; expected USD per million tokens; 0 if it costs nothing",
        ),
        (
            json!({"m": {"input": 1}}),
            "prices.m.output: is missing; expected USD per million tokens; 0 if it costs nothing",
        ),
        (
            json!({"m": {"input": -1, "output": 1}}),
            "prices.m.input: -1 is not a number from 0 to 1000000 with at most 9 decimals",
        ),
        (json!({"m": {"input": "1", "output": 1}}), r#"prices.m.input: "1" is not a number from 0 to 1000000"#),
        (json!({"m": {"input": 1, "output": 1, "cached": 1}}), r#"prices.m: "cached" is not a field here"#),
        (json!([]), "prices: a list is not an object of prices"),
    ];
    for (prices, expected) in cases {
        let errors = errors_with("/prices", &prices.to_string());
        assert!(errors.starts_with(expected) && !errors.contains('\n'), "{prices}: {errors}");
    }
    // A price that is wrong in itself is not reported as missing, too.
    let errors = spending(json!({}), json!({"*": {"input": 1}}));
    assert_eq!(errors.lines().count(), 1, "{errors}");
}

#[test]
fn the_nearest_price_counts_and_a_providers_own_before_others() {
    let prices = json!({
        "*": {"input": 1, "output": 1},
        "gpt-*": {"input": 2, "output": 1},
        "gpt-4o": {"input": 3, "output": 1},
        "openai/gpt-*": {"input": 4, "output": 1},
        "anthropic/claude": {"input": 5, "output": 1}
    });
    let config = config_with("/prices", &prices.to_string());
    let cases = [
        ("anthropic", "other", 1),
        ("anthropic", "gpt-5", 2),
        ("anthropic", "gpt-4o", 3),
        ("openai", "gpt-4o", 4),
        ("openai", "other", 1),
        ("anthropic", "claude", 5),
        // Some models have a slash in their names.
        ("openai", "anthropic/claude", 5),
        ("openai", "claude", 1),
    ];
    for (provider, model, usd) in cases {
        let cost = config.prices().cost(provider, model, &input(1_000_000)).unwrap();
        assert_eq!(cost.to_string(), usd.to_string(), "{provider} {model}");
    }
    assert_eq!(config_with("/prices", "{}").prices().cost("openai", "m", &input(1)), None);
}

#[test]
fn kinds_without_a_price_cost_what_input_and_output_cost() {
    let cost = |price: Value, tokens: Consumption| {
        let config = config_with("/prices", &json!({"m": price}).to_string());
        config.prices().cost("openai", "m", &tokens).unwrap().to_string()
    };
    let million = 1_000_000;
    let all = Consumption {
        input: 10 * million,
        cached_input: 4 * million,
        cache_write: 3 * million,
        output: 5 * million,
        reasoning: 2 * million,
    };
    // Three uncached, four cached and three written; three spoken, two thought.
    assert_eq!(cost(json!({"input": 1, "output": 100}), all), "510");
    assert_eq!(cost(json!({"input": 1, "cached_input": 0.1, "output": 100}), all), "506.4");
    let each = json!({"input": 1, "cached_input": 0.1, "cache_write": 1.25, "output": 100, "reasoning": 1000});
    assert_eq!(cost(each, all), "2307.15");
    // Rounded up, once.
    let tiny = json!({"input": 0.000000001, "output": 0.000000001});
    assert_eq!(cost(tiny.clone(), input(1)), "0.000000001");
    assert_eq!(cost(tiny.clone(), Consumption { input: 999_999, output: 1, ..Consumption::default() }), "0.000000001");
    assert_eq!(cost(tiny, input(1_000_001)), "0.000000002");
    // Figures that contradict themselves charge what they name.
    let odd = Consumption { input: 1, cached_input: 2 * million, ..Consumption::default() };
    assert_eq!(cost(json!({"input": 1, "output": 1}), odd), "2");
}
