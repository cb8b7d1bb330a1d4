//! A model's targets on a table of their own, and what tests do with them.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use std::borrow::Cow;
use std::collections::BTreeMap;

use tollgate_policy::{
    Ask, Attempt, Attributes, Config, Demand, Features, Geometry, Leases, Measures, Model, Moment, Router, Store,
    Table, Target, Timestamp, Tokens, Unroutable,
};

use crate::memory::Memory;
use crate::settings::{Dialect, base, parse};

/// A chance that never explores.
pub const USUAL: u64 = 1;

/// One worker that routes requests for the model `assistant`.
pub struct Road<'m> {
    pub config: Config<Dialect>,
    pub router: Router,
    pub store: &'m Memory,
    pub leases: Leases,
    pub measures: Measures,
}

impl<'m> Road<'m> {
    /// `model` is JSON.
    pub fn new(store: &'m Memory, model: &str) -> Self {
        Self::with(store, model, &[])
    }

    /// The base configuration with these fields, too.
    pub fn with(store: &'m Memory, model: &str, fields: &[(&str, &str)]) -> Self {
        let mut config = base();
        for (name, json) in fields {
            config[name] = serde_json::from_str(json).expect("JSON");
        }
        config["models"]["assistant"] = serde_json::from_str(model).expect("JSON");
        let config = parse(config.to_string().as_bytes()).unwrap_or_else(|errors| panic!("{errors}"));
        let table = Table::prepare(Geometry::new(4096), store, [7; 16]).expect("a table");
        Self {
            router: config.router_on(table),
            config,
            store,
            leases: Leases::default(),
            measures: Measures::default(),
        }
    }

    pub fn model(&self) -> &Model<Dialect> {
        self.config.models().find("assistant").expect("a model")
    }

    pub fn moment(&self, now: Timestamp, chance: u64) -> Moment<'_, Memory> {
        Moment { store: self.store, leases: &self.leases, measures: &self.measures, now, chance }
    }

    /// The names of the targets in the order in which they would be tried.
    pub fn names(&self, ask: &Ask<'_, Dialect>, now: Timestamp, chance: u64) -> String {
        let moment = self.moment(now, chance);
        let mut candidates = self.router.route(self.model(), ask, &moment).expect("a target that fits");
        let names = std::iter::from_fn(|| candidates.next(&moment)).map(|target| target.name.as_str());
        names.collect::<Vec<_>>().join(" ")
    }

    /// Sends a request to the first target that takes it.
    pub fn send(&self, ask: &Ask<'_, Dialect>, now: Timestamp, chance: u64) -> Result<(String, Attempt), Unroutable> {
        send_over(self, self.store, ask, now, chance)
    }

    /// Sends anybody's request.
    pub fn go(&self, now: Timestamp) -> (String, Attempt) {
        self.send(&ask(), now, USUAL).expect("a target")
    }
}

/// Sends a request over a view of the store.
pub fn send_over<S: Store>(
    road: &Road<'_>,
    store: &S,
    ask: &Ask<'_, Dialect>,
    now: Timestamp,
    chance: u64,
) -> Result<(String, Attempt), Unroutable> {
    let moment = Moment { store, leases: &road.leases, measures: &road.measures, now, chance };
    let mut candidates = road.router.route(road.model(), ask, &moment)?;
    while let Some(target) = candidates.next(&moment) {
        if let Some(attempt) = candidates.take(target, &moment) {
            return Ok((target.name.clone(), attempt));
        }
    }
    Err(candidates.unhealthy(now).expect("why there is none"))
}

/// What a request says of itself: header and claim by name.
#[derive(Default)]
pub struct Said(pub BTreeMap<&'static str, String>);

impl Said {
    /// Names like `header:x` and `jwt:sub`.
    pub fn new(said: &[(&'static str, &str)]) -> Self {
        Self(said.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
    }

    fn find(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        self.0.get(name).map(|value| Cow::Borrowed(value.as_bytes()))
    }
}

impl Attributes for Said {
    fn header(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        self.find(&format!("header:{name}"))
    }

    fn jwt_claim(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        self.find(&format!("jwt:{name}"))
    }

    fn ip(&self) -> Option<Cow<'_, [u8]>> {
        None
    }
}

/// A plain request of nobody.
pub fn ask() -> Ask<'static, Dialect> {
    asking(&|_| demand(100, Some(100)))
}

/// A request that takes so much.
pub fn asking<'a>(demand: &'a dyn Fn(&Target<Dialect>) -> Demand) -> Ask<'a, Dialect> {
    const NOTHING: &Said = &Said(BTreeMap::new());
    Ask {
        model: "assistant",
        consumer: None,
        tags: None,
        demand,
        features: Features::default(),
        conversation: None,
        outputs: &[],
        attributes: NOTHING,
    }
}

/// So much input, and a cap on the output.
pub fn demand(input: u64, output_cap: Option<u64>) -> Demand {
    Demand { input: Tokens(input), media: None, output_cap: output_cap.map(Tokens), answers: 1 }
}
