//! Writes a ConverseStream.

use super::citations::write_citation;
use super::media::as_image;
use super::write_blocks::{redacted, tool_use_id};
use super::{errors, finish_word, write_metrics, write_usage};
use crate::event_stream::write_event;
use crate::json::{Quotable, Quoted, Writer};
use crate::neutral::{Event, Finish, Origin, Source, Usage};

/// The block that is open, so that deltas have a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum OpenBlock {
    #[default]
    None,
    Text,
    /// Text of which it has been said where it is from.
    Cited,
    Thinking,
    Image,
    Call {
        said_anything: bool,
    },
}

/// Turns neutral events into this API's, with blocks opened and closed around them. Only calls are
/// opened by an event of their own.
#[derive(Debug, Default)]
pub(crate) struct EventWriter {
    open: OpenBlock,
    /// The index of the block that is open, or of the next one.
    index: u64,
    usage: Usage,
    finish: Option<Finish>,
}

impl EventWriter {
    /// Appends what `event` is in this dialect, if anything. Why the answer ended and what it took come
    /// last, in this order.
    pub(crate) fn write(&mut self, event: &Event<'_>, out: &mut Vec<u8>) {
        match event {
            Event::Start { .. } => write(out, "messageStart", |w| w.key("role").string("assistant")),
            Event::TextLogprobs { text, .. } if text.is_empty() => {}
            // Words of refusal are text here.
            Event::Text(text) | Event::TextLogprobs { text, .. } | Event::Refusal(text) => {
                self.enter(OpenBlock::Text, out);
                self.delta(out, |w| w.key("text").string(text));
            }
            Event::Citation(citation) => {
                if self.open != OpenBlock::Cited {
                    self.enter(OpenBlock::Text, out);
                    self.open = OpenBlock::Cited;
                }
                self.delta(out, |w| write_citation(w.key("citation"), citation));
            }
            Event::Image(image) => self.image(&image.source, out),
            // What this API has no place for does not come here.
            Event::Lost(_) => {}
            Event::Thinking(text) => {
                self.enter(OpenBlock::Thinking, out);
                self.thought(out, "text", text.quoted());
            }
            Event::Signature(signature) => {
                self.enter(OpenBlock::Thinking, out);
                self.thought(out, "signature", signature.to_show(Origin::Anthropic).quoted());
                self.close(out);
            }
            Event::RedactedThinking(data) => {
                self.close(out);
                self.open = OpenBlock::Thinking;
                self.thought(out, "redactedContent", redacted(data).quoted());
                self.close(out);
            }
            Event::ToolCall { id, name, .. } => self.open_call(id, name, out),
            Event::ToolArguments { fragment, .. } => {
                self.open = OpenBlock::Call { said_anything: true };
                self.arguments(fragment.quoted(), out);
            }
            Event::Finish { reason, .. } => self.finish = Some(*reason),
            Event::Usage(usage) => self.usage = *usage,
            Event::End => self.end(out),
            Event::Error(failure) => errors::write_error_event(failure, out),
        }
    }

    /// Opens `block` unless it is the one that is open.
    fn enter(&mut self, block: OpenBlock, out: &mut Vec<u8>) {
        if self.open != block {
            self.close(out);
            self.open = block;
        }
    }

    fn image(&mut self, source: &Source<'_>, out: &mut Vec<u8>) {
        let Some((format, data)) = as_image(source) else { return };
        self.close(out);
        write(out, "contentBlockStart", |w| {
            w.key("start").object(|w| w.key("image").object(|w| w.key("format").string(format)));
            w.key("contentBlockIndex").unsigned(self.index);
        });
        self.delta(out, |w| {
            w.key("image").object(|w| w.key("source").object(|w| w.key("bytes").string(data)));
        });
        self.open = OpenBlock::Image;
        self.close(out);
    }

    fn open_call(&mut self, id: &str, name: &str, out: &mut Vec<u8>) {
        self.close(out);
        self.open = OpenBlock::Call { said_anything: false };
        write(out, "contentBlockStart", |w| {
            w.key("start").object(|w| {
                w.key("toolUse").object(|w| {
                    w.key("toolUseId").string(&tool_use_id(id));
                    w.key("name").string(name);
                });
            });
            w.key("contentBlockIndex").unsigned(self.index);
        });
    }

    fn arguments(&self, fragment: Quoted<'_>, out: &mut Vec<u8>) {
        self.delta(out, |w| w.key("toolUse").object(|w| w.key("input").string(&fragment)));
    }

    fn thought(&self, out: &mut Vec<u8>, key: &'static str, text: Quoted<'_>) {
        self.delta(out, |w| w.key("reasoningContent").object(|w| w.key(key).string(&text)));
    }

    fn delta(&self, out: &mut Vec<u8>, delta: impl FnOnce(&mut Writer<'_>)) {
        write(out, "contentBlockDelta", |w| {
            w.key("delta").object(delta);
            w.key("contentBlockIndex").unsigned(self.index);
        });
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        if self.open == (OpenBlock::Call { said_anything: false }) {
            self.arguments("{}".quoted(), out);
        }
        if std::mem::take(&mut self.open) != OpenBlock::None {
            write(out, "contentBlockStop", |w| w.key("contentBlockIndex").unsigned(self.index));
            self.index = self.index.saturating_add(1);
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.close(out);
        let reason = self.finish.unwrap_or(Finish::Stop);
        write(out, "messageStop", |w| w.key("stopReason").string(finish_word(reason)));
        write(out, "metadata", |w| {
            write_usage(w.key("usage"), &self.usage);
            write_metrics(w);
        });
    }
}

fn write(out: &mut Vec<u8>, name: &str, members: impl FnOnce(&mut Writer<'_>)) {
    write_event(out, name, |payload| Writer::new(payload).object(members));
}
