//! One configuration, ready to serve. Streams keep the one they began with.

use crate::host::{Clock, SharedData, random_seed};
use crate::telemetry::Metrics;
use proxy_wasm::hostcalls;
use std::cell::Cell;
use tollgate_dialects::{Dialect, Platform, Server};
use tollgate_policy::{Config, Configuration, Leases, Limits, Measures, Router, Surroundings, Table};

thread_local! {
    /// The slots that this VM holds, whichever configuration they were taken under.
    static LEASES: Leases = Leases::default();
    /// What it knows of how soon targets answer and how busy they are, likewise.
    static MEASURES: Measures = Measures::default();
}

/// A configuration with what it needs at run time.
pub(crate) struct Gateway {
    pub(crate) config: Config<Dialect>,
    pub(crate) table: Table,
    pub(crate) limits: Limits,
    pub(crate) router: Router,
    pub(crate) leases: Leases,
    pub(crate) measures: Measures,
    pub(crate) metrics: Metrics,
    /// Whether a body ever came while its headers were held, as Envoy must be set up for.
    pub(crate) bodies_come: Cell<bool>,
}

impl Gateway {
    /// Reads a configuration and prepares the table that workers share. `None`: it is another filter's.
    ///
    /// # Errors
    /// Everything that is wrong with it, a line each.
    pub(crate) fn configure(bytes: &[u8]) -> Result<Option<Self>, String> {
        let env = |name: &str| std::env::var(name).ok();
        let servers: Vec<_> = Server::ALL.iter().map(|server| (server.name, Dialect::OpenAi)).collect();
        let known = Surroundings { dialects: Dialect::ALL, serves: Platform::serves, servers: &servers, env: &env };
        let Configuration::Own(config) = Configuration::parse(bytes, &known).map_err(|errors| errors.to_string())?
        else {
            return Ok(None);
        };
        let table = Table::prepare(config.geometry(), &SharedData, random_seed()).map_err(|error| error.to_string())?;
        let limits = config.limits_on(table);
        let router = config.router_on(table);
        Ok(Some(Self {
            config,
            table,
            limits,
            router,
            leases: LEASES.with(Leases::clone),
            measures: MEASURES.with(Measures::clone),
            metrics: Metrics::default(),
            bodies_come: Cell::new(false),
        }))
    }
}

/// Ticks soon, if other workers are to be told then how busy targets are.
pub(crate) fn tell_soon() {
    if MEASURES.with(Measures::must_tell) {
        let _ = hostcalls::set_tick_period(Measures::SOON);
    }
}

/// Tells other workers what they were not told at once.
pub(crate) fn tell() {
    MEASURES.with(|measures| measures.tell(&SharedData, Clock::now()));
}
