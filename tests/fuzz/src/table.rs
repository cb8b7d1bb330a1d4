//! The table that workers share, whatever its bytes are: other bytes are refused, and figures that nobody wrote are
//! counted with and not broken by.

use crate::choices::Choices;
use crate::configuration::parse;
use crate::identity::Said;
use crate::memory::Memory;
use std::sync::LazyLock;
use std::time::Duration;
use tollgate_dialects::Dialect;
use tollgate_policy::{
    Ask, Attributes, Config, Configuration, Consumption, Demand, Fault, Features, Leases, Limits, Measures, Moment,
    Refusal, Router, Subject, Table, Timestamp, Tokens, Used,
};

pub const MODELS: [&str; 7] = ["first", "weighted", "soon", "idle", "cheap", "picky", "other"];

/// One of every kind of limit, strategy and source of names.
pub const CONFIGURATION: &[u8] = include_bytes!("policy.json");

static CONFIG: LazyLock<Config<Dialect>> = LazyLock::new(|| match parse(CONFIGURATION) {
    Ok(Configuration::Own(config)) => config,
    other => panic!("{other:?}"),
});

/// One worker with a table of its own.
pub struct Gateway {
    pub config: &'static Config<Dialect>,
    store: Memory,
    limits: Limits,
    router: Router,
    leases: Leases,
    measures: Measures,
}

/// What stands before a bucket's entries: layout, their number, and when it was written.
const HEADER: usize = 10;

/// When it is, and what a request takes.
const NOW: u64 = 1_700_000_000_000_000_000;

pub fn check(data: &[u8]) {
    let mut choices = Choices::of(data);
    let (model, is_raw, chance) = (choices.one_of(&MODELS), choices.flag(), choices.number());
    let now = Timestamp::from_nanos(if choices.flag() { choices.number() } else { NOW });
    let gateway = Gateway::start();
    let said = Said { header: Some(b"u"), claim: Some(b"c"), ip: Some(b"10.0.0.1") };
    let bytes = choices.rest();
    if is_raw {
        gateway.overwrite(bytes);
    } else {
        // What a request leaves behind, so that the next one finds what it looks for.
        gateway.serve(Some("bob"), model, &said, chance, now);
        gateway.scramble(bytes);
    }
    // In the end, the clock is set back.
    for later in [0, 1, 1_000_000_000, 90_000_000_000, u64::MAX, 0] {
        let now = Timestamp::from_nanos(now.as_nanos().saturating_add(later));
        gateway.serve(Some("bob"), model, &said, chance, now);
        let _ = gateway.leases.renew(&gateway.store, now);
    }
    if !is_raw {
        gateway.assert_sound();
    }
}

impl Gateway {
    pub fn start() -> Self {
        let config = &*CONFIG;
        let store = Memory::default();
        let table = Table::prepare(config.geometry(), &store, [7; 16]).expect("a table");
        let (limits, router) = (config.limits_on(table), config.router_on(table));
        Self { config, store, limits, router, leases: Leases::default(), measures: Measures::default() }
    }

    fn buckets(&self) -> Vec<String> {
        self.store
            .keys()
            .into_iter()
            .filter(|key| self.store.bytes(key).is_some_and(|it| it.get(1) != Some(&b'H')))
            .collect()
    }

    /// Every bucket is these bytes.
    fn overwrite(&self, bytes: &[u8]) {
        self.buckets().iter().for_each(|bucket| self.store.overwrite(bucket, bytes));
    }

    /// Every entry stands for something else: its state and when it ends are these bytes, again and again, and so is when
    /// its bucket was written.
    fn scramble(&self, bytes: &[u8]) {
        let mut endless = bytes.iter().cycle();
        for bucket in self.buckets() {
            let mut entries = self.store.bytes(&bucket).expect("a bucket");
            let mut scramble = |bytes: &mut [u8]| {
                bytes.iter_mut().for_each(|byte| *byte = endless.next().copied().unwrap_or_default());
            };
            entries[HEADER..].chunks_mut(32).for_each(|entry| scramble(&mut entry[16..]));
            scramble(&mut entries[2..HEADER]);
            self.store.overwrite(&bucket, &entries);
        }
    }

    /// A request comes and goes.
    pub fn serve(&self, consumer: Option<&str>, asked: &str, said: &dyn Attributes, chance: u64, now: Timestamp) {
        let Some(model) = self.config.models().find(asked) else { return };
        let demand =
            Demand { input: Tokens(chance >> 40), media: None, output_cap: Some(Tokens(chance & 0xFFFF)), answers: 1 };
        let ask = Ask {
            model: asked,
            consumer,
            tags: None,
            demand: &|_| demand,
            features: Features::default(),
            conversation: Some(b"conversation"),
            outputs: &[],
            attributes: said,
        };
        let moment = Moment { store: &self.store, leases: &self.leases, measures: &self.measures, now, chance };
        let Ok(mut candidates) = self.router.route(model, &ask, &moment) else { panic!("one always fits") };
        let mut tried = 0;
        while let Some(target) = candidates.next(&moment) {
            tried += 1;
            assert!(tried <= model.targets.len(), "none is tried twice");
            let subject = Subject {
                consumer,
                tags: None,
                asked,
                model: &model.name,
                target: &target.name,
                provider: &target.provider.name,
                target_model: target.model.as_deref().unwrap_or(asked),
                attributes: said,
            };
            let reservation = match self.limits.reserve(&self.store, &self.leases, &subject, &demand, now) {
                Ok(reservation) => reservation,
                Err(refusal) => return assert_refusal(&refusal),
            };
            let used = Consumption { input: chance & 0xFFFF, output: chance >> 50, ..Consumption::default() };
            if let Some(mut attempt) = candidates.take(target, &moment) {
                let later = Timestamp::from_nanos(now.as_nanos().saturating_add(chance & 0xFFFF_FFFF));
                let retry_after = Some(Duration::from_secs(chance & 0xFF));
                let _ = match chance % 4 {
                    0 => attempt.answered(&self.store, later).map(|()| None),
                    1 => attempt.declined(&self.store, later).map(|()| None),
                    2 => attempt.failed(&Fault::Overloaded { retry_after }, &self.store, later, chance),
                    _ => attempt.failed(&Fault::Broken, &self.store, later, chance),
                };
                let _ = attempt.end(&self.store, later);
            }
            let used = if chance & 8 == 0 { Used::Exactly(used) } else { Used::Uncertain { seen: used } };
            let _ = reservation.settle(&self.store, used, now);
        }
        let _ = candidates.unhealthy(now).map(|why| why.retry_after_seconds());
    }

    /// Every bucket is what this layout writes: a header, and then entries of 32 bytes, as many as its second byte says.
    fn assert_sound(&self) {
        for bucket in self.buckets() {
            let bytes = self.store.bytes(&bucket).expect("a bucket");
            assert_eq!(bytes.len(), HEADER + 32 * usize::from(bytes[1]));
            assert!(bytes[1] <= 32);
        }
    }
}

fn assert_refusal(refusal: &Refusal) {
    assert!(!refusal.to_string().is_empty());
    if let Refusal::Exhausted { retry_after, .. } = refusal {
        assert!(!retry_after.is_zero(), "waiting helps");
    }
}
