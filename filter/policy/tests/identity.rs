//! Who calls, and what they may use.
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

use serde_json::json;
use settings::{Dialect, base, parse};
use tollgate_policy::{Config, IdentityError};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// SHA-256 of "red-key" and "blue-key".
const RED: &str = "af6bbab6e4aed4aacdfac7ff89ced445c2613aa1454bdc670a49b2fad78bc0b3";
const BLUE: &str = "da71e267b3b77b50077da29f7322e9317a1f629a410f782a1a970f97e2548377";

fn config(identity: serde_json::Value, consumers: serde_json::Value) -> Config<Dialect> {
    let mut config = base();
    config["identity"] = identity;
    config["consumers"] = consumers;
    parse(config.to_string().as_bytes()).unwrap()
}

fn both_sources() -> serde_json::Value {
    json!({"from": ["api_key", {"header": "X-Consumer"}]})
}

/// The caller's name as `credential` and `x-consumer` say; anonymous is "-".
fn who(config: &Config<Dialect>, credential: Option<&str>, header: Option<&str>) -> Result<String, IdentityError> {
    let find = |name: &str| (name == "x-consumer").then(|| header.map(Into::into)).flatten();
    let caller = config.identify(credential.map(str::as_bytes), &find, &|_| None)?;
    Ok(caller.name().unwrap_or("-").into())
}

#[test]
fn a_caller_is_known_by_key_else_by_header_else_refused() {
    let consumers = json!({"red": {"key_sha256": [RED]}, "blue": {"key_sha256": [BLUE.to_uppercase()]}});
    let config = config(both_sources(), consumers);
    let cases = [
        (Some("red-key"), None, Ok("red")),
        (Some("blue-key"), None, Ok("blue")),
        (Some("red-key"), Some("blue"), Ok("red")),
        (Some("unknown"), Some("blue"), Ok("blue")),
        (None, Some("blue"), Ok("blue")),
        (Some("unknown"), None, Err(IdentityError::Wrong)),
        (Some("red-key "), None, Err(IdentityError::Wrong)),
        (Some(RED), None, Err(IdentityError::Wrong)),
        (Some(""), None, Err(IdentityError::Wrong)),
        (None, Some("green"), Err(IdentityError::Wrong)),
        (Some("unknown"), Some("green"), Err(IdentityError::Wrong)),
        (None, None, Err(IdentityError::Missing)),
    ];
    for (credential, header, expected) in cases {
        assert_eq!(who(&config, credential, header), expected.map(Into::into), "{credential:?} {header:?}");
    }
}

#[test]
fn a_digest_that_differs_in_its_last_digit_is_another_key() {
    let (most, last) = RED.split_at(63);
    let other = format!("{most}{}", if last == "0" { "1" } else { "0" });
    let config = config(both_sources(), json!({"red": {"key_sha256": [other]}}));
    assert_eq!(who(&config, Some("red-key"), None), Err(IdentityError::Wrong));
}

#[test]
fn who_is_not_required_to_be_known_is_anonymous_and_may_use_everything() {
    let identity = json!({"from": ["api_key", {"header": "x-consumer"}], "required": false});
    let config = config(identity, json!({"red": {"key_sha256": [RED], "models": ["gpt-*"]}}));
    assert_eq!(who(&config, None, None), Ok("-".into()));
    assert_eq!(who(&config, Some("unknown"), Some("green")), Ok("-".into()));
    assert_eq!(who(&config, Some("red-key"), None), Ok("red".into()));
    assert!(config.identify(None, &|_| None, &|_| None).unwrap().may_use("anything"));
}

#[test]
fn identity_is_required_by_default_as_soon_as_there_are_consumers() {
    let none = parse(base().to_string().as_bytes()).unwrap();
    assert_eq!(who(&none, Some("unknown"), None), Ok("-".into()));
    let mut with = base();
    with["consumers"] = json!({"red": {"key_sha256": [RED]}});
    let with = parse(with.to_string().as_bytes()).unwrap();
    assert_eq!(who(&with, None, None), Err(IdentityError::Missing));
    assert_eq!(who(&with, None, Some("red")), Err(IdentityError::Missing), "headers are not trusted unless configured");
    assert_eq!(who(&with, Some("red-key"), None), Ok("red".into()));
}

#[test]
fn without_consumers_a_header_may_give_any_sound_name() {
    let config = config(json!({"from": [{"header": "x-consumer"}], "required": true}), json!({}));
    assert_eq!(who(&config, None, Some("anybody")), Ok("anybody".into()));
    assert_eq!(who(&config, None, Some(&"x".repeat(256))), Ok("x".repeat(256)));
    for name in ["", "a\nb", "a\u{85}b", &"x".repeat(257)] {
        assert_eq!(who(&config, None, Some(name)), Err(IdentityError::Wrong), "{name:?}");
    }
    assert_eq!(config.identify(None, &|_| Some(vec![0xff]), &|_| None).unwrap_err(), IdentityError::Wrong);
    assert_eq!(who(&config, Some("red-key"), None), Err(IdentityError::Missing), "keys are no source here");
}

#[test]
fn the_star_entry_stands_for_consumers_that_are_not_listed() {
    let consumers = json!({"red": {"models": ["a"]}, "*": {"models": ["b"], "tags": {"tier": "free"}}});
    let config = config(both_sources(), consumers);
    let caller = |name: &str| {
        let value = name.as_bytes().to_vec();
        config.identify(None, &move |_| Some(value.clone()), &|_| None).unwrap()
    };
    assert_eq!(caller("green").name(), Some("green"));
    assert!(caller("green").may_use("b") && !caller("green").may_use("a"));
    assert!(caller("red").may_use("a") && !caller("red").may_use("b"));
    assert_eq!(caller("green").tags().unwrap()["tier"], "free");
    assert!(caller("red").tags().unwrap().is_empty());
}

#[test]
fn a_consumer_may_use_what_its_patterns_match() {
    let cases = [
        (json!({}), "anything", true),
        (json!({"models": []}), "anything", false),
        (json!({"models": ["*"]}), "anything", true),
        (json!({"models": ["gpt-*", "assistant"]}), "gpt-4o", true),
        (json!({"models": ["gpt-*", "assistant"]}), "assistant", true),
        (json!({"models": ["gpt-*", "assistant"]}), "assistant-2", false),
        (json!({"models": ["gpt-*", "assistant"]}), "GPT-4o", false),
        (json!({"models": ["gpt-*", "assistant"]}), "", false),
    ];
    for (consumer, model, expected) in cases {
        let config = config(both_sources(), json!({"red": consumer}));
        let caller = config.identify(None, &|_| Some(b"red".to_vec()), &|_| None).unwrap();
        assert_eq!(caller.may_use(model), expected, "{consumer} {model}");
    }
}

#[test]
fn the_headers_that_name_consumers_are_known_so_that_they_can_be_kept_from_providers() {
    let config = config(json!({"from": ["api_key", {"header": "X-Consumer"}, {"header": "x-team"}]}), json!({}));
    assert_eq!(config.identity_headers().collect::<Vec<_>>(), ["x-consumer", "x-team"]);
}

#[test]
fn a_claim_of_a_verified_token_names_a_consumer_as_a_header_does() {
    let from = json!({"from": ["api_key", {"jwt_claim": "sub"}, {"header": "x-consumer"}]});
    let config = config(from, json!({"red": {"key_sha256": [RED], "tags": {"tier": "gold"}}, "blue": {}}));
    let who = |key: Option<&str>, claim: Option<&str>, header: Option<&str>| {
        let claims = |name: &str| claim.filter(|_| name == "sub").map(Into::into);
        let headers = |name: &str| header.filter(|_| name == "x-consumer").map(Into::into);
        let caller = config.identify(key.map(str::as_bytes), &headers, &claims)?;
        Ok(caller.name().unwrap_or("-").to_owned())
    };
    assert_eq!(who(None, Some("red"), None), Ok("red".into()));
    assert_eq!(who(Some("red-key"), Some("blue"), None), Ok("red".into()), "sources are asked in their order");
    assert_eq!(who(None, Some("blue"), Some("red")), Ok("blue".into()));
    assert_eq!(who(None, Some("green"), Some("red")), Ok("red".into()));
    assert_eq!(who(None, Some("green"), None), Err(IdentityError::Wrong));
    assert_eq!(who(None, None, None), Err(IdentityError::Missing));
    assert_eq!(config.identity_headers().collect::<Vec<_>>(), ["x-consumer"], "a claim is no header");
}
