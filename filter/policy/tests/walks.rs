//! On which cluster a request goes from one target to the next.
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
use roads::{Road, USUAL, ask};
use settings::{Dialect, after, base, errors_with, parse};
use tollgate_policy::{Fault, Target, Timestamp};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Three targets, of which `b` takes no request of nobody.
const TARGETS: &str = r#""targets": [{"name": "a", "provider": "openai"}, {"name": "c", "provider": "openai", "model": "c"},
    {"name": "b", "provider": "openai", "model": "b", "when": {"tools": true}}]"#;

fn model(cluster: &str) -> String {
    format!(r#"{{"cluster": {cluster}, {TARGETS}}}"#)
}

/// The cluster for the target that is preferred, and which targets may follow there.
fn walk(road: &Road<'_>) -> (String, Option<(String, Vec<usize>)>) {
    walk_where(road, after(0), &|_| true)
}

/// The same where not all targets can carry the request.
fn walk_where(
    road: &Road<'_>,
    now: Timestamp,
    carries: &dyn Fn(&Target<Dialect>) -> bool,
) -> (String, Option<(String, Vec<usize>)>) {
    let moment = road.moment(now, USUAL);
    let ask = ask();
    let mut candidates = road.router.route(road.model(), &ask, &moment).unwrap();
    let first = candidates.next(&moment).unwrap();
    let walk = candidates.walk(first, carries, &moment).map(|walk| (walk.cluster.to_owned(), walk.fits));
    (first.name.clone(), walk)
}

/// The cluster alone.
fn cluster_where(road: &Road<'_>, carries: &dyn Fn(&Target<Dialect>) -> bool) -> String {
    walk_where(road, after(0), carries).1.unwrap().0
}

/// Three targets, and a cluster for each order that begins with the first.
const ALIKE: &str = r#"{"targets": [{"name": "a", "provider": "openai"}, {"name": "b", "provider": "openai", "model": "b"},
    {"name": "c", "provider": "openai", "model": "c"}], "cluster": {"abc": ["a", "b", "c"], "acb": ["a", "c", "b"]}}"#;

/// A target fails, and is left alone.
fn cools(road: &Road<'_>, name: &str) {
    let moment = road.moment(after(0), USUAL);
    let target = road.model().targets.iter().find(|target| target.name == name).unwrap();
    let mut attempt = road.router.attempt(road.model(), target, false, &moment);
    attempt.failed(&Fault::Unreachable, road.store, after(0), 1).unwrap();
    attempt.end(road.store, after(0)).unwrap();
}

#[test]
fn a_cluster_alone_tries_the_targets_in_their_order() {
    let store = Memory::default();
    let road = Road::new(&store, &model(r#""all""#));
    assert_eq!(walk(&road), ("a".into(), Some(("all".into(), vec![0, 1]))));
}

#[test]
fn the_first_target_decides_which_cluster_it_is() {
    let store = Memory::default();
    let road = Road::new(&store, &model(r#"{"from-a": ["a", "c"], "from-c": ["c", "a"]}"#));
    assert_eq!(walk(&road).1.unwrap().0, "from-a");
    let (_, mut attempt) = road.go(after(0));
    attempt.failed(&Fault::Unreachable, &store, after(0), 1).unwrap();
    assert_eq!(walk(&road), ("c".into(), Some(("from-c".into(), vec![0, 1]))));
}

#[test]
fn of_clusters_that_begin_alike_the_one_with_more_to_try_is_taken() {
    let store = Memory::default();
    let road = Road::new(&store, &model(r#"{"b-next": ["a", "b", "c"], "c-next": ["a", "c", "b"]}"#));
    assert_eq!(walk(&road).1.unwrap().0, "c-next");
    let alike = Road::new(&store, &model(r#"{"one": ["a", "c"], "other": ["a", "c"]}"#));
    assert_eq!(walk(&alike).1.unwrap().0, "one");
}

#[test]
fn of_clusters_that_begin_alike_the_one_that_goes_on_to_who_is_well_is_taken() {
    let store = Memory::default();
    let road = Road::new(&store, ALIKE);
    assert_eq!(cluster_where(&road, &|_| true), "abc");
    cools(&road, "b");
    assert_eq!(cluster_where(&road, &|_| true), "acb");
    cools(&road, "c");
    assert_eq!(cluster_where(&road, &|_| true), "abc", "neither is well");
    let (first, walk) = walk_where(&road, after(60), &|_| true);
    assert_eq!((first.as_str(), walk.unwrap().0.as_str()), ("a", "abc"));
}

#[test]
fn of_clusters_that_begin_alike_the_one_that_goes_on_to_who_can_carry_the_request_is_taken() {
    let store = Memory::default();
    let road = Road::new(&store, ALIKE);
    assert_eq!(cluster_where(&road, &|target| target.name != "b"), "acb");
    assert_eq!(cluster_where(&road, &|target| target.name != "c"), "abc");
    assert_eq!(cluster_where(&road, &|_| false), "abc");
    cools(&road, "c");
    assert_eq!(
        cluster_where(&road, &|target| target.name != "b"),
        "acb",
        "who is not well may serve it, the other cannot"
    );
}

#[test]
fn where_there_is_one_cluster_to_take_nobody_is_asked_who_can_carry_the_request() {
    let store = Memory::default();
    let road = Road::new(&store, &model(r#"{"from-a": ["a", "c"], "from-c": ["c", "a"], "b-next": ["a", "b", "c"]}"#));
    assert_eq!(cluster_where(&road, &|target| panic!("{} is asked about", target.name)), "from-a");
}

#[test]
fn where_nothing_that_fits_follows_there_is_no_walk() {
    let store = Memory::default();
    for cluster in [r#"{"from-c": ["c", "a"]}"#, r#"{"b-next": ["a", "b"]}"#] {
        assert_eq!(walk(&Road::new(&store, &model(cluster))), ("a".into(), None), "{cluster}");
    }
}

#[test]
fn an_endpoint_is_a_target_by_its_name_or_by_a_provider_that_has_no_other() {
    let model = r#"{"targets": [{"name": "a", "provider": "openai"}, {"name": "b", "provider": "openai"},
        {"name": "c", "provider": "anthropic"}]}"#;
    let store = Memory::default();
    let road = Road::new(&store, model);
    let found = |endpoint| road.model().target_at(endpoint).map(|target| target.name.as_str());
    assert_eq!(["b", "anthropic", "openai", "x"].map(found), [Some("b"), Some("c"), None, None]);
}

#[test]
fn what_is_wrong_with_clusters_is_said() {
    let cases = [
        (
            "1",
            ".cluster: 1 is not the name of an Envoy cluster that tries the targets in their order, or an object of clusters and the targets that each tries, in its order",
        ),
        (r#""""#, r#".cluster: "" is not the name of an Envoy cluster"#),
        ("{}", ".cluster: has no entries; expected at least one cluster"),
        (r#"{"x": "a"}"#, r#".cluster.x: "a" is not a list of targets, in the order in which the cluster tries them"#),
        (r#"{"x": ["a"]}"#, ".cluster.x: names fewer than two targets, so that there is no other to try"),
        (r#"{"x": ["a", "a"]}"#, ".cluster.x[1]: is here twice; keep one"),
        (
            r#"{"x": ["a", "zz"]}"#,
            r#".cluster.x[1]: "zz" is not a target of this model; expected one of "a", "c", "b""#,
        ),
    ];
    for (cluster, expected) in cases {
        let error = errors_with("/models/assistant", &model(cluster));
        assert_eq!(error, format!("models.assistant{expected}"), "{cluster}");
    }
}

#[test]
fn a_filter_on_a_cluster_goes_by_the_listeners() {
    let known = |json: &str| settings::configuration(json.as_bytes());
    assert!(known(r#"{"from": "listener"}"#).unwrap().is_none());
    assert!(known(&base().to_string()).unwrap().is_some());
    let error = |json| known(json).unwrap_err().to_string();
    assert_eq!(error(r#"{"from": "lisener"}"#), r#"from: "lisener" is not known here; did you mean "listener"?"#);
    assert!(error(r#"{"from": "listener", "models": {}}"#).starts_with(r#""models" is not a field here"#));
    assert!(parse(br#"{"from": "listener"}"#).is_err());
}
