//! A message that is being told, part by part.

use super::items::{ItemStatus, tokens_json, write_annotation, write_message, write_refusal, write_text};
use super::open_item::{Events, PartPlace, Place, json};
use crate::json::Writer;
use crate::neutral::{Citation, TokenLogprob};

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
            self.at().event(events, out, "response.content_part.added", &mut |w| {
                write_part(w.key("part"), part, "", "", "")
            });
        }
        self.text.push_str(text);
        self.length = self.length.saturating_add(u64::try_from(text.chars().count()).unwrap_or(u64::MAX));
        self.size = self.size.saturating_add(text.len());
        match part {
            Part::Text => {
                let tokens = tokens_json(tokens);
                self.at().event(events, out, "response.output_text.delta", &mut |w| {
                    w.key("delta").string(text);
                    w.key("logprobs").pieces(&["[", &tokens, "]"]);
                });
                self.keep_logprobs(&tokens);
            }
            Part::Refusal => {
                self.at().event(events, out, "response.refusal.delta", &mut |w| w.key("delta").string(text));
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
        self.at().event(events, out, "response.output_text.annotation.added", &mut |w| {
            w.key("annotation_index").unsigned(count(&self.annotations));
            w.key("annotation").literal(&annotation);
        });
        self.size = self.size.saturating_add(annotation.len());
        self.annotations.push(annotation);
    }

    /// Where the part stands that is open, or would be next.
    fn at(&self) -> PartPlace<'_> {
        self.place.part("content_index", count(&self.parts))
    }

    fn close_part(&mut self, events: &mut Events, out: &mut Vec<u8>) {
        let Some(part) = self.part.take() else { return };
        let text = std::mem::take(&mut self.text);
        self.length = 0;
        let annotations = std::mem::take(&mut self.annotations).join(",");
        let logprobs = self.logprobs.replace(String::new()).unwrap_or_default();
        match part {
            Part::Text => self.at().event(events, out, "response.output_text.done", &mut |w| {
                w.key("text").string(&text);
                w.key("logprobs").pieces(&["[", &logprobs, "]"]);
            }),
            Part::Refusal => {
                self.at().event(events, out, "response.refusal.done", &mut |w| w.key("refusal").string(&text));
            }
        }
        let whole = json(&mut |w| write_part(w, part, &text, &annotations, &logprobs));
        self.at().event(events, out, "response.content_part.done", &mut |w| w.key("part").literal(&whole));
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
