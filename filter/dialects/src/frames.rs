//! Puts events into the form that a client's stream has.

use crate::codec::StreamForm;
use crate::event_stream::write_event;
use crate::sse;

/// A client's stream as far as it has been written.
#[derive(Debug)]
pub(crate) struct Frames {
    form: StreamForm,
    events: u64,
    ended: bool,
}

impl Frames {
    pub(crate) fn new(form: StreamForm) -> Self {
        Self::after(0, form)
    }

    /// A stream in which `events` have been written.
    pub(crate) fn after(events: u64, form: StreamForm) -> Self {
        Self { form, events, ended: false }
    }

    pub(crate) fn form(&self) -> StreamForm {
        self.form
    }

    pub(crate) fn events(&self) -> u64 {
        self.events
    }

    /// Appends an event. `name` is what its envelope calls it, if anything.
    pub(crate) fn event(&mut self, out: &mut Vec<u8>, name: &str, data: impl FnOnce(&mut Vec<u8>)) {
        match self.form {
            StreamForm::JsonArray => {
                out.extend_from_slice(if self.events == 0 { b"[" } else { b"\n,\n" });
                data(out);
            }
            StreamForm::Sse => sse::write(out, Some(name).filter(|name| !name.is_empty()), data),
            StreamForm::EventStream => write_event(out, name, data),
        }
        self.events = self.events.saturating_add(1);
    }

    /// Appends what ends the stream, once.
    pub(crate) fn end(&mut self, out: &mut Vec<u8>) {
        if self.form == StreamForm::JsonArray && !self.ended {
            out.extend_from_slice(if self.events == 0 { b"[]" } else { b"\n]" });
        }
        self.ended = true;
    }

    /// Something else wrote the end.
    pub(crate) fn ended(&mut self) {
        self.ended = true;
    }
}
