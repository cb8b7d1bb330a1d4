//! Writes a stream of events, which begins and ends with the response.

use super::errors::write_error_event;
use super::incomplete_reason;
use super::items::{ItemIds, ItemStatus};
use super::open_call::OpenCall;
use super::open_item::{Events, Place};
use super::open_message::{OpenMessage, Part};
use super::open_thoughts::OpenThoughts;
use super::write_response::{Head, Status, write_head};
use crate::neutral::{Event, Failure, Finish, Signature, TokenLogprob, Usage};

/// This API repeats all that was said: each part and item at its end, and the whole answer in the last
/// event. So it is kept, up to this many bytes, which is several times the longest answer of any model, or a
/// few images. A longer answer ends in an error, because a shortened one would pass for the whole.
const MOST_KEPT: usize = 16 * 1024 * 1024;

/// Turns neutral events into this API's.
#[derive(Debug)]
pub(crate) struct EventWriter {
    head: Head,
    ids: ItemIds,
    events: Events,
    open: Open,
    /// Items that were opened.
    items: u64,
    /// Items that are closed, as JSON with commas between them.
    output: String,
    usage: Usage,
    finish: Finish,
    phase: Phase,
}

/// The item that is open, so that deltas have a place.
#[derive(Debug)]
enum Open {
    Nothing,
    Message(OpenMessage),
    Thoughts(OpenThoughts),
    Call(OpenCall),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Waiting,
    Started,
    /// Nothing can follow.
    Over,
}

impl EventWriter {
    /// `created` is Unix time in seconds.
    pub(crate) fn new(created: u64) -> Self {
        Self {
            head: Head { created, ..Head::default() },
            ids: ItemIds::default(),
            events: Events::default(),
            open: Open::Nothing,
            items: 0,
            output: String::new(),
            usage: Usage::default(),
            finish: Finish::Stop,
            phase: Phase::Waiting,
        }
    }

    /// Appends what `event` is in this dialect, if anything.
    pub(crate) fn write(&mut self, event: &Event<'_>, out: &mut Vec<u8>) {
        if self.phase == Phase::Over {
            return;
        }
        match event {
            Event::Start { id, model } => self.start(id, model, out),
            // Nothing is opened for nothing.
            Event::Text(text) | Event::Refusal(text) | Event::Thinking(text) if text.is_empty() => {}
            Event::Text(text) => self.say(Part::Text, text, &[], out),
            Event::TextLogprobs { text, tokens } => self.say(Part::Text, text, tokens, out),
            Event::Refusal(text) => self.say(Part::Refusal, text, &[], out),
            Event::Thinking(text) => {
                self.enter_thoughts(out);
                if let Open::Thoughts(thoughts) = &mut self.open {
                    thoughts.think(text, &mut self.events, out);
                }
            }
            Event::Signature(signature) => {
                self.enter_thoughts(out);
                self.close(ItemStatus::Completed, Some(signature), out);
            }
            Event::RedactedThinking(signature) => {
                self.close(ItemStatus::Completed, None, out);
                let place = self.place("rs");
                let item = OpenThoughts::redacted(&place, signature, &mut self.events, out);
                self.keep(&item);
            }
            Event::ToolCall { id, name, .. } => {
                self.close(ItemStatus::Completed, None, out);
                self.open = Open::Call(OpenCall::open(self.place("fc"), id, name, &mut self.events, out));
            }
            Event::ToolArguments { fragment, .. } => {
                if let Open::Call(call) = &mut self.open {
                    call.argue(fragment, &mut self.events, out);
                }
            }
            Event::Citation(citation) => {
                // It has a place in a text only, and something else may have come after that.
                if !matches!(&self.open, Open::Message(message) if message.is_in_text()) {
                    self.say(Part::Text, "", &[], out);
                }
                if let Open::Message(message) = &mut self.open {
                    message.cite(citation, &mut self.events, out);
                }
            }
            Event::Image(image) => {
                self.close(ItemStatus::Completed, None, out);
                let item = self.place("ig").image(&image.source, &mut self.events, out);
                self.keep(&item);
            }
            // What this API has no place for does not come here.
            Event::Lost(_) => {}
            Event::Finish { reason, .. } => {
                self.finish = *reason;
                let whole = incomplete_reason(*reason).is_none();
                self.close(if whole { ItemStatus::Completed } else { ItemStatus::Incomplete }, None, out);
            }
            Event::Usage(usage) => self.usage = *usage,
            Event::End => self.end(out),
            Event::Error(failure) => self.fail(failure, out),
        }
        if self.kept() > MOST_KEPT {
            let message = "The answer is longer than this API can repeat at its end; ask for it without a stream.";
            self.fail(&Failure::new(502, message), out);
        }
    }

    fn start(&mut self, id: &str, model: &str, out: &mut Vec<u8>) {
        // Each is repeated, so what would be absurdly long is cut.
        let cut = |text: &str| text.chars().take(256).collect();
        (self.head.id, self.head.model) = (cut(id), cut(model));
        self.ids = ItemIds::of(id);
        self.phase = Phase::Started;
        for name in ["response.created", "response.in_progress"] {
            self.events.write(out, name, &mut |w| {
                write_head(w.key("response"), &self.head, Status::InProgress, None, &mut |_| ());
            });
        }
    }

    /// The place of the next item.
    fn place(&mut self, prefix: &str) -> Place {
        let index = self.items;
        self.items = index.saturating_add(1);
        Place { id: self.ids.id(prefix, index), index }
    }

    fn say(&mut self, part: Part, text: &str, tokens: &[TokenLogprob<'_>], out: &mut Vec<u8>) {
        if !matches!(self.open, Open::Message(_)) {
            self.close(ItemStatus::Completed, None, out);
            self.open = Open::Message(OpenMessage::open(self.place("msg"), &mut self.events, out));
        }
        if let Open::Message(message) = &mut self.open {
            message.say(part, text, tokens, &mut self.events, out);
        }
    }

    fn enter_thoughts(&mut self, out: &mut Vec<u8>) {
        if !matches!(self.open, Open::Thoughts(_)) {
            self.close(ItemStatus::Completed, None, out);
            self.open = Open::Thoughts(OpenThoughts::open(self.place("rs"), &mut self.events, out));
        }
    }

    fn close(&mut self, status: ItemStatus, signature: Option<&Signature<'_>>, out: &mut Vec<u8>) {
        let item = match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Nothing => return,
            Open::Message(message) => message.close(status, &mut self.events, out),
            Open::Thoughts(thoughts) => thoughts.close(signature, status, &mut self.events, out),
            Open::Call(call) => call.close(status, &mut self.events, out),
        };
        self.keep(&item);
    }

    fn keep(&mut self, item: &str) {
        if !self.output.is_empty() {
            self.output.push(',');
        }
        self.output.push_str(item);
    }

    fn kept(&self) -> usize {
        let open = match &self.open {
            Open::Nothing => 0,
            Open::Message(message) => message.size,
            Open::Thoughts(thoughts) => thoughts.text.len(),
            Open::Call(call) => call.arguments.len(),
        };
        self.output.len().saturating_add(open)
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.close(ItemStatus::Completed, None, out);
        let name = match incomplete_reason(self.finish) {
            None => "response.completed",
            Some(_) => "response.incomplete",
        };
        self.last(name, Status::Ended(self.finish), Some(self.usage), out);
    }

    /// The API itself says twice that it failed: SDKs look for the one or the other.
    fn fail(&mut self, failure: &Failure, out: &mut Vec<u8>) {
        write_error_event(failure, self.events.count, out);
        self.events.count = self.events.count.saturating_add(1);
        if self.phase == Phase::Started {
            self.last("response.failed", Status::Failed(failure), None, out);
        }
        self.phase = Phase::Over;
    }

    fn last(&mut self, name: &'static str, status: Status<'_>, usage: Option<Usage>, out: &mut Vec<u8>) {
        let output = std::mem::take(&mut self.output);
        self.events.write(out, name, &mut |w| {
            write_head(w.key("response"), &self.head, status, usage.as_ref(), &mut |w| {
                if !output.is_empty() {
                    w.literal(&output);
                }
            });
        });
        self.phase = Phase::Over;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Answering, StreamForm};
    use crate::neutral::{Citation, Part as NeutralPart, Response};
    use crate::responses::write_response::write_response;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn page(url: Option<&'static str>, span: Option<(u64, u64)>) -> Citation<'static> {
        Citation { url: url.map(Into::into), span, ..Citation::default() }
    }

    /// Without a span, all of the text before it is meant; what is not a page has no place here.
    #[test]
    fn pages_that_a_text_is_from_are_told_as_they_come_and_with_the_text() {
        let mut writer = EventWriter::new(0);
        let mut out = Vec::new();
        for event in [
            Event::Start { id: "r".into(), model: "m".into() },
            Event::Text("Héllo".into()),
            Event::Citation(page(Some("https://a.example"), None)),
            Event::Citation(page(None, None)),
            Event::Citation(page(Some("https://b.example"), Some((1, 3)))),
            Event::Finish { reason: Finish::Stop, stop_sequence: None },
            Event::End,
        ] {
            writer.write(&event, &mut out);
        }
        let out = String::from_utf8(out).unwrap();
        let first = r#"{"type":"url_citation","start_index":0,"end_index":5,"url":"https://a.example","title":""}"#;
        let second = r#"{"type":"url_citation","start_index":1,"end_index":3,"url":"https://b.example","title":""}"#;
        assert!(out.contains(&format!(r#""annotation_index":0,"annotation":{first}"#)), "{out}");
        assert!(out.contains(&format!(r#""annotation_index":1,"annotation":{second}"#)), "{out}");
        let whole = format!(r#""text":"Héllo","annotations":[{first},{second}]"#);
        // In the part, in the item and in the response.
        assert_eq!(out.matches(&whole).count(), 3, "{out}");

        let parts = vec![
            NeutralPart::Text("Héllo".into()),
            NeutralPart::Citation(page(Some("https://a.example"), None)),
            NeutralPart::Citation(page(None, None)),
            NeutralPart::Citation(page(Some("https://b.example"), Some((1, 3)))),
        ];
        let response = Response { id: "r".into(), model: "m".into(), parts, ..Response::default() };
        let mut out = Vec::new();
        let answering = Answering { created: 0, include_usage: false, form: StreamForm::Sse };
        write_response(&response, answering, &mut out);
        assert!(String::from_utf8(out).unwrap().contains(&whole));
    }
}
