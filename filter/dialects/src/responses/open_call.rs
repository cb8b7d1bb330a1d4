//! A call whose arguments are being told.

use super::items::{ItemStatus, write_call};
use super::open_item::{Events, Place};
use crate::json::Quotable;

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
