//! The table of dialects: a new one is a folder and a row.

use crate::codec::Codec;
use crate::neutral::Failure;
use crate::{anthropic, bedrock, cohere, gemini, openai, responses};

/// The longest body of an error, in bytes: it must fit where a shorter answer was.
const LONGEST_ERROR: usize = 65_536;

/// The shape of an API's bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// OpenAI Chat Completions.
    OpenAi,
    /// OpenAI Responses.
    Responses,
    /// Anthropic Messages.
    Anthropic,
    /// Google Gemini's generateContent.
    Gemini,
    /// Amazon Bedrock Converse.
    Bedrock,
    /// Cohere Chat, version 2.
    Cohere,
}

impl Dialect {
    /// Every dialect and its name in configurations.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("openai", Self::OpenAi),
        ("responses", Self::Responses),
        ("anthropic", Self::Anthropic),
        ("gemini", Self::Gemini),
        ("bedrock", Self::Bedrock),
        ("cohere", Self::Cohere),
    ];

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

    /// An error's whole body, of 64 KiB at most. A provider that has more to say is not quoted.
    #[must_use]
    pub fn error_body(self, failure: &Failure) -> Vec<u8> {
        let mut out = Vec::new();
        (self.codec().write_error)(failure, &mut out);
        if out.len() > LONGEST_ERROR {
            out.clear();
            let unquoted = Failure::new(failure.status, "The provider's error is too long to be told.");
            (self.codec().write_error)(&Failure { retry_after: failure.retry_after, ..unquoted }, &mut out);
        }
        out
    }

    /// The answer to a request for the list of models.
    #[must_use]
    pub fn models_body(self, names: &[&str]) -> Vec<u8> {
        let mut out = Vec::new();
        (self.codec().write_models)(names, &mut out);
        out
    }

    /// What its requests call their messages, and what a message holds, for errors that name them.
    pub(crate) fn messages_names(self) -> (&'static str, &'static str) {
        match self {
            Self::Responses => ("input", "content"),
            Self::Gemini => ("contents", "parts"),
            _ => ("messages", "content"),
        }
    }

    /// What its requests call the number of answers.
    pub(crate) fn choices_name(self) -> &'static str {
        match self {
            Self::Gemini => "generationConfig.candidateCount",
            _ => "n",
        }
    }

    pub(crate) fn codec(self) -> &'static Codec {
        match self {
            Self::OpenAi => &openai::CODEC,
            Self::Responses => &responses::CODEC,
            Self::Anthropic => &anthropic::CODEC,
            Self::Gemini => &gemini::CODEC,
            Self::Bedrock => &bedrock::CODEC,
            Self::Cohere => &cohere::CODEC,
        }
    }
}
