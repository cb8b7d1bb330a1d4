//! What is read of an event that goes on as it is.

use super::phase::note;
use super::{Phase, Stream};
use crate::bedrock::errors::read_exception;
use crate::codec::Given;
use crate::event_stream::EXCEPTION;

impl Stream {
    /// Is there more in an event than another piece of text? Most events are not worth reading. Where
    /// events have names, those tell.
    pub(super) fn is_telling(&self, given: Given<'_>) -> bool {
        let codec = self.provider.codec();
        let Given { name, data } = given;
        if !name.is_empty() {
            return codec.telling_keys.contains(&name) || name.starts_with(EXCEPTION);
        }
        let said = |key: &&str| {
            memchr::memmem::find_iter(data.as_bytes(), key.as_bytes()).any(|at| {
                let value = data.as_bytes().get(at.saturating_add(key.len())..).unwrap_or_default();
                let value = value.iter().find(|b| !matches!(b, b':' | b' '));
                value.is_some_and(|&b| b != b'n')
            })
        };
        codec.telling_keys.iter().any(said) || data.contains(codec.telling_text)
    }

    /// Returns whether the event could be read. What cannot be is the client's to judge: it gets the
    /// same bytes.
    pub(super) fn watch(&mut self, given: Given<'_>) -> bool {
        let Self { phase, outcome, error, said, .. } = self;
        if given.name.starts_with(EXCEPTION) {
            *error = Some(read_exception(given.name, given.data));
            *phase = Phase::Failed;
            return true;
        }
        (self.read)(given, &mut |event| {
            *said = said.saturating_add(u64::from(event.is_said()));
            note(&event, phase, outcome, error);
        })
        .is_ok()
    }
}
