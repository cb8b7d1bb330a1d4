//! Writes a stream of Messages events.

use super::citations::write_citation;
use super::write_response::write_stop;
use super::{errors, write_usage};
use crate::calls::plain_id;
use crate::json::{Quotable, Quoted, Writer};
use crate::neutral::{Citation, Event, Finish, Origin, Usage};
use crate::sse;

/// The block that is open, so that deltas have a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OpenBlock {
    None,
    Text,
    Thinking,
    Call(u64),
}

/// The words of a refusal that are kept until the end, in bytes.
const MOST_REFUSAL: usize = 64 * 1024;

/// Turns neutral events into this API's, with blocks opened and closed around them.
#[derive(Debug)]
pub(crate) struct EventWriter {
    open: OpenBlock,
    /// Blocks that have been opened.
    blocks: u64,
    usage: Usage,
    refusal: Option<String>,
    finish: (Finish, Option<String>),
}

impl EventWriter {
    pub(crate) fn new() -> Self {
        Self { open: OpenBlock::None, blocks: 0, usage: Usage::default(), refusal: None, finish: (Finish::Stop, None) }
    }

    /// Appends what `event` is in this dialect, if anything. What comes before the usage is known
    /// and must come after it, waits for the end.
    pub(crate) fn write(&mut self, event: &Event<'_>, out: &mut Vec<u8>) {
        match event {
            Event::Start { id, model } => self.start(id, model, out),
            Event::TextLogprobs { text, .. } if text.is_empty() => {}
            Event::Text(text) | Event::TextLogprobs { text, .. } => {
                self.enter_text(out);
                self.delta(out, "text_delta", "text", text.quoted());
            }
            Event::Thinking(text) => {
                self.enter_thinking(out);
                self.delta(out, "thinking_delta", "thinking", text.quoted());
            }
            Event::Signature(signature) => {
                self.enter_thinking(out);
                self.delta(out, "signature_delta", "signature", signature.to_show(Origin::Anthropic).quoted());
                self.close(out);
            }
            Event::RedactedThinking(data) => {
                self.close(out);
                self.open_block(out, |w| {
                    w.key("type").string("redacted_thinking");
                    w.key("data").string(&data.to_show(Origin::Anthropic));
                });
                self.open = OpenBlock::Thinking;
                self.close(out);
            }
            Event::ToolCall { index, id, name } => self.enter(OpenBlock::Call(*index), out, |w| {
                w.key("type").string("tool_use");
                w.key("id").string(&plain_id(id));
                w.key("name").string(name);
                w.key("input").literal("{}");
            }),
            Event::ToolArguments { fragment, .. } => {
                self.delta(out, "input_json_delta", "partial_json", fragment.quoted())
            }
            Event::Citation(citation) => self.cite(citation, out),
            // What this API has no place for does not come here.
            Event::Image(_) | Event::Lost(_) => {}
            Event::Refusal(text) => {
                let refusal = self.refusal.get_or_insert_default();
                if refusal.len() <= MOST_REFUSAL {
                    refusal.push_str(text);
                }
            }
            Event::Finish { reason, stop_sequence } => {
                self.finish = (*reason, stop_sequence.as_deref().map(str::to_owned));
            }
            Event::Usage(usage) => self.usage = *usage,
            Event::End => self.end(out),
            Event::Error(failure) => errors::write_error_event(failure, out),
        }
    }

    fn start(&self, id: &str, model: &str, out: &mut Vec<u8>) {
        event(out, "message_start", |w| {
            w.key("message").object(|w| {
                w.key("id").string(id);
                w.key("type").string("message");
                w.key("role").string("assistant");
                w.key("model").string(model);
                w.key("content").array(|_| ());
                w.key("stop_reason").null();
                w.key("stop_sequence").null();
                write_usage(w.key("usage"), &self.usage);
            });
        });
    }

    /// Opens `block` unless it is the one that is open.
    fn enter(&mut self, block: OpenBlock, out: &mut Vec<u8>, content: impl FnOnce(&mut Writer<'_>)) {
        if self.open != block {
            self.close(out);
            self.open_block(out, content);
            self.open = block;
        }
    }

    fn enter_text(&mut self, out: &mut Vec<u8>) {
        self.enter(OpenBlock::Text, out, |w| {
            w.key("type").string("text");
            w.key("text").string("");
        });
    }

    fn enter_thinking(&mut self, out: &mut Vec<u8>) {
        self.enter(OpenBlock::Thinking, out, |w| {
            w.key("type").string("thinking");
            w.key("thinking").string("");
            w.key("signature").string("");
        });
    }

    fn open_block(&mut self, out: &mut Vec<u8>, content: impl FnOnce(&mut Writer<'_>)) {
        event(out, "content_block_start", |w| {
            w.key("index").unsigned(self.blocks);
            w.key("content_block").object(content);
        });
        self.blocks = self.blocks.saturating_add(1);
    }

    fn delta(&self, out: &mut Vec<u8>, kind: &'static str, key: &'static str, text: Quoted<'_>) {
        event(out, "content_block_delta", |w| {
            w.key("index").unsigned(self.blocks.saturating_sub(1));
            w.key("delta").object(|w| {
                w.key("type").string(kind);
                w.key(key).string(&text);
            });
        });
    }

    fn cite(&mut self, citation: &Citation<'_>, out: &mut Vec<u8>) {
        self.enter_text(out);
        event(out, "content_block_delta", |w| {
            w.key("index").unsigned(self.blocks.saturating_sub(1));
            w.key("delta").object(|w| {
                w.key("type").string("citations_delta");
                write_citation(w.key("citation"), citation);
            });
        });
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        if self.open != OpenBlock::None {
            event(out, "content_block_stop", |w| w.key("index").unsigned(self.blocks.saturating_sub(1)));
            self.open = OpenBlock::None;
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.close(out);
        let (reason, sequence) = &self.finish;
        event(out, "message_delta", |w| {
            w.key("delta").object(|w| write_stop(w, *reason, sequence.as_deref(), self.refusal.as_deref()));
            write_usage(w.key("usage"), &self.usage);
        });
        event(out, "message_stop", |_| ());
    }
}

fn event(out: &mut Vec<u8>, name: &'static str, members: impl FnOnce(&mut Writer<'_>)) {
    sse::write(out, Some(name), |data| {
        Writer::new(data).object(|w| {
            w.key("type").string(name);
            members(w);
        });
    });
}
