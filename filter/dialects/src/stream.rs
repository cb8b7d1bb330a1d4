//! A streamed answer on its way to the client: watched, or translated event by event.

use crate::Dialect;
use crate::bedrock::errors::read_exception;
use crate::codec::{Broken, Given, ReadEvent, StreamForm, WriteEvent};
use crate::event_stream::EXCEPTION;
use crate::framer::{Frame, Framer, Unframed};
use crate::frames::Frames;
use crate::json::{Scanner, Text, Token};
use crate::neutral::{Event, Failure, Losses, Outcome, Telling};

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

/// How a stream failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamFailure {
    /// The provider sent an error, which stands for this status.
    Said(u16),
    /// It broke off, or cannot be read.
    Broken,
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

/// How far the stream has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Waiting,
    Answering,
    /// The answer is whole; figures may follow.
    Finished,
    /// The provider has said that this is all.
    Ended,
    /// The client has been told of an error; nothing can follow.
    Failed,
    /// An event that was passed on was too large to be read: how the stream ends stays unknown.
    Unwatched,
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

    /// How it failed, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<StreamFailure> {
        let said = |error: &Failure| StreamFailure::Said(error.status);
        (self.phase == Phase::Failed).then(|| self.error.as_ref().map_or(StreamFailure::Broken, said))
    }

    /// The same in words: the provider's, if it sent an error.
    #[must_use]
    pub fn failure_in_words(&self) -> Option<&Failure> {
        self.error.as_ref().or(self.broken.as_ref()).filter(|_| self.phase == Phase::Failed)
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

    /// Is there more in an event than another piece of text? Most events are not worth reading. Where
    /// events have names, those tell.
    fn is_telling(&self, given: Given<'_>) -> bool {
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
    fn watch(&mut self, given: Given<'_>) -> bool {
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

    /// Writes what an event says to the client. Returns whether it could be read.
    fn carry(&mut self, given: Given<'_>, out: &mut Vec<u8>) -> bool {
        if given.name.starts_with(EXCEPTION) {
            let failure = read_exception(given.name, given.data);
            self.fail(&failure, out);
            self.error = Some(failure);
            return true;
        }
        if !matches!(self.way, Way::Reframed(_)) {
            return self.translate(given, out);
        }
        // In a form of the client's own, what is no event would break all that follows.
        let could_be_read = self.watch(given);
        if let Way::Reframed(frames) = &mut self.way
            && could_be_read
        {
            frames.event(out, name_of(given), |out| out.extend_from_slice(given.data.as_bytes()));
        }
        could_be_read
    }

    /// Returns whether the event could be read.
    fn translate(&mut self, given: Given<'_>, out: &mut Vec<u8>) -> bool {
        let Way::Translated(write) = &mut self.way else { return true };
        let Self { phase, outcome, telling, error, said, .. } = self;
        let holds = self.client.codec().holds;
        let read = (self.read)(given, &mut |event| {
            *said = said.saturating_add(u64::from(event.is_said()));
            let event = match (event, *phase) {
                (_, Phase::Failed | Phase::Ended) => return,
                (Event::Lost(kind), _) => return telling.lose(&kind),
                // What can only be said once has been said.
                (Event::Start { .. }, Phase::Answering | Phase::Finished) => return,
                (Event::Finish { .. }, Phase::Finished) => return,
                (Event::End, Phase::Waiting | Phase::Answering) => {
                    Event::Error(broken("The provider ended its stream before the answer was complete."))
                }
                (Event::End, _) => {
                    *phase = Phase::Ended;
                    return write(&end(telling, outcome), out);
                }
                (event, _) if !telling.event(&event, holds) => return,
                (event, _) => event,
            };
            if *phase == Phase::Waiting && !matches!(event, Event::Start { .. } | Event::Error(_)) {
                write(&Event::Start { id: Text::default(), model: Text::default() }, out);
            }
            note(&event, phase, outcome, error);
            // An answer of which nothing is left does not end well, and that is said at its end.
            let unsaid = matches!(event, Event::Finish { reason, .. } if telling.nothing_left(reason).is_some());
            if !unsaid {
                write(&event, out);
            }
        });
        read.is_ok()
    }

    /// Tells the client of a failure, unless all has been said.
    fn fail(&mut self, failure: &Failure, out: &mut Vec<u8>) {
        if !matches!(self.phase, Phase::Failed | Phase::Ended) {
            self.phase = Phase::Failed;
            self.broken = Some(failure.clone());
            self.tell(failure, out);
        }
    }

    /// What tells the client of a failure in other words, where those that were read must not go on.
    pub fn failure_instead(&mut self, failure: &Failure) -> Vec<u8> {
        let mut out = Vec::new();
        self.tell(failure, &mut out);
        out
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

    fn tell(&mut self, failure: &Failure, out: &mut Vec<u8>) {
        match &mut self.way {
            Way::Translated(write) => write(&Event::Error(failure.clone()), out),
            Way::PassedOn { .. } => {
                let broken = Broken { failure, events: self.events, form: self.provided };
                (self.client.codec().write_error_event)(broken, out);
            }
            Way::Reframed(frames) => {
                let broken = Broken { failure, events: frames.events(), form: frames.form() };
                (self.client.codec().write_error_event)(broken, out);
                frames.ended();
            }
        }
    }
}

/// What ends an answer that the provider has finished.
fn end(telling: &Telling, outcome: &Outcome) -> Event<'static> {
    let nothing_left = outcome.finish.and_then(|finish| telling.nothing_left(finish));
    nothing_left.map_or(Event::End, Event::Error)
}

/// What an event is called: by its envelope, or by its type where it came in none.
fn name_of(given: Given<'_>) -> &str {
    if !given.name.is_empty() {
        return given.name;
    }
    let mut scanner = Scanner::new(given.data);
    let mut is_type = false;
    while let Ok(Some((token, _))) = scanner.next() {
        match token {
            Token::String(kind) if is_type => return kind,
            token => is_type = scanner.depth() == 1 && token == Token::Key("type"),
        }
    }
    ""
}

fn note(event: &Event<'_>, phase: &mut Phase, outcome: &mut Outcome, error: &mut Option<Failure>) {
    *phase = match event {
        Event::Error(failure) => {
            *error = Some(failure.clone());
            Phase::Failed
        }
        Event::End => Phase::Ended,
        Event::Finish { reason, .. } => {
            outcome.finish = Some(*reason);
            Phase::Finished
        }
        Event::Usage(usage) => {
            outcome.usage = Some(*usage);
            (*phase).max_answering()
        }
        _ => (*phase).max_answering(),
    };
}

impl Phase {
    fn max_answering(self) -> Self {
        if self == Self::Waiting { Self::Answering } else { self }
    }
}

fn broken(message: &str) -> Failure {
    Failure::new(502, message)
}

fn unreadable() -> Failure {
    broken("The provider sent an event that cannot be read.")
}
