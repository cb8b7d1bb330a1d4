//! OpenAI Responses. Shapes follow the API reference at
//! <https://developers.openai.com/api/reference/resources/responses> and the types of the official SDK.
//!
//! What is kept by the server between two requests (earlier responses, conversations, prompts, tools that
//! it runs itself) cannot be translated: this gateway keeps nothing.

mod errors;
mod items;
mod open_call;
mod open_item;
mod open_message;
mod open_thoughts;
mod proof;
mod read_events;
mod read_items;
mod read_parts;
mod read_request;
mod read_response;
mod read_tools;
mod write_events;
mod write_input;
mod write_request;
mod write_response;

use crate::codec::{Codec, Given, StreamForm};
use crate::neutral::{Extra, Finish, Source};
use crate::openai;
use crate::peek::Member;
use crate::upstream::Credential;

/// What this dialect can do.
pub(crate) static CODEC: Codec = Codec {
    name: "responses",
    base_path: "/v1",
    path: |_, out| out.push_str("/responses"),
    credential: Credential::Bearer,
    request_id_header: "x-request-id",
    header_prefix: "openai-",
    account_headers: &["openai-", "x-ratelimit-"],
    members: &[
        ("model", "", Member::Model),
        ("stream", "", Member::Stream),
        ("max_output_tokens", "", Member::MaxOutput),
        ("temperature", "", Member::Sampling),
        ("top_p", "", Member::Sampling),
    ],
    read_request: read_request::read_request,
    write_request: write_request::write_request,
    read_response: read_response::read_response,
    holds: |extra| match extra {
        Extra::Image(source) => matches!(source, Source::Base64 { .. }),
        Extra::Citation(citation) => citation.url.is_some(),
        Extra::RedactedThinking => true,
    },
    write_response: write_response::write_response,
    read_outcome: read_response::read_outcome,
    read_error: openai::read_error,
    write_error: openai::write_error,
    write_error_event: |broken, out| errors::write_error_event(broken.failure, broken.events, out),
    write_models: openai::write_models,
    event_reader: || {
        let mut reader = read_events::EventReader::default();
        Box::new(move |given: Given<'_>, sink| reader.read(given.data, sink))
    },
    event_watcher: || Box::new(|given: Given<'_>, sink| read_events::watch_event(given.data, sink)),
    event_writer: |answering| {
        let mut writer = write_events::EventWriter::new(answering.created);
        Box::new(move |event, out| writer.write(event, out))
    },
    stream_form: StreamForm::Sse,
    // The last one is in errors that stand in the event itself.
    telling_keys: &["\"usage\"", "\"error\"", "\"incomplete_details\"", "\"message\""],
    telling_text: "response.completed",
    is_usage_only: |_| false,
};

/// What `include` asks for.
const ENCRYPTED_THOUGHTS: &str = "reasoning.encrypted_content";
const LOGPROBS: &str = "message.output_text.logprobs";

/// `incomplete_details.reason`, both ways. The first row that fits is taken.
const INCOMPLETE: [(&str, Finish); 5] = [
    ("max_output_tokens", Finish::Length),
    ("content_filter", Finish::ContentFilter),
    ("max_messages", Finish::Paused),
    ("steered", Finish::Paused),
    ("max_output_tokens", Finish::ContextWindow),
];

/// Why an answer is not complete, if it is not.
fn incomplete_reason(finish: Finish) -> Option<&'static str> {
    INCOMPLETE.iter().find(|(_, known)| *known == finish).map(|&(word, _)| word)
}
