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
use crate::json::{Few, Raw, Text, Writer, parse, shape};
use crate::neutral::{Citation, Count, Extra, Finish, Part, Piece, Usage};
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
    holds: |extra| matches!(extra, Extra::Citation(_)),
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
shape! { CitationShape { kind as "type": Text<'a>, start: u64, end: u64, sources: Few<SourceShape<'a>> } }
shape! { SourceShape { id: Text<'a>, document: Raw<'a>, tool_output: Raw<'a> } }
shape! {
    /// What a request's own document, or a tool's output, says of itself: it may have any members.
    PageShape { url: Raw<'a>, title: Raw<'a>, text: Raw<'a> }
}

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
    /// What is cited. Other APIs do not say where their thoughts are from.
    fn into_pieces(self) -> impl Iterator<Item = Piece<'a>> {
        let of_text = self.kind.is_none_or(|kind| &*kind == "TEXT_CONTENT");
        let span = self.start.zip(self.end);
        let sources = self.sources.into_iter().flatten();
        sources.map(move |source| if of_text { Ok(Part::Citation(source.read(span))) } else { Err("citation".into()) })
    }
}

impl<'a> SourceShape<'a> {
    fn read(self, span: Option<(u64, u64)>) -> Citation<'a> {
        let page = self.document.or(self.tool_output).and_then(|page| parse::<PageShape<'_>>(page.get()).ok());
        let page = page.unwrap_or_default();
        let text = |member: Option<Raw<'a>>| {
            member.and_then(|text| parse::<Text<'_>>(text.get()).ok()).filter(|text| !text.is_empty())
        };
        let citation = Citation { title: text(page.title), quote: text(page.text), span, ..Citation::default() };
        citation.from(text(page.url).or(self.id))
    }
}
