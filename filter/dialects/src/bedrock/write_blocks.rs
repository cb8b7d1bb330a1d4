//! Writes content blocks, of requests and of answers.

use super::document_names::DocumentNames;
use super::media::{AUDIO, DOCUMENTS, Formats, IMAGES, VIDEO, format};
use crate::anthropic::turns::{Turn, is_blank};
use crate::base64::{encode, is_base64};
use crate::calls::{plain_id, short_id};
use crate::json::{Quotable, Text, Writer};
use crate::neutral::{Document, Losses, Origin, Part, Role, Signature, Source, ToolResult};
use std::borrow::Cow;

/// What is remembered from one block to the next.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    names: DocumentNames,
    pub(super) losses: Losses,
    /// Nothing but documents is said in this turn: then those that are text must be the text that this
    /// API wants beside a document.
    only_documents: bool,
}

impl Blocks {
    pub(super) fn new(losses: Losses) -> Self {
        Self { losses, ..Self::default() }
    }

    /// Writes what one side says.
    pub(super) fn write_turn(&mut self, w: &mut Writer<'_>, turn: &Turn<'_, '_>) {
        self.only_documents = !turn.parts.iter().any(|part| matches!(part, Part::Text(_)));
        w.object(|w| {
            w.key("role").string(match turn.role {
                Role::Assistant => "assistant",
                Role::User => "user",
                Role::System | Role::Developer => "system",
            });
            w.key("content").array(|w| turn.parts.iter().for_each(|part| self.write_part(w, part)));
        });
    }

    /// Writes one block.
    pub(super) fn write_part(&mut self, w: &mut Writer<'_>, part: &Part<'_>) {
        match part {
            Part::Text(text) => write_text(w, text),
            Part::Refusal(text) => {
                self.losses.add("messages.refusal");
                write_text(w, text);
            }
            Part::Image(image) => write_media(w, "image", IMAGES, &image.source),
            Part::Audio(source) => write_media(w, "audio", AUDIO, source),
            Part::Video(source) => write_media(w, "video", VIDEO, source),
            Part::Document(document) => self.write_document(w, document),
            Part::ToolCall(call) => w.object(|w| {
                w.key("toolUse").object(|w| {
                    w.key("toolUseId").string(&tool_use_id(&call.id));
                    w.key("name").string(&call.name);
                    if !call.arguments.write_object(w.key("input")) {
                        self.losses.add("messages.tool_calls.function.arguments");
                    }
                });
            }),
            Part::ToolResult(result) => self.write_tool_result(w, result),
            Part::Thinking { text, signature } => w.object(|w| {
                w.key("reasoningContent").object(|w| {
                    w.key("reasoningText").object(|w| {
                        w.key("text").string(text);
                        if let Some(signature) = signature {
                            w.key("signature").string(&signature.to_show(Origin::Anthropic));
                        }
                    });
                });
            }),
            Part::RedactedThinking(data) => w.object(|w| {
                w.key("reasoningContent").object(|w| w.key("redactedContent").string(&redacted(data)));
            }),
            Part::Citation(_) => self.losses.add("messages.content.citations"),
        }
    }

    fn write_document(&mut self, w: &mut Writer<'_>, document: &Document<'_>) {
        let title = document.title.as_deref();
        let (format, data) = match &document.source {
            Source::Text(text) if self.only_documents => {
                if document.cited {
                    self.losses.add("messages.content.citations");
                }
                return match title {
                    Some(title) => {
                        w.object(|w| w.key("text").concat(&[title.quoted(), "\n\n".quoted(), text.quoted()]))
                    }
                    None => write_text(w, text),
                };
            }
            Source::Text(text) => ("txt", Cow::Owned(encode(text.as_bytes()))),
            Source::Base64 { media_type, data } => {
                (format(DOCUMENTS, media_type).unwrap_or_default(), Cow::Borrowed(&**data))
            }
            Source::Url(_) | Source::ProviderFile => return,
        };
        let (name, changed) = self.names.name(title, format);
        if changed {
            self.losses.add("messages.content.document.name");
        }
        w.object(|w| {
            w.key("document").object(|w| {
                w.key("format").string(format);
                w.key("name").string(&name);
                w.key("source").object(|w| w.key("bytes").string(&data));
                if document.cited {
                    w.key("citations").object(|w| w.key("enabled").bool(true));
                }
            });
        });
    }

    fn write_tool_result(&mut self, w: &mut Writer<'_>, result: &ToolResult<'_>) {
        w.object(|w| {
            w.key("toolResult").object(|w| {
                w.key("toolUseId").string(&tool_use_id(&result.call_id));
                let parts = result.parts.iter().filter(|part| !is_blank(part));
                w.key("content").array(|w| parts.for_each(|part| self.write_part(w, part)));
                if result.is_error {
                    w.key("status").string("error");
                }
            });
        });
    }
}

pub(super) fn write_text(w: &mut Writer<'_>, text: &Text<'_>) {
    w.object(|w| w.key("text").string(text));
}

fn write_media(w: &mut Writer<'_>, member: &'static str, formats: &Formats, source: &Source<'_>) {
    let Source::Base64 { media_type, data } = source else { return };
    w.object(|w| {
        w.key(member).object(|w| {
            w.key("format").string(format(formats, media_type).unwrap_or_default());
            w.key("source").object(|w| w.key("bytes").string(data));
        });
    });
}

/// The API takes dots and colons too, and Claude behind it does not.
pub(super) fn tool_use_id(id: &str) -> Cow<'_, str> {
    short_id(plain_id(id), 64)
}

/// Redacted thoughts are bytes here, and other providers' are kept as text.
pub(super) fn redacted<'s>(data: &'s Signature<'_>) -> Cow<'s, str> {
    let shown = data.to_show(Origin::Anthropic);
    if is_base64(&shown) { shown } else { Cow::Owned(encode(shown.as_bytes())) }
}
