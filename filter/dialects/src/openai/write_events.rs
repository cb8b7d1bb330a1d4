//! Writes a stream of `chat.completion.chunk` events.

use super::annotations::write_annotations;
use super::write_messages::write_image;
use super::write_response::{write_redacted_block, write_thinking_block, write_usage};
use super::{DONE, errors, finish_word, logprobs};
use crate::json::{Text, Writer};
use crate::neutral::{Event, Origin, TokenLogprob, Usage};
use crate::sse;

/// The longest thoughts, in bytes, that are kept to be given again with their signature. Longer
/// ones than any model's go to the client as they come, and unsigned.
const MOST_THOUGHTS: usize = 2 * 1024 * 1024;

/// Turns neutral events into chunks.
#[derive(Debug)]
pub(crate) struct EventWriter {
    created: u64,
    /// Did the client ask for the usage chunk?
    include_usage: bool,
    /// The members that every chunk starts with, after the opening brace.
    head: Vec<u8>,
    usage: Usage,
    /// Characters of the answer's text so far, from which citations count.
    said: u64,
    /// Thoughts since the last signature.
    thoughts: String,
}

impl EventWriter {
    /// `created` is Unix time in seconds.
    pub(crate) fn new(created: u64, include_usage: bool) -> Self {
        Self { created, include_usage, head: Vec::new(), usage: Usage::default(), said: 0, thoughts: String::new() }
    }

    /// Appends what `event` is in this dialect, if anything.
    pub(crate) fn write(&mut self, event: &Event<'_>, out: &mut Vec<u8>) {
        match event {
            Event::Start { id, model } => {
                self.head = head(id, model, self.created);
                self.delta(out, |w| {
                    w.key("role").string("assistant");
                    w.key("content").string("");
                });
            }
            Event::Text(text) => self.say(text, &[], out),
            Event::TextLogprobs { text, tokens } => self.say(text, tokens, out),
            Event::Refusal(text) => self.delta(out, |w| w.key("refusal").string(text)),
            Event::Thinking(text) => {
                if self.thoughts.len() <= MOST_THOUGHTS {
                    self.thoughts.push_str(text);
                }
                self.delta(out, |w| w.key("reasoning_content").string(text));
            }
            Event::Signature(signature) => {
                let thoughts = std::mem::take(&mut self.thoughts);
                if thoughts.len() <= MOST_THOUGHTS {
                    self.delta(out, |w| {
                        w.key("thinking_blocks")
                            .array(|w| write_thinking_block(w, &thoughts, &signature.to_show(Origin::Anthropic)));
                    });
                }
            }
            Event::RedactedThinking(data) => self.delta(out, |w| {
                w.key("thinking_blocks").array(|w| write_redacted_block(w, &data.to_show(Origin::Anthropic)));
            }),
            Event::ToolCall { index, id, name } => self.delta(out, |w| {
                write_call(w, *index, |w| {
                    w.key("id").string(id);
                    w.key("type").string("function");
                    w.key("function").object(|w| {
                        w.key("name").string(name);
                        w.key("arguments").string("");
                    });
                });
            }),
            Event::ToolArguments { index, fragment } => self.delta(out, |w| {
                write_call(w, *index, |w| {
                    w.key("function").object(|w| w.key("arguments").string(fragment));
                });
            }),
            Event::Citation(citation) if citation.url.is_some() => {
                let said = self.said;
                self.delta(out, |w| write_annotations(w, &[citation], said));
            }
            Event::Citation(_) | Event::Lost(_) => {}
            Event::Image(image) => self.delta(out, |w| w.key("images").array(|w| write_image(w, image))),
            Event::Finish { reason, .. } => self.chunk(out, |w| {
                write_choice(w, |_| (), &[], Some(finish_word(*reason)));
            }),
            Event::Usage(usage) => self.usage = *usage,
            Event::End => self.end(out),
            Event::Error(failure) => errors::write_error_event(failure, out),
        }
    }

    fn delta(&self, out: &mut Vec<u8>, delta: impl FnOnce(&mut Writer<'_>)) {
        self.chunk(out, |w| write_choice(w, delta, &[], None));
    }

    fn say(&mut self, text: &Text<'_>, tokens: &[TokenLogprob<'_>], out: &mut Vec<u8>) {
        self.said = self.said.saturating_add(text.characters());
        self.chunk(out, |w| write_choice(w, |w| w.key("content").string(text), tokens, None));
    }

    fn chunk(&self, out: &mut Vec<u8>, choices: impl FnOnce(&mut Writer<'_>)) {
        let pending_usage = self.include_usage.then_some("null");
        self.chunk_with(out, choices, |w| {
            if let Some(null) = pending_usage {
                w.key("usage").literal(null);
            }
        });
    }

    fn chunk_with(&self, out: &mut Vec<u8>, choices: impl FnOnce(&mut Writer<'_>), rest: impl FnOnce(&mut Writer<'_>)) {
        sse::write(out, None, |data| {
            data.extend_from_slice(&self.head);
            let mut w = Writer::new(data);
            w.key("choices").array(choices);
            rest(&mut w);
            data.push(b'}');
        });
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if self.include_usage {
            self.chunk_with(out, |_| (), |w| write_usage(w.key("usage"), &self.usage));
        }
        sse::write(out, None, |data| data.extend_from_slice(DONE.as_bytes()));
    }
}

/// Every chunk repeats the provider's id and model, so what would be absurdly long is cut.
fn head(id: &str, model: &str, created: u64) -> Vec<u8> {
    let cut = |text: &str| text.chars().take(256).collect::<String>();
    let mut head = vec![b'{'];
    let mut w = Writer::new(&mut head);
    w.key("id").string(&cut(id));
    w.key("object").string("chat.completion.chunk");
    w.key("created").unsigned(created);
    w.key("model").string(&cut(model));
    head.push(b',');
    head
}

fn write_choice(
    w: &mut Writer<'_>,
    delta: impl FnOnce(&mut Writer<'_>),
    tokens: &[TokenLogprob<'_>],
    finish: Option<&'static str>,
) {
    w.object(|w| {
        w.key("index").unsigned(0);
        w.key("delta").object(delta);
        if !tokens.is_empty() {
            logprobs::write_choice(w, tokens);
        }
        match finish {
            Some(reason) => w.key("finish_reason").string(reason),
            None => w.key("finish_reason").null(),
        };
    });
}

fn write_call(w: &mut Writer<'_>, index: u64, call: impl FnOnce(&mut Writer<'_>)) {
    w.key("tool_calls").array(|w| {
        w.object(|w| {
            w.key("index").unsigned(index);
            call(w);
        });
    });
}
