//! What an event becomes for a client that is told it in other words, or in another form.

use super::failing::broken;
use super::phase::note;
use super::{Phase, Stream, Way};
use crate::bedrock::errors::read_exception;
use crate::codec::Given;
use crate::event_stream::EXCEPTION;
use crate::json::{Scanner, Text, Token};
use crate::neutral::{Event, Outcome, Telling};

impl Stream {
    /// Writes what an event says to the client. Returns whether it could be read.
    pub(super) fn carry(&mut self, given: Given<'_>, out: &mut Vec<u8>) -> bool {
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
}

/// What ends an answer that the provider has finished.
pub(super) fn end(telling: &Telling, outcome: &Outcome) -> Event<'static> {
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
