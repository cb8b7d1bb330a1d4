//! Writes a whole `message`, and the list of models.

use super::{finish_word, write_usage};
use crate::json::{Writer, parse};
use crate::neutral::{Arguments, Finish, Part, Response};
use serde_json::value::RawValue;

/// Writes `response` as this API answers.
pub(crate) fn write_response(response: &Response<'_>, out: &mut Vec<u8>) {
    Writer::new(out).object(|w| {
        w.key("id").string(&response.id);
        w.key("type").string("message");
        w.key("role").string("assistant");
        w.key("model").string(&response.model);
        w.key("content").array(|w| response.parts.iter().for_each(|part| write_block(w, part)));
        let refusal = response.parts.iter().find_map(|part| match part {
            Part::Refusal(text) => Some(&**text),
            _ => None,
        });
        write_stop(w, response.finish, response.stop_sequence.as_deref(), refusal);
        write_usage(w.key("usage"), &response.usage);
    });
}

/// Why the answer ended; words of refusal have their place here and are no text.
pub(super) fn write_stop(w: &mut Writer<'_>, finish: Finish, sequence: Option<&str>, refusal: Option<&str>) {
    w.key("stop_reason").string(finish_word(finish));
    match sequence {
        Some(sequence) => w.key("stop_sequence").string(sequence),
        None => w.key("stop_sequence").null(),
    }
    match refusal {
        Some(explanation) => w.key("stop_details").object(|w| {
            w.key("type").string("refusal");
            w.key("category").null();
            w.key("explanation").string(explanation);
        }),
        None => w.key("stop_details").null(),
    }
}

fn write_block(w: &mut Writer<'_>, part: &Part<'_>) {
    match part {
        Part::Text(text) => w.object(|w| {
            w.key("type").string("text");
            w.key("text").string(text);
        }),
        Part::Thinking { text, signature } => w.object(|w| {
            w.key("type").string("thinking");
            w.key("thinking").string(text);
            w.key("signature").string(signature.as_deref().unwrap_or_default());
        }),
        Part::RedactedThinking(data) => w.object(|w| {
            w.key("type").string("redacted_thinking");
            w.key("data").string(data);
        }),
        Part::ToolCall(call) => w.object(|w| {
            w.key("type").string("tool_use");
            w.key("id").string(&call.id);
            w.key("name").string(&call.name);
            write_input(w.key("input"), &call.arguments);
        }),
        _ => {}
    }
}

/// A model can slip and give arguments that are no object; the client still gets to see them.
fn write_input(w: &mut Writer<'_>, arguments: &Arguments<'_>) {
    match arguments {
        Arguments::Object(object) => w.raw(object),
        Arguments::Text(text) if text.trim().is_empty() => w.literal("{}"),
        Arguments::Text(text) => match parse::<&RawValue>(text) {
            Ok(object) if object.get().starts_with('{') => w.raw(object),
            _ => w.object(|w| w.key("INVALID_JSON").string(text)),
        },
    }
}

/// Writes the answer to `GET /v1/models`.
pub(crate) fn write_models(names: &[&str], out: &mut Vec<u8>) {
    Writer::new(out).object(|w| {
        w.key("data").array(|w| {
            for name in names {
                w.object(|w| {
                    w.key("type").string("model");
                    w.key("id").string(name);
                    w.key("display_name").string(name);
                    w.key("created_at").string("1970-01-01T00:00:00Z");
                    w.key("lifecycle").string("active");
                });
            }
        });
        w.key("has_more").bool(false);
        for (key, name) in [("first_id", names.first()), ("last_id", names.last())] {
            match name {
                Some(name) => w.key(key).string(name),
                None => w.key(key).null(),
            }
        }
    });
}
