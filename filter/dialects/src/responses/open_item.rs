//! The item of a stream that is open: told in pieces, then told whole and closed.

use super::items::{
    ItemStatus, tokens_json, write_annotation, write_call, write_image, write_message, write_refusal, write_summary,
    write_text, write_thoughts,
};
use crate::json::{Quotable, Writer};
use crate::neutral::{Citation, Signature, Source, TokenLogprob};
use crate::sse;

/// Numbers the events of a stream.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// How many there have been.
    pub(super) count: u64,
}

impl Events {
    pub(super) fn write(&mut self, out: &mut Vec<u8>, name: &'static str, members: &mut dyn FnMut(&mut Writer<'_>)) {
        let number = self.count;
        self.count = number.saturating_add(1);
        sse::write(out, Some(name), |data| {
            Writer::new(data).object(|w| {
                w.key("type").string(name);
                w.key("sequence_number").unsigned(number);
                members(w);
            });
        });
    }
}

/// Where an item stands.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) id: String,
    pub(super) index: u64,
}

impl Place {
    fn write(&self, w: &mut Writer<'_>) {
        w.key("item_id").string(&self.id);
        w.key("output_index").unsigned(self.index);
    }

    fn added(&self, events: &mut Events, out: &mut Vec<u8>, item: &mut dyn FnMut(&mut Writer<'_>)) {
        events.write(out, "response.output_item.added", &mut |w| {
            w.key("output_index").unsigned(self.index);
            item(w.key("item"));
        });
    }

    /// An image opens, and is complete at once.
    pub(super) fn image(&self, source: &Source<'_>, events: &mut Events, out: &mut Vec<u8>) -> String {
        self.added(events, out, &mut |w| write_image(w, &self.id, ItemStatus::InProgress, source));
        events.write(out, "response.image_generation_call.completed", &mut |w| self.write(w));
        self.done(events, out, &mut |w| write_image(w, &self.id, ItemStatus::Completed, source))
    }

    /// Returns the item as JSON, because the whole answer repeats it.
    fn done(&self, events: &mut Events, out: &mut Vec<u8>, item: &mut dyn FnMut(&mut Writer<'_>)) -> String {
        let item = json(item);
        events.write(out, "response.output_item.done", &mut |w| {
            w.key("output_index").unsigned(self.index);
            w.key("item").literal(&item);
        });
        item
    }
}

fn json(value: &mut dyn FnMut(&mut Writer<'_>)) -> String {
    let mut out = Vec::new();
    value(&mut Writer::new(&mut out));
    String::from_utf8(out).unwrap_or_default()
}

/// Log probabilities take many times the bytes of their text. More than this are told in the pieces only, and
/// not again at the end: they are much of any answer's memory, and the text is whole without them.
const MOST_LOGPROBS: usize = 2 * 1024 * 1024;

/// A message and the part of it that is open.
#[derive(Debug)]
pub(super) struct OpenMessage {
    place: Place,
    /// Parts that are closed, as JSON.
    parts: Vec<String>,
    part: Option<Part>,
    text: String,
    /// The text's length in characters.
    length: u64,
    /// Of the open part, as JSON.
    annotations: Vec<String>,
    /// Of the open part, as JSON with commas between them, unless they are too many.
    logprobs: Option<String>,
    /// How many bytes are kept.
    pub(super) size: usize,
}

/// What a part of a message holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Text,
    Refusal,
}

impl OpenMessage {
    pub(super) fn open(place: Place, events: &mut Events, out: &mut Vec<u8>) -> Self {
        place.added(events, out, &mut |w| write_message(w, &place.id, ItemStatus::InProgress, &mut |_| ()));
        Self {
            place,
            parts: Vec::new(),
            part: None,
            text: String::new(),
            length: 0,
            annotations: Vec::new(),
            logprobs: Some(String::new()),
            size: 0,
        }
    }

    pub(super) fn say(
        &mut self,
        part: Part,
        text: &str,
        tokens: &[TokenLogprob<'_>],
        events: &mut Events,
        out: &mut Vec<u8>,
    ) {
        if self.part != Some(part) {
            self.close_part(events, out);
            self.part = Some(part);
            self.part_event(events, out, "response.content_part.added", &mut |w| {
                write_part(w.key("part"), part, "", "", "")
            });
        }
        self.text.push_str(text);
        self.length = self.length.saturating_add(u64::try_from(text.chars().count()).unwrap_or(u64::MAX));
        self.size = self.size.saturating_add(text.len());
        match part {
            Part::Text => {
                let tokens = tokens_json(tokens);
                self.part_event(events, out, "response.output_text.delta", &mut |w| {
                    w.key("delta").string(text);
                    w.key("logprobs").pieces(&["[", &tokens, "]"]);
                });
                self.keep_logprobs(&tokens);
            }
            Part::Refusal => {
                self.part_event(events, out, "response.refusal.delta", &mut |w| w.key("delta").string(text));
            }
        }
    }

    fn keep_logprobs(&mut self, tokens: &str) {
        if let Some(kept) = self.logprobs.as_mut().filter(|_| !tokens.is_empty()) {
            let before = kept.len();
            if before > 0 {
                kept.push(',');
            }
            kept.push_str(tokens);
            self.size = self.size.saturating_add(kept.len().saturating_sub(before));
            if kept.len() > MOST_LOGPROBS {
                self.size = self.size.saturating_sub(kept.len());
                self.logprobs = None;
            }
        }
    }

    pub(super) fn is_in_text(&self) -> bool {
        self.part == Some(Part::Text)
    }

    pub(super) fn cite(&mut self, citation: &Citation<'_>, events: &mut Events, out: &mut Vec<u8>) {
        let annotation = json(&mut |w| write_annotation(w, citation, self.length));
        if annotation.is_empty() {
            return;
        }
        self.part_event(events, out, "response.output_text.annotation.added", &mut |w| {
            w.key("annotation_index").unsigned(count(&self.annotations));
            w.key("annotation").literal(&annotation);
        });
        self.size = self.size.saturating_add(annotation.len());
        self.annotations.push(annotation);
    }

    fn part_event(
        &self,
        events: &mut Events,
        out: &mut Vec<u8>,
        name: &'static str,
        members: &mut dyn FnMut(&mut Writer<'_>),
    ) {
        events.write(out, name, &mut |w| {
            self.place.write(w);
            w.key("content_index").unsigned(count(&self.parts));
            members(w);
        });
    }

    fn close_part(&mut self, events: &mut Events, out: &mut Vec<u8>) {
        let Some(part) = self.part.take() else { return };
        let text = std::mem::take(&mut self.text);
        self.length = 0;
        let annotations = std::mem::take(&mut self.annotations).join(",");
        let logprobs = self.logprobs.replace(String::new()).unwrap_or_default();
        match part {
            Part::Text => self.part_event(events, out, "response.output_text.done", &mut |w| {
                w.key("text").string(&text);
                w.key("logprobs").pieces(&["[", &logprobs, "]"]);
            }),
            Part::Refusal => {
                self.part_event(events, out, "response.refusal.done", &mut |w| w.key("refusal").string(&text));
            }
        }
        let whole = json(&mut |w| write_part(w, part, &text, &annotations, &logprobs));
        self.part_event(events, out, "response.content_part.done", &mut |w| w.key("part").literal(&whole));
        self.parts.push(whole);
    }

    pub(super) fn close(mut self, status: ItemStatus, events: &mut Events, out: &mut Vec<u8>) -> String {
        self.close_part(events, out);
        self.place.done(events, out, &mut |w| {
            write_message(w, &self.place.id, status, &mut |w| self.parts.iter().for_each(|part| w.literal(part)));
        })
    }
}

fn count(list: &[String]) -> u64 {
    u64::try_from(list.len()).unwrap_or(u64::MAX)
}

fn write_part(w: &mut Writer<'_>, part: Part, text: &str, annotations: &str, logprobs: &str) {
    match part {
        Part::Text => write_text(w, text, annotations, logprobs),
        Part::Refusal => write_refusal(w, text),
    }
}

/// Thoughts that are being told.
#[derive(Debug)]
pub(super) struct OpenThoughts {
    place: Place,
    pub(super) text: String,
}

impl OpenThoughts {
    pub(super) fn open(place: Place, events: &mut Events, out: &mut Vec<u8>) -> Self {
        place.added(events, out, &mut |w| write_thoughts(w, &place.id, ItemStatus::InProgress, None, None));
        let thoughts = Self { place, text: String::new() };
        thoughts.event(events, out, "response.reasoning_summary_part.added", &mut |w| write_summary(w.key("part"), ""));
        thoughts
    }

    /// Thoughts that only their provider can read open and close at once.
    pub(super) fn redacted(place: &Place, signature: &Signature<'_>, events: &mut Events, out: &mut Vec<u8>) -> String {
        place.added(events, out, &mut |w| write_thoughts(w, &place.id, ItemStatus::InProgress, None, None));
        place.done(events, out, &mut |w| write_thoughts(w, &place.id, ItemStatus::Completed, None, Some(signature)))
    }

    pub(super) fn think(&mut self, text: &str, events: &mut Events, out: &mut Vec<u8>) {
        self.text.push_str(text);
        self.event(events, out, "response.reasoning_summary_text.delta", &mut |w| w.key("delta").string(text));
    }

    pub(super) fn close(
        self,
        signature: Option<&Signature<'_>>,
        status: ItemStatus,
        events: &mut Events,
        out: &mut Vec<u8>,
    ) -> String {
        self.event(events, out, "response.reasoning_summary_text.done", &mut |w| w.key("text").string(&self.text));
        self.event(events, out, "response.reasoning_summary_part.done", &mut |w| {
            write_summary(w.key("part"), &self.text)
        });
        self.place.done(events, out, &mut |w| {
            write_thoughts(w, &self.place.id, status, Some(self.text.quoted()), signature);
        })
    }

    fn event(
        &self,
        events: &mut Events,
        out: &mut Vec<u8>,
        name: &'static str,
        members: &mut dyn FnMut(&mut Writer<'_>),
    ) {
        events.write(out, name, &mut |w| {
            self.place.write(w);
            w.key("summary_index").unsigned(0);
            members(w);
        });
    }
}

/// A call whose arguments are being told.
#[derive(Debug)]
pub(super) struct OpenCall {
    place: Place,
    id: String,
    name: String,
    pub(super) arguments: String,
}

impl OpenCall {
    pub(super) fn open(place: Place, id: &str, name: &str, events: &mut Events, out: &mut Vec<u8>) -> Self {
        place.added(events, out, &mut |w| write_call(w, &place.id, ItemStatus::InProgress, (id, name, "".quoted())));
        Self { place, id: id.to_owned(), name: name.to_owned(), arguments: String::new() }
    }

    pub(super) fn argue(&mut self, fragment: &str, events: &mut Events, out: &mut Vec<u8>) {
        self.arguments.push_str(fragment);
        events.write(out, "response.function_call_arguments.delta", &mut |w| {
            self.place.write(w);
            w.key("delta").string(fragment);
        });
    }

    /// Arguments that nothing was said of are an empty object.
    pub(super) fn close(mut self, status: ItemStatus, events: &mut Events, out: &mut Vec<u8>) -> String {
        if self.arguments.trim().is_empty() && status == ItemStatus::Completed {
            self.arguments.clear();
            self.argue("{}", events, out);
        }
        events.write(out, "response.function_call_arguments.done", &mut |w| {
            self.place.write(w);
            w.key("arguments").string(&self.arguments);
        });
        self.place.done(events, out, &mut |w| {
            write_call(w, &self.place.id, status, (&self.id, &self.name, self.arguments.quoted()));
        })
    }
}
