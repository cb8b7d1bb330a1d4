//! Writes content blocks, of requests and of answers.

use super::turns::{Turn, is_blank};
use crate::calls::plain_id;
use crate::json::{Text, Writer};
use crate::neutral::{Losses, Origin, Part, Role, Source, ToolResult};

/// Writes what one side says.
pub(super) fn write_turn(w: &mut Writer<'_>, turn: &Turn<'_, '_>, losses: &mut Losses) {
    w.object(|w| {
        w.key("role").string(match turn.role {
            Role::Assistant => "assistant",
            Role::User => "user",
            Role::System | Role::Developer => "system",
        });
        match &*turn.parts {
            [Part::Text(text)] => w.key("content").string(text),
            parts => w.key("content").array(|w| {
                parts.iter().for_each(|part| write_part(w, part, losses));
                parts.iter().for_each(|part| write_moved(w, part, losses));
            }),
        }
    });
}

/// A failed result can hold text only. What else it held follows the results.
fn write_moved(w: &mut Writer<'_>, part: &Part<'_>, losses: &mut Losses) {
    let Part::ToolResult(result) = part else { return };
    let moved = result.parts.iter().filter(|part| result.is_error && !matches!(part, Part::Text(_)));
    for part in moved {
        losses.add("messages.content.tool_result.content");
        write_part(w, part, losses);
    }
}

/// Writes one content block.
pub(super) fn write_part(w: &mut Writer<'_>, part: &Part<'_>, losses: &mut Losses) {
    match part {
        Part::Text(text) => write_text(w, text),
        Part::Refusal(text) => {
            losses.add("messages.refusal");
            write_text(w, text);
        }
        Part::Image(image) => w.object(|w| {
            w.key("type").string("image");
            write_source(w, &image.source);
        }),
        Part::Document(document) => w.object(|w| {
            w.key("type").string("document");
            write_source(w, &document.source);
            if let Some(title) = &document.title {
                w.key("title").string(title);
            }
            if document.cited {
                w.key("citations").object(|w| w.key("enabled").bool(true));
            }
        }),
        Part::ToolCall(call) => w.object(|w| {
            w.key("type").string("tool_use");
            w.key("id").string(&plain_id(&call.id));
            w.key("name").string(&call.name);
            if !call.arguments.write_object(w.key("input")) {
                losses.add("messages.tool_calls.function.arguments");
            }
        }),
        Part::ToolResult(result) => write_tool_result(w, result, losses),
        Part::Thinking { text, signature } => w.object(|w| {
            w.key("type").string("thinking");
            w.key("thinking").string(text);
            let signature = signature.as_ref().map(|signature| signature.to_show(Origin::Anthropic));
            w.key("signature").string(signature.as_deref().unwrap_or_default());
        }),
        Part::RedactedThinking(data) => w.object(|w| {
            w.key("type").string("redacted_thinking");
            w.key("data").string(&data.to_show(Origin::Anthropic));
        }),
        Part::Audio(_) | Part::Video(_) | Part::Citation(_) => {}
    }
}

fn write_tool_result(w: &mut Writer<'_>, result: &ToolResult<'_>, losses: &mut Losses) {
    let fits = |part: &&Part<'_>| !is_blank(part) && (!result.is_error || matches!(part, Part::Text(_)));
    let parts: Vec<&Part<'_>> = result.parts.iter().filter(fits).collect();
    w.object(|w| {
        w.key("type").string("tool_result");
        w.key("tool_use_id").string(&plain_id(&result.call_id));
        match &*parts {
            [] => {}
            [Part::Text(text)] => w.key("content").string(text),
            parts => w.key("content").array(|w| parts.iter().for_each(|part| write_part(w, part, losses))),
        }
        if result.is_error {
            w.key("is_error").bool(true);
        }
    });
}

fn write_text(w: &mut Writer<'_>, text: &Text<'_>) {
    w.object(|w| {
        w.key("type").string("text");
        w.key("text").string(text);
    });
}

fn write_source(w: &mut Writer<'_>, source: &Source<'_>) {
    w.key("source").object(|w| match source {
        Source::Base64 { media_type, data } => {
            w.key("type").string("base64");
            w.key("media_type").string(media_type);
            w.key("data").string(data);
        }
        Source::Url(url) => {
            w.key("type").string("url");
            w.key("url").string(url);
        }
        Source::Text(text) => {
            w.key("type").string("text");
            w.key("media_type").string("text/plain");
            w.key("data").string(text);
        }
        Source::ProviderFile => {}
    });
}
