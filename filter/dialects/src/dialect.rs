//! The table of dialects: a new one is a folder and a row.

use crate::json::RequestError;
use crate::neutral::{Event, Failure, Outcome, Request, Response};
use crate::{anthropic, openai};

/// The shape of an API's bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// OpenAI Chat Completions.
    OpenAi,
    /// Anthropic Messages.
    Anthropic,
}

/// How a provider of a dialect is shown its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// `authorization: Bearer KEY`
    Bearer,
    /// The key alone, in the header of this name.
    Header(&'static str),
}

impl Dialect {
    /// Every dialect and its name in configurations.
    pub const ALL: &'static [(&'static str, Self)] = &[("openai", Self::OpenAi), ("anthropic", Self::Anthropic)];

    /// The name in configurations and metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.codec().name
    }

    /// The path of the provider's API before [`Self::path`], unless the configuration says otherwise.
    #[must_use]
    pub fn base_path(self) -> &'static str {
        "/v1"
    }

    /// Where a provider takes requests, after its base path.
    #[must_use]
    pub fn path(self) -> &'static str {
        self.codec().path
    }

    /// How a provider is shown its key.
    #[must_use]
    pub fn credential(self) -> Credential {
        self.codec().credential
    }

    /// The response header that names a request, which a client's SDK shows and logs.
    #[must_use]
    pub fn request_id_header(self) -> &'static str {
        self.codec().request_id_header
    }

    /// How the request headers begin that only a provider of this dialect understands.
    #[must_use]
    pub fn header_prefix(self) -> &'static str {
        self.codec().header_prefix
    }

    /// How the response headers begin that tell of the caller's account at a provider.
    #[must_use]
    pub fn account_headers(self) -> &'static [&'static str] {
        self.codec().account_headers
    }

    /// The header that tells a provider which version of its API a request is written for.
    ///
    /// For Anthropic the version follows from the request: since `2026-10-21` sampling parameters are
    /// refused, and requests written for the older version may use what the newer one forbids
    /// (<https://platform.claude.com/docs/en/api/versioning>).
    #[must_use]
    pub fn version_header(
        self,
        has_sampling: bool,
        client_version: Option<&[u8]>,
    ) -> Option<(&'static str, &'static str)> {
        const OLD: &str = "2023-06-01";
        match self {
            Self::OpenAi => None,
            Self::Anthropic if has_sampling || client_version == Some(OLD.as_bytes()) => {
                Some(("anthropic-version", OLD))
            }
            Self::Anthropic => Some(("anthropic-version", "2026-10-21")),
        }
    }

    /// An error's whole body.
    #[must_use]
    pub fn error_body(self, failure: &Failure) -> Vec<u8> {
        let mut out = Vec::new();
        (self.codec().write_error)(failure, &mut out);
        out
    }

    /// The answer to a request for the list of models.
    #[must_use]
    pub fn models_body(self, names: &[&str]) -> Vec<u8> {
        let mut out = Vec::new();
        (self.codec().write_models)(names, &mut out);
        out
    }

    pub(crate) fn codec(self) -> &'static Codec {
        match self {
            Self::OpenAi => &OPENAI,
            Self::Anthropic => &ANTHROPIC,
        }
    }
}

/// How an answer is to be written for its client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answering {
    /// Unix time in seconds.
    pub(crate) created: u64,
    /// Did the client ask for usage in the stream?
    pub(crate) include_usage: bool,
}

/// Reads a provider's stream, one event's data at a time.
pub(crate) type ReadEvent = Box<dyn FnMut(&str, &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError>>;
/// Writes a client's stream, one neutral event at a time.
pub(crate) type WriteEvent = Box<dyn FnMut(&Event<'_>, &mut Vec<u8>)>;

/// What a dialect can do.
pub(crate) struct Codec {
    name: &'static str,
    path: &'static str,
    credential: Credential,
    request_id_header: &'static str,
    header_prefix: &'static str,
    account_headers: &'static [&'static str],
    pub(crate) read_request: for<'a> fn(&'a str) -> Result<Request<'a>, RequestError>,
    pub(crate) write_request: fn(&mut Request<'_>, &str, &mut Vec<u8>) -> Result<(), RequestError>,
    pub(crate) read_response: for<'a> fn(&'a str) -> Result<Response<'a>, RequestError>,
    pub(crate) write_response: fn(&Response<'_>, Answering, &mut Vec<u8>),
    pub(crate) read_outcome: fn(&str) -> Result<Outcome, RequestError>,
    pub(crate) read_error: fn(&str, u16) -> Option<Failure>,
    pub(crate) write_error: fn(&Failure, &mut Vec<u8>),
    pub(crate) write_error_event: fn(&Failure, &mut Vec<u8>),
    pub(crate) write_models: fn(&[&str], &mut Vec<u8>),
    pub(crate) event_reader: fn() -> ReadEvent,
    /// Reads only how a stream ends and what it took, for events that are passed on as they are.
    pub(crate) event_watcher: fn() -> ReadEvent,
    pub(crate) event_writer: fn(Answering) -> WriteEvent,
    /// Members that, when not null, make an event worth reading on its way through.
    pub(crate) telling_keys: &'static [&'static str],
    /// Text that does.
    pub(crate) telling_text: &'static str,
    /// Is an event's data only there because usage was asked for?
    pub(crate) is_usage_only: fn(&str) -> bool,
}

static OPENAI: Codec = Codec {
    name: "openai",
    path: "/chat/completions",
    credential: Credential::Bearer,
    request_id_header: "x-request-id",
    header_prefix: "openai-",
    account_headers: &["openai-", "x-ratelimit-"],
    read_request: openai::read_request,
    write_request: openai::write_request,
    read_response: openai::read_response,
    write_response: |response, answering, out| openai::write_response(response, answering.created, out),
    read_outcome: openai::read_outcome,
    read_error: openai::read_error,
    write_error: openai::write_error,
    write_error_event: openai::write_error_event,
    write_models: openai::write_models,
    event_reader: || {
        let mut reader = openai::EventReader::default();
        Box::new(move |data, sink| reader.read(data, sink))
    },
    event_watcher: || Box::new(openai::watch_event),
    event_writer: |answering| {
        let mut writer = openai::EventWriter::new(answering.created, answering.include_usage);
        Box::new(move |event, out| writer.write(event, out))
    },
    telling_keys: &["\"usage\"", "\"finish_reason\"", "\"error\""],
    telling_text: openai::DONE,
    is_usage_only: openai::is_usage_only,
};

static ANTHROPIC: Codec = Codec {
    name: "anthropic",
    path: "/messages",
    credential: Credential::Header("x-api-key"),
    request_id_header: "request-id",
    header_prefix: "anthropic-",
    account_headers: &["anthropic-"],
    read_request: anthropic::read_request,
    write_request: anthropic::write_request,
    read_response: anthropic::read_response,
    write_response: |response, _, out| anthropic::write_response(response, out),
    read_outcome: anthropic::read_outcome,
    read_error: anthropic::read_error,
    write_error: anthropic::write_error,
    write_error_event: anthropic::write_error_event,
    write_models: anthropic::write_models,
    event_reader: anthropic_event_reader,
    event_watcher: anthropic_event_reader,
    event_writer: |_| {
        let mut writer = anthropic::EventWriter::new();
        Box::new(move |event, out| writer.write(event, out))
    },
    telling_keys: &["\"usage\"", "\"stop_reason\"", "\"error\""],
    telling_text: "message_stop",
    is_usage_only: |_| false,
};

fn anthropic_event_reader() -> ReadEvent {
    let mut reader = anthropic::EventReader::default();
    Box::new(move |data, sink| reader.read(data, sink))
}
