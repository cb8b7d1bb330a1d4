//! Anthropic Messages. Shapes follow the API reference at
//! <https://platform.claude.com/docs/en/api/messages> and the types of the official SDK.

pub(crate) mod betas;
mod blocks;
mod citations;
mod errors;
pub(crate) mod models;
mod read_events;
mod read_request;
mod read_response;
pub(crate) mod sampling;
pub(crate) mod thinking;
pub(crate) mod turns;
mod write_content;
mod write_events;
pub(crate) mod write_request;
mod write_response;

pub(crate) use read_request::{read_counted, read_thinking};

use crate::codec::{Codec, Given, ReadEvent, StreamForm};
use crate::json::{Raw, Text, Writer, shape};
use crate::neutral::{Count, Extra, Finish, Tier, Usage};
use crate::peek::Member;
use crate::upstream::Credential;

/// What this dialect can do.
pub(crate) static CODEC: Codec = Codec {
    name: "anthropic",
    base_path: "/v1",
    path: |_, out| out.push_str("/messages"),
    credential: Credential::Header("x-api-key"),
    request_id_header: "request-id",
    header_prefix: "anthropic-",
    account_headers: &["anthropic-"],
    members: &[
        ("model", "", Member::Model),
        ("stream", "", Member::Stream),
        ("max_tokens", "", Member::MaxOutput),
        ("temperature", "", Member::Sampling),
        ("top_p", "", Member::Sampling),
        ("top_k", "", Member::Sampling),
    ],
    read_request: read_request::read_request,
    write_request: write_request::write_request,
    read_response: read_response::read_response,
    holds: |extra| match extra {
        Extra::Image(_) => false,
        Extra::Citation(citation) => citation.place.is_some() || citation.url.is_some(),
        Extra::RedactedThinking => true,
    },
    write_response: write_response::write_response,
    read_outcome: read_response::read_outcome,
    read_error: errors::read_error,
    write_error: errors::write_error,
    write_error_event: |broken, out| errors::write_error_event(broken.failure, out),
    write_models: write_response::write_models,
    event_reader,
    event_watcher: event_reader,
    event_writer: |_| {
        let mut writer = write_events::EventWriter::new();
        Box::new(move |event, out| writer.write(event, out))
    },
    stream_form: StreamForm::Sse,
    telling_keys: &["\"usage\"", "\"stop_reason\"", "\"error\""],
    telling_text: "message_stop",
    is_usage_only: |_| false,
};

fn event_reader() -> ReadEvent {
    let mut reader = read_events::EventReader::default();
    Box::new(move |given: Given<'_>, sink| reader.read(given.data, sink))
}

/// `stop_reason`, both ways. The first row that fits is taken.
const STOP_REASONS: [(&str, Finish); 8] = [
    ("end_turn", Finish::Stop),
    ("max_tokens", Finish::Length),
    ("stop_sequence", Finish::StopSequence),
    ("tool_use", Finish::ToolCalls),
    ("pause_turn", Finish::Paused),
    ("refusal", Finish::Refusal),
    ("model_context_window_exceeded", Finish::ContextWindow),
    ("refusal", Finish::ContentFilter),
];

/// `service_tier`, both ways.
const TIERS: [(&str, Tier); 2] = [("auto", Tier::Auto), ("standard_only", Tier::Default)];

fn finish_from(reason: &str) -> Finish {
    STOP_REASONS.iter().find(|(word, _)| *word == reason).map_or(Finish::Stop, |&(_, finish)| finish)
}

fn finish_word(finish: Finish) -> &'static str {
    STOP_REASONS.iter().find(|(_, known)| *known == finish).map_or("end_turn", |&(word, _)| word)
}

shape! {
    /// A content block of an answer, whole or as it opens in a stream.
    AnswerBlock {
        kind as "type": Text<'a>,
        text: Text<'a>,
        thinking: Text<'a>,
        signature: Text<'a>,
        data: Text<'a>,
        id: Text<'a>,
        name: Text<'a>,
        input: Raw<'a>,
        citations: citations::Cited<'a>,
    }
}
shape! {
    UsageShape {
        input_tokens: Count,
        cache_read_input_tokens: Count,
        cache_creation_input_tokens: Count,
        output_tokens: Count,
        output_tokens_details: OutputDetails<'a>,
    }
}
shape! { OutputDetails { thinking_tokens: Count } }
shape! { StopDetails { explanation: Text<'a> } }

impl UsageShape<'_> {
    /// The figures that are given replace those in `usage`; a stream gives them bit by bit.
    fn update(&self, usage: &mut Usage) {
        let mut uncached = usage.uncached_input();
        let set = |field: &mut u64, count: Option<Count>| {
            if let Some(Count(count)) = count {
                *field = count;
            }
        };
        set(&mut uncached, self.input_tokens);
        set(&mut usage.cached_input, self.cache_read_input_tokens);
        set(&mut usage.cache_write, self.cache_creation_input_tokens);
        set(&mut usage.output, self.output_tokens);
        set(&mut usage.reasoning, self.output_tokens_details.as_ref().and_then(|details| details.thinking_tokens));
        usage.input = uncached.saturating_add(usage.cached_input).saturating_add(usage.cache_write);
    }
}

/// Input is given in three parts here; only their sum is all input.
fn write_usage(w: &mut Writer<'_>, usage: &Usage) {
    w.object(|w| {
        w.key("input_tokens").unsigned(usage.uncached_input());
        w.key("cache_creation_input_tokens").unsigned(usage.cache_write);
        w.key("cache_read_input_tokens").unsigned(usage.cached_input);
        w.key("output_tokens").unsigned(usage.output);
        w.key("output_tokens_details").object(|w| w.key("thinking_tokens").unsigned(usage.reasoning));
    });
}

/// What a refusal says for itself when its provider gave no words.
const REFUSED: &str = "The model declined to answer this request.";
