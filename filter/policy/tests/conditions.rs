//! Which requests a target takes.
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

use std::collections::BTreeMap;

use memory::Memory;
use roads::{Road, Said, USUAL, ask, asking, demand};
use settings::{Dialect, SECOND, after};
use tollgate_policy::{Ask, Demand, Features, Target, Timestamp, Tokens, Unroutable};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Whether a target with this condition takes the request.
fn fits(when: &str, ask: &Ask<'_, Dialect>, now: Timestamp) -> bool {
    let store = Memory::default();
    let road = Road::new(&store, &format!(r#"{{"targets": [{{"provider": "openai", "when": {when}}}]}}"#));
    road.router.route(road.model(), ask, &road.moment(now, USUAL)).is_ok()
}

fn check(when: &str, ask: &Ask<'_, Dialect>, expected: bool) {
    assert_eq!(fits(when, ask, after(0)), expected, "{when}");
}

#[test]
fn numbers_of_tokens_have_bounds() {
    let seeing = |_: &Target<Dialect>| Demand { media: Some(Tokens(100)), ..demand(900, Some(500)) };
    let request = asking(&seeing);
    for (when, expected) in [
        (r#"{"max_input_tokens": 1000}"#, true),
        (r#"{"max_input_tokens": 999}"#, false),
        (r#"{"min_input_tokens": 1000}"#, true),
        (r#"{"min_input_tokens": 1001}"#, false),
        (r#"{"max_output_tokens": 500}"#, true),
        (r#"{"max_output_tokens": 499}"#, false),
        (r#"{"min_output_tokens": 500}"#, true),
        (r#"{"min_output_tokens": 501}"#, false),
        (r#"{"min_input_tokens": 500, "max_input_tokens": 2000}"#, true),
        ("{}", true),
    ] {
        check(when, &request, expected);
    }
    let open = |_: &Target<Dialect>| demand(1, None);
    check(r#"{"max_output_tokens": 1}"#, &asking(&open), true);
    check(r#"{"min_output_tokens": 0}"#, &asking(&open), false);
}

#[test]
fn what_a_request_takes_can_differ_between_targets() {
    let store = Memory::default();
    let road = Road::new(
        &store,
        r#"{"targets": [{"name": "a", "provider": "openai", "when": {"max_input_tokens": 1000}},
                        {"name": "b", "provider": "anthropic", "when": {"max_input_tokens": 1000}}]}"#,
    );
    let dense = |target: &Target<Dialect>| demand(if target.name == "a" { 1001 } else { 1000 }, None);
    assert_eq!(road.names(&asking(&dense), after(0), USUAL), "b");
}

#[test]
fn features_are_used_or_not() {
    let none = Features::default();
    let uses: [(&str, Features); 7] = [
        ("images", Features { images: true, ..none }),
        ("audio", Features { audio: true, ..none }),
        ("documents", Features { documents: true, ..none }),
        ("tools", Features { tools: true, ..none }),
        ("structured_output", Features { structured_output: true, ..none }),
        ("reasoning", Features { reasoning: true, ..none }),
        ("stream", Features { stream: true, ..none }),
    ];
    for (name, _) in uses {
        for (used, features) in uses {
            let request = Ask { features, ..ask() };
            check(&format!(r#"{{"{name}": true}}"#), &request, name == used);
            check(&format!(r#"{{"{name}": false}}"#), &request, name != used);
        }
    }
}

#[test]
fn headers_consumers_and_their_tags_have_one_of_some_values() {
    let tags = BTreeMap::from([("tier".to_owned(), "gold".to_owned()), ("region".to_owned(), "eu".to_owned())]);
    let said = Said::new(&[("header:x-beta", "yes")]);
    let request = Ask { consumer: Some("red"), tags: Some(&tags), attributes: &said, ..ask() };
    for (when, expected) in [
        (r#"{"header": {"X-Beta": "yes"}}"#, true),
        (r#"{"header": {"x-beta": ["no", "yes"]}}"#, true),
        (r#"{"header": {"x-beta": "YES"}}"#, false),
        (r#"{"header": {"x-beta": "yes", "x-other": "yes"}}"#, false),
        (r#"{"consumer": "red"}"#, true),
        (r#"{"consumer": ["blue", "red"]}"#, true),
        (r#"{"consumer": ["blue"]}"#, false),
        (r#"{"consumer_tag": {"tier": "gold"}}"#, true),
        (r#"{"consumer_tag": {"tier": ["gold", "silver"], "region": "eu"}}"#, true),
        (r#"{"consumer_tag": {"tier": "gold", "region": "us"}}"#, false),
        (r#"{"consumer_tag": {"team": "gold"}}"#, false),
    ] {
        check(when, &request, expected);
        check(when, &ask(), false);
    }
}

#[test]
fn the_time_is_utc() {
    // A Tuesday, 22:13:20.
    let tuesday = after(0);
    let morning = after(9 * 3600 * SECOND);
    let night = r#"{"time": {"from": "22:00", "to": "06:00"}}"#;
    assert!(fits(night, &ask(), tuesday) && !fits(night, &ask(), morning));
    let on = |day: &str| format!(r#"{{"time": {{"from": "22:00", "to": "08:00", "days": ["{day}"]}}}}"#);
    assert!(fits(&on("tue"), &ask(), tuesday) && fits(&on("tue"), &ask(), morning));
    assert!(!fits(&on("wed"), &ask(), tuesday) && !fits(&on("wed"), &ask(), morning));
    assert!(fits(r#"{"time": {"days": ["wed"]}}"#, &ask(), morning));
    assert!(!fits(r#"{"time": {"days": ["wed"]}}"#, &ask(), tuesday));
}

#[test]
fn the_first_target_that_fits_gets_it() {
    let store = Memory::default();
    let road = Road::new(
        &store,
        r#"{"targets": [{"name": "small", "provider": "openai", "when": {"max_input_tokens": 50}},
                        {"name": "seeing", "provider": "openai", "when": {"images": true}},
                        {"name": "rest", "provider": "anthropic"}]}"#,
    );
    let images = Ask { features: Features { images: true, ..Features::default() }, ..ask() };
    let small = asking(&|_| demand(50, None));
    for (request, names) in [(ask(), "rest"), (images, "seeing rest"), (small, "small rest")] {
        assert_eq!(road.names(&request, after(0), USUAL), names);
    }
}

#[test]
fn an_error_says_which_conditions_of_which_target_do_not_hold() {
    let store = Memory::default();
    let road = Road::with(
        &store,
        r#"{"targets": [
            {"name": "a", "provider": "openai", "when": {"max_input_tokens": 50, "stream": false, "images": true}},
            {"name": "b", "provider": "openai", "when": {"header": {"X-Secret-Code": "42"},
                                                        "consumer_tag": {"tier": "gold"}}}]}"#,
        &[("consumers", r#"{"red": {}}"#)],
    );
    let refused = road.router.route(road.model(), &ask(), &road.moment(after(0), USUAL)).err().unwrap();
    assert_eq!(
        refused.to_string(),
        "no target of this model takes this request; conditions that do not hold: \
         max_input_tokens, images at \"a\"; header x-secret-code, consumer_tag tier at \"b\""
    );
    assert_eq!(refused.retry_after_seconds(), None);
    let Unroutable::NoneFits { failing } = refused else { panic!("{refused}") };
    assert_eq!(failing[0], ("a".to_owned(), vec!["max_input_tokens".to_owned(), "images".to_owned()]));
}
