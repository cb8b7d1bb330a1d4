//! Limits on a table of their own, and what tests do with them.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use std::borrow::Cow;
use std::collections::BTreeMap;

use tollgate_policy::{
    Attributes, Consumption, Demand, Geometry, Leases, Limits, Refusal, Reservation, Standings, Store, Subject, Table,
    Timestamp, Tokens, Used,
};

use crate::memory::Memory;
use crate::settings::{base, parse};

/// One worker in front of limits.
pub struct Gate {
    pub store: Memory,
    pub limits: Limits,
    pub leases: Leases,
}

impl Gate {
    /// The limits that are written as JSON.
    pub fn new(limits: &str) -> Self {
        Self::with(&[("limits", limits)])
    }

    /// The base configuration with these fields, written as JSON.
    pub fn with(fields: &[(&str, &str)]) -> Self {
        let mut config = base();
        for (name, json) in fields {
            config[name] = serde_json::from_str(json).expect("JSON");
        }
        let config = parse(config.to_string().as_bytes()).unwrap_or_else(|errors| panic!("{errors}"));
        let store = Memory::default();
        let table = Table::prepare(Geometry::new(1024), &store, [7; 16]).expect("a table");
        Self { limits: config.limits_on(table), store, leases: Leases::default() }
    }

    pub fn ask_for(&self, subject: &Subject<'_>, demand: &Demand, now: Timestamp) -> Result<Reservation, Refusal> {
        self.limits.reserve(&self.store, &self.leases, subject, demand, now)
    }

    /// Anybody asks for so much input.
    pub fn ask(&self, tokens: u64, now: Timestamp) -> Result<Reservation, Refusal> {
        self.ask_for(&who(None, "m"), &demand(tokens, 0), now)
    }

    pub fn settle(&self, reservation: Reservation, used: Used, now: Timestamp) {
        reservation.settle(&self.store, used, now).expect("settles");
    }

    /// Uses so much input at once.
    pub fn use_up(&self, tokens: u64, now: Timestamp) {
        self.settle(self.ask(tokens, now).expect("room"), Used::Exactly(input(tokens)), now);
    }

    /// How things stand, without changing them.
    pub fn standings(&self, now: Timestamp) -> Standings {
        standings(&self.limits, &self.store, &who(None, "m"), now)
    }

    /// Tokens that could be reserved now.
    pub fn remaining(&self, now: Timestamp) -> u64 {
        self.standings(now).tokens.expect("a limit on tokens").remaining
    }

    /// The name of the limit that refuses.
    pub fn refused_by(&self, subject: &Subject<'_>, demand: &Demand, now: Timestamp) -> Option<String> {
        match self.ask_for(subject, demand, now) {
            Ok(reservation) => {
                self.settle(reservation, Used::Nothing, now);
                None
            }
            Err(Refusal::Exhausted { limit, .. } | Refusal::TooLarge { limit, .. }) => Some(limit.to_string()),
            Err(other) => panic!("{other}"),
        }
    }
}

/// How limits on tokens stand, without changing them.
pub fn standings(limits: &Limits, store: &impl Store, subject: &Subject<'_>, now: Timestamp) -> Standings {
    match limits.reserve(store, &Leases::default(), subject, &demand(0, 0), now) {
        Ok(probe) => {
            let standings = probe.standings().clone();
            probe.settle(store, Used::Nothing, now).expect("settles");
            standings
        }
        Err(Refusal::Exhausted { standings, .. }) => *standings,
        Err(other) => panic!("{other}"),
    }
}

/// How many slots of one limit are free.
pub fn free_slots(limits: &Limits, store: &impl Store, now: Timestamp) -> usize {
    let leases = Leases::default();
    let take = || limits.reserve(store, &leases, &who(None, "m"), &exactly(0), now).ok();
    let taken: Vec<_> = std::iter::from_fn(take).collect();
    let free = taken.len();
    for held in taken {
        held.settle(store, Used::Nothing, now).expect("settles");
    }
    free
}

/// What a request says of itself: header, claim and address by name.
#[derive(Default)]
pub struct Said(BTreeMap<&'static str, &'static str>);

impl Said {
    /// Names as in `per`: `header:x`, `jwt:sub`, `ip`.
    pub fn new(said: &[(&'static str, &'static str)]) -> Self {
        Self(said.iter().copied().collect())
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
        self.find("ip")
    }
}

/// Who asks for which model; it goes to the provider `openai` under the same name.
pub fn who<'s>(consumer: Option<&'s str>, model: &'s str) -> Subject<'s> {
    const NOTHING: &Said = &Said(BTreeMap::new());
    Subject {
        consumer,
        tags: None,
        asked: model,
        model,
        target: "t",
        provider: "openai",
        target_model: model,
        attributes: NOTHING,
    }
}

/// So much input, and an output cap.
pub fn demand(input: u64, output: u64) -> Demand {
    Demand { input: Tokens(input), media: None, output_cap: Some(Tokens(output)), answers: 1 }
}

/// So much, exactly: what has a formula of its own is not corrected by what others took.
pub fn exactly(tokens: u64) -> Demand {
    Demand { media: Some(Tokens(tokens)), ..demand(0, 0) }
}

/// So many tokens of uncached input.
pub fn input(tokens: u64) -> Consumption {
    Consumption { input: tokens, ..Consumption::default() }
}
