//! What `limits` may say, and what is answered to those that make no sense.
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

use gate::{demand, who};
use memory::Memory;
use serde_json::{Value, json};
use settings::{after, base, errors_with, limits, parse};
use tollgate_policy::Leases;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The errors for one limit, sound but for these fields; null takes a field away.
fn errors(fields: Value) -> String {
    let mut limit = json!({"name": "l", "per": [], "tokens": 100, "window": "1m"});
    for (name, value) in fields.as_object().unwrap() {
        limit[name] = value.clone();
    }
    limit.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    errors_of_all(json!([limit]))
}

fn errors_of_all(limits: Value) -> String {
    let mut config = base();
    config["limits"] = limits;
    parse(config.to_string().as_bytes()).map(|_| String::new()).unwrap_or_else(|errors| errors.to_string())
}

#[test]
fn every_field_of_every_measure_is_taken() {
    let sound = [
        json!({"match": {}}),
        json!({"match": {"consumer": "red", "consumer_tag": {"tier": "gold"}, "model": "gpt-*", "header": {"X-Team": "a"}}}),
        json!({"per": ["consumer", "model", "target", "provider", "ip", "header:X-User", "jwt:sub", "header:authorization"]}),
        json!({"burst": 5, "assume_output": 0, "enforce": false}),
        json!({"weights": {}}),
        json!({"weights": {"input": 1, "cached_input": 0.1, "cache_write": 1.25, "output": 4, "reasoning": 0}}),
        json!({"window": "1h", "align": "calendar"}),
        json!({"window": "24h", "align": "calendar"}),
        json!({"window": "1mo", "align": "calendar"}),
        json!({"tokens": null, "requests": 10, "burst": 20}),
        json!({"tokens": null, "usd": 0.000000001, "unpriced": "allow", "assume_output": 1, "burst": 0.000000002}),
        json!({"tokens": null, "usd": 25, "unpriced": "allow", "window": "1d", "align": "calendar"}),
        json!({"tokens": null, "window": null, "concurrent": 65535}),
    ];
    for fields in sound {
        assert_eq!(errors(fields.clone()), "", "{fields}");
    }
}

#[test]
fn what_a_limit_cannot_mean_is_told_with_what_to_type() {
    let cases = [
        (json!({"nam": "x"}), r#"limits[0]: "nam" is not a field here; did you mean "name"?"#),
        (json!({"name": null}), "limits[0].name: is missing; expected a name; expected 1 to 64 of A-Z a-z 0-9 _ -"),
        (
            json!({"per": null}),
            r#"limits[0].per: is missing; expected a list of "consumer", "model", "target", "provider", "ip", "header:NAME" and "jwt:CLAIM"; [] for one limit that all share"#,
        ),
        (json!({"per": ["consummer"]}), r#"limits[0].per[0]: "consummer" is not known here; did you mean "consumer"?"#),
        (json!({"per": ["header:a b"]}), r#"limits[0].per[0]: "a b" is not the name of a header"#),
        (
            json!({"per": ["header:X-Tollgate-User"]}),
            r#"limits[0].per[0]: "x-tollgate-user" never arrives: the filter removes x-tollgate-* headers"#,
        ),
        (json!({"per": ["jwt:"]}), r#"limits[0].per[0]: "jwt:" is not the name of a JWT claim; expected 1 to 128"#),
        (
            json!({"tokens": null}),
            r#"limits[0]: says nothing to limit; expected one of "tokens", "requests", "usd" and "concurrent""#,
        ),
        (
            json!({"requests": 5}),
            r#"limits[0]: has "tokens" and "requests"; keep one, and make a limit of its own of the other"#,
        ),
        (json!({"tokens": 0}), "limits[0].tokens: 0 is not an integer from 1 to 9007199254740991"),
        (json!({"tokens": -5}), "limits[0].tokens: -5 is not an integer"),
        (json!({"tokens": 1.5}), "limits[0].tokens: 1.5 is not an integer"),
        (json!({"tokens": null, "requests": "9"}), r#"limits[0].requests: "9" is not an integer from 1 to"#),
        (
            json!({"tokens": null, "usd": 0.0000000001, "unpriced": "allow"}),
            "limits[0].usd: 1e-10 is not a number from 0.000000001 to 9000000 with at most 9 decimals",
        ),
        (json!({"tokens": null, "usd": -1, "unpriced": "allow"}), "limits[0].usd: -1 is not a number from"),
        (json!({"tokens": null, "window": null, "concurrent": 65536}), "limits[0].concurrent: 65536 is not an integer"),
        (
            json!({"window": null}),
            r#"limits[0].window: is missing; expected a window; expected an integer and s, m, h or d, from "1s" to "31d""#,
        ),
        (json!({"tokens": null, "concurrent": 5}), r#"limits[0].window: does not go with "concurrent"; leave it out"#),
        (
            json!({"tokens": null, "requests": 5, "weights": {}}),
            r#"limits[0].weights: does not go with "requests"; leave it out"#,
        ),
        (json!({"unpriced": "allow"}), r#"limits[0].unpriced: does not go with "tokens"; leave it out"#),
        (json!({"align": "calender"}), r#"limits[0].align: "calender" is not known here; did you mean "calendar"?"#),
        (json!({"align": "calendar", "burst": 5}), r#"limits[0].burst: does not go with "align"; leave it out"#),
        (
            json!({"align": "calendar", "window": "90s"}),
            r#"limits[0].window: "90s" is not a window of the calendar; expected one of "1m", "1h", "1d", "1mo""#,
        ),
        (
            json!({"window": "1mo"}),
            r#"limits[0].window: "1mo" is a window of the calendar; add "align": "calendar", or use days like "30d""#,
        ),
        (json!({"burst": 0}), "limits[0].burst: 0 is not an integer from 1 to"),
        (
            json!({"window": "31d", "burst": 1200}),
            "limits[0].burst: takes more than a year to come back at this rate; lower it",
        ),
        (json!({"weights": {"cached": 1}}), r#"limits[0].weights: "cached" is not a field here"#),
        (
            json!({"weights": {"output": 0.0005}}),
            "limits[0].weights.output: 0.0005 is not a number from 0 to 1000 with at most 3 decimals",
        ),
        (json!({"assume_output": -1}), "limits[0].assume_output: -1 is not an integer from 0 to"),
        (json!({"enforce": "no"}), r#"limits[0].enforce: "no" is not true or false"#),
        (json!({"match": {"modle": "x"}}), r#"limits[0].match: "modle" is not a field here; did you mean "model"?"#),
        (
            json!({"match": {"model": "a*b"}}),
            r#"limits[0].match.model: "a*b" is not a pattern; a * can stand at the end"#,
        ),
        (json!({"match": {"consumer_tag": {"tier": 1}}}), "limits[0].match.consumer_tag.tier: 1 is not a string"),
        (
            json!({"match": {"header": {"a b": "x"}}}),
            r#"limits[0].match.header["a b"]: "a b" is not the name of a header"#,
        ),
        (
            json!({"match": {"header": {"Authorization": "sk-secret"}}}),
            "limits[0].match.header.Authorization: holds credentials, which a configuration must not; match a consumer instead",
        ),
    ];
    for (fields, expected) in cases {
        let errors = errors(fields.clone());
        assert!(errors.starts_with(expected) && !errors.contains('\n'), "{fields}: {errors}");
        assert!(!errors.contains("secret"), "{errors}");
    }
    let twice =
        json!([{"name": "l", "per": [], "requests": 1, "window": "1s"}, {"name": "l", "per": [], "concurrent": 1}]);
    assert_eq!(errors_of_all(twice), r#"limits[1]: another limit is called "l"; give each its own "name""#);
}

#[test]
fn a_consumer_that_nobody_can_be_is_a_mistake() {
    let with = |consumers: Value| {
        let mut config = base();
        config["consumers"] = consumers;
        config["limits"] = json!([{"name": "l", "match": {"consumer": "rde"}, "per": [], "concurrent": 1}]);
        parse(config.to_string().as_bytes()).map(|_| ()).map_err(|errors| errors.to_string())
    };
    let expected = r#"limits[0].match.consumer: "rde" is not a consumer; did you mean "red"?"#;
    assert_eq!(with(json!({"red": {}})), Err(expected.into()));
    for open in [json!({}), json!({"red": {}, "*": {}}), json!({"rde": {}})] {
        assert_eq!(with(open), Ok(()), "a header may give this name");
    }
}

#[test]
fn windows_are_an_integer_and_a_unit_from_one_second_to_31_days() {
    let limit = |window: &str| format!(r#"[{{"name": "l", "per": [], "tokens": 1, "window": "{window}"}}]"#);
    for (window, seconds) in [("1s", 1), ("90s", 90), ("1m", 60), ("24h", 86_400), ("31d", 2_678_400)] {
        let store = Memory::default();
        let limits = limits(&store, 32, &limit(window));
        let all = limits.reserve(&store, &Leases::default(), &who(None, "m"), &demand(1, 0), after(0)).unwrap();
        assert_eq!(all.standings().tokens.as_ref().unwrap().reset_after.as_secs(), seconds, "{window}");
    }
    for window in ["0s", "32d", "1", "m", "+1m", "1.5h", "1 m", "-1s", "1w", "99999999999999999999d"] {
        let errors = errors_with("/limits", &limit(window));
        assert!(errors.starts_with("limits[0].window: "), "{errors}");
    }
}
