//! Texts as vectors: one model between the APIs that give them.
//!
//! Vectors pass as the JSON that they came in wherever both sides use the same encoding.

mod bedrock;
mod cohere;
mod gemini;
mod openai;
mod read_answer;
mod vector;

use crate::Dialect;
use crate::exchange::{Answer, Told};
use crate::json::{RequestError, Text};
use crate::neutral::{Losses, Outcome, Usage};
use crate::platform::Platform;
use crate::upstream::{Target, Upstream};
use std::borrow::Cow;
use vector::Vector;

/// An API for embeddings. Some dialects have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmbeddingsApi {
    /// `POST /v1/embeddings`.
    OpenAi,
    /// `POST /v2/embed`.
    Cohere,
    /// `models.embedContent`: one input.
    GeminiOne,
    /// `models.batchEmbedContents`.
    GeminiBatch,
    /// Amazon Titan behind Bedrock's `InvokeModel`: one input.
    Titan,
    /// Cohere behind Bedrock's `InvokeModel`.
    CohereOnBedrock,
}

/// What an API for embeddings can do.
struct Codec {
    dialect: Dialect,
    read_request: for<'a> fn(&'a str) -> Result<Request<'a>, RequestError>,
    write_request: fn(&mut Request<'_>, &Target<'_>, &mut Vec<u8>) -> Result<(), RequestError>,
    read_answer: for<'a> fn(&'a str) -> Result<Vectors<'a>, RequestError>,
    write_answer: fn(&Vectors<'_>, Encodings, &Told<'_>, &mut Vec<u8>) -> Result<(), RequestError>,
}

/// What parameters are called in a client's API, to name those that are lost.
#[derive(Debug)]
struct Names {
    input: &'static str,
    purpose: &'static str,
    truncation: &'static str,
    user: &'static str,
    title: &'static str,
}

/// What a client asks to embed.
#[derive(Debug)]
struct Request<'a> {
    names: &'static Names,
    inputs: Vec<Vec<Piece<'a>>>,
    dimensions: Option<u64>,
    encodings: Encodings,
    purpose: Option<Purpose>,
    truncation: Option<Truncation>,
    title: Option<Text<'a>>,
    user: Option<Text<'a>>,
    losses: Losses,
}

/// A piece of an input: one vector stands for all of its pieces.
#[derive(Debug)]
enum Piece<'a> {
    Text(Text<'a>),
    Image { media_type: Cow<'a, str>, data: Cow<'a, str> },
}

/// How numbers are written. At least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Encodings {
    /// As JSON numbers.
    float: bool,
    /// As the bytes of 32-bit floats, least significant first, in base64.
    base64: bool,
}

impl Default for Encodings {
    fn default() -> Self {
        Self { float: true, base64: false }
    }
}

/// What vectors are for: models put the same text elsewhere for another task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Document,
    Query,
    Classification,
    Clustering,
    Similarity,
    QuestionAnswering,
    FactVerification,
    CodeQuery,
}

/// What becomes of an input that is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truncation {
    /// It is refused.
    Refused,
    /// Its start goes.
    Start,
    /// Its end goes.
    End,
}

/// What a provider answers.
#[derive(Debug, Default)]
struct Vectors<'a> {
    id: Option<Text<'a>>,
    model: Option<Text<'a>>,
    vectors: Vec<Vector<'a>>,
    input_tokens: Option<u64>,
}

impl EmbeddingsApi {
    fn codec(self) -> &'static Codec {
        match self {
            Self::OpenAi => &openai::CODEC,
            Self::Cohere => &cohere::CODEC,
            Self::GeminiOne => &gemini::ONE,
            Self::GeminiBatch => &gemini::BATCH,
            Self::Titan => &bedrock::TITAN,
            Self::CohereOnBedrock => &bedrock::COHERE,
        }
    }

    pub(crate) fn dialect(self) -> Dialect {
        self.codec().dialect
    }

    /// The API by which `upstream` embeds with `model`. A client of the same dialect keeps its own.
    pub(crate) fn at(self, upstream: &Upstream<'_>, model: &str) -> Option<Self> {
        match upstream.dialect {
            dialect if dialect == self.dialect() => Some(self),
            Dialect::OpenAi => Some(Self::OpenAi),
            Dialect::Cohere => Some(Self::Cohere),
            Dialect::Gemini => Some(Self::GeminiBatch),
            Dialect::Bedrock if model.contains("amazon.titan-embed") => Some(Self::Titan),
            Dialect::Bedrock if model.contains("cohere.embed") => Some(Self::CohereOnBedrock),
            _ => None,
        }
    }
}

impl Request<'_> {
    /// The only text of each input, for APIs that take no more.
    fn texts(&self) -> Result<Vec<&Text<'_>>, RequestError> {
        let text = |pieces: &'_ Vec<Piece<'_>>| matches!(&**pieces, [Piece::Text(_)]);
        if !self.inputs.iter().all(text) {
            return Err(self.unsupported("this target embeds single texts only"));
        }
        Ok(self.inputs.iter().flatten().filter_map(Piece::text).collect())
    }

    fn unsupported(&self, reason: &str) -> RequestError {
        RequestError::unsupported(self.names.input, reason)
    }

    /// Notes what this target cannot be told at all.
    fn lose_hints(&mut self) {
        self.losses.add_if(self.user.take(), self.names.user);
        self.losses.add_if(self.title.take(), self.names.title);
    }

    /// Notes that this target cuts inputs as it sees fit.
    fn lose_truncation(&mut self) {
        self.losses.add_if(self.truncation.take(), self.names.truncation);
    }

    fn lose_purpose(&mut self) {
        self.losses.add_if(self.purpose.take(), self.names.purpose);
    }
}

impl<'a> Piece<'a> {
    fn text(&self) -> Option<&Text<'a>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Image { .. } => None,
        }
    }

    /// An image as `data:image/png;base64,...`.
    fn from_data_url(url: Text<'a>) -> Result<Self, RequestError> {
        let cut = |url: &str| {
            let (head, data) = url.strip_prefix("data:")?.split_once(',')?;
            let media_type = head.strip_suffix(";base64")?;
            Some((media_type.len(), url.len().saturating_sub(data.len())))
        };
        let (kind, data) = cut(&url).ok_or_else(|| RequestError::unsupported("", "an image must be a data: URL"))?;
        let kind = 5..5usize.saturating_add(kind);
        Ok(match url.into_cow() {
            Cow::Borrowed(url) => Self::Image {
                media_type: url.get(kind).unwrap_or_default().into(),
                data: url.get(data..).unwrap_or_default().into(),
            },
            Cow::Owned(url) => Self::Image {
                media_type: url.get(kind).unwrap_or_default().to_owned().into(),
                data: url.get(data..).unwrap_or_default().to_owned().into(),
            },
        })
    }
}

/// Puts a request of one API into another's words. Returns what was lost, and how the client wants its
/// vectors.
pub(crate) fn translate(
    client: EmbeddingsApi,
    provider: EmbeddingsApi,
    body: &str,
    target: &Target<'_>,
    out: &mut Vec<u8>,
) -> Result<(Losses, Encodings), RequestError> {
    let mut request = (client.codec().read_request)(body)?;
    if request.inputs.is_empty() || request.inputs.iter().any(Vec::is_empty) {
        return Err(RequestError::shape(request.names.input, "must not be empty"));
    }
    (provider.codec().write_request)(&mut request, target, out)?;
    Ok((request.losses, request.encodings))
}

/// Puts an answer of one API into another's words.
pub(crate) fn answer(
    client: EmbeddingsApi,
    provider: EmbeddingsApi,
    encodings: Encodings,
    body: &str,
    told: &Told<'_>,
) -> Result<Answer, RequestError> {
    let mut vectors = (provider.codec().read_answer)(body)?;
    vectors.input_tokens = vectors.input_tokens.or(told.input_tokens);
    let mut out = Vec::with_capacity(body.len());
    (client.codec().write_answer)(&vectors, encodings, told, &mut out)?;
    let usage = vectors.input_tokens.map(|input| Usage { input, ..Usage::default() });
    Ok(Answer { body: Some(out), outcome: Outcome { usage, finish: None }, ..Answer::default() })
}

/// The purpose that an API calls `word`.
fn purpose_from(words: &[(&str, Purpose)], word: &str) -> Option<Purpose> {
    words.iter().find(|(known, _)| *known == word).map(|&(_, purpose)| purpose)
}

/// What an API calls `purpose`.
fn purpose_word(words: &[(&'static str, Purpose)], purpose: Purpose) -> Option<&'static str> {
    words.iter().find(|(_, known)| *known == purpose).map(|&(word, _)| word)
}

fn is_on_vertex(target: &Target<'_>) -> bool {
    matches!(target.upstream.platform, Platform::Vertex { .. })
}
