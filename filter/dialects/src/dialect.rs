//! The table of dialects: a new one is a folder and a row.

use crate::codec::Codec;
use crate::neutral::Failure;
use crate::{anthropic, bedrock, openai};

/// The shape of an API's bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// OpenAI Chat Completions.
    OpenAi,
    /// Anthropic Messages.
    Anthropic,
    /// Amazon Bedrock Converse.
    Bedrock,
}

impl Dialect {
    /// Every dialect and its name in configurations.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("openai", Self::OpenAi), ("anthropic", Self::Anthropic), ("bedrock", Self::Bedrock)];

    /// The name in configurations and metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.codec().name
    }

    /// The response header that names a request, which a client's SDK shows and logs.
    #[must_use]
    pub fn request_id_header(self) -> &'static str {
        self.codec().request_id_header
    }

    /// How the request headers begin that only a provider of this dialect understands.
    #[must_use]
    pub fn header_prefix(self) -> &'static str {
        self.codec().header_prefix
    }

    /// How the response headers begin that tell of the caller's account at a provider.
    #[must_use]
    pub fn account_headers(self) -> &'static [&'static str] {
        self.codec().account_headers
    }

    /// An error's whole body.
    #[must_use]
    pub fn error_body(self, failure: &Failure) -> Vec<u8> {
        let mut out = Vec::new();
        (self.codec().write_error)(failure, &mut out);
        out
    }

    /// The answer to a request for the list of models.
    #[must_use]
    pub fn models_body(self, names: &[&str]) -> Vec<u8> {
        let mut out = Vec::new();
        (self.codec().write_models)(names, &mut out);
        out
    }

    pub(crate) fn codec(self) -> &'static Codec {
        match self {
            Self::OpenAi => &openai::CODEC,
            Self::Anthropic => &anthropic::CODEC,
            Self::Bedrock => &bedrock::CODEC,
        }
    }
}
