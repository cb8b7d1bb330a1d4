//! Thoughts that are being told.

use super::items::{ItemStatus, write_summary, write_thoughts};
use super::open_item::{Events, PartPlace, Place};
use crate::json::Quotable;
use crate::neutral::Signature;

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
        thoughts
            .at()
            .event(events, out, "response.reasoning_summary_part.added", &mut |w| write_summary(w.key("part"), ""));
        thoughts
    }

    /// Thoughts that only their provider can read open and close at once.
    pub(super) fn redacted(place: &Place, signature: &Signature<'_>, events: &mut Events, out: &mut Vec<u8>) -> String {
        place.added(events, out, &mut |w| write_thoughts(w, &place.id, ItemStatus::InProgress, None, None));
        place.done(events, out, &mut |w| write_thoughts(w, &place.id, ItemStatus::Completed, None, Some(signature)))
    }

    pub(super) fn think(&mut self, text: &str, events: &mut Events, out: &mut Vec<u8>) {
        self.text.push_str(text);
        self.at().event(events, out, "response.reasoning_summary_text.delta", &mut |w| w.key("delta").string(text));
    }

    pub(super) fn close(
        self,
        signature: Option<&Signature<'_>>,
        status: ItemStatus,
        events: &mut Events,
        out: &mut Vec<u8>,
    ) -> String {
        self.at().event(events, out, "response.reasoning_summary_text.done", &mut |w| w.key("text").string(&self.text));
        self.at().event(events, out, "response.reasoning_summary_part.done", &mut |w| {
            write_summary(w.key("part"), &self.text)
        });
        self.place.done(events, out, &mut |w| {
            write_thoughts(w, &self.place.id, status, Some(self.text.quoted()), signature);
        })
    }

    /// All thoughts are told as one summary.
    fn at(&self) -> PartPlace<'_> {
        self.place.part("summary_index", 0)
    }
}
