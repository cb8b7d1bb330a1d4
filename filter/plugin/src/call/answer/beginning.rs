//! The beginning of a stream where another target may be tried: held until it is seen to be an answer.

use super::super::ending::Work;
use super::super::failure;
use super::streaming::pass;
use super::{Answering, Stage, place};
use crate::gateway::Gateway;
use crate::host::Body;
use proxy_wasm::types::Action;
use tollgate_dialects::{ProviderFailure, Stream, StreamFailure};

/// The most of a stream that is held, in bytes, until it begins.
const LONGEST_BEGINNING: usize = 65_536;

/// A stream whose headers are held: its bytes so far.
pub(super) struct Beginning {
    pub(super) stream: Stream,
    /// How many of them have been looked at; Envoy keeps them all.
    pub(super) seen: usize,
    /// What goes to the client in their place.
    pub(super) out: Vec<u8>,
}

impl Answering {
    /// Looks at the first bytes of a stream, and lets it go once it has begun. What is only an error is told as one.
    pub(super) fn begin(&mut self, gateway: &Gateway, size: usize, end_of_stream: bool) -> Action {
        let stage = std::mem::replace(&mut self.stage, Stage::Done);
        let Stage::Beginning(Beginning { mut stream, seen, mut out }) = stage else { return Action::Continue };
        let read = || Body::Response.read_from(seen, size.saturating_sub(seen));
        out.extend(pass(&mut stream, read, end_of_stream).unwrap_or_else(read));
        self.watch.follow(gateway, &self.facts, &stream);
        if let Some(failure) = stream.failure_in_words().filter(|_| !stream.has_begun()) {
            let failure = failure::in_a_stream(&self.facts, failure);
            self.ending.outcome = stream.outcome();
            // Only a provider that says so has done nothing.
            let has_said_so = matches!(stream.failure(), Some(StreamFailure::Said(_)));
            let refused = has_said_so && self.ending.outcome.usage.is_none();
            self.ending.work = if refused { Work::Refused } else { Work::Unknown };
            self.tell(&ProviderFailure { failure, as_it_is: false });
            self.finish();
            self.stage = Stage::Told;
            return Action::Continue;
        }
        if stream.has_begun() || end_of_stream || size > LONGEST_BEGINNING {
            let mut behind = Vec::new();
            if end_of_stream {
                place::put_whole(self.exchange.stream_types().1, &out, size);
            } else {
                behind = out.split_off(place::room(size).min(out.len()));
                Body::Response.replace(&out);
            }
            self.stage = Stage::Streaming { stream, behind };
            if end_of_stream {
                self.finish();
            }
            return Action::Continue;
        }
        self.stage = Stage::Beginning(Beginning { stream, seen: size, out });
        Action::Pause
    }
}
