//! Where a request goes: whose dialect is spoken there, and how its API is addressed.

use crate::Dialect;

/// How a provider is shown its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// `authorization: Bearer KEY`
    Bearer,
    /// The key alone, in the header of this name.
    Header(&'static str),
}

/// How a provider's API is addressed: what is in the path and what in the body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Platform<'c> {
    /// As the API's own company serves it.
    #[default]
    Direct,
    /// Azure OpenAI: a deployment in the path.
    Azure {
        /// The version in the query.
        api_version: &'c str,
    },
    /// Google's Vertex AI: project, location and model in the path.
    Vertex {
        /// The project's id.
        project: &'c str,
        /// A region, or `global`.
        location: &'c str,
    },
    /// Amazon Bedrock's `InvokeModel`, for models with an API of their own.
    Aws,
}

/// A provider as a request meets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upstream<'c> {
    /// The shape of the bodies.
    pub dialect: Dialect,
    /// How it is addressed.
    pub platform: Platform<'c>,
}

impl Upstream<'_> {
    /// Where requests for `model` go. `base_path` replaces what the API's paths begin with by
    /// themselves. May end in a query.
    #[must_use]
    pub fn path(&self, base_path: Option<&str>, model: &str, stream: bool) -> String {
        let codec = self.dialect.codec();
        let mut path = base_path.unwrap_or(codec.base_path).to_owned();
        (codec.path)(Call { model, stream }, &mut path);
        path
    }

    /// How this provider is shown its key.
    #[must_use]
    pub fn credential(&self) -> Credential {
        self.dialect.codec().credential
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
        Self { dialect, platform: Platform::Direct }
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
    pub(crate) model: &'t str,
    pub(crate) stream: bool,
}
