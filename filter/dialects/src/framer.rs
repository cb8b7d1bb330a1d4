//! Cuts a provider's stream into events, whatever the stream's form.

use crate::codec::StreamForm;
use crate::{event_stream, sse};
use std::borrow::Cow;

/// One event and the bytes it was, its envelope included.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame<'f> {
    pub(crate) raw: &'f [u8],
    /// What an envelope calls the event; empty where the data says it. One that reports a failure
    /// begins with [`event_stream::EXCEPTION`].
    pub(crate) name: &'f str,
    /// What the event says. `None`: nothing, as a comment.
    pub(crate) data: Option<Cow<'f, [u8]>>,
}

/// Nothing more can be read from this stream: an event is larger than any real one, or an envelope
/// is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unframed;

/// Keeps what has no end yet between two calls.
#[derive(Debug)]
pub(crate) enum Framer {
    Sse(sse::Framer),
    EventStream(event_stream::Framer),
}

impl Framer {
    pub(crate) fn new(form: StreamForm) -> Self {
        match form {
            StreamForm::Sse | StreamForm::JsonArray => Self::Sse(sse::Framer::default()),
            StreamForm::EventStream => Self::EventStream(event_stream::Framer::default()),
        }
    }

    /// Takes the next bytes and calls `on_frame` for every event that is now whole.
    pub(crate) fn push(&mut self, bytes: &[u8], on_frame: &mut dyn FnMut(Frame<'_>)) -> Result<(), Unframed> {
        match self {
            Self::Sse(framer) => framer.push(bytes, on_frame),
            Self::EventStream(framer) => framer.push(bytes, on_frame),
        }
    }

    /// The stream is over: what is left is the last event, whole or not.
    pub(crate) fn finish(&mut self, on_frame: &mut dyn FnMut(Frame<'_>)) {
        match self {
            Self::Sse(framer) => framer.finish(on_frame),
            Self::EventStream(framer) => framer.finish(on_frame),
        }
    }
}
