//! One configuration, ready to serve. Streams keep the one they began with.

use crate::host::{SharedData, random_seed};
use crate::telemetry::Metrics;
use std::cell::Cell;
use tollgate_dialects::{Dialect, Platform, Server};
use tollgate_policy::{Config, Leases, Limits, Surroundings, Table};

thread_local! {
    /// The slots that this VM holds, whichever configuration they were taken under.
    static LEASES: Leases = Leases::default();
}

/// A configuration with what it needs at run time.
pub(crate) struct Gateway {
    pub(crate) config: Config<Dialect>,
    pub(crate) limits: Limits,
    pub(crate) leases: Leases,
    pub(crate) metrics: Metrics,
    /// Whether a body ever came while its headers were held, as Envoy must be set up for.
    pub(crate) bodies_come: Cell<bool>,
}

impl Gateway {
    /// Reads a configuration and prepares the table that workers share.
    ///
    /// # Errors
    /// Everything that is wrong with it, a line each.
    pub(crate) fn configure(bytes: &[u8]) -> Result<Self, String> {
        let env = |name: &str| std::env::var(name).ok();
        let servers: Vec<_> = Server::ALL.iter().map(|server| (server.name, Dialect::OpenAi)).collect();
        let known = Surroundings { dialects: Dialect::ALL, serves: Platform::serves, servers: &servers, env: &env };
        let config = Config::parse(bytes, &known).map_err(|errors| errors.to_string())?;
        let table = Table::prepare(config.geometry(), &SharedData, random_seed()).map_err(|error| error.to_string())?;
        let limits = config.limits_on(table);
        Ok(Self {
            config,
            limits,
            leases: LEASES.with(Leases::clone),
            metrics: Metrics::default(),
            bodies_come: Cell::new(false),
        })
    }
}
