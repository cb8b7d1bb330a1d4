//! What routing costs a request: from its facts to an attempt, over a store in memory with 10,000 models.
//!
//! Envoy's shared data is slower than this one (a read and a change together: 0.7 us), so the number of reads is told, too.
#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "not for the request path"
)]

#[path = "../tests/memory/mod.rs"]
mod memory;
#[path = "../tests/roads/mod.rs"]
mod roads;
#[path = "../tests/settings/mod.rs"]
mod settings;

use std::cell::Cell;
use std::collections::HashMap;

use divan::Bencher;
use roads::{Said, ask};
use settings::{SECOND, after, base, parse};
use tollgate_policy::{Ask, BucketKey, Features, Geometry, Leases, Measures, Moment, Store, StoreError, Table};

fn main() {
    for strategy in STRATEGIES {
        println!("{strategy}: {} reads", reads(strategy));
    }
    divan::main();
}

const MODELS: usize = 10_000;
const TARGETS: usize = 20;
const STRATEGIES: [&str; 6] = ["first", "weighted", "sticky", "lowest_cost", "lowest_latency", "least_busy"];

/// Values by their keys, as cheap as can be: what is measured is not the store.
#[derive(Default)]
struct Fast {
    values: std::cell::RefCell<HashMap<BucketKey, (Vec<u8>, u32)>>,
    reads: Cell<usize>,
}

impl Store for Fast {
    fn read(&self, bucket: BucketKey) -> Option<(Vec<u8>, u32)> {
        self.reads.set(self.reads.get() + 1);
        self.values.borrow().get(&bucket).cloned()
    }

    fn compare_and_swap(&self, bucket: BucketKey, value: &[u8], version: u32) -> Result<bool, StoreError> {
        self.values.borrow_mut().insert(bucket, (value.into(), version + 1));
        Ok(true)
    }

    fn create(&self, bucket: BucketKey, value: &[u8]) -> Result<(), StoreError> {
        self.values.borrow_mut().insert(bucket, (value.into(), 0));
        Ok(())
    }
}

fn config(strategy: &str) -> tollgate_policy::Config<settings::Dialect> {
    let (strategy, sticky) = if strategy == "sticky" { ("weighted", Some("consumer")) } else { (strategy, None) };
    let target = |number: usize| {
        serde_json::json!({"name": format!("t{number}"), "provider": "openai", "model": format!("upstream-{number}"),
                           "when": {"max_input_tokens": 100_000, "images": false, "consumer_tag": {"tier": "gold"}}})
    };
    let mut model = serde_json::json!({"strategy": strategy, "targets": (0..TARGETS).map(target).collect::<Vec<_>>()});
    if let Some(sticky) = sticky {
        model["sticky"] = sticky.into();
    }
    let plain = serde_json::json!({"targets": [{"provider": "openai"}]});
    let mut config = base();
    let names = (1..MODELS).map(|number| (format!("model-{number}"), plain.clone()));
    config["models"] = names.chain([("assistant".to_owned(), model)]).collect::<serde_json::Map<_, _>>().into();
    config["prices"] = serde_json::json!({"upstream-*": {"input": 1, "output": 2}});
    parse(config.to_string().as_bytes()).unwrap()
}

/// Routes so many requests, which `run` is to do.
fn route(strategy: &str, run: impl FnOnce(&mut dyn FnMut(), &Fast)) {
    let config = config(strategy);
    let store = Fast::default();
    let router = config.router_on(Table::prepare(Geometry::new(65_536), &store, [7; 16]).unwrap());
    let (leases, measures) = (Leases::default(), Measures::default());
    let tags = std::collections::BTreeMap::from([("tier".to_owned(), "gold".to_owned())]);
    let said = Said::default();
    let features = Features { tools: true, stream: true, ..Features::default() };
    let asks = Ask { consumer: Some("team-red"), tags: Some(&tags), attributes: &said, features, ..ask() };
    // Every target is known.
    let model = config.models().find("assistant").unwrap();
    for target in &model.targets {
        let moment = Moment { store: &store, leases: &leases, measures: &measures, now: after(0), chance: 1 };
        let mut attempt = router.attempt(model, target, true, &moment);
        attempt.answered(&store, after(SECOND / 10)).unwrap();
        attempt.end(&store, after(SECOND / 10)).unwrap();
    }
    store.reads.set(0);
    let mut chance = 1_u64;
    let mut now = SECOND;
    let mut one = || {
        // Ten thousand a second.
        now += SECOND / 10_000;
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let moment = Moment { store: &store, leases: &leases, measures: &measures, now: after(now), chance };
        let model = config.models().find("assistant").unwrap();
        let mut candidates = router.route(model, &asks, &moment).unwrap();
        let target = candidates.next(&moment).unwrap();
        let attempt = candidates.take(target, &moment).unwrap();
        attempt.end(&store, after(now)).unwrap();
    };
    run(&mut one, &store);
}

#[divan::bench(args = STRATEGIES)]
fn from_facts_to_an_attempt(bencher: Bencher<'_, '_>, strategy: &str) {
    route(strategy, |one, _| bencher.bench_local(one));
}

fn reads(strategy: &str) -> usize {
    let mut count = 0;
    route(strategy, |one, store| {
        one();
        count = store.reads.get();
    });
    count
}
