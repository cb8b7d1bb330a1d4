//! The table that workers share: what it survives and what it refuses.
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

use gate::{demand, input, who};
use memory::Memory;
use settings::{SECOND, after, limits};
use tollgate_policy::{
    BucketKey, Geometry, Leases, Limits, Refusal, Reservation, Store, StoreError, Subject, Table, TableError,
    Timestamp, Used, WhenFull,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const PER_CONSUMER: &str = r#"[{"name": "l", "per": ["consumer"], "tokens": 100, "window": "100s"}]"#;

fn reserve(
    limits: &Limits,
    store: &impl Store,
    consumer: &str,
    tokens: u64,
    now: Timestamp,
) -> Result<Reservation, Refusal> {
    limits.reserve(store, &Leases::default(), &who(Some(consumer), "m"), &demand(tokens, 0), now)
}

fn error(result: Result<Reservation, Refusal>) -> TableError {
    match result {
        Err(Refusal::Unavailable { error, .. }) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn preparing_creates_a_header_and_one_bucket_for_32_slots() {
    for (slots, buckets, namespace) in [
        (0, 1, "tollgate.3.32"),
        (32, 1, "tollgate.3.32"),
        (33, 2, "tollgate.3.64"),
        (65_536, 2048, "tollgate.3.65536"),
    ] {
        let store = Memory::default();
        let geometry = Geometry::new(slots);
        Table::prepare(geometry, &store, [0; 16]).unwrap();
        assert_eq!(geometry.namespace(), namespace);
        let keys = store.keys();
        assert_eq!(keys.len(), buckets + 1);
        assert!(keys.iter().all(|key| key.starts_with(&format!("{namespace}."))));
    }
}

#[test]
fn preparing_again_keeps_state_and_seed_and_completes_what_was_interrupted() {
    let store = Memory::default();
    let first = limits(&store, 32, PER_CONSUMER);
    let _kept = reserve(&first, &store, "a", 100, after(0)).unwrap();
    let before = store.bytes("tollgate.3.32.0");

    Table::prepare(Geometry::new(32), &store, [99; 16]).unwrap();
    assert_eq!(store.bytes("tollgate.3.32.0"), before, "the first seed stays");
    assert!(reserve(&first, &store, "a", 1, after(0)).is_err());

    store.remove("tollgate.3.32.0");
    Table::prepare(Geometry::new(32), &store, [7; 16]).unwrap();
    assert!(reserve(&first, &store, "a", 1, after(0)).is_err(), "buckets that exist are left alone");
}

#[test]
fn a_table_that_was_not_prepared_is_an_error() {
    let store = Memory::default();
    let limits = limits(&store, 32, PER_CONSUMER);
    store.remove("tollgate.3.32.1");
    assert!(matches!(error(reserve(&limits, &store, "a", 1, after(0))), TableError::NotPrepared(_)));
}

#[test]
fn a_malformed_bucket_is_an_error_and_stays_as_it_is() {
    let header = |layout, count| [layout, count].into_iter().chain([0; 8]).collect::<Vec<u8>>();
    let cases = [
        b"".into(),
        vec![3],
        vec![3, 0],
        header(2, 0),
        header(3, 1),
        header(3, 33),
        header(3, b'H'),
        [header(3, 0), vec![0]].concat(),
    ];
    for bytes in &cases {
        let store = Memory::default();
        let limits = limits(&store, 32, PER_CONSUMER);
        store.overwrite("tollgate.3.32.1", bytes);
        let refused = error(reserve(&limits, &store, "a", 1, after(0)));
        assert!(matches!(refused, TableError::Malformed(_)), "{bytes:?}");
        assert_eq!(store.bytes("tollgate.3.32.1").as_deref(), Some(&bytes[..]));
    }
    for bytes in [&[3, b'H'][..], &[1; 18], &[2, b'H', 0], b""] {
        let store = Memory::default();
        store.overwrite("tollgate.3.32.0", bytes);
        let refused = Table::prepare(Geometry::new(32), &store, [0; 16]).unwrap_err();
        assert!(matches!(refused, TableError::Malformed(_)), "{bytes:?}");
    }
}

#[test]
fn a_bucket_full_of_live_entries_refuses_another_until_one_expires() {
    let store = Memory::default();
    let limits = limits(&store, 32, PER_CONSUMER);
    for consumer in 0..32 {
        let tokens = 10 + 2 * consumer;
        let _kept = reserve(&limits, &store, &consumer.to_string(), tokens, after(0)).unwrap();
    }
    let another = |now| reserve(&limits, &store, "another", 50, now);
    assert!(matches!(error(another(after(0))), TableError::Full(_)));
    assert!(matches!(error(another(after(10 * SECOND - 1))), TableError::Full(_)));
    let _kept = another(after(10 * SECOND)).unwrap();
    for consumer in 1..32 {
        let left = reserve(&limits, &store, &consumer.to_string(), 0, after(10 * SECOND)).unwrap();
        let expected = 100 - (10 + 2 * consumer) + 10;
        assert_eq!(left.standings().tokens.as_ref().unwrap().remaining, expected, "live entries stay");
    }
    let bytes = store.bytes("tollgate.3.32.1").unwrap();
    assert_eq!(bytes.len(), 10 + 32 * 32, "memory is bounded");
}

#[test]
fn settling_what_was_evicted_refunds_nothing_and_still_charges_overshoot() {
    for (used, remaining) in [(0, 100), (5, 100), (30, 80)] {
        let store = Memory::default();
        let limits = limits(&store, 32, PER_CONSUMER);
        let evicted = reserve(&limits, &store, "a", 10, after(0)).unwrap();
        for consumer in 0..32 {
            let tokens = if consumer == 0 { 1 } else { 90 };
            let _kept = reserve(&limits, &store, &consumer.to_string(), tokens, after(20 * SECOND)).unwrap();
        }
        let now = after(21 * SECOND);
        evicted.settle(&store, Used::Exactly(input(used)), now).unwrap();
        let left = reserve(&limits, &store, "a", 0, now).unwrap();
        assert_eq!(left.standings().tokens.as_ref().unwrap().remaining, remaining);
    }
}

/// A store where another worker writes first, a number of times.
struct Contended {
    memory: Memory,
    losses: std::cell::Cell<u32>,
    told: std::cell::Cell<u32>,
}

impl Contended {
    /// So many attempts were said to be lost since it was last asked.
    fn told(&self) -> u32 {
        self.told.take()
    }
}

impl Store for Contended {
    fn read(&self, bucket: BucketKey) -> Option<(Vec<u8>, u32)> {
        self.memory.read(bucket)
    }

    fn compare_and_swap(&self, bucket: BucketKey, value: &[u8], version: u32) -> Result<bool, StoreError> {
        if let Some(left) = self.losses.get().checked_sub(1) {
            self.losses.set(left);
            return Ok(false);
        }
        self.memory.compare_and_swap(bucket, value, version)
    }

    fn create(&self, bucket: BucketKey, value: &[u8]) -> Result<(), StoreError> {
        self.memory.create(bucket, value)
    }

    fn lost(&self, attempts: u32) {
        assert!(attempts > 0, "nothing is told where nothing was lost");
        self.told.set(self.told.get() + attempts);
    }
}

#[test]
fn contention_is_counted_bounded_and_bounded_later_for_settling() {
    let memory = Memory::default();
    let limits = limits(&memory, 32, PER_CONSUMER);
    let store = Contended { memory, losses: 5.into(), told: 0.into() };
    let reservation = reserve(&limits, &store, "a", 40, after(0)).unwrap();
    assert_eq!(store.told(), 5);
    let refused = reserve(&limits, &store, "a", 90, after(0));
    assert!(matches!(refused, Err(Refusal::Exhausted { .. })));
    assert_eq!(store.told(), 0);

    store.losses.set(u32::MAX);
    let refused = error(reserve(&limits, &store, "a", 1, after(0)));
    assert!(matches!(refused, TableError::Contended { attempts: 64, .. }), "{refused}");
    assert_eq!(store.told(), 64);

    store.losses.set(1000);
    reservation.settle(&store, Used::Exactly(input(10)), after(0)).unwrap();
    assert_eq!(store.told(), 1000);
    assert_eq!(reserve(&limits, &store, "a", 0, after(0)).unwrap().standings().tokens.as_ref().unwrap().remaining, 90);

    store.losses.set(0);
    let reservation = reserve(&limits, &store, "b", 40, after(0)).unwrap();
    store.losses.set(u32::MAX);
    let lost = reservation.settle(&store, Used::Nothing, after(0)).unwrap_err();
    assert!(matches!(lost, TableError::Contended { attempts: 4096, .. }));
    assert_eq!(store.told(), 4096);
}

#[test]
fn a_full_table_lets_requests_through_uncounted_where_that_is_wanted() {
    let store = Memory::default();
    let refuses = limits(&store, 32, PER_CONSUMER);
    let config = settings::config_with("/limits", PER_CONSUMER);
    let table = Table::prepare(Geometry::new(32), &store, [7; 16]).unwrap();
    let allows = Limits::new(config.limits(), config.prices().clone(), WhenFull::Allow, table);
    for consumer in 0..32 {
        let held = reserve(&allows, &store, &consumer.to_string(), 50, after(0)).unwrap();
        assert!(held.uncounted().is_empty());
    }
    assert!(matches!(error(reserve(&refuses, &store, "another", 1, after(0))), TableError::Full(_)));
    let another = reserve(&allows, &store, "another", 100, after(0)).unwrap();
    assert_eq!(another.uncounted(), ["l".into()]);
    another.settle(&store, Used::Exactly(input(500)), after(0)).unwrap();
    // What is too much for whom the table knows still is.
    assert!(matches!(reserve(&allows, &store, "0", 51, after(0)), Err(Refusal::Exhausted { .. })));
}

#[test]
fn a_limit_that_does_not_enforce_lets_through_when_the_table_fails() {
    let store = Memory::default();
    let trial = r#"[{"name": "l", "per": ["consumer"], "tokens": 100, "window": "100s", "enforce": false}]"#;
    let limits = limits(&store, 32, trial);
    store.overwrite("tollgate.3.32.1", b"x");
    let held = reserve(&limits, &store, "a", 1, after(0)).unwrap();
    assert_eq!(held.uncounted(), ["l".into()]);
}

#[test]
fn memory_stays_flat_and_who_is_active_is_kept_while_200000_consumers_come_and_go() {
    const SLOTS: u32 = 16_384;
    const ACTIVE: u64 = 500;
    let store = Memory::default();
    let limits = limits(
        &store,
        SLOTS,
        r#"[{"name": "guests", "match": {"consumer_tag": {"kind": "guest"}}, "per": ["consumer"],
             "tokens": 100, "window": "1s"},
            {"name": "regulars", "match": {"consumer_tag": {"kind": "regular"}}, "per": ["consumer"],
             "tokens": 1000, "window": "1d"}]"#,
    );
    let keys = store.keys();
    let tags = |kind: &str| std::collections::BTreeMap::from([("kind".to_owned(), kind.to_owned())]);
    let (guests, regulars) = (tags("guest"), tags("regular"));
    let ask = |name: &str, tags, tokens, now| {
        let subject = Subject { tags: Some(tags), ..who(Some(name), "m") };
        limits.reserve(&store, &Leases::default(), &subject, &demand(tokens, 0), now)
    };
    for turn in 0..200_000 {
        // Ten tokens come back in a tenth of a second, in which a thousand others come.
        let now = after(turn * SECOND / 10_000);
        let held = ask(&format!("guest-{turn}"), &guests, 10, now).unwrap();
        if turn % 2 == 0 {
            held.settle(&store, Used::Exactly(input(10)), now).unwrap();
        }
        if turn % 100 == 0 {
            let regular = format!("regular-{}", turn / 100 % ACTIVE);
            ask(&regular, &regulars, 100, now).unwrap().settle(&store, Used::Exactly(input(101)), now).unwrap();
        }
    }
    let now = after(20 * SECOND);
    assert_eq!(store.keys(), keys, "not one key more");
    assert!(keys.iter().all(|key| store.bytes(key).unwrap().len() <= 10 + 32 * 32));
    for regular in 0..ACTIVE {
        let held = ask(&format!("regular-{regular}"), &regulars, 0, now).unwrap();
        // 404 were used; 20 seconds of a day bring a fraction of one back.
        assert_eq!(held.standings().tokens.as_ref().unwrap().remaining, 596, "regular {regular}");
    }
}
