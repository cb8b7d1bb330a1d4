//! Amazon Bedrock Converse and ConverseStream. Shapes follow the service model `bedrock-runtime` of
//! botocore 1.44 and the API reference at
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html>.

mod blocks;
mod citations;
mod document_names;
pub(crate) mod errors;
mod media;
mod model_fields;
mod models;
mod read_blocks;
mod read_events;
mod read_model_fields;
mod read_request;
mod read_response;
mod write_blocks;
mod write_events;
mod write_request;
mod write_response;
mod write_tools;

use crate::codec::{Codec, StreamForm};
use crate::json::{Writer, shape};
use crate::neutral::{Citation, Count, Extra, Finish, Tier, Usage};
use crate::operation::push_segment;
use crate::peek::Member;
use crate::upstream::Credential;

/// What this dialect can do.
pub(crate) static CODEC: Codec = Codec {
    name: "bedrock",
    base_path: "",
    path: |call, out| {
        out.push_str("/model/");
        push_segment(out, call.model);
        out.push_str(if call.stream { "/converse-stream" } else { "/converse" });
    },
    credential: Credential::Bearer,
    request_id_header: "x-amzn-requestid",
    header_prefix: "x-amz",
    account_headers: &[],
    members: &[
        ("maxTokens", "inferenceConfig", Member::MaxOutput),
        ("temperature", "inferenceConfig", Member::Sampling),
        ("topP", "inferenceConfig", Member::Sampling),
    ],
    read_request: read_request::read_request,
    write_request: write_request::write_request,
    read_response: read_response::read_response,
    holds: |extra| match extra {
        Extra::Image(source) => media::as_image(source).is_some(),
        // A text with citations is in another place here, where only those look who asked for some. The nameless result of a
        // tool, which Cohere cites unasked, must not move it there.
        Extra::Citation(Citation { place, url, title, .. }) => place.is_some() || url.is_some() || title.is_some(),
        Extra::RedactedThinking => true,
    },
    write_response: write_response::write_response,
    read_outcome: read_response::read_outcome,
    read_error: errors::read_error,
    write_error: errors::write_error,
    write_error_event: |broken, out| errors::write_error_event(broken.failure, out),
    write_models: write_response::write_models,
    event_reader: || {
        let mut reader = read_events::EventReader::default();
        Box::new(move |given, sink| reader.read(given, sink))
    },
    event_watcher: || Box::new(read_events::watch_event),
    event_writer: |_| {
        let mut writer = write_events::EventWriter::default();
        Box::new(move |event, out| writer.write(event, out))
    },
    stream_form: StreamForm::EventStream,
    telling_keys: &["messageStop", "metadata"],
    telling_text: "",
    is_usage_only: |_| false,
};

/// `stopReason`, both ways. The first row that fits is taken.
const STOP_REASONS: [(&str, Finish); 11] = [
    ("end_turn", Finish::Stop),
    ("tool_use", Finish::ToolCalls),
    ("max_tokens", Finish::Length),
    ("stop_sequence", Finish::StopSequence),
    ("content_filtered", Finish::ContentFilter),
    ("guardrail_intervened", Finish::ContentFilter),
    ("content_filtered", Finish::Refusal),
    ("malformed_model_output", Finish::Malformed),
    ("malformed_tool_use", Finish::Malformed),
    ("model_context_window_exceeded", Finish::ContextWindow),
    // Claude's own word, which the API does not list.
    ("refusal", Finish::Refusal),
];

/// `serviceTier.type`, both ways.
const TIERS: [(&str, Tier); 3] = [("default", Tier::Default), ("flex", Tier::Flex), ("priority", Tier::Priority)];

fn finish_from(reason: &str) -> Finish {
    STOP_REASONS.iter().find(|(word, _)| *word == reason).map_or(Finish::Stop, |&(_, finish)| finish)
}

fn finish_word(finish: Finish) -> &'static str {
    STOP_REASONS.iter().find(|(_, known)| *known == finish).map_or("end_turn", |&(word, _)| word)
}

shape! {
    UsageShape {
        input as "inputTokens": Count,
        output as "outputTokens": Count,
        cache_read as "cacheReadInputTokens": Count,
        cache_write as "cacheWriteInputTokens": Count,
    }
}

impl UsageShape<'_> {
    /// `inputTokens` is what neither was read from the cache nor written to it:
    /// <https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html>. Thoughts are not
    /// counted apart.
    fn to_usage(&self) -> Usage {
        let count = |count: Option<Count>| count.unwrap_or_default().0;
        let (cached_input, cache_write) = (count(self.cache_read), count(self.cache_write));
        Usage {
            input: count(self.input).saturating_add(cached_input).saturating_add(cache_write),
            cached_input,
            cache_write,
            output: count(self.output),
            reasoning: 0,
        }
    }
}

fn write_usage(w: &mut Writer<'_>, usage: &Usage) {
    w.object(|w| {
        w.key("inputTokens").unsigned(usage.uncached_input());
        w.key("outputTokens").unsigned(usage.output);
        w.key("totalTokens").unsigned(usage.total());
        w.key("cacheReadInputTokens").unsigned(usage.cached_input);
        w.key("cacheWriteInputTokens").unsigned(usage.cache_write);
    });
}

/// The API requires it, and nobody here has measured it.
fn write_metrics(w: &mut Writer<'_>) {
    w.key("metrics").object(|w| w.key("latencyMs").unsigned(0));
}
