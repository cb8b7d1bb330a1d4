//! Decides: who may call, what it costs, where it goes.
//!
//! This crate is pure. It knows nothing of Envoy and nothing of request bodies; the time, the
//! environment and the store that workers share come in as arguments, so that every decision can
//! be replayed in a test. Errors are values: nothing that a client or a configuration sends can
//! make it panic.
//!
//! The way of a request through it:
//!
//! 1. [`Config::identify`] names the [`Caller`] from a credential or a header,
//! 2. [`Models::find`] turns the model's name into targets, [`Caller::may_use`] allows it, what its [`Step`]s have said
//!    and what the request is decide which of them fit, [`Router::route`] puts those in order,
//! 3. [`Limits::reserve`] takes what the request may cost, from all limits or from none,
//!    [`Candidates::take`] begins an [`Attempt`] at the target, which then tells how the target is,
//! 4. [`Reservation::settle`] corrects that to what it did cost, exactly once.
//!
//! ```
//! use tollgate_policy::{Config, Surroundings};
//!
//! #[derive(Clone, Copy, Debug, PartialEq)]
//! enum Dialect { OpenAi }
//!
//! let text = br#"{
//!   "providers": {"openai": {"dialect": "openai", "cluster": "openai"}},
//!   "models":    {"gpt-*":  {"targets": [{"provider": "openai"}]}}
//! }"#;
//! let known = Surroundings { dialects: &[("openai", Dialect::OpenAi)], serves: |_, _| false, servers: &[], env: &|_| None };
//! let config = Config::parse(text, &known)?;
//!
//! let caller = config.identify(None, &|_| None, &|_| None)?;
//! assert!(caller.may_use("gpt-4o"));
//! let model = config.models().find("gpt-4o").ok_or("unknown model")?;
//! assert_eq!(model.targets[0].provider.cluster, "openai");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod config;
mod identity;
mod limits;
mod lookup;
mod pattern;
mod prices;
mod provider;
mod ratio;
mod route;
mod sort;
mod table;
mod units;

pub use config::{Config, ConfigError, ConfigErrors, Configuration, OnLoss, Surroundings, UnknownPaths};
pub use identity::{Caller, IdentityError};
pub use limits::{
    Amount, Attributes, Consumption, Correction, Demand, Dimension, Leases, Limit, Limits, Refusal, Reservation,
    Standing, Standings, Subject, Used, WhenFull,
};
pub use prices::{Price, Prices};
pub use provider::{Platform, Provider, ProviderKey, Secret};
pub use route::{
    Ask, Attempt, Candidates, Fault, Features, Measures, Model, Models, Moment, OnFailure, Router, Step, Stop,
    StopWith, Target, Template, Unroutable, Variable, Walk,
};
pub use table::{BucketKey, BucketName, Geometry, Store, StoreError, Table, TableError, Written};
pub use units::{NanoUsd, Timestamp, Tokens, Window};
