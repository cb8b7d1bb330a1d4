//! A streamed answer on its way to the client: watched, or translated event by event.

mod carried;
mod failing;
mod phase;
mod watched;

use crate::Dialect;
use crate::codec::{Given, ReadEvent, StreamForm, WriteEvent};
use crate::framer::{Frame, Framer, Unframed};
use crate::frames::Frames;
use crate::neutral::{Failure, Losses, Outcome, Telling};
use carried::end;
pub use failing::StreamFailure;
use failing::{broken, unreadable};
use phase::Phase;

/// A stream between a provider and its client. Takes bytes, cut anywhere; gives bytes.
pub struct Stream {
    framer: Framer,
    read: ReadEvent,
    way: Way,
    client: Dialect,
    provider: Dialect,
    provided: StreamForm,
    phase: Phase,
    outcome: Outcome,
    telling: Telling,
    /// Events that were passed on.
    events: u64,
    /// Pieces of what the model said.
    said: u64,
    /// The provider's error, if it sent one.
    error: Option<Failure>,
    /// What is wrong with the stream, if it is broken.
    broken: Option<Failure>,
}

/// What became of the bytes that were handed in.
#[derive(Debug, PartialEq, Eq)]
pub enum StreamBytes {
    /// They go on as they are.
    AsTheyAre,
    /// These go on in their place; maybe none.
    Replaced(Vec<u8>),
}

enum Way {
    /// Both sides speak the same. `by_event`: only whole events go on, because one may have to be
    /// taken out, or because nothing could be said to the client after half of one.
    PassedOn {
        by_event: bool,
    },
    /// Both sides speak the same and cut it differently: an event's data goes on as it is.
    Reframed(Frames),
    Translated(WriteEvent),
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("phase", &self.phase).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

impl Stream {
    pub(crate) fn translated(provider: Dialect, client: Dialect, provided: StreamForm, write: WriteEvent) -> Self {
        let read = (provider.codec().event_reader)();
        Self::new(provider, client, provided, read, Way::Translated(write))
    }

    pub(crate) fn reframed(dialect: Dialect, provided: StreamForm, wanted: StreamForm) -> Self {
        let read = (dialect.codec().event_watcher)();
        Self::new(dialect, dialect, provided, read, Way::Reframed(Frames::new(wanted)))
    }

    pub(crate) fn passed_on(dialect: Dialect, provided: StreamForm, strip_usage: bool) -> Self {
        let read = (dialect.codec().event_watcher)();
        let by_event = (strip_usage && dialect == Dialect::OpenAi) || provided == StreamForm::EventStream;
        Self::new(dialect, dialect, provided, read, Way::PassedOn { by_event })
    }

    fn new(provider: Dialect, client: Dialect, provided: StreamForm, read: ReadEvent, way: Way) -> Self {
        Self {
            framer: Framer::new(provided),
            read,
            way,
            client,
            provider,
            provided,
            phase: Phase::Waiting,
            outcome: Outcome::default(),
            telling: Telling::default(),
            events: 0,
            said: 0,
            error: None,
            broken: None,
        }
    }

    /// Takes the next bytes from the provider.
    pub fn push(&mut self, bytes: &[u8]) -> StreamBytes {
        let passes_all = matches!(self.way, Way::PassedOn { by_event: false });
        // An event says about as much in one dialect as in another.
        let mut out = Vec::with_capacity(if passes_all { 0 } else { bytes.len() });
        if !matches!(self.phase, Phase::Failed | Phase::Unwatched) {
            let mut framer = std::mem::replace(&mut self.framer, Framer::new(StreamForm::Sse));
            match framer.push(bytes, &mut |frame| self.frame(frame, &mut out)) {
                Ok(()) => self.framer = framer,
                Err(Unframed) if passes_all => self.phase = Phase::Unwatched,
                Err(Unframed) => self.fail(&broken("The provider sent an event that is too large, or none."), &mut out),
            }
        }
        let nothing_changed = matches!(self.way, Way::PassedOn { by_event: true }) && out == bytes;
        if passes_all || nothing_changed { StreamBytes::AsTheyAre } else { StreamBytes::Replaced(out) }
    }

    /// The provider will send no more. Returns what the client must still get: the end, or, when
    /// the answer broke off, an error in its own dialect.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut in_event = false;
        let mut framer = std::mem::replace(&mut self.framer, Framer::new(StreamForm::Sse));
        framer.finish(&mut |frame| in_event = self.last_frame(&frame, &mut out));
        match (self.phase, &mut self.way) {
            (Phase::Finished | Phase::Ended | Phase::Failed, Way::Reframed(frames)) => frames.end(&mut out),
            (Phase::Ended | Phase::Failed | Phase::Unwatched, _) | (Phase::Finished, Way::PassedOn { .. }) => {}
            (Phase::Finished, Way::Translated(write)) => {
                write(&end(&self.telling, &self.outcome), &mut out);
                self.phase = Phase::Ended;
            }
            (Phase::Waiting | Phase::Answering, _) => {
                if in_event && self.provided == StreamForm::Sse {
                    out.extend_from_slice(b"\n\n");
                }
                self.fail(&broken("The provider's stream broke off before the answer was complete."), &mut out);
            }
        }
        out
    }

    /// What the stream has told so far.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// In how many pieces the model has spoken so far: if it breaks off before its usage, it took as many tokens, at least.
    #[must_use]
    pub fn said(&self) -> u64 {
        self.said
    }

    /// What the client could not be told so far.
    #[must_use]
    pub fn losses(&self) -> &Losses {
        &self.telling.losses
    }

    /// Did the provider finish its answer? If not, its usage is not final.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        matches!(self.phase, Phase::Finished | Phase::Ended)
    }

    /// Has an answer begun that is not just an error?
    #[must_use]
    pub fn has_begun(&self) -> bool {
        match self.phase {
            Phase::Failed => false,
            Phase::Waiting => self.events > 0,
            Phase::Answering | Phase::Finished | Phase::Ended | Phase::Unwatched => true,
        }
    }

    /// Do its bytes have checksums that change with them?
    #[must_use]
    pub fn has_checksums(&self) -> bool {
        let form = match &self.way {
            Way::PassedOn { .. } => self.provided,
            Way::Reframed(frames) => frames.form(),
            Way::Translated(_) => return self.client == Dialect::Bedrock,
        };
        form == StreamForm::EventStream
    }

    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<u8>) {
        if self.phase == Phase::Failed {
            return;
        }
        let data = frame.data.as_deref().map(std::str::from_utf8);
        let name = frame.name;
        match &self.way {
            Way::PassedOn { by_event } => {
                let by_event = *by_event;
                self.events = self.events.saturating_add(u64::from(data.is_some()));
                if let Some(Ok(data)) = data {
                    if self.is_telling(Given { name, data }) {
                        self.watch(Given { name, data });
                        if by_event && (self.provider.codec().is_usage_only)(data) {
                            return;
                        }
                    } else {
                        self.said = self.said.saturating_add(1);
                    }
                }
                if by_event {
                    out.extend_from_slice(frame.raw);
                }
            }
            Way::Reframed(_) | Way::Translated(_) => match data {
                None | Some(Ok("")) => {}
                Some(Ok(data)) => {
                    if !self.carry(Given { name, data }, out) {
                        self.fail(&unreadable(), out);
                    }
                }
                Some(Err(_)) => self.fail(&unreadable(), out),
            },
        }
    }

    /// What came after the last blank line: a whole event, or the start of one that broke off.
    /// Returns whether the client is left in the middle of it.
    fn last_frame(&mut self, frame: &Frame<'_>, out: &mut Vec<u8>) -> bool {
        let data = frame.data.as_deref().and_then(|data| std::str::from_utf8(data).ok());
        let given = data.map(|data| Given { name: frame.name, data });
        match self.way {
            _ if self.phase == Phase::Failed => false,
            Way::Reframed(_) | Way::Translated(_) => {
                let _ = given.map(|given| self.carry(given, out));
                false
            }
            Way::PassedOn { by_event: false } => {
                let _ = given.map(|given| self.watch(given));
                true
            }
            Way::PassedOn { by_event: true } => {
                let is_usage_only = self.provider.codec().is_usage_only;
                let goes_on = given.is_some_and(|given| self.watch(given) && !is_usage_only(given.data));
                if goes_on {
                    out.extend_from_slice(frame.raw);
                }
                goes_on
            }
        }
    }
}
