//! Cohere Chat, version 2. Shapes follow the API reference at <https://docs.cohere.com/reference/chat>
//! and <https://docs.cohere.com/reference/chat-stream>, and the types of the official SDK.

mod errors;
mod logprobs;
mod models;
mod read_events;
mod read_messages;
mod read_request;
mod read_response;
mod write_events;
mod write_messages;
mod write_request;
mod write_response;

use crate::codec::{Codec, Given, StreamForm};
use crate::json::{Few, Text, Writer, shape};
use crate::neutral::{Citation, Count, Finish, Usage};
use crate::peek::Member;
use crate::upstream::Credential;

/// What this dialect can do.
pub(crate) static CODEC: Codec = Codec {
    name: "cohere",
    base_path: "/v2",
    path: |_, out| out.push_str("/chat"),
    credential: Credential::Bearer,
    request_id_header: "x-debug-trace-id",
    header_prefix: "x-client-name",
    account_headers: &["x-endpoint-", "x-trial-endpoint-"],
    members: &[
        ("model", "", Member::Model),
        ("stream", "", Member::Stream),
        ("max_tokens", "", Member::MaxOutput),
        ("temperature", "", Member::Sampling),
        ("p", "", Member::Sampling),
        ("k", "", Member::Sampling),
    ],
    read_request: read_request::read_request,
    write_request: write_request::write_request,
    read_response: read_response::read_response,
    write_response: write_response::write_response,
    read_outcome: read_response::read_outcome,
    read_error: errors::read_error,
    write_error: errors::write_error,
    write_error_event: |broken, out| errors::write_error_event(broken.failure, None, out),
    write_models: write_response::write_models,
    event_reader: || {
        let mut reader = read_events::EventReader::default();
        Box::new(move |given: Given<'_>, sink| reader.read(given.data, sink))
    },
    event_watcher: || Box::new(|given: Given<'_>, sink| read_events::watch_event(given.data, sink)),
    event_writer: |_| {
        let mut writer = write_events::EventWriter::default();
        Box::new(move |event, out| writer.write(event, out))
    },
    stream_form: StreamForm::Sse,
    telling_keys: &["\"finish_reason\""],
    telling_text: MESSAGE_END,
    is_usage_only: |_| false,
};

/// The event that tells how a stream ended and what it took.
const MESSAGE_END: &str = "message-end";

/// What may end the data of a stream.
const DONE: &str = "[DONE]";

/// `finish_reason`, both ways. The first row that fits is taken. A refusal is an answer here; an
/// answer that a filter cut is none.
const FINISH_REASONS: [(&str, Finish); 8] = [
    ("COMPLETE", Finish::Stop),
    ("STOP_SEQUENCE", Finish::StopSequence),
    ("MAX_TOKENS", Finish::Length),
    ("TOOL_CALL", Finish::ToolCalls),
    ("COMPLETE", Finish::Refusal),
    ("COMPLETE", Finish::Paused),
    ("MAX_TOKENS", Finish::ContextWindow),
    (ERROR, Finish::ContentFilter),
];

/// The `finish_reason` of an answer that failed.
const ERROR: &str = "ERROR";

/// How an answer ended: whole, or by a failure of the provider, which has the status that a failed
/// request would have had.
enum Ending {
    Finish(Finish),
    Failed(u16),
}

impl Ending {
    fn of(reason: &str) -> Self {
        match reason {
            ERROR => Self::Failed(500),
            "TIMEOUT" => Self::Failed(504),
            reason => {
                let known = FINISH_REASONS.iter().find(|(word, _)| *word == reason);
                Self::Finish(known.map_or(Finish::Stop, |&(_, finish)| finish))
            }
        }
    }
}

fn finish_word(finish: Finish) -> &'static str {
    FINISH_REASONS.iter().find(|(_, known)| *known == finish).map_or("COMPLETE", |&(word, _)| word)
}

shape! { UsageShape { billed_units: Units<'a>, tokens: Units<'a>, cached_tokens: Count } }
shape! { Units { input_tokens: Count, output_tokens: Count } }
shape! { CitationShape { start: u64, end: u64, sources: Few<SourceShape<'a>> } }
shape! { SourceShape { document: PageShape<'a>, tool_output: PageShape<'a> } }
shape! { PageShape { url: Text<'a>, title: Text<'a> } }

impl UsageShape<'_> {
    /// `tokens` is what the model saw and said; `billed_units` leaves out what Cohere adds itself.
    fn to_usage(&self) -> Usage {
        let units = self.tokens.as_ref().or(self.billed_units.as_ref());
        let count = |count: Option<Count>| count.unwrap_or_default().0;
        let input = count(units.and_then(|units| units.input_tokens));
        Usage {
            input,
            cached_input: count(self.cached_tokens).min(input),
            output: count(units.and_then(|units| units.output_tokens)),
            ..Usage::default()
        }
    }
}

fn write_usage(w: &mut Writer<'_>, usage: &Usage) {
    w.object(|w| {
        for key in ["billed_units", "tokens"] {
            w.key(key).object(|w| {
                w.key("input_tokens").unsigned(usage.input);
                w.key("output_tokens").unsigned(usage.output);
            });
        }
        w.key("cached_tokens").unsigned(usage.cached_input);
    });
}

impl<'a> CitationShape<'a> {
    /// The pages that are cited. Documents and tool outputs of the request's own have no URL, and say
    /// nothing that another API could.
    fn into_citations(self) -> impl Iterator<Item = Citation<'a>> {
        let span = self.start.zip(self.end);
        let pages = self.sources.into_iter().flatten().filter_map(|source| source.document.or(source.tool_output));
        pages.filter(|page| page.url.as_ref().is_some_and(|url| !url.is_empty())).map(move |page| Citation {
            url: page.url,
            title: page.title,
            quote: None,
            span,
        })
    }
}
