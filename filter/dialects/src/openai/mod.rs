//! OpenAI Chat Completions. Shapes follow the API reference at
//! <https://platform.openai.com/docs/api-reference/chat> and the types of the official SDK.

mod adapt;
mod adapt_messages;
mod annotations;
mod answer_content;
mod errors;
mod logprobs;
mod models;
mod parts;
mod read_events;
mod read_messages;
mod read_request;
mod read_response;
mod read_tools;
mod reasoning;
mod sampling;
mod server_rows;
mod servers;
mod strict;
mod write_events;
mod write_messages;
mod write_request;
mod write_response;

pub(crate) use adapt::adapt;
pub(crate) use errors::is_own_error;
pub(crate) use parts::{ImageUrl, read_image};
pub(crate) use read_messages::ChatToolCall;
pub(crate) use read_tools::ChatTool;
pub use servers::Server;
pub(crate) use write_messages::{MOST_ID, as_text, call_id, write_part, write_text, write_tool_call};
// What the Responses API has in common with this one.
pub(crate) use errors::{read_error, status_of, words, write_error};
pub(crate) use logprobs::{MAX_TOP_LOGPROBS, read_tokens, write_tokens};
pub(crate) use models::{reasons, rests, takes_reasoning_effort};
pub(crate) use parts::{InputAudio, read_audio, read_url};
pub(crate) use read_request::{read_effort, read_tier};
pub(crate) use read_tools::keep_allowed;
pub(crate) use reasoning::effort_word;
pub(crate) use sampling::write_sampling;
pub(crate) use strict::{SchemaOf, strictly};
pub(crate) use write_request::write_parameters;
pub(crate) use write_response::write_models;

use crate::codec::{Codec, Given, StreamForm};
use crate::neutral::{Extra, Finish, Tier};
use crate::peek::Member;
use crate::upstream::Credential;

/// What this dialect can do.
pub(crate) static CODEC: Codec = Codec {
    name: "openai",
    base_path: "/v1",
    path: |_, out| out.push_str("/chat/completions"),
    credential: Credential::Bearer,
    request_id_header: "x-request-id",
    header_prefix: "openai-",
    account_headers: &["openai-", "x-ratelimit-"],
    members: &[
        ("model", "", Member::Model),
        ("stream", "", Member::Stream),
        ("max_tokens", "", Member::MaxOutput),
        ("max_completion_tokens", "", Member::MaxOutput),
        ("n", "", Member::Choices),
        ("stream_options", "", Member::StreamOptions),
        ("temperature", "", Member::Sampling),
        ("top_p", "", Member::Sampling),
        ("top_k", "", Member::Sampling),
    ],
    read_request: read_request::read_request,
    write_request: write_request::write_request,
    read_response: read_response::read_response,
    holds: |extra| match extra {
        Extra::Image(_) | Extra::RedactedThinking => true,
        Extra::Citation(citation) => citation.url.is_some(),
    },
    write_response: write_response::write_response,
    read_outcome: read_response::read_outcome,
    read_error: errors::read_error,
    write_error: errors::write_error,
    write_error_event: |broken, out| errors::write_error_event(broken.failure, out),
    write_models: write_response::write_models,
    event_reader: || {
        let mut reader = read_events::EventReader::default();
        Box::new(move |given: Given<'_>, sink| reader.read(given.data, sink))
    },
    event_watcher: || Box::new(|given: Given<'_>, sink| read_events::watch_event(given.data, sink)),
    event_writer: |answering| {
        let mut writer = write_events::EventWriter::new(answering.created, answering.include_usage);
        Box::new(move |event, out| writer.write(event, out))
    },
    stream_form: StreamForm::Sse,
    telling_keys: &["\"usage\"", "\"finish_reason\"", "\"error\""],
    telling_text: DONE,
    is_usage_only: read_events::is_usage_only,
};

/// What ends the data of every stream.
pub(crate) const DONE: &str = "[DONE]";

/// `service_tier`, both ways. The first row that fits is taken.
pub(crate) const TIERS: [(&str, Tier); 7] = [
    ("auto", Tier::Auto),
    ("default", Tier::Default),
    ("flex", Tier::Flex),
    ("priority", Tier::Priority),
    ("fast", Tier::Priority),
    ("scale", Tier::Auto),
    ("ultrafast", Tier::Priority),
];

/// `finish_reason`, both ways. The first row that fits is taken.
const FINISH_REASONS: [(&str, Finish); 10] = [
    ("stop", Finish::Stop),
    ("length", Finish::Length),
    ("tool_calls", Finish::ToolCalls),
    ("content_filter", Finish::ContentFilter),
    ("function_call", Finish::ToolCalls),
    ("stop", Finish::StopSequence),
    ("content_filter", Finish::Refusal),
    ("stop", Finish::Paused),
    ("length", Finish::ContextWindow),
    // Mistral's.
    ("model_length", Finish::ContextWindow),
];

/// What servers put in the place of a `finish_reason` when they gave up.
const GAVE_UP: [&str; 2] = ["error", "insufficient_system_resource"];

fn finish_from(reason: &str) -> Finish {
    FINISH_REASONS.iter().find(|(word, _)| *word == reason).map_or(Finish::Stop, |&(_, finish)| finish)
}

fn finish_word(finish: Finish) -> &'static str {
    FINISH_REASONS.iter().find(|(_, known)| *known == finish).map_or("stop", |&(word, _)| word)
}
