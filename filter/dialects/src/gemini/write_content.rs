//! Writes contents and their parts.

use super::models::Model;
use super::parts::media_type_of;
use super::response;
use super::turns::{Said, Turn};
use crate::json::{Quotable, Text, Writer};
use crate::neutral::{Document, Losses, Part, Role, Source, ToolResult};

/// Writes what one side says.
pub(super) fn write_turn(w: &mut Writer<'_>, turn: &Turn<'_, '_>, model: &Model<'_>, losses: &mut Losses) {
    w.object(|w| {
        w.key("role").string(if turn.role == Role::Assistant { "model" } else { "user" });
        w.key("parts").array(|w| {
            let is_result = |said: &&Said<'_, '_>| matches!(said.part, Some(Part::ToolResult(_)));
            turn.parts.iter().filter(is_result).for_each(|said| write_said(w, said, model, losses));
            if !model.takes_media_in_results() {
                write_media_of_results(w, turn, losses);
            }
            turn.parts.iter().filter(|said| !is_result(said)).for_each(|said| write_said(w, said, model, losses));
        });
    });
}

/// Older models take media from the user only: what results hold follows them.
fn write_media_of_results(w: &mut Writer<'_>, turn: &Turn<'_, '_>, losses: &mut Losses) {
    for said in &turn.parts {
        let Some(Part::ToolResult(result)) = said.part else { continue };
        for part in result.parts.iter().filter(|part| text_of(part).is_none()) {
            losses.add("messages.content.tool_result.content");
            w.object(|w| write_media(w, part, losses));
        }
    }
}

fn write_said(w: &mut Writer<'_>, said: &Said<'_, '_>, model: &Model<'_>, losses: &mut Losses) {
    w.object(|w| {
        match said.part {
            None => w.key("text").string(""),
            Some(Part::Text(text)) => w.key("text").string(text),
            Some(Part::Refusal(text)) => {
                losses.add("messages.refusal");
                w.key("text").string(text);
            }
            Some(Part::Thinking { text, .. }) => {
                w.key("text").string(text);
                w.key("thought").bool(true);
            }
            Some(Part::ToolCall(call)) => w.key("functionCall").object(|w| {
                if !call.id.is_empty() {
                    w.key("id").string(&call.id);
                }
                w.key("name").string(&call.name);
                if !call.arguments.write_object(w.key("args")) {
                    losses.add("messages.tool_calls.function.arguments");
                }
            }),
            Some(Part::ToolResult(result)) => write_result(w, result, said.function, model, losses),
            Some(part) => write_media(w, part, losses),
        }
        if let Some(signature) = said.signature {
            w.key("thoughtSignature").string(signature);
        }
    });
}

fn write_result(w: &mut Writer<'_>, result: &ToolResult<'_>, function: &str, model: &Model<'_>, losses: &mut Losses) {
    let texts: Vec<_> = result.parts.iter().filter_map(text_of).filter(|text| !text.is_empty()).collect();
    let media = || result.parts.iter().filter(|part| text_of(part).is_none());
    w.key("functionResponse").object(|w| {
        if !result.call_id.is_empty() {
            w.key("id").string(&result.call_id);
        }
        w.key("name").string(function);
        response::write(w.key("response"), &texts, result.is_error);
        if model.takes_media_in_results() && media().next().is_some() {
            w.key("parts").array(|w| media().for_each(|part| w.object(|w| write_media(w, part, losses))));
        }
    });
}

/// What of a result is text.
fn text_of<'p, 'a>(part: &'p Part<'a>) -> Option<&'p Text<'a>> {
    match part {
        Part::Text(text) | Part::Refusal(text) | Part::Document(Document { source: Source::Text(text), .. }) => {
            Some(text)
        }
        _ => None,
    }
}

fn write_media(w: &mut Writer<'_>, part: &Part<'_>, losses: &mut Losses) {
    match part {
        Part::Image(image) => write_source(w, &image.source),
        Part::Document(Document { source: Source::Text(text), title, .. }) => match title {
            Some(title) => w.key("text").concat(&[title.quoted(), "\n\n".quoted(), text.quoted()]),
            None => w.key("text").string(text),
        },
        Part::Document(document) => {
            losses.add_if(document.title.as_ref(), "messages.content.title");
            write_source(w, &document.source);
        }
        Part::Audio(source) | Part::Video(source) => write_source(w, source),
        _ => {}
    }
}

pub(super) fn write_source(w: &mut Writer<'_>, source: &Source<'_>) {
    match source {
        Source::Base64 { media_type, data } => w.key("inlineData").object(|w| {
            w.key("mimeType").string(media_type);
            w.key("data").string(data);
        }),
        Source::Url(url) => w.key("fileData").object(|w| {
            if let Some(media_type) = media_type_of(url) {
                w.key("mimeType").string(media_type);
            }
            w.key("fileUri").string(url);
        }),
        Source::Text(text) => w.key("text").string(text),
        Source::ProviderFile => {}
    }
}
