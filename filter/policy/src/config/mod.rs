//! The filter's configuration: bytes in, a typed and immutable [`Config`] out.
//!
//! Reading is strict, because a gateway that guesses is no gateway: an unknown field, a key that
//! appears twice or a reference that leads nowhere is an error, and all errors are reported at
//! once, each with its path.

mod document;
mod error;
mod identity;
mod limits;
mod models;
mod platform;
mod prices;
mod providers;
mod rules;
mod shared;
mod spelling;
mod value;

use std::sync::Arc;

use error::Report;
pub use error::{ConfigError, ConfigErrors};
use value::Value;

use crate::identity::{Caller, Identity, IdentityError};
use crate::limits::{Limit, Limits, WhenFull};
use crate::prices::Prices;
use crate::provider::Provider;
use crate::route::{Models, Router};
use crate::table::{Geometry, Table};

/// What a configuration may refer to.
pub struct Surroundings<'s, D> {
    /// The dialects that this build speaks, by their names.
    pub dialects: &'s [(&'static str, D)],
    /// Does a platform, by its name, serve a dialect?
    pub serves: fn(&str, D) -> bool,
    /// Servers of which something is known, and the dialect that they speak.
    pub servers: &'s [(&'static str, D)],
    /// Environment variables, by name.
    pub env: &'s dyn Fn(&str) -> Option<String>,
}

/// A configuration that makes sense as a whole.
#[derive(Debug, Clone)]
pub struct Config<D> {
    version: Option<String>,
    on_loss: OnLoss,
    expose: bool,
    unknown_paths: UnknownPaths,
    providers: Vec<Arc<Provider<D>>>,
    models: Models<D>,
    identity: Identity,
    limits: Vec<Arc<Limit>>,
    prices: Arc<Prices>,
    geometry: Geometry,
    when_full: WhenFull,
}

/// What a filter is told to do.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "there is one of them in a filter's life")]
pub enum Configuration<D> {
    /// To serve by this configuration.
    Own(Config<D>),
    /// To stand on a cluster, and to go by the configuration of the filter in the listener that a request came by:
    /// `{"from": "listener"}`.
    FromListener,
}

/// What to do with a parameter that the target has no word for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnLoss {
    /// Drop it and say so, unless that would change what the answer means.
    #[default]
    Report,
    /// Refuse the request.
    Reject,
}

/// What to do with a path that is no known API.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UnknownPaths {
    /// Let it through untouched.
    #[default]
    Pass,
    /// Refuse it.
    Reject,
}

const ON_LOSS: &[(&str, OnLoss)] = &[("report", OnLoss::Report), ("reject", OnLoss::Reject)];
const UNKNOWN_PATHS: &[(&str, UnknownPaths)] = &[("pass", UnknownPaths::Pass), ("reject", UnknownPaths::Reject)];

const FIELDS: &[&str] = &[
    "version",
    "on_loss",
    "expose",
    "unknown_paths",
    "providers",
    "models",
    "identity",
    "consumers",
    "limits",
    "prices",
    "shared",
];

impl<D: Copy + PartialEq> Configuration<D> {
    /// Reads a configuration from JSON text or from a serialized `google.protobuf.Struct`.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once. No message holds a provider's key.
    pub fn parse(bytes: &[u8], known: &Surroundings<'_, D>) -> Result<Self, ConfigErrors> {
        let root = document::read(bytes)?;
        let report = Report::default();
        let value = Value::root(&root, &report);
        let configuration = match value.has("from") {
            true => read_from(&value).map(|()| Self::FromListener),
            false => Config::read(&value, known).map(Self::Own),
        };
        report.finish(configuration)
    }
}

fn read_from(root: &Value<'_>) -> Option<()> {
    let fields = root.fields(&["from"])?;
    fields.optional("from")?.choice("known here", &[("listener", ())])
}

impl<D: Copy + PartialEq> Config<D> {
    /// Reads a configuration to serve by; see [`Configuration::parse`].
    ///
    /// # Errors
    /// Everything that is wrong with it, at once. No message holds a provider's key.
    pub fn parse(bytes: &[u8], known: &Surroundings<'_, D>) -> Result<Self, ConfigErrors> {
        match Configuration::parse(bytes, known)? {
            Configuration::Own(config) => Ok(config),
            Configuration::FromListener => Err(ConfigErrors::of_document("has no providers and models".into())),
        }
    }

    /// Where something is wrong, it is reported and a default takes its place: [`Report::finish`]
    /// sees to it that no such default is ever used.
    fn read(root: &Value<'_>, known: &Surroundings<'_, D>) -> Option<Self> {
        let fields = root.fields(FIELDS)?;
        let version = fields.optional("version");
        let on_loss = fields.optional("on_loss");
        let expose = fields.optional("expose");
        let unknown_paths = fields.optional("unknown_paths");
        let providers = fields.required("providers", "an object with at least one provider");
        let providers = providers.and_then(|all| providers::read(&all, known)).unwrap_or_default();
        let identity = identity::read(fields.optional("identity"), fields.optional("consumers"));
        let names = providers.iter().map(|(name, _)| *name);
        let prices = fields.optional("prices").map_or_else(prices::none, |all| prices::read(&all, names));
        let models = fields.required("models", "an object with at least one model");
        let models = models.and_then(|all| {
            let context = models::Context { providers: &providers, identity: &identity, prices: prices.as_ref() };
            models::read(&all, &context)
        });
        let models = models.unwrap_or_default();
        let limits = fields.optional("limits").and_then(|all| {
            limits::read(&all, &limits::Context { identity: &identity, models: &models, prices: prices.as_ref() })
        });
        let shared = shared::read(fields.optional("shared"));
        Some(Self {
            version: version.and_then(|it| it.text_like(&rules::VERSION)).map(Into::into),
            on_loss: on_loss.and_then(|it| it.choice("known here", ON_LOSS)).unwrap_or_default(),
            expose: expose.and_then(|it| it.flag()).unwrap_or(true),
            unknown_paths: unknown_paths.and_then(|it| it.choice("known here", UNKNOWN_PATHS)).unwrap_or_default(),
            models: Models::new(models),
            providers: providers.into_iter().filter_map(|(_, provider)| provider).collect(),
            identity,
            limits: limits.unwrap_or_default(),
            prices: Arc::new(prices.unwrap_or_default()),
            geometry: shared.geometry,
            when_full: shared.when_full,
        })
    }
}

impl<D> Config<D> {
    /// The operator's label for this configuration.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// What to do with a parameter that the target has no word for.
    pub const fn on_loss(&self) -> OnLoss {
        self.on_loss
    }

    /// Whether clients see which provider and model answered.
    pub const fn expose(&self) -> bool {
        self.expose
    }

    /// What to do with a path that is no known API.
    pub const fn unknown_paths(&self) -> UnknownPaths {
        self.unknown_paths
    }

    /// All providers, in the configuration's order. Never empty.
    pub fn providers(&self) -> &[Arc<Provider<D>>] {
        &self.providers
    }

    /// All models.
    pub const fn models(&self) -> &Models<D> {
        &self.models
    }

    /// All limits; [`Config::limits_on`] puts them on a table.
    pub fn limits(&self) -> &[Arc<Limit>] {
        &self.limits
    }

    /// The limits with their state in this table.
    pub fn limits_on(&self, table: Table) -> Limits {
        Limits::new(&self.limits, self.prices.clone(), self.when_full, table)
    }

    /// What picks among the models' targets, with what is known of them in this table.
    pub fn router_on(&self, table: Table) -> Router {
        Router::new(table, self.prices.clone())
    }

    /// What tokens cost.
    pub const fn prices(&self) -> &Arc<Prices> {
        &self.prices
    }

    /// What becomes of a request for which the table has no place.
    pub const fn when_full(&self) -> WhenFull {
        self.when_full
    }

    /// The size of the table that workers share.
    pub const fn geometry(&self) -> Geometry {
        self.geometry
    }

    /// The request headers that name consumers, in lower case. They are between the operator's own
    /// filters, and no provider's business.
    pub fn identity_headers(&self) -> impl Iterator<Item = &str> {
        self.identity.headers()
    }

    /// Who calls, by the client's credential or by the headers and claims that the configuration trusts.
    ///
    /// `credential` is the API key alone, without a scheme; `header` finds a request header by its
    /// lower-case name, `jwt_claim` a claim of the JWT that Envoy has verified.
    ///
    /// # Errors
    /// If a caller must be recognised and is not: [`IdentityError::Missing`] if no source had
    /// anything to go by, [`IdentityError::Wrong`] if one had.
    pub fn identify(
        &self,
        credential: Option<&[u8]>,
        header: &dyn Fn(&str) -> Option<Vec<u8>>,
        jwt_claim: &dyn Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<Caller, IdentityError> {
        self.identity.identify(credential, header, jwt_claim)
    }
}
