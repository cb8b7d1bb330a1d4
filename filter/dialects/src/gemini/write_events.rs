//! Writes a stream of chunks.

use super::errors::write_error_event;
use super::logprobs::Mean;
use super::write_content::write_source;
use super::write_response::{write_ending, write_thought, write_usage};
use super::{grounding, logprobs, proof};
use crate::codec::{Broken, StreamForm};
use crate::frames::Frames;
use crate::json::{Text, Writer};
use crate::neutral::{Arguments, Citation, Event, Failure, Finish, Usage};

/// The most of a call's arguments that is kept until they are whole, in bytes.
const MOST_ARGUMENTS: usize = 8 * 1024 * 1024;
/// The words of a refusal that are kept until the end, in bytes.
const MOST_REFUSAL: usize = 64 * 1024;
/// The most characters of an id or a model's name: every chunk repeats them.
const LONGEST_NAME: usize = 256;

/// Turns neutral events into chunks. A call is one part here, so its arguments wait until they are whole.
#[derive(Debug)]
pub(crate) struct EventWriter {
    frames: Frames,
    id: String,
    model: String,
    call: Option<Call>,
    usage: Option<Usage>,
    refusal: Option<String>,
    finish: Finish,
    mean: Mean,
    /// The client has been told of an error; nothing can follow.
    failed: bool,
}

#[derive(Debug)]
struct Call {
    id: String,
    name: String,
    arguments: String,
}

impl EventWriter {
    pub(crate) fn new(form: StreamForm) -> Self {
        Self {
            frames: Frames::new(form),
            id: String::new(),
            model: String::new(),
            call: None,
            usage: None,
            refusal: None,
            finish: Finish::Stop,
            mean: Mean::default(),
            failed: false,
        }
    }

    /// Appends what `event` is in this dialect, if anything.
    pub(crate) fn write(&mut self, event: &Event<'_>, out: &mut Vec<u8>) {
        if self.failed {
            return;
        }
        if !matches!(event, Event::ToolArguments { .. } | Event::Usage(_) | Event::Error(_)) {
            self.finish_call(out);
        }
        match event {
            Event::Start { id, model } => {
                (self.id, self.model) = (cut(id), cut(model));
            }
            Event::Text(text) => self.part(out, |w| w.object(|w| w.key("text").string(text))),
            Event::TextLogprobs { text, tokens } => {
                self.mean.add(tokens);
                self.chunk(out, |w| {
                    write_candidate(w, |w| w.object(|w| w.key("text").string(text)), |w| logprobs::write(w, tokens));
                });
            }
            Event::Thinking(text) => self.part(out, |w| write_thought(w, text, None)),
            Event::Signature(signature) => {
                self.part(out, |w| write_thought(w, "", Some(&proof::to_show(signature))));
            }
            Event::RedactedThinking(data) => {
                self.part(out, |w| write_thought(w, "", Some(&proof::redacted_to_show(data))));
            }
            Event::Citation(citation) => self.cite(citation, out),
            Event::Image(image) => self.part(out, |w| w.object(|w| write_source(w, &image.source))),
            // What this API has no place for does not come here.
            Event::Lost(_) => {}
            Event::ToolCall { id, name, .. } => {
                let (id, name) = (id.to_string(), name.to_string());
                self.call = Some(Call { id, name, arguments: String::new() });
            }
            Event::ToolArguments { fragment, .. } => self.add_arguments(fragment, out),
            Event::Refusal(text) => {
                let refusal = self.refusal.get_or_insert_default();
                if refusal.len() <= MOST_REFUSAL {
                    refusal.push_str(text);
                }
            }
            Event::Finish { reason, .. } => self.finish = *reason,
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::End => self.end(out),
            Event::Error(failure) => self.fail(failure, out),
        }
    }

    fn add_arguments(&mut self, fragment: &str, out: &mut Vec<u8>) {
        let Some(call) = &mut self.call else { return };
        if call.arguments.len().saturating_add(fragment.len()) > MOST_ARGUMENTS {
            self.fail(&Failure::new(502, "The provider sent a call that is too large."), out);
        } else {
            call.arguments.push_str(fragment);
        }
    }

    fn finish_call(&mut self, out: &mut Vec<u8>) {
        let Some(call) = self.call.take() else { return };
        let arguments = Arguments::Text(Text::from(&*call.arguments));
        self.part(out, |w| {
            w.object(|w| {
                w.key("functionCall").object(|w| {
                    w.key("id").string(&call.id);
                    w.key("name").string(&call.name);
                    arguments.write_object(w.key("args"));
                });
            });
        });
    }

    fn part(&mut self, out: &mut Vec<u8>, part: impl FnOnce(&mut Writer<'_>)) {
        self.chunk(out, |w| {
            write_candidate(w, part, |_| ());
        });
    }

    fn cite(&mut self, citation: &Citation<'_>, out: &mut Vec<u8>) {
        self.chunk(out, |w| {
            let empty = |w: &mut Writer<'_>| w.object(|w| w.key("text").string(""));
            write_candidate(w, empty, |w| grounding::write(w, &[citation], None));
        });
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        let refusal = self.refusal.take();
        let (finish, usage, mean) = (self.finish, self.usage, self.mean);
        self.chunk(out, |w| {
            let empty = |w: &mut Writer<'_>| w.object(|w| w.key("text").string(""));
            write_candidate(w, empty, |w| {
                write_ending(w, finish, refusal.as_deref());
                mean.write(w);
            });
            if let Some(usage) = &usage {
                write_usage(w, usage);
            }
        });
        self.frames.end(out);
    }

    fn fail(&mut self, failure: &Failure, out: &mut Vec<u8>) {
        self.failed = true;
        self.call = None;
        write_error_event(Broken { failure, events: self.frames.events(), form: self.frames.form() }, out);
    }

    fn chunk(&mut self, out: &mut Vec<u8>, members: impl FnOnce(&mut Writer<'_>)) {
        let Self { frames, id, model, .. } = self;
        frames.event(out, "", |data| {
            Writer::new(data).object(|w| {
                members(w);
                w.key("modelVersion").string(model);
                w.key("responseId").string(id);
            });
        });
    }
}

fn write_candidate(w: &mut Writer<'_>, part: impl FnOnce(&mut Writer<'_>), rest: impl FnOnce(&mut Writer<'_>)) {
    w.key("candidates").array(|w| {
        w.object(|w| {
            w.key("content").object(|w| {
                w.key("parts").array(part);
                w.key("role").string("model");
            });
            rest(w);
            w.key("index").unsigned(0);
        });
    });
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST_NAME).collect()
}
