//! How far a stream has come, by the events that it has had.

use crate::neutral::{Event, Failure, Outcome};

/// How far the stream has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
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

impl Phase {
    fn max_answering(self) -> Self {
        if self == Self::Waiting { Self::Answering } else { self }
    }
}

/// Notes what an event says of the answer as a whole.
pub(super) fn note(event: &Event<'_>, phase: &mut Phase, outcome: &mut Outcome, error: &mut Option<Failure>) {
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
