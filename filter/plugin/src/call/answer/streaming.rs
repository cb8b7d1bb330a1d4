//! A stream on its way to the client, event by event.

use super::super::failure;
use super::{Answering, Stage};
use crate::gateway::Gateway;
use crate::host::Body;
use proxy_wasm::types::Action;
use tollgate_dialects::{Stream, StreamBytes};

impl Answering {
    /// Takes the next bytes of a stream whose headers have gone, and puts in their place what goes on.
    pub(super) fn pass_on(&mut self, gateway: &Gateway, size: usize, end_of_stream: bool) -> Action {
        let Stage::Streaming { stream, behind } = &mut self.stage else { return Action::Continue };
        let read = || Body::Response.read(size);
        let mut out = pass(stream, read, end_of_stream);
        if !behind.is_empty() {
            behind.extend(out.unwrap_or_else(read));
            out = Some(std::mem::take(behind));
        }
        if stream.failure().is_some() {
            let mut said = out.unwrap_or_else(read);
            let instead = failure::hide_key(&self.facts, stream, &mut said);
            if let Some(told) = instead {
                Body::Response.replace(&told);
                self.watch.follow(gateway, &self.facts, stream);
                self.finish();
                self.stage = Stage::Told;
                return Action::Continue;
            }
            out = Some(said);
        }
        if let Some(out) = out {
            Body::Response.replace(&out);
        }
        self.watch.follow(gateway, &self.facts, stream);
        if end_of_stream {
            self.finish();
        }
        Action::Continue
    }
}

/// Takes the next bytes of a stream, and says what goes on in their place; `None`: they go on as they are.
pub(super) fn pass(stream: &mut Stream, read: impl Fn() -> Vec<u8>, end_of_stream: bool) -> Option<Vec<u8>> {
    let mut out = match stream.push(&read()) {
        StreamBytes::AsTheyAre => None,
        StreamBytes::Replaced(bytes) => Some(bytes),
    };
    if end_of_stream {
        let last = stream.finish();
        if !last.is_empty() {
            out.get_or_insert_with(read).extend(last);
        }
    }
    out
}
