//! Writes a stream of events: <https://docs.cohere.com/v2/docs/streaming>.

use super::write_response::write_citation;
use super::{DONE, MESSAGE_END, errors, finish_word, logprobs, write_usage};
use crate::json::{Quotable, Quoted, Text, Writer};
use crate::neutral::{Citation, Event, Finish, Origin, Signature, TokenLogprob, Usage};
use crate::sse;

/// What is open, so that fragments have a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Open {
    #[default]
    Nothing,
    Text,
    Thinking,
    Call {
        index: u64,
        said_anything: bool,
    },
}

/// Turns neutral events into this API's, with brackets around content and calls.
#[derive(Debug, Default)]
pub(crate) struct EventWriter {
    open: Open,
    /// Pieces of content that have been opened.
    contents: u64,
    citations: u64,
    usage: Option<Usage>,
    finish: Option<Finish>,
}

impl EventWriter {
    /// Appends what `event` is in this dialect, if anything. How the stream ended waits for the usage.
    pub(crate) fn write(&mut self, event: &Event<'_>, out: &mut Vec<u8>) {
        match event {
            Event::Start { id, .. } => start(id, out),
            Event::Text(text) | Event::Refusal(text) => self.say(Open::Text, text, &[], out),
            Event::TextLogprobs { text, tokens } => self.say_each(text, tokens, out),
            Event::Thinking(text) => self.say(Open::Thinking, text, &[], out),
            Event::Signature(signature) => self.sign(signature, out),
            // What this API has no place for does not come here.
            Event::RedactedThinking(_) | Event::Image(_) | Event::Lost(_) => {}
            Event::ToolCall { index, id, name } => {
                self.close(out);
                self.open = Open::Call { index: *index, said_anything: false };
                call(out, "tool-call-start", *index, |w| {
                    w.key("id").string(id);
                    w.key("type").string("function");
                    w.key("function").object(|w| {
                        w.key("name").string(name);
                        w.key("arguments").string("");
                    });
                });
            }
            Event::ToolArguments { index, fragment } => {
                if let Open::Call { said_anything, .. } = &mut self.open {
                    *said_anything |= !fragment.is_empty();
                }
                arguments(out, *index, fragment.quoted());
            }
            Event::Citation(citation) => self.cite(citation, out),
            Event::Finish { reason, .. } => self.finish = Some(*reason),
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::End => self.end(out),
            Event::Error(failure) => errors::write_error_event(failure, self.usage.as_ref(), out),
        }
    }

    /// Text and its tokens, each by itself if they are all of the text.
    fn say_each(&mut self, text: &Text<'_>, tokens: &[TokenLogprob<'_>], out: &mut Vec<u8>) {
        let rest = tokens.iter().try_fold(&**text, |rest, token| rest.strip_prefix(&*token.drawn.token));
        if rest == Some("") {
            logprobs::pieces(tokens)
                .for_each(|piece| self.say(Open::Text, &logprobs::text_of(piece).into(), piece, out));
        } else {
            self.say(Open::Text, text, tokens, out);
        }
    }

    fn say(&mut self, kind: Open, text: &Text<'_>, tokens: &[TokenLogprob<'_>], out: &mut Vec<u8>) {
        let word = self.enter(kind, out);
        self.content_with(
            out,
            "content-delta",
            |w| w.key(word).string(text),
            |w| {
                if !tokens.is_empty() {
                    logprobs::write_piece(w.key("logprobs"), text, tokens);
                }
            },
        );
    }

    /// Not this API's: see the whole answer.
    fn sign(&mut self, signature: &Signature<'_>, out: &mut Vec<u8>) {
        let word = self.enter(Open::Thinking, out);
        self.content(out, "content-delta", |w| {
            w.key(word).string("");
            w.key("signature").string(&signature.to_show(Origin::Anthropic));
        });
        self.close(out);
    }

    fn enter(&mut self, kind: Open, out: &mut Vec<u8>) -> &'static str {
        let word = if kind == Open::Text { "text" } else { "thinking" };
        if self.open != kind {
            self.close(out);
            self.open = kind;
            self.contents = self.contents.saturating_add(1);
            self.content(out, "content-start", |w| {
                w.key("type").string(word);
                w.key(word).string("");
            });
        }
        word
    }

    /// An event about the newest piece of content.
    fn content(&self, out: &mut Vec<u8>, name: &'static str, content: impl FnOnce(&mut Writer<'_>)) {
        self.content_with(out, name, content, |_| ());
    }

    fn content_with(
        &self,
        out: &mut Vec<u8>,
        name: &'static str,
        content: impl FnOnce(&mut Writer<'_>),
        rest: impl FnOnce(&mut Writer<'_>),
    ) {
        event(out, name, Some(self.contents.saturating_sub(1)), |w| {
            message(w, |w| w.key("content").object(content));
            rest(w);
        });
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        match std::mem::take(&mut self.open) {
            Open::Nothing => {}
            Open::Text | Open::Thinking => {
                event(out, "content-end", Some(self.contents.saturating_sub(1)), |_| ());
            }
            Open::Call { index, said_anything } => {
                // A call without arguments takes none, and joined fragments are JSON.
                if !said_anything {
                    arguments(out, index, "{}".quoted());
                }
                event(out, "tool-call-end", Some(index), |_| ());
            }
        }
    }

    fn cite(&mut self, citation: &Citation<'_>, out: &mut Vec<u8>) {
        let index = Some(self.citations);
        self.citations = self.citations.saturating_add(1);
        event(out, "citation-start", index, |w| {
            message(w, |w| write_citation(w.key("citations"), citation, None));
        });
        event(out, "citation-end", index, |_| ());
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.close(out);
        event(out, MESSAGE_END, None, |w| {
            w.key("delta").object(|w| {
                w.key("finish_reason").string(finish_word(self.finish.unwrap_or(Finish::Stop)));
                write_usage(w.key("usage"), &self.usage.unwrap_or_default());
            });
        });
        sse::write(out, None, |data| data.extend_from_slice(DONE.as_bytes()));
    }
}

fn start(id: &str, out: &mut Vec<u8>) {
    sse::write(out, Some("message-start"), |data| {
        Writer::new(data).object(|w| {
            w.key("id").string(id);
            w.key("type").string("message-start");
            w.key("delta").object(|w| {
                w.key("message").object(|w| {
                    w.key("role").string("assistant");
                    w.key("content").array(|_| ());
                    w.key("tool_plan").string("");
                    w.key("tool_calls").array(|_| ());
                    w.key("citations").array(|_| ());
                });
            });
        });
    });
}

fn call(out: &mut Vec<u8>, name: &'static str, index: u64, call: impl FnOnce(&mut Writer<'_>)) {
    event(out, name, Some(index), |w| message(w, |w| w.key("tool_calls").object(call)));
}

fn arguments(out: &mut Vec<u8>, index: u64, fragment: Quoted<'_>) {
    call(out, "tool-call-delta", index, |w| {
        w.key("function").object(|w| w.key("arguments").string(&fragment));
    });
}

fn message(w: &mut Writer<'_>, members: impl FnOnce(&mut Writer<'_>)) {
    w.key("delta").object(|w| w.key("message").object(members));
}

fn event(out: &mut Vec<u8>, name: &'static str, index: Option<u64>, members: impl FnOnce(&mut Writer<'_>)) {
    sse::write(out, Some(name), |data| {
        Writer::new(data).object(|w| {
            w.key("type").string(name);
            if let Some(index) = index {
                w.key("index").unsigned(index);
            }
            members(w);
        });
    });
}
