//! OpenAI Chat Completions. Shapes follow the API reference at
//! <https://platform.openai.com/docs/api-reference/chat> and the types of the official SDK.

mod answer_content;
mod errors;
mod models;
mod parts;
mod read_events;
mod read_messages;
mod read_request;
mod read_response;
mod read_tools;
mod write_events;
mod write_messages;
mod write_request;
mod write_response;

pub(crate) use errors::{read_error, write_error, write_error_event};
pub(crate) use read_events::{EventReader, is_usage_only, watch_event};
pub(crate) use read_request::read_request;
pub(crate) use read_response::{read_outcome, read_response};
pub(crate) use write_events::EventWriter;
pub(crate) use write_request::write_request;
pub(crate) use write_response::{write_models, write_response};

use crate::neutral::Finish;

/// What ends the data of every stream.
pub(crate) const DONE: &str = "[DONE]";

/// `finish_reason`, both ways. The first row that fits is taken.
const FINISH_REASONS: [(&str, Finish); 9] = [
    ("stop", Finish::Stop),
    ("length", Finish::Length),
    ("tool_calls", Finish::ToolCalls),
    ("content_filter", Finish::ContentFilter),
    ("function_call", Finish::ToolCalls),
    ("stop", Finish::StopSequence),
    ("content_filter", Finish::Refusal),
    ("stop", Finish::Paused),
    ("length", Finish::ContextWindow),
];

fn finish_from(reason: &str) -> Finish {
    FINISH_REASONS.iter().find(|(word, _)| *word == reason).map_or(Finish::Stop, |&(_, finish)| finish)
}

fn finish_word(finish: Finish) -> &'static str {
    FINISH_REASONS.iter().find(|(_, known)| *known == finish).map_or("stop", |&(word, _)| word)
}
