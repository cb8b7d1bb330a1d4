//! What a configuration may say of models and their targets.
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

use settings::{base, base_with, config_with, errors_with, parse};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const AT: &str = "models.assistant";

/// The only error of a model with these fields and one target.
fn error(fields: &str) -> String {
    let targets = if fields.contains("\"targets\"") { "" } else { r#", "targets": [{"provider": "openai"}]"# };
    let error = errors_with("/models/assistant", &format!("{{{fields}{targets}}}"));
    error.strip_prefix(AT).unwrap_or_else(|| panic!("{error}")).to_owned()
}

/// The only error of a target with these fields.
fn target_error(fields: &str) -> String {
    let error = error(&format!(r#""targets": [{{"provider": "openai", {fields}}}]"#));
    error.strip_prefix(".targets[0]").unwrap_or_else(|| panic!("{error}")).to_owned()
}

fn when_error(when: &str) -> String {
    let error = target_error(&format!(r#""when": {when}"#));
    error.strip_prefix(".when").unwrap_or_else(|| panic!("{error}")).to_owned()
}

#[test]
fn everything_that_can_be_said_is_taken() {
    let mut config = base();
    config["consumers"] = serde_json::from_str(r#"{"red": {"tags": {"tier": "gold"}}, "blue": {}}"#).unwrap();
    config["prices"] = serde_json::from_str(r#"{"*": {"input": 1, "output": 2}}"#).unwrap();
    config["models"] = serde_json::from_str(
        r#"{
        "canary": {
            "strategy": "weighted", "sticky": {"header": "X-User-Id"},
            "when_unhealthy": "fail", "cluster": {"failover": ["stable", "canary"]}, "health": {"cooldown": "2s", "max_cooldown": "5m"},
            "targets": [
                {"name": "stable", "provider": "anthropic", "model": "claude", "weight": 90},
                {"name": "canary", "provider": "openai", "weight": 10, "when": {
                    "min_input_tokens": 1, "max_input_tokens": 100000, "min_output_tokens": 0,
                    "max_output_tokens": 4096, "images": false, "audio": false, "documents": false,
                    "tools": true, "structured_output": true, "reasoning": false, "stream": true,
                    "header": {"x-beta": ["a", "b"], "x-other": "c"},
                    "consumer": ["red", "blue"], "consumer_tag": {"tier": "gold"},
                    "time": {"from": "22:00", "to": "06:00", "days": ["mon", "sun"]}
                }},
                {"name": "off", "provider": "openai", "model": "x", "weight": 0}
            ]
        },
        "cheap-*": {"strategy": "lowest_cost", "targets": [{"provider": "openai"}]},
        "fast": {"strategy": "lowest_latency", "targets": [{"provider": "openai"}]},
        "calm": {"strategy": "least_busy", "health": {}, "targets": [{"provider": "openai", "when": {}}]},
        "who": {"strategy": "weighted", "sticky": "consumer", "targets": [{"provider": "openai"}]},
        "talk": {"strategy": "weighted", "sticky": "conversation", "targets": [{"provider": "openai"}]},
        "claim": {"strategy": "weighted", "sticky": {"jwt_claim": "sub"}, "targets": [{"provider": "openai"}]}
    }"#,
    )
    .unwrap();
    let parsed = parse(config.to_string().as_bytes()).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(parsed.models().find("canary").unwrap().targets.len(), 3);
    assert!(parsed.models().find("talk").unwrap().needs_conversation());
    assert!(!parsed.models().find("who").unwrap().needs_conversation());
}

#[test]
fn misspelt_names_name_the_nearest() {
    let cases = [
        (error(r#""strategy": "wieghted""#), r#".strategy: "wieghted" is not known here; did you mean "weighted"?"#),
        (error(r#""strategi": "first""#), r#": "strategi" is not a field here; did you mean "strategy"?"#),
        (
            error(r#""when_unhealthy": "least-bad""#),
            r#".when_unhealthy: "least-bad" is not known here; did you mean "least_bad"?"#,
        ),
        (
            error(r#""health": {"cooldwn": "1s"}"#),
            r#".health: "cooldwn" is not a field here; did you mean "cooldown"?"#,
        ),
        (
            error(r#""strategy": "weighted", "sticky": "consummer""#),
            r#".sticky: "consummer" is not something to stick to; did you mean "consumer"?"#,
        ),
        (
            error(r#""strategy": "weighted", "sticky": {"heade": "x"}"#),
            r#".sticky: "heade" is not a field here; did you mean "header"?"#,
        ),
        (target_error(r#""wieght": 1"#), r#": "wieght" is not a field here; did you mean "weight"?"#),
        (
            when_error(r#"{"max_input_token": 1}"#),
            r#": "max_input_token" is not a field here; did you mean "max_input_tokens"?"#,
        ),
        (when_error(r#"{"image": true}"#), r#": "image" is not a field here; did you mean "images"?"#),
        (
            when_error(r#"{"time": {"form": "10:00", "to": "11:00"}}"#),
            r#".time: "form" is not a field here; did you mean "from"?"#,
        ),
        (when_error(r#"{"time": {"days": ["tues"]}}"#), r#".time.days[0]: "tues" is not a day; did you mean "tue"?"#),
    ];
    for (error, expected) in cases {
        assert_eq!(error, expected);
    }
    let mut config = base_with("/consumers", r#"{"team-red": {}}"#);
    config["models"]["assistant"]["targets"][0]["when"] =
        serde_json::from_str(r#"{"consumer": ["team-rde"]}"#).unwrap();
    let errors = parse(config.to_string().as_bytes()).unwrap_err().to_string();
    assert_eq!(
        errors,
        r#"models.assistant.targets[0].when.consumer[0]: "team-rde" is not a consumer; did you mean "team-red"?"#
    );
}

#[test]
fn values_that_make_no_sense_are_refused_where_they_stand() {
    let cases = [
        (error(r#""health": {"cooldown": "2h"}"#), r#".health.cooldown: "2h" is not a time; expected an integer"#),
        (error(r#""health": {"cooldown": 5}"#), ".health.cooldown: 5 is not a time; expected an integer and s, m or h"),
        (
            error(r#""health": {"cooldown": "10s", "max_cooldown": "5s"}"#),
            r#".health.max_cooldown: is shorter than "cooldown""#,
        ),
        (error(r#""strategy": "weighted", "sticky": 1"#), ".sticky: 1 is not an object"),
        (error(r#""strategy": "weighted", "sticky": {}"#), ".sticky: an object is not something to stick to; expected"),
        (
            error(r#""strategy": "weighted", "sticky": {"header": "a b"}"#),
            r#".sticky.header: "a b" is not the name of a header"#,
        ),
        (
            error(r#""strategy": "weighted", "sticky": {"header": "x-tollgate-a"}"#),
            r#".sticky.header: "x-tollgate-a" never arrives"#,
        ),
        (
            error(r#""sticky": "consumer""#),
            r#".sticky: goes with "strategy": "weighted" only; set that here, too, or leave this out"#,
        ),
        (
            target_error(r#""weight": 5"#),
            r#".weight: goes with "strategy": "weighted" only; set that on the model, or leave this out"#,
        ),
        (
            error(r#""strategy": "weighted", "targets": [{"provider": "openai", "weight": 0}]"#),
            ".targets[0]: none of the targets has a weight above 0",
        ),
        (
            error(r#""strategy": "weighted", "targets": [{"provider": "openai", "weight": 0.5}]"#),
            ".targets[0].weight: 0.5 is not an integer from 0 to 1000000",
        ),
        (
            error(r#""strategy": "lowest_cost""#),
            r#".targets[0]: has no price, so that "lowest_cost" cannot compare it; add "assistant" to "prices""#,
        ),
        (when_error("1"), ": 1 is not an object"),
        (when_error(r#"{"images": "yes"}"#), r#".images: "yes" is not true or false"#),
        (when_error(r#"{"max_input_tokens": -1}"#), ".max_input_tokens: -1 is not an integer"),
        (
            when_error(r#"{"min_input_tokens": 10, "max_input_tokens": 5}"#),
            ": takes no request: min_input_tokens is larger than max_input_tokens",
        ),
        (when_error(r#"{"header": {"x": []}}"#), ".header.x: has no entries"),
        (when_error(r#"{"header": {"x": 1}}"#), ".header.x: 1 is not a string"),
        (when_error(r#"{"header": {"a b": "1"}}"#), r#".header["a b"]: "a b" is not the name of a header"#),
        (when_error(r#"{"consumer": []}"#), ".consumer: has no entries"),
        (when_error(r#"{"consumer_tag": {"tier": [1]}}"#), ".consumer_tag.tier[0]: 1 is not a string"),
        (when_error(r#"{"time": {}}"#), ".time: says no time"),
        (when_error(r#"{"time": {"from": "10:00"}}"#), r#".time: has one of "from" and "to""#),
        (when_error(r#"{"time": {"from": "10:00", "to": "10:00"}}"#), ".time: begins when it ends"),
        (
            when_error(r#"{"time": {"from": "1000", "to": "11:00"}}"#),
            r#".time.from: "1000" is not a time of day in UTC"#,
        ),
        (when_error(r#"{"time": {"days": []}}"#), ".time.days: has no entries"),
    ];
    for (error, expected) in cases {
        assert!(error.starts_with(expected) && !error.contains('\n'), "{error}\nexpected {expected}");
    }
}

#[test]
fn a_condition_never_holds_a_credential() {
    let error = when_error(r#"{"header": {"Authorization": "Bearer sk-top-secret"}}"#);
    assert!(error.starts_with(".header.Authorization: holds credentials") && !error.contains("secret"), "{error}");
}

#[test]
fn a_wrong_strategy_is_reported_once() {
    let error =
        error(r#""strategy": "wieghted", "sticky": "consumer", "targets": [{"provider": "openai", "weight": 3}]"#);
    assert!(!error.contains('\n'), "{error}");
}

#[test]
fn the_longest_cooling_is_never_shorter_than_the_first() {
    config_with("/models/assistant/health", r#"{"cooldown": "10m"}"#);
}

#[test]
fn a_shadow_gets_copies_and_no_share() {
    let model = r#""targets": [{"name": "copy", "provider": "anthropic", "shadow": true}, {"provider": "openai"}]"#;
    let config = parse(base_with("/models/assistant", &format!("{{{model}}}")).to_string().as_bytes()).unwrap();
    let names: Vec<_> = config.models().find("assistant").unwrap().targets.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["openai"]);
    assert_eq!(
        error(r#""targets": [{"provider": "openai", "shadow": true}]"#),
        ".targets: has shadows only; expected at least one target that answers"
    );
    assert_eq!(
        error(
            r#""strategy": "weighted", "targets": [{"provider": "openai"}, {"name": "copy", "provider": "openai", "shadow": true, "weight": 1}]"#
        ),
        r#".targets[1].weight: is a share of the requests, and a shadow gets a copy of all that its "when" takes"#
    );
    assert_eq!(target_error(r#""shadow": 1"#), ".shadow: 1 is not true or false");
    let mut config = base();
    config["providers"]["openai"]["key"] = "passthrough".into();
    config["models"]["assistant"] = serde_json::from_str(&format!("{{{model}}}")).unwrap();
    config["models"]["assistant"]["targets"][0]["provider"] = "openai".into();
    assert_eq!(
        parse(config.to_string().as_bytes()).unwrap_err().to_string(),
        "models.assistant.targets[0].provider: takes clients' own keys, which a copy that they do not ask for must not show"
    );
    let cluster = error(&format!(r#""cluster": {{"x": ["openai", "copy"]}}, {model}"#));
    assert_eq!(cluster, r#".cluster.x[1]: "copy" is not a target of this model; expected one of "openai""#);
}
