//! A stream that fails: what its client is told of it, and what is known of it afterwards.

use super::{Phase, Stream, Way};
use crate::codec::Broken;
use crate::neutral::{Event, Failure};

/// How a stream failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamFailure {
    /// The provider sent an error, which stands for this status.
    Said(u16),
    /// It broke off, or cannot be read.
    Broken,
}

impl Stream {
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

    /// Tells the client of a failure, unless all has been said.
    pub(super) fn fail(&mut self, failure: &Failure, out: &mut Vec<u8>) {
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

pub(super) fn broken(message: &str) -> Failure {
    Failure::new(502, message)
}

pub(super) fn unreadable() -> Failure {
    broken("The provider sent an event that cannot be read.")
}
