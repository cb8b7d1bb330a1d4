//! One configuration, ready to serve. Streams keep the one they began with.

use crate::host::{SharedData, random_seed};
use crate::telemetry::Metrics;
use std::cell::Cell;
use tollgate_dialects::{Dialect, Platform, Server};
use tollgate_policy::{Config, Configuration, Leases, Limits, Router, Surroundings, Table, Waits};

thread_local! {
    /// The slots that this VM holds, whichever configuration they were taken under.
    static LEASES: Leases = Leases::default();
    /// Its requests that wait for an answer to begin, likewise.
    static WAITS: Waits = Waits::default();
}

/// A configuration with what it needs at run time.
pub(crate) struct Gateway {
    pub(crate) config: Config<Dialect>,
    pub(crate) limits: Limits,
    pub(crate) router: Router,
    pub(crate) leases: Leases,
    pub(crate) waits: Waits,
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
            limits,
            router,
            leases: LEASES.with(Leases::clone),
            waits: WAITS.with(Waits::clone),
            metrics: Metrics::default(),
            bodies_come: Cell::new(false),
        }))
    }
}
