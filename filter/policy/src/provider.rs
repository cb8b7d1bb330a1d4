//! Providers: where a request can be sent, and with whose credential.

use std::fmt;

/// One provider of the configuration.
///
/// `D` is the type that stands for a dialect: this crate carries it, and never looks inside.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Provider<D> {
    /// Its key in `providers`: 1 to 64 of `A-Z a-z 0-9 _ -`, safe as a part of a metric's name.
    pub name: String,
    /// The shape of the bodies it speaks.
    pub dialect: D,
    /// The Envoy cluster that leads to it; safe as a header value.
    pub cluster: String,
    /// The authority to send, when it is not the client's.
    pub host: Option<String>,
    /// What its paths begin with, when it is not the dialect's own: begins with `/`, does not end
    /// with one, has no query.
    pub base_path: Option<String>,
    /// The credential to send.
    pub key: ProviderKey,
    /// How its API is addressed.
    pub platform: Platform,
    /// Which server it is, by its name, where that makes a difference.
    pub server: Option<&'static str>,
}

/// How a provider's API is addressed: as its own company does it, or by the rules of a cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Platform {
    /// As the API's own company serves it.
    Direct,
    /// Azure OpenAI.
    Azure {
        /// The API's version, for the query; safe in a path.
        api_version: String,
    },
    /// Google's Vertex AI.
    Vertex {
        /// The project; safe in a path.
        project: String,
        /// The region; safe in a path.
        location: String,
    },
    /// Amazon Bedrock's `InvokeModel`.
    Aws,
}

impl Platform {
    /// The names of the clouds in configurations.
    pub const NAMES: [&'static str; 3] = ["azure", "vertex", "aws"];
}

/// Whose credential a provider gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderKey {
    /// None from the filter: Envoy adds it, or the provider wants none.
    None,
    /// The gateway's own.
    Secret(Secret),
    /// The client's own, as it came.
    Passthrough,
}

/// A credential, which no `Debug` output shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// `None` if it is empty, or could not stand in a header: a line break in a key would let
    /// whoever writes the key write headers.
    pub(crate) fn parse(text: String) -> Option<Self> {
        let fits = !text.is_empty() && text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        fits.then_some(Self(text))
    }

    /// The credential itself, for the header that carries it. ASCII without control characters.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}
