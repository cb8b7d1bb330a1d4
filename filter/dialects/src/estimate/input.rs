//! What a request has in it that will be input, found before it is known who gets it.

use super::contents::Contents;
use super::envelope::Envelope;
use super::images::{self, Detail, Image};
use super::media::{Media, is_encoded};
use super::text::Text;
use crate::Dialect;
use crate::json::{Token, is_one_of};

/// Data of a kind that is not known.
const UNKNOWN_TOKENS: u64 = 1_600;
/// Bytes of a document that are a page: between a page of text and a scanned one.
const PAGE_BYTES: u64 = 64 << 10;

/// Objects that a model gets to see as JSON, or as something that is about as long: their keys count, too.
const STRUCTURES: &[&str] = &[
    "args",
    "arguments",
    "input",
    "json",
    "response",
    "response_schema",
    "responseJsonSchema",
    "responseSchema",
    "schema",
];
/// Those that describe a tool's arguments: each stands for one tool.
const TOOLS: &[&str] = &["input_schema", "inputSchema", "parameters", "parametersJsonSchema", "parameters_json_schema"];
/// Words of JSON Schema for which a model is shown a shorter notation.
const NOTATION: &[&str] = &[
    "$schema",
    "additionalProperties",
    "description",
    "enum",
    "items",
    "json",
    "properties",
    "required",
    "title",
    "type",
];
/// Members that are not for the model.
const APART: &[&str] = &[
    "call_id",
    "encrypted_content",
    "format",
    "id",
    "media_type",
    "mimeType",
    "mime_type",
    "redactedContent",
    "signature",
    "status",
    "thoughtSignature",
    "thought_signature",
    "tool_call_id",
    "tool_use_id",
    "toolUseId",
    "type",
];
/// Members of the outermost object that are not for the model.
pub(crate) const NOT_INPUT: &[&str] =
    &["metadata", "model", "prompt_cache_key", "requestMetadata", "safety_identifier", "service_tier", "user"];

/// About how many input tokens a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputEstimate {
    /// Its text, and what surrounds it.
    pub text: u64,
    /// Its images, documents and sounds, by the provider's formula where it publishes one; `None` if there are none.
    pub media: Option<u64>,
}

impl InputEstimate {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.text.saturating_add(self.media.unwrap_or(0))
    }
}

/// What was found. It allocates nothing until it finds an image.
#[derive(Debug, Default)]
pub(crate) struct Input {
    text: Text,
    /// Tokens that are counted, and not estimated.
    counted: u64,
    messages: u64,
    tools: u64,
    images: Vec<Image>,
    /// How closely a model shall look at the image that is being read, if that is said before it.
    detail: Detail,
    /// How deep the last image stands, while what surrounds it is being read.
    image_depth: Option<u32>,
    /// How closely it shall look at all that have no say of their own.
    resolution: Detail,
    pages: u64,
    seconds: u64,
    unknown: u64,
    contents: Contents,
    /// What kind of thing is said to come.
    kind: Kind,
    /// How deep the structure stands that is being read.
    structure: Option<u32>,
}

/// What the `type` of an item says of what its URL leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Other,
    Image,
    Document,
    Sound,
}

impl Input {
    /// Adds a token that stands at `depth`, behind `key`. Inlined, as most tokens are nothing here.
    #[inline(always)]
    pub(crate) fn add(&mut self, key: &str, token: Token<'_>, depth: u32) {
        let is_anything = matches!(token, Token::String(_) | Token::ObjectStart | Token::ObjectEnd);
        if is_anything || self.structure.is_some() {
            self.add_token(key, token, depth);
        }
    }

    fn add_token(&mut self, key: &str, token: Token<'_>, depth: u32) {
        if self.structure.is_some() {
            return self.add_structured(token, depth);
        }
        self.contents.add(key, token);
        match token {
            Token::String(text) => self.add_string(key, text, depth),
            Token::ObjectStart if is_one_of(key, TOOLS) => {
                self.tools = self.tools.saturating_add(1);
                self.structure = Some(depth);
            }
            Token::ObjectStart if is_one_of(key, STRUCTURES) => self.structure = Some(depth),
            // What is open now stands outside of it.
            Token::ObjectEnd if self.image_depth.is_some_and(|image| depth < image) => {
                (self.image_depth, self.detail) = (None, Detail::Auto);
            }
            _ => {}
        }
    }

    /// Which kinds of media it says that it holds.
    pub(crate) fn contents(&self) -> Contents {
        self.contents
    }

    /// Adds text that is in no JSON.
    pub(crate) fn add_text(&mut self, text: &str) {
        self.text.add(text);
    }

    /// Adds tokens that were counted.
    pub(crate) fn add_counted(&mut self, tokens: u64) {
        self.counted = self.counted.saturating_add(tokens);
    }

    /// Adds a file of which nothing is known.
    pub(crate) fn add_file(&mut self) {
        self.unknown = self.unknown.saturating_add(1);
    }

    /// How many tokens this will be for `model` at a provider of `dialect`.
    pub(crate) fn tokens(&self, dialect: Dialect, model: &str) -> InputEstimate {
        let envelope = Envelope::of(dialect, model);
        let once = |tokens: u64, of: u64| if of == 0 { 0 } else { tokens };
        let text = [
            self.text.tokens(),
            self.counted,
            once(envelope.request, self.messages),
            envelope.message.saturating_mul(self.messages),
            once(envelope.tools, self.tools),
            envelope.tool.saturating_mul(self.tools),
        ];
        let media = || {
            let images = images::tokens(&self.images, self.resolution, dialect, model);
            [(envelope.page, self.pages), (envelope.second, self.seconds), (UNKNOWN_TOKENS, self.unknown)]
                .into_iter()
                .fold(images, |sum, (each, number)| sum.saturating_add(each.saturating_mul(number)))
        };
        let is_text = self.images.is_empty() && (self.pages, self.seconds, self.unknown) == (0, 0, 0);
        InputEstimate { text: text.into_iter().fold(0, u64::saturating_add), media: (!is_text).then(media) }
    }

    fn add_string(&mut self, key: &str, text: &str, depth: u32) {
        match key {
            "role" => self.messages = self.messages.saturating_add(1),
            "type" => self.kind = self.kind.after(text),
            "detail" => self.add_detail(detail(text), depth),
            "mediaResolution" | "media_resolution" => self.resolution = detail(text),
            _ if is_one_of(key, APART) => {}
            "data" | "file_data" | "bytes" | "image_url" | "url" if is_encoded(text) => {
                self.add_media(Media::of(text), depth)
            }
            _ if text.starts_with("data:") && is_encoded(text) => self.add_media(Media::of(text), depth),
            "image_url" | "fileUri" | "file_uri" | "uri" => self.add_elsewhere(self.kind.or(Kind::Image), depth),
            "url" | "file_id" | "file_url" if self.kind != Kind::Other => self.add_elsewhere(self.kind, depth),
            _ => self.text.add(text),
        }
    }

    fn add_media(&mut self, media: Media, depth: u32) {
        match media {
            Media::Image(size) => {
                self.images.push(Image { size, detail: self.detail });
                self.image_depth = Some(depth);
            }
            Media::Document(bytes) => self.pages = self.pages.saturating_add(bytes.div_ceil(PAGE_BYTES)),
            Media::Sound(seconds) => self.seconds = self.seconds.saturating_add(seconds.max(1)),
            Media::Unknown => self.add_file(),
        }
    }

    /// Adds what the provider will fetch. How large it is nobody can tell.
    fn add_elsewhere(&mut self, kind: Kind, depth: u32) {
        match kind {
            Kind::Image => self.add_media(Media::Image(None), depth),
            _ => self.add_file(),
        }
    }

    fn add_detail(&mut self, detail: Detail, depth: u32) {
        match self.images.last_mut() {
            Some(image) if self.image_depth == Some(depth) => image.detail = detail,
            _ => self.detail = detail,
        }
    }

    /// Adds a token of JSON that the model is shown.
    fn add_structured(&mut self, token: Token<'_>, depth: u32) {
        match token {
            Token::Key(key) if is_one_of(key, NOTATION) => {}
            Token::Key(key) => {
                self.text.add(key);
                // What stands around a key.
                self.add_counted(2);
            }
            Token::String(text) => {
                self.text.add(text);
                self.add_counted(1);
            }
            Token::Number(number) => self.text.add(number),
            Token::True | Token::False | Token::Null => self.add_counted(1),
            Token::ObjectEnd if self.structure.is_some_and(|structure| depth < structure) => self.structure = None,
            _ => {}
        }
    }
}

impl Kind {
    /// What is to come after an item has said its `type`.
    fn after(self, name: &str) -> Self {
        match name {
            "image" | "image_url" | "input_image" => Self::Image,
            "document" | "input_file" => Self::Document,
            "input_audio" => Self::Sound,
            // Where the data of an item comes from.
            "url" | "base64" | "file" if self != Self::Other => self,
            "file" => Self::Document,
            _ => Self::Other,
        }
    }

    fn or(self, other: Self) -> Self {
        if self == Self::Other { other } else { self }
    }
}

/// OpenAI's words, and Google's.
const DETAILS: [(&str, Detail); 7] = [
    ("low", Detail::Low),
    ("high", Detail::High),
    ("original", Detail::Original),
    ("MEDIA_RESOLUTION_LOW", Detail::Low),
    ("MEDIA_RESOLUTION_MEDIUM", Detail::Medium),
    ("MEDIA_RESOLUTION_HIGH", Detail::High),
    ("MEDIA_RESOLUTION_ULTRA_HIGH", Detail::Original),
];

fn detail(word: &str) -> Detail {
    DETAILS.iter().find(|(known, _)| *known == word).map_or(Detail::Auto, |(_, detail)| *detail)
}
