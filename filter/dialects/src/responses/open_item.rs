//! The item of a stream that is open, whatever it is: told in pieces, then told whole and closed.

use super::items::{ItemStatus, write_image};
use crate::json::Writer;
use crate::neutral::Source;
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
    pub(super) fn write(&self, w: &mut Writer<'_>) {
        w.key("item_id").string(&self.id);
        w.key("output_index").unsigned(self.index);
    }

    /// A part of it: its index, and what that is called.
    pub(super) fn part(&self, list: &'static str, index: u64) -> PartPlace<'_> {
        PartPlace { item: self, list, index }
    }

    pub(super) fn added(&self, events: &mut Events, out: &mut Vec<u8>, item: &mut dyn FnMut(&mut Writer<'_>)) {
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
    pub(super) fn done(&self, events: &mut Events, out: &mut Vec<u8>, item: &mut dyn FnMut(&mut Writer<'_>)) -> String {
        let item = json(item);
        events.write(out, "response.output_item.done", &mut |w| {
            w.key("output_index").unsigned(self.index);
            w.key("item").literal(&item);
        });
        item
    }
}

/// Where a part of an item stands.
pub(super) struct PartPlace<'a> {
    item: &'a Place,
    /// What its index is called.
    list: &'static str,
    index: u64,
}

impl PartPlace<'_> {
    pub(super) fn event(
        &self,
        events: &mut Events,
        out: &mut Vec<u8>,
        name: &'static str,
        members: &mut dyn FnMut(&mut Writer<'_>),
    ) {
        events.write(out, name, &mut |w| {
            self.item.write(w);
            w.key(self.list).unsigned(self.index);
            members(w);
        });
    }
}

pub(super) fn json(value: &mut dyn FnMut(&mut Writer<'_>)) -> String {
    let mut out = Vec::new();
    value(&mut Writer::new(&mut out));
    String::from_utf8(out).unwrap_or_default()
}
