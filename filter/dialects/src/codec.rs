//! What a dialect must be able to do: one table of functions, which each dialect's folder fills in.

use crate::json::RequestError;
use crate::neutral::{Event, Extra, Failure, Outcome, Request, Response};
use crate::peek::MemberTable;
use crate::upstream::{Call, Credential, Target};

/// How an answer is to be written for its client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answering {
    /// Unix time in seconds.
    pub(crate) created: u64,
    /// Did the client ask for usage in the stream?
    pub(crate) include_usage: bool,
    /// How the client's stream is cut into events, where its API has a choice.
    pub(crate) form: StreamForm,
}

/// How a stream is cut into events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamForm {
    /// Server-sent events.
    Sse,
    /// One JSON array, an element for each event.
    JsonArray,
    /// AWS's binary messages, `application/vnd.amazon.eventstream`.
    EventStream,
}

impl StreamForm {
    /// The content type of such a stream.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Sse => "text/event-stream",
            Self::JsonArray => "application/json",
            Self::EventStream => "application/vnd.amazon.eventstream",
        }
    }
}

/// One event of a provider's stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'e> {
    /// What its envelope calls it. Empty for server-sent events, whose data says it.
    pub(crate) name: &'e str,
    pub(crate) data: &'e str,
}

/// An error in the middle of a stream, after `events` others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Broken<'f> {
    pub(crate) failure: &'f Failure,
    pub(crate) events: u64,
    pub(crate) form: StreamForm,
}

/// Reads a provider's stream, one event at a time.
pub(crate) type ReadEvent = Box<dyn FnMut(Given<'_>, &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError>>;
/// Writes a client's stream, one neutral event at a time.
pub(crate) type WriteEvent = Box<dyn FnMut(&Event<'_>, &mut Vec<u8>)>;

/// What a dialect can do.
pub(crate) struct Codec {
    /// Its name in configurations and metrics.
    pub(crate) name: &'static str,
    /// The path of the provider's API before [`Self::path`].
    pub(crate) base_path: &'static str,
    /// Appends where a provider takes a request, after its base path.
    pub(crate) path: fn(Call<'_>, &mut String),
    /// How a provider is shown its key.
    pub(crate) credential: Credential,
    /// The response header that names a request.
    pub(crate) request_id_header: &'static str,
    /// How the request headers begin that only a provider of this dialect understands.
    pub(crate) header_prefix: &'static str,
    /// How the response headers begin that tell of the caller's account at a provider.
    pub(crate) account_headers: &'static [&'static str],
    /// What matters of a request's body.
    pub(crate) members: &'static MemberTable,
    /// Reads a client's request; the path may have more to say than the body.
    pub(crate) read_request: for<'a> fn(&'a str) -> Result<Request<'a>, RequestError>,
    /// Writes a request for a provider; what could not be said is added to its losses.
    pub(crate) write_request: fn(&mut Request<'_>, &Target<'_>, &mut Vec<u8>) -> Result<(), RequestError>,
    /// Reads a provider's whole answer.
    pub(crate) read_response: for<'a> fn(&'a str) -> Result<Response<'a>, RequestError>,
    /// Has an answer of this API a place for this? What has none is left out and reported.
    pub(crate) holds: fn(Extra<'_, '_>) -> bool,
    /// Writes a whole answer for a client.
    pub(crate) write_response: fn(&Response<'_>, Answering, &mut Vec<u8>),
    /// Reads only what must be known of an answer that is passed on as it is.
    pub(crate) read_outcome: fn(&str) -> Result<Outcome, RequestError>,
    /// Reads a provider's error of this status, if it is one of this API's.
    pub(crate) read_error: fn(&str, u16) -> Option<Failure>,
    /// Writes an error as a whole body.
    pub(crate) write_error: fn(&Failure, &mut Vec<u8>),
    /// Writes an error as the last event of a stream that was passed on until now.
    pub(crate) write_error_event: fn(Broken<'_>, &mut Vec<u8>),
    /// Writes the list of models.
    pub(crate) write_models: fn(&[&str], &mut Vec<u8>),
    pub(crate) event_reader: fn() -> ReadEvent,
    /// Reads only how a stream ends and what it took, for events that are passed on as they are.
    pub(crate) event_watcher: fn() -> ReadEvent,
    /// Writes every event of a translated stream, `Event::Error` and `Event::End` too.
    pub(crate) event_writer: fn(Answering) -> WriteEvent,
    /// How a provider's stream is cut into events.
    pub(crate) stream_form: StreamForm,
    /// Members that, when not null, make an event worth reading on its way through; where events have
    /// names, the names that do.
    pub(crate) telling_keys: &'static [&'static str],
    /// Text that does.
    pub(crate) telling_text: &'static str,
    /// Is an event's data only there because usage was asked for?
    pub(crate) is_usage_only: fn(&str) -> bool,
}
