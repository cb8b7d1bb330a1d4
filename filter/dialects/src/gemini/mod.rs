//! Google Gemini's `generateContent`. Shapes follow the API reference at
//! <https://ai.google.dev/api/generate-content> and the types of the official SDK.

mod answer;
mod conversation;
mod errors;
mod grounding;
mod logprobs;
mod models;
mod parts;
mod proof;
mod proto;
mod read_config;
mod read_events;
mod read_request;
mod read_response;
mod read_tools;
mod response;
mod schema;
mod thinking;
mod turns;
mod write_content;
mod write_events;
mod write_request;
mod write_response;

pub(crate) use answer::{Answer as Generated, Content};
pub(crate) use parts::PartShape;
pub(crate) use turns::excuse;

use crate::codec::{Codec, Given, StreamForm};
use crate::neutral::{Extra, Source, Tier};
use crate::operation::push_segment;
use crate::peek::Member;
use crate::upstream::{Call, Credential};

/// What this dialect can do.
pub(crate) static CODEC: Codec = Codec {
    name: "gemini",
    base_path: "/v1beta",
    path: push_path,
    credential: Credential::Header("x-goog-api-key"),
    request_id_header: "x-request-id",
    header_prefix: "x-goog-",
    account_headers: &["x-goog-", "x-gemini-"],
    members: &[
        ("maxOutputTokens", "generationConfig", Member::MaxOutput),
        ("max_output_tokens", "generationConfig", Member::MaxOutput),
        ("candidateCount", "generationConfig", Member::Choices),
        ("candidate_count", "generationConfig", Member::Choices),
        ("temperature", "generationConfig", Member::Sampling),
        ("topP", "generationConfig", Member::Sampling),
        ("top_p", "generationConfig", Member::Sampling),
        ("topK", "generationConfig", Member::Sampling),
        ("top_k", "generationConfig", Member::Sampling),
        ("maxOutputTokens", "generation_config", Member::MaxOutput),
        ("max_output_tokens", "generation_config", Member::MaxOutput),
        ("candidateCount", "generation_config", Member::Choices),
        ("candidate_count", "generation_config", Member::Choices),
        ("temperature", "generation_config", Member::Sampling),
        ("topP", "generation_config", Member::Sampling),
        ("top_p", "generation_config", Member::Sampling),
        ("topK", "generation_config", Member::Sampling),
        ("top_k", "generation_config", Member::Sampling),
    ],
    read_request: read_request::read_request,
    write_request: write_request::write_request,
    read_response: read_response::read_response,
    holds: |extra| match extra {
        Extra::Image(source) => matches!(source, Source::Base64 { .. } | Source::Url(_)),
        Extra::Citation(_) | Extra::RedactedThinking => true,
    },
    write_response: write_response::write_response,
    read_outcome: read_response::read_outcome,
    read_error: errors::read_error,
    write_error: errors::write_error,
    write_error_event: errors::write_error_event,
    write_models: write_response::write_models,
    event_reader: || {
        let mut reader = read_events::EventReader::default();
        Box::new(move |given: Given<'_>, sink| reader.read(given.data, sink))
    },
    event_watcher: || Box::new(|given: Given<'_>, sink| read_events::watch_event(given.data, sink)),
    event_writer: |answering| {
        let mut writer = write_events::EventWriter::new(answering.form);
        Box::new(move |event, out| writer.write(event, out))
    },
    stream_form: StreamForm::Sse,
    telling_keys: &["\"finishReason\"", "\"usageMetadata\"", "\"error\""],
    telling_text: "\"promptFeedback\"",
    is_usage_only: |_| false,
};

fn push_path(call: Call<'_>, path: &mut String) {
    path.push_str("/models/");
    push_segment(path, call.model);
    path.push_str(if call.stream { ":streamGenerateContent?alt=sse" } else { ":generateContent" });
}

/// `serviceTier`, both ways. The first row that fits is taken.
const TIERS: [(&str, Tier); 4] =
    [("standard", Tier::Default), ("flex", Tier::Flex), ("priority", Tier::Priority), ("unspecified", Tier::Auto)];
