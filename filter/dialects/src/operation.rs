//! Which API a request is for, by its method and path.

use crate::Dialect;
use crate::codec::StreamForm;
use crate::embeddings::EmbeddingsApi;
use crate::multipart::boundary;
use std::borrow::Cow;

/// What a client asks this gateway to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// To have a model answer, in this dialect.
    Generate(Dialect),
    /// To have a model go on with a text: OpenAI's API before Chat Completions.
    Complete,
    /// To turn texts into vectors.
    Embed(EmbeddingsApi),
    /// To order documents by how well they fit a query, in this dialect.
    Rerank(Dialect),
    /// To count the input tokens of what [`Self::Generate`] would take.
    CountTokens(Dialect),
    /// To draw, in this dialect.
    GenerateImages(Dialect),
    /// To write down what is said in a recording.
    Transcribe,
    /// To write it down in English.
    TranslateAudio,
    /// To read a text aloud.
    Speak,
    /// To list the models there are.
    ListModels,
}

/// What a request's path says, and what its headers say of its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked<'p> {
    operation: Operation,
    /// The dialect, where the path tells.
    dialect: Option<Dialect>,
    /// The model, where the API has it in the path.
    pub(crate) model: Option<Cow<'p, str>>,
    /// Where the path decides it.
    pub(crate) stream: Option<bool>,
    pub(crate) form: StreamForm,
    /// What stands between the parts of the body, if it is of several.
    pub(crate) boundary: Option<Cow<'p, str>>,
    /// The features that an Anthropic client opts into, with commas between them.
    pub(crate) betas: Cow<'p, str>,
}

/// One path of one API. A model stands between `start` and `end`.
struct Route {
    method: &'static str,
    start: &'static str,
    end: Option<&'static str>,
    operation: Operation,
    dialect: Option<Dialect>,
    stream: Option<bool>,
}

const fn post(path: &'static str, dialect: Dialect) -> Route {
    let operation = Operation::Generate(dialect);
    Route { method: "POST", start: path, end: None, operation, dialect: Some(dialect), stream: None }
}

const fn gemini(start: &'static str, end: &'static str, stream: bool) -> Route {
    Route { end: Some(end), stream: Some(stream), ..post(start, Dialect::Gemini) }
}

/// Amazon Bedrock has the model in the path, where it may be an ARN.
const fn converse(end: &'static str, stream: bool) -> Route {
    Route { end: Some(end), stream: Some(stream), ..post("/model/", Dialect::Bedrock) }
}

const fn also(path: &'static str, dialect: Dialect, operation: Operation) -> Route {
    Route { operation, ..post(path, dialect) }
}

const fn also_gemini(start: &'static str, end: &'static str, operation: Operation) -> Route {
    Route { end: Some(end), ..also(start, Dialect::Gemini, operation) }
}

const fn models(path: &'static str, dialect: Option<Dialect>) -> Route {
    Route { method: "GET", start: path, end: None, operation: Operation::ListModels, dialect, stream: None }
}

const ROUTES: &[Route] = &[
    post("/v1/chat/completions", Dialect::OpenAi),
    post("/v1/responses", Dialect::Responses),
    post("/v1/messages", Dialect::Anthropic),
    post("/v2/chat", Dialect::Cohere),
    gemini("/v1beta/models/", ":generateContent", false),
    gemini("/v1beta/models/", ":streamGenerateContent", true),
    gemini("/v1/models/", ":generateContent", false),
    gemini("/v1/models/", ":streamGenerateContent", true),
    converse("/converse", false),
    converse("/converse-stream", true),
    models("/v1/models", None),
    models("/v1beta/models", Some(Dialect::Gemini)),
    models("/foundation-models", Some(Dialect::Bedrock)),
];

/// What there is beside answers.
const OTHERS: &[Route] = &[
    also("/v1/messages/count_tokens", Dialect::Anthropic, Operation::CountTokens(Dialect::Anthropic)),
    also("/v1/responses/input_tokens", Dialect::Responses, Operation::CountTokens(Dialect::Responses)),
    Route { end: Some("/count-tokens"), ..also("/model/", Dialect::Bedrock, Operation::CountTokens(Dialect::Bedrock)) },
    also("/v1/completions", Dialect::OpenAi, Operation::Complete),
    also("/v1/embeddings", Dialect::OpenAi, Operation::Embed(EmbeddingsApi::OpenAi)),
    also("/v2/embed", Dialect::Cohere, Operation::Embed(EmbeddingsApi::Cohere)),
    also("/v1/rerank", Dialect::OpenAi, Operation::Rerank(Dialect::OpenAi)),
    also("/v2/rerank", Dialect::Cohere, Operation::Rerank(Dialect::Cohere)),
    also("/v1/images/generations", Dialect::OpenAi, Operation::GenerateImages(Dialect::OpenAi)),
    also("/v1/audio/transcriptions", Dialect::OpenAi, Operation::Transcribe),
    also("/v1/audio/translations", Dialect::OpenAi, Operation::TranslateAudio),
    also("/v1/audio/speech", Dialect::OpenAi, Operation::Speak),
    also_gemini("/v1beta/models/", ":countTokens", Operation::CountTokens(Dialect::Gemini)),
    also_gemini("/v1/models/", ":countTokens", Operation::CountTokens(Dialect::Gemini)),
    also_gemini("/v1beta/models/", ":embedContent", Operation::Embed(EmbeddingsApi::GeminiOne)),
    also_gemini("/v1beta/models/", ":batchEmbedContents", Operation::Embed(EmbeddingsApi::GeminiBatch)),
    also_gemini("/v1/models/", ":embedContent", Operation::Embed(EmbeddingsApi::GeminiOne)),
    also_gemini("/v1/models/", ":batchEmbedContents", Operation::Embed(EmbeddingsApi::GeminiBatch)),
];

impl<'p> Asked<'p> {
    /// What a request asks for, or `None` for an API that is not known. `path` is Envoy's `:path`,
    /// query included.
    #[must_use]
    pub fn of(method: &[u8], path: &'p [u8]) -> Option<Self> {
        let path = std::str::from_utf8(path).ok()?;
        let path = path.split('#').next().unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        ROUTES
            .iter()
            .chain(OTHERS)
            .filter(|route| route.method.as_bytes() == method)
            .find_map(|route| route.take(path, query))
    }

    /// The same, apart from the path that it was read from.
    #[must_use]
    pub fn into_owned(self) -> Asked<'static> {
        let model = self.model.map(|model| Cow::Owned(model.into_owned()));
        let boundary = self.boundary.map(|boundary| Cow::Owned(boundary.into_owned()));
        let betas = Cow::Owned(self.betas.into_owned());
        let Self { operation, dialect, stream, form, .. } = self;
        Asked { operation, dialect, model, stream, form, boundary, betas }
    }

    /// The same, with what the header `content-type` says of a body of several parts.
    #[must_use]
    pub fn with_content_type(mut self, content_type: Option<&'p [u8]>) -> Self {
        self.boundary = content_type.and_then(boundary);
        self
    }

    /// The same, with what the headers `anthropic-beta` say. Other APIs know no such header.
    #[must_use]
    pub fn with_betas<'h>(self, headers: impl Iterator<Item = &'h [u8]>) -> Self {
        if self.dialect != Some(Dialect::Anthropic) {
            return self;
        }
        let betas: Vec<_> = headers.filter_map(|header| std::str::from_utf8(header).ok()).collect();
        Self { betas: Cow::Owned(betas.join(",")), ..self }
    }

    /// What is asked for.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The client's dialect, where the path tells.
    #[must_use]
    pub fn known_dialect(&self) -> Option<Dialect> {
        self.dialect
    }

    /// The client's dialect.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect.unwrap_or(Dialect::OpenAi)
    }
}

/// A request for an answer whose body names the model.
impl From<Dialect> for Asked<'_> {
    fn from(dialect: Dialect) -> Self {
        let operation = Operation::Generate(dialect);
        let (form, betas) = (StreamForm::Sse, Cow::Borrowed(""));
        Self { operation, dialect: Some(dialect), model: None, stream: None, form, boundary: None, betas }
    }
}

impl Route {
    fn take<'p>(&self, path: &'p str, query: &str) -> Option<Asked<'p>> {
        let rest = path.strip_prefix(self.start)?;
        let model = match self.end {
            None => rest.is_empty().then_some(None)?,
            Some(end) => Some(decode(rest.strip_suffix(end)?)?),
        };
        let form = self.form(query);
        Some(Asked {
            operation: self.operation,
            dialect: self.dialect,
            model,
            stream: self.stream,
            form,
            boundary: None,
            betas: Cow::Borrowed(""),
        })
    }

    /// Gemini streams as an array unless it is asked for server-sent events.
    fn form(&self, query: &str) -> StreamForm {
        let as_events = query.split('&').any(|parameter| matches!(parameter, "alt=sse" | "$alt=sse"));
        match self.dialect {
            Some(Dialect::Gemini) if !as_events => StreamForm::JsonArray,
            Some(Dialect::Bedrock) => StreamForm::EventStream,
            _ => StreamForm::Sse,
        }
    }
}

/// A model's name as a path writes it. `None` if it is none.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    if text.is_empty() {
        return None;
    }
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
            let value = digit()?.checked_mul(16)?.checked_add(digit()?)?;
            bytes.push(u8::try_from(value).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// Appends a model's name as a segment of a path: what could end the segment or mean something else
/// is escaped.
pub(crate) fn push_segment(out: &mut String, name: &str) {
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~' | b':' | b'@' | b'.') {
            out.push(char::from(byte));
        } else {
            const HEX: [u8; 16] = *b"0123456789ABCDEF";
            let digit = |nibble: u8| HEX.get(usize::from(nibble)).map_or('0', |&digit| char::from(digit));
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    // A segment of dots alone would be taken for a step in the tree.
    if !name.is_empty() && name.bytes().all(|byte| byte == b'.') {
        let from = out.len().saturating_sub(name.len());
        out.truncate(from);
        name.bytes().for_each(|_| out.push_str("%2E"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_models_name_is_one_segment() {
        let segment = |name: &str| {
            let mut out = String::new();
            push_segment(&mut out, name);
            out
        };
        assert_eq!(segment("anthropic.claude-v2:1"), "anthropic.claude-v2:1");
        assert_eq!(segment("../x?y#z%"), "..%2Fx%3Fy%23z%25");
        assert_eq!(segment(".."), "%2E%2E");
        assert_eq!(segment("é\r\n"), "%C3%A9%0D%0A");
        for name in ["arn:aws:bedrock:eu:1:p/x", "é\r\n", "a b"] {
            assert_eq!(decode(&segment(name)).as_deref(), Some(name));
        }
        assert_eq!(decode("%4"), None);
        assert_eq!(decode("%zz"), None);
        assert_eq!(decode(""), None);
    }
}
