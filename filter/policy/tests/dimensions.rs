//! What limits count apart, and whom they are for.
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

use std::collections::BTreeMap;

use gate::{Gate, Said, demand, who};
use settings::after;
use tollgate_policy::Subject;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Whether the second still gets something after the first has taken all.
fn share(per: &str, first: &Subject<'_>, second: &Subject<'_>) -> bool {
    let gate = Gate::new(&format!(r#"[{{"name": "l", "per": {per}, "tokens": 100, "window": "100s"}}]"#));
    let _kept = gate.ask_for(first, &demand(100, 0), after(0)).unwrap();
    gate.ask_for(second, &demand(1, 0), after(0)).is_err()
}

fn said(subject: Subject<'static>, said: &[(&'static str, &'static str)]) -> Subject<'static> {
    Subject { attributes: Box::leak(Box::new(Said::new(said))), ..subject }
}

#[test]
fn each_dimension_counts_apart_what_it_names_and_nothing_else() {
    let anybody = who(None, "m");
    let with = |name, value| said(anybody, &[(name, value)]);
    let cases = [
        (r#"["consumer"]"#, who(Some("a"), "m"), who(Some("b"), "m"), false),
        (r#"["consumer"]"#, who(Some("a"), "m"), who(Some("a"), "n"), true),
        (r#"["consumer"]"#, who(None, "m"), who(Some(""), "m"), false),
        (r#"["consumer"]"#, who(None, "m"), who(None, "n"), true),
        (r#"["model"]"#, anybody, who(None, "n"), false),
        (r#"["model"]"#, who(Some("a"), "m"), who(Some("b"), "m"), true),
        // A name that is made up under a wildcard has no limit of its own.
        (r#"["model"]"#, Subject { asked: "x", ..anybody }, Subject { asked: "y", ..anybody }, true),
        (r#"["target"]"#, anybody, Subject { target: "u", ..anybody }, false),
        (r#"["target"]"#, anybody, Subject { model: "n", ..anybody }, false),
        (r#"["target"]"#, anybody, Subject { provider: "p", ..anybody }, true),
        (r#"["provider"]"#, anybody, Subject { provider: "p", ..anybody }, false),
        (r#"["provider"]"#, anybody, Subject { target: "u", model: "n", ..anybody }, true),
        (r#"["header:X-User"]"#, with("header:x-user", "a"), with("header:x-user", "b"), false),
        (r#"["header:X-User"]"#, with("header:x-user", "a"), with("header:x-user", "a"), true),
        (r#"["header:x-user"]"#, anybody, with("header:x-user", ""), false),
        (r#"["header:x-user"]"#, anybody, with("header:x-team", "a"), true),
        (r#"["jwt:sub"]"#, with("jwt:sub", "a"), with("jwt:sub", "b"), false),
        (r#"["jwt:sub"]"#, anybody, with("jwt:aud", "a"), true),
        (r#"["ip"]"#, with("ip", "10.0.0.1"), with("ip", "10.0.0.2"), false),
        (r#"["ip"]"#, with("ip", "::1"), with("ip", "::1"), true),
        ("[]", who(Some("a"), "m"), who(None, "n"), true),
    ];
    for (index, (per, first, second, shared)) in cases.into_iter().enumerate() {
        assert_eq!(share(per, &first, &second), shared, "case {index}: {per}");
    }
}

#[test]
fn values_that_could_be_cut_differently_stay_apart() {
    let both = |team, user| said(who(None, "m"), &[("header:team", team), ("header:user", user)]);
    let per = r#"["header:team", "header:user"]"#;
    assert!(!share(per, &both("a", "bc"), &both("ab", "c")));
    assert!(!share(per, &both("a", "b"), &both("b", "a")));
    assert!(share(r#"["header:user", "header:team"]"#, &both("a", "b"), &both("a", "b")));
    let only = |name| said(who(None, "m"), &[(name, "a")]);
    assert!(!share(per, &only("header:team"), &only("header:user")));
    let long: &'static str = Box::leak("x".repeat(100_000).into());
    let longer: &'static str = Box::leak("x".repeat(100_001).into());
    assert!(share(per, &both(long, "b"), &both(long, "b")));
    assert!(!share(per, &both(long, "b"), &both(longer, "b")));
    assert!(!share(r#"["consumer", "model"]"#, &who(Some("a"), "bc"), &who(Some("ab"), "c")));
}

#[test]
fn a_limit_is_for_those_who_match_all_that_it_names() {
    let gold = BTreeMap::from([("tier".to_owned(), "gold".to_owned()), ("area".to_owned(), "eu".to_owned())]);
    let free = BTreeMap::from([("tier".to_owned(), "free".to_owned())]);
    let red = who(Some("red"), "gpt-4o");
    let from_team = said(red, &[("header:x-team", "a")]);
    let cases = [
        ("{}", red, true),
        ("{}", who(None, "m"), true),
        (r#"{"consumer": "red"}"#, red, true),
        (r#"{"consumer": "red"}"#, who(Some("redder"), "gpt-4o"), false),
        (r#"{"consumer": "red"}"#, who(None, "gpt-4o"), false),
        (r#"{"consumer_tag": {"tier": "gold"}}"#, Subject { tags: Some(&gold), ..red }, true),
        (r#"{"consumer_tag": {"tier": "gold", "area": "eu"}}"#, Subject { tags: Some(&gold), ..red }, true),
        (r#"{"consumer_tag": {"tier": "gold", "area": "us"}}"#, Subject { tags: Some(&gold), ..red }, false),
        (r#"{"consumer_tag": {"tier": "gold"}}"#, Subject { tags: Some(&free), ..red }, false),
        (r#"{"consumer_tag": {"tier": "gold"}}"#, red, false),
        (r#"{"model": "gpt-*"}"#, red, true),
        (r#"{"model": "gpt-4o"}"#, red, true),
        (r#"{"model": "gpt-4"}"#, red, false),
        // What counts is the name that the client sent, not the entry that it fell under.
        (r#"{"model": "gpt-4*"}"#, Subject { model: "gpt-*", ..red }, true),
        (r#"{"model": "*"}"#, red, true),
        (r#"{"header": {"X-Team": "a"}}"#, from_team, true),
        (r#"{"header": {"x-team": "A"}}"#, from_team, false),
        (r#"{"header": {"x-team": ""}}"#, red, false),
        (r#"{"consumer": "red", "model": "claude-*"}"#, red, false),
        (r#"{"consumer": "red", "model": "gpt-*", "header": {"x-team": "a"}}"#, from_team, true),
    ];
    for (matching, subject, applies) in cases {
        let limit = format!(r#"[{{"name": "l", "match": {matching}, "per": [], "tokens": 1, "window": "1s"}}]"#);
        let refused = Gate::new(&limit).refused_by(&subject, &demand(2, 0), after(0)).is_some();
        assert_eq!(refused, applies, "{matching} {:?}", subject.consumer);
    }
}

#[test]
fn what_no_limit_asks_for_is_not_looked_up() {
    struct Nosy;
    impl tollgate_policy::Attributes for Nosy {
        fn header(&self, name: &str) -> Option<std::borrow::Cow<'_, [u8]>> {
            panic!("{name} was looked up")
        }
        fn jwt_claim(&self, name: &str) -> Option<std::borrow::Cow<'_, [u8]>> {
            panic!("{name} was looked up")
        }
        fn ip(&self) -> Option<std::borrow::Cow<'_, [u8]>> {
            panic!("the address was looked up")
        }
    }
    let limits = r#"[{"name": "a", "per": ["consumer", "model", "target", "provider"], "tokens": 9, "window": "1s"},
                     {"name": "b", "match": {"consumer": "x", "header": {"h": "v"}}, "per": ["ip"], "concurrent": 1}]"#;
    let subject = Subject { attributes: &Nosy, ..who(None, "m") };
    assert_eq!(Gate::new(limits).refused_by(&subject, &demand(1, 0), after(0)), None);
}
