//! Which operations a provider serves, and where.

use crate::Dialect;
use crate::Operation;
use crate::embeddings::EmbeddingsApi;
use crate::json::RequestError;
use crate::operation::push_segment;
use crate::peek::{Member, MemberTable};
use crate::platform::Platform;
use crate::upstream::Upstream;

/// Where a provider takes an operation, after its base path. A model that the path names stands before
/// `end`.
struct Place {
    operation: Operation,
    start: &'static str,
    end: Option<&'static str>,
}

const fn place(operation: Operation, start: &'static str) -> Place {
    Place { operation, start, end: None }
}

/// The path names the model, as Google's do.
const fn named(operation: Operation, end: &'static str) -> Place {
    Place { operation, start: "/models/", end: Some(end) }
}

/// The path names the model, as Amazon Bedrock's do.
const fn of_model(operation: Operation, end: &'static str) -> Place {
    Place { operation, start: "/model/", end: Some(end) }
}

/// Everything but [`Operation::Generate`], whose place each dialect knows itself.
const PLACES: &[Place] = &[
    place(Operation::Complete, "/completions"),
    place(Operation::Embed(EmbeddingsApi::OpenAi), "/embeddings"),
    place(Operation::Embed(EmbeddingsApi::Cohere), "/embed"),
    named(Operation::Embed(EmbeddingsApi::GeminiOne), ":embedContent"),
    named(Operation::Embed(EmbeddingsApi::GeminiBatch), ":batchEmbedContents"),
    of_model(Operation::Embed(EmbeddingsApi::Titan), "/invoke"),
    of_model(Operation::Embed(EmbeddingsApi::CohereOnBedrock), "/invoke"),
    place(Operation::Rerank(Dialect::OpenAi), "/rerank"),
    place(Operation::Rerank(Dialect::Cohere), "/rerank"),
    place(Operation::CountTokens(Dialect::Anthropic), "/messages/count_tokens"),
    place(Operation::CountTokens(Dialect::Responses), "/responses/input_tokens"),
    named(Operation::CountTokens(Dialect::Gemini), ":countTokens"),
    of_model(Operation::CountTokens(Dialect::Bedrock), "/count-tokens"),
    place(Operation::GenerateImages(Dialect::OpenAi), "/images/generations"),
    named(Operation::GenerateImages(Dialect::Gemini), ":generateContent"),
    place(Operation::Transcribe, "/audio/transcriptions"),
    place(Operation::TranslateAudio, "/audio/translations"),
    place(Operation::Speak, "/audio/speech"),
];

/// What an operation is called in an error, and what matters of its body.
struct About {
    name: &'static str,
    members: &'static MemberTable,
    has_output: bool,
}

const MODEL: &MemberTable = &[("model", "", Member::Model)];
const INPUT: &MemberTable = &[("model", "", Member::Model), ("input", "", Member::Input)];
const COMPLETION: &MemberTable = &[
    ("model", "", Member::Model),
    ("stream", "", Member::Stream),
    ("max_tokens", "", Member::MaxOutput),
    ("n", "", Member::Choices),
    ("best_of", "", Member::Choices),
    ("prompt", "", Member::Input),
    ("stream_options", "", Member::StreamOptions),
];
const COUNTED: &MemberTable = &[
    ("model", "", Member::Model),
    ("model", "generateContentRequest", Member::Model),
    ("model", "generate_content_request", Member::Model),
];
const IMAGES: &MemberTable = &[("model", "", Member::Model), ("n", "", Member::Choices)];

impl Operation {
    fn about(self) -> About {
        let (name, members, has_output) = match self {
            Self::Generate(dialect) => ("generating answers", dialect.codec().members, true),
            Self::Complete => ("legacy completions", COMPLETION, true),
            Self::Embed(_) => ("embeddings", INPUT, false),
            Self::Rerank(_) => ("reranking", MODEL, false),
            Self::CountTokens(Dialect::Gemini) => ("counting tokens", COUNTED, false),
            Self::CountTokens(_) => ("counting tokens", MODEL, false),
            Self::GenerateImages(_) => ("image generation", IMAGES, true),
            Self::Transcribe => ("audio transcription", MODEL, false),
            Self::TranslateAudio => ("audio translation", MODEL, false),
            Self::Speak => ("speech", MODEL, false),
            Self::ListModels => ("listing models", MODEL, false),
        };
        About { name, members, has_output }
    }

    /// The dialect of its bodies and errors.
    #[must_use]
    pub fn dialect(self) -> Dialect {
        match self {
            Self::Generate(dialect)
            | Self::Rerank(dialect)
            | Self::CountTokens(dialect)
            | Self::GenerateImages(dialect) => dialect,
            Self::Embed(api) => api.dialect(),
            Self::Complete | Self::Transcribe | Self::TranslateAudio | Self::Speak | Self::ListModels => {
                Dialect::OpenAi
            }
        }
    }

    /// Does a model say anything, beyond figures about its input?
    pub(crate) fn has_output(self) -> bool {
        self.about().has_output
    }

    /// Does it take no model's work? Then no limit on tokens is touched.
    #[must_use]
    pub fn is_free(self) -> bool {
        matches!(self, Self::CountTokens(_) | Self::ListModels)
    }

    /// Is its body one of several parts, and not JSON?
    #[must_use]
    pub fn takes_form(self) -> bool {
        matches!(self, Self::Transcribe | Self::TranslateAudio)
    }

    /// Is its answer passed on as it is, unread, when it is of this content type? What is said aloud or
    /// written down may be a recording, subtitles or plain text; images that are streamed are bytes, too.
    pub(crate) fn is_opaque(self, content_type: &[u8]) -> bool {
        let is_json = content_type.get(..16).is_some_and(|kind| kind.eq_ignore_ascii_case(b"application/json"));
        match self {
            Self::Speak => true,
            Self::Transcribe | Self::TranslateAudio | Self::GenerateImages(_) => !is_json,
            _ => false,
        }
    }

    /// What matters of its body.
    pub(crate) fn members(self) -> &'static MemberTable {
        self.about().members
    }

    /// What `upstream` is to be asked to do for this. `None`: it has no API for it.
    pub(crate) fn at(self, upstream: &Upstream<'_>, model: &str) -> Option<Self> {
        let dialect = upstream.dialect;
        let there = match self {
            Self::Generate(_) => return Some(Self::Generate(dialect)),
            Self::Embed(asked) => Self::Embed(EmbeddingsApi::at(asked, upstream, model)?),
            Self::Rerank(_) => Self::Rerank(dialect),
            // Vertex AI has the model in the body here, which only its own clients' requests have.
            Self::CountTokens(asked) if dialect == Dialect::Anthropic && asked != dialect => match upstream.platform {
                Platform::Direct => Self::CountTokens(dialect),
                _ => return None,
            },
            Self::CountTokens(_) => Self::CountTokens(dialect),
            Self::GenerateImages(_) => Self::GenerateImages(dialect),
            same => same,
        };
        let serves = there.dialect() == dialect && there.is_on(&upstream.platform) && there.place().is_some();
        serves.then_some(there)
    }

    /// Does a platform have it, where its dialect has?
    fn is_on(self, platform: &Platform<'_>) -> bool {
        match platform {
            Platform::Direct => true,
            Platform::Azure { .. } => !matches!(self, Self::Rerank(_) | Self::CountTokens(_)),
            Platform::Vertex { .. } => matches!(self, Self::CountTokens(_) | Self::Embed(_) | Self::GenerateImages(_)),
            Platform::Aws => false,
        }
    }

    /// The answer to a request for what a provider does not serve.
    pub(crate) fn not_served(self) -> RequestError {
        let name = self.about().name;
        RequestError::unsupported("model", format_args!("the provider of this model has no API for {name}"))
    }

    fn place(self) -> Option<&'static Place> {
        PLACES.iter().find(|place| place.operation == self)
    }

    /// Appends where this is asked for, in the words of its dialect.
    pub(crate) fn push_place(self, model: &str, out: &mut String) {
        let Some(place) = self.place() else { return };
        out.push_str(place.start);
        if let Some(end) = place.end {
            push_segment(out, model);
            out.push_str(end);
        }
    }

    /// What follows the model in the path, if it is there.
    pub(crate) fn verb(self) -> Option<&'static str> {
        self.place().and_then(|place| place.end)
    }

    /// Is it for the dialect itself to say where this goes?
    pub(crate) fn is_generate(self) -> bool {
        matches!(self, Self::Generate(_))
    }
}
