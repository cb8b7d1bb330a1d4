//! The items of an answer, whole or as they open in a stream.

use crate::json::{Quotable, Quoted, RequestError, Text, Writer};
use crate::neutral::{Citation, Origin, Signature, Source, TokenLogprob};
use crate::openai::write_tokens;

/// How far an item has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ItemStatus {
    InProgress,
    Completed,
    /// The answer ended in the middle of it.
    Incomplete,
}

impl ItemStatus {
    fn word(self) -> &'static str {
        match self {
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Incomplete => "incomplete",
        }
    }
}

/// Makes items' ids of the answer's, so that they are the same whenever it is written.
#[derive(Debug, Default)]
pub(super) struct ItemIds {
    stem: String,
}

impl ItemIds {
    /// This API takes ids of up to 64 characters back, without any that are not plain.
    pub(super) fn of(response: &str) -> Self {
        let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        Self { stem: response.chars().filter(plain).take(40).collect() }
    }

    pub(super) fn id(&self, prefix: &str, index: u64) -> String {
        format!("{prefix}_{}_{index}", self.stem)
    }
}

/// Writes a message. `content` writes its parts.
pub(super) fn write_message(
    w: &mut Writer<'_>,
    id: &str,
    status: ItemStatus,
    content: &mut dyn FnMut(&mut Writer<'_>),
) {
    w.object(|w| {
        w.key("id").string(id);
        w.key("type").string("message");
        w.key("status").string(status.word());
        w.key("role").string("assistant");
        w.key("content").array(content);
    });
}

/// Writes a part of text. `annotations` and `logprobs` are JSON with commas between them.
pub(super) fn write_text(w: &mut Writer<'_>, text: &(impl Quotable + ?Sized), annotations: &str, logprobs: &str) {
    w.object(|w| {
        w.key("type").string("output_text");
        w.key("text").string(text);
        w.key("annotations").pieces(&["[", annotations, "]"]);
        w.key("logprobs").pieces(&["[", logprobs, "]"]);
    });
}

/// Tokens as JSON with commas between them. This API has bytes for every token.
pub(super) fn tokens_json(tokens: &[TokenLogprob<'_>]) -> String {
    let mut out = Vec::new();
    write_tokens(&mut Writer::new(&mut out), tokens, "[]");
    String::from_utf8(out).unwrap_or_default()
}

pub(super) fn write_refusal(w: &mut Writer<'_>, text: &(impl Quotable + ?Sized)) {
    w.object(|w| {
        w.key("type").string("refusal");
        w.key("refusal").string(text);
    });
}

/// Writes where a text is from, if this API can say it: it names pages only. `length` is the text's, in
/// characters.
pub(super) fn write_annotation(w: &mut Writer<'_>, citation: &Citation<'_>, length: u64) {
    let Some(url) = &citation.url else { return };
    let (start, end) = citation.span.unwrap_or((0, length));
    w.object(|w| {
        w.key("type").string("url_citation");
        w.key("start_index").unsigned(start);
        w.key("end_index").unsigned(end);
        w.key("url").string(url);
        w.key("title").string(citation.title.as_deref().unwrap_or_default());
    });
}

/// Writes thoughts. Without a `text` they are thoughts that only their provider can read; with an empty
/// one, thoughts left unsaid.
pub(super) fn write_thoughts(
    w: &mut Writer<'_>,
    id: &str,
    status: ItemStatus,
    text: Option<Quoted<'_>>,
    signature: Option<&Signature<'_>>,
) {
    w.object(|w| {
        w.key("id").string(id);
        w.key("type").string("reasoning");
        w.key("status").string(status.word());
        w.key("summary").array(|w| {
            if let Some(text) = text {
                write_summary(w, &text);
            }
        });
        if let Some(signature) = signature {
            w.key("encrypted_content").string(&signature.to_show(Origin::OpenAi));
        }
    });
}

pub(super) fn write_summary(w: &mut Writer<'_>, text: &(impl Quotable + ?Sized)) {
    w.object(|w| {
        w.key("type").string("summary_text");
        w.key("text").string(text);
    });
}

/// What an `image_generation_call` has made; a png unless it says otherwise.
pub(super) fn image_of<'a>(data: Text<'a>, format: Option<&str>) -> Result<Source<'a>, RequestError> {
    let format = format.unwrap_or("png");
    let media_type = format!("image/{}", if format == "svg" { "svg+xml" } else { format });
    Source::base64(media_type.into(), data.into_cow())
}

/// Writes an image, of which there is no data before it is complete.
pub(super) fn write_image(w: &mut Writer<'_>, id: &str, status: ItemStatus, source: &Source<'_>) {
    w.object(|w| {
        w.key("id").string(id);
        w.key("type").string("image_generation_call");
        w.key("status").string(status.word());
        let Source::Base64 { media_type, data } = source else { return };
        let format = media_type.strip_prefix("image/").unwrap_or_default();
        w.key("output_format").string(if format == "svg+xml" { "svg" } else { format });
        w.key("result").string_or_null((status == ItemStatus::Completed).then_some(&**data));
    });
}

pub(super) fn write_call(
    w: &mut Writer<'_>,
    id: &str,
    status: ItemStatus,
    (call_id, name, arguments): (&str, &str, Quoted<'_>),
) {
    w.object(|w| {
        w.key("id").string(id);
        w.key("type").string("function_call");
        w.key("status").string(status.word());
        w.key("arguments").string(&arguments);
        w.key("call_id").string(call_id);
        w.key("name").string(name);
    });
}
