//! Where a request goes: whose dialect is spoken there, and how its API is addressed.

use crate::codec::StreamForm;
use crate::openai::Server;
use crate::platform::Platform;
use crate::{Dialect, Operation};

/// How a provider is shown its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// `authorization: Bearer KEY`
    Bearer,
    /// The key alone, in the header of this name.
    Header(&'static str),
}

/// A provider as a request meets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upstream<'c> {
    /// The shape of the bodies.
    pub dialect: Dialect,
    /// How it is addressed.
    pub platform: Platform<'c>,
    /// Which server it is, if it is one of those that want something otherwise.
    pub server: Option<&'static Server>,
}

impl Upstream<'_> {
    /// Where requests for answers of `model` go. `base_path` replaces what the API's paths begin with by
    /// themselves. May end in a query.
    #[must_use]
    pub fn path(&self, base_path: Option<&str>, model: &str, stream: bool) -> String {
        self.place(base_path, Call { operation: Operation::Generate(self.dialect), model, stream })
    }

    /// Where `call` goes.
    pub(crate) fn place(&self, base_path: Option<&str>, call: Call<'_>) -> String {
        let codec = self.dialect.codec();
        let own = match self.platform {
            Platform::Direct => self.server.and_then(|server| server.base_path).unwrap_or(codec.base_path),
            Platform::Azure { .. } | Platform::Vertex { .. } | Platform::Aws => "",
        };
        let mut path = base_path.unwrap_or(own).to_owned();
        self.platform.push_path(self.dialect, call, &mut path);
        path
    }

    /// What the body says of the API's version, where the path names the model.
    pub(crate) fn body_version(&self) -> Option<&'static str> {
        self.platform.body_version(self.dialect)
    }

    /// How its streams are cut into events.
    pub(crate) fn stream_form(&self) -> StreamForm {
        match self.platform {
            Platform::Aws => StreamForm::EventStream,
            _ => self.dialect.codec().stream_form,
        }
    }

    /// How this provider is shown its key.
    #[must_use]
    pub fn credential(&self) -> Credential {
        match self.platform {
            Platform::Direct => self.dialect.codec().credential,
            Platform::Azure { .. } => Credential::Header("api-key"),
            Platform::Vertex { .. } | Platform::Aws => Credential::Bearer,
        }
    }

    /// The header that tells a provider which version of its API a request is written for.
    ///
    /// For Anthropic the version follows from the request: since `2026-10-21` sampling parameters are
    /// refused, and requests written for the older version may use what the newer one forbids
    /// (<https://platform.claude.com/docs/en/api/versioning>).
    #[must_use]
    pub fn version_header(
        &self,
        has_sampling: bool,
        client_version: Option<&[u8]>,
    ) -> Option<(&'static str, &'static str)> {
        const OLD: &str = "2023-06-01";
        match (self.dialect, self.platform) {
            (Dialect::Anthropic, Platform::Direct) if has_sampling || client_version == Some(OLD.as_bytes()) => {
                Some(("anthropic-version", OLD))
            }
            (Dialect::Anthropic, Platform::Direct) => Some(("anthropic-version", "2026-10-21")),
            _ => None,
        }
    }
}

impl From<Dialect> for Upstream<'_> {
    fn from(dialect: Dialect) -> Self {
        Self { dialect, platform: Platform::Direct, server: None }
    }
}

/// A model of a provider.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'t> {
    /// The provider's own name for it.
    pub(crate) model: &'t str,
    pub(crate) upstream: Upstream<'t>,
}

/// What a path may have to say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'t> {
    pub(crate) operation: Operation,
    pub(crate) model: &'t str,
    pub(crate) stream: bool,
}
