//! Writes the messages of a request.

use crate::calls::short_id;
use crate::json::{Quotable, Text, Writer};
use crate::neutral::{Document, Image, Losses, Message, Part, Role, Source, ToolCall, ToolResult};
use std::borrow::Cow;

/// Writes one message, or the several that it is here; none if there is nothing in it. `thoughts` is the
/// member that takes the model's thoughts back, if there is one.
pub(super) fn write_message(
    w: &mut Writer<'_>,
    message: &Message<'_>,
    thoughts: Option<&'static str>,
    losses: &mut Losses,
) {
    match message.role {
        _ if message.parts.is_empty() => {}
        Role::System => write_instructions(w, "system", message),
        Role::Developer => write_instructions(w, "developer", message),
        Role::Assistant => write_assistant(w, message, thoughts, losses),
        Role::User => write_user(w, message, losses),
    }
}

fn write_instructions(w: &mut Writer<'_>, role: &'static str, message: &Message<'_>) {
    w.object(|w| {
        w.key("role").string(role);
        write_texts(w, message);
    });
}

/// One text is a string; several stay apart.
fn write_texts(w: &mut Writer<'_>, message: &Message<'_>) {
    let texts = || message.parts.iter().filter_map(as_text);
    let mut first_two = texts();
    match (first_two.next(), first_two.next()) {
        (None, _) => w.key("content").null(),
        (Some(text), None) => w.key("content").string(text),
        (Some(_), Some(_)) => w.key("content").array(|w| texts().for_each(|text| write_text(w, text))),
    };
}

pub(crate) fn as_text<'p, 'a>(part: &'p Part<'a>) -> Option<&'p Text<'a>> {
    match part {
        Part::Text(text) => Some(text),
        _ => None,
    }
}

/// Thoughts in words; a signature alone, or what only its provider can read, are none.
fn as_thought<'p, 'a>(part: &'p Part<'a>) -> Option<&'p Text<'a>> {
    match part {
        Part::Thinking { text, .. } if !text.is_empty() => Some(text),
        _ => None,
    }
}

pub(crate) fn write_text(w: &mut Writer<'_>, text: &(impl Quotable + ?Sized)) {
    w.object(|w| {
        w.key("type").string("text");
        w.key("text").string(text);
    });
}

fn write_assistant(
    w: &mut Writer<'_>,
    message: &Message<'_>,
    takes_thoughts: Option<&'static str>,
    losses: &mut Losses,
) {
    let thinks = |part: &&Part<'_>| matches!(part, Part::Thinking { .. } | Part::RedactedThinking(_));
    let only_thinks = message.parts.iter().all(|part| thinks(&part));
    let thoughts: Vec<_> = message.parts.iter().filter_map(as_thought).collect();
    let lost = message.parts.iter().filter(thinks).count() > thoughts.len();
    if lost || only_thinks || (takes_thoughts.is_none() && !thoughts.is_empty()) {
        losses.add("messages.content.thinking");
    }
    if only_thinks {
        return;
    }
    let refusals: Vec<&Text<'_>> = message.parts.iter().filter_map(as_refusal).collect();
    let calls = || {
        message.parts.iter().filter_map(|part| match part {
            Part::ToolCall(call) => Some(call),
            _ => None,
        })
    };
    w.object(|w| {
        w.key("role").string("assistant");
        write_texts(w, message);
        if let Some(member) = takes_thoughts.filter(|_| !thoughts.is_empty()) {
            w.key(member).concat(&thoughts);
        }
        if !refusals.is_empty() {
            w.key("refusal").concat(&refusals);
        }
        if calls().next().is_some() {
            w.key("tool_calls").array(|w| calls().for_each(|call| write_tool_call(w, call)));
        }
    });
}

fn as_refusal<'p, 'a>(part: &'p Part<'a>) -> Option<&'p Text<'a>> {
    if let Part::Refusal(text) = part { Some(text) } else { None }
}

pub(crate) fn write_tool_call(w: &mut Writer<'_>, call: &ToolCall<'_>) {
    w.object(|w| {
        w.key("id").string(&call_id(&call.id, MOST_ID));
        w.key("type").string("function");
        w.key("function").object(|w| {
            w.key("name").string(&call.name);
            w.key("arguments").string(&call.arguments);
        });
    });
}

/// The longest id of a call that this API takes, in characters.
pub(crate) const MOST_ID: usize = 40;

/// An id of a call that other providers gave, at most `most` characters long.
pub(crate) fn call_id(id: &str, most: usize) -> Cow<'_, str> {
    short_id(Cow::Borrowed(id), most)
}

/// Tool results are messages of their own here and come first; the rest is the user's message.
/// Images inside results, which a tool message cannot hold, open the user's message.
fn write_user(w: &mut Writer<'_>, message: &Message<'_>, losses: &mut Losses) {
    let results = || {
        message.parts.iter().filter_map(|part| match part {
            Part::ToolResult(result) => Some(result),
            _ => None,
        })
    };
    results().for_each(|result| write_tool_result(w, result, losses));
    let moved = || results().flat_map(|result| &result.parts).filter(|part| as_text(part).is_none());
    let said = || message.parts.iter().filter(|part| !matches!(part, Part::ToolResult(_)));
    if moved().next().is_some() {
        losses.add("messages.content.tool_result.content");
    } else if said().next().is_none() {
        return;
    }
    w.object(|w| {
        w.key("role").string("user");
        match (moved().chain(said()).count(), said().next()) {
            (1, Some(Part::Text(text))) => {
                w.key("content").string(text);
            }
            _ => {
                w.key("content").array(|w| moved().chain(said()).for_each(|part| write_part(w, part)));
            }
        }
    });
}

fn write_tool_result(w: &mut Writer<'_>, result: &ToolResult<'_>, losses: &mut Losses) {
    let mut texts = Vec::new();
    if result.is_error {
        losses.add("messages.content.tool_result.is_error");
        texts.push("Error: ".quoted());
    }
    for text in result.parts.iter().filter_map(as_text) {
        if texts.len() > usize::from(result.is_error) {
            texts.push("\n".quoted());
        }
        texts.push(text.quoted());
    }
    w.object(|w| {
        w.key("role").string("tool");
        w.key("tool_call_id").string(&call_id(&result.call_id, MOST_ID));
        w.key("content").concat(&texts);
    });
}

pub(crate) fn write_part(w: &mut Writer<'_>, part: &Part<'_>) {
    match part {
        Part::Text(text) => write_text(w, text),
        Part::Image(image) => write_image(w, image),
        Part::Document(Document { source: Source::Text(text), title, .. }) => {
            w.object(|w| {
                w.key("type").string("text");
                match title {
                    Some(title) => w.key("text").concat(&[title.quoted(), "\n\n".quoted(), text.quoted()]),
                    None => w.key("text").string(text),
                };
            });
        }
        Part::Document(document) => {
            w.object(|w| {
                w.key("type").string("file");
                w.key("file").object(|w| {
                    w.key("filename").string(document.title.as_deref().unwrap_or("document.pdf"));
                    write_source(w.key("file_data"), &document.source);
                });
            });
        }
        Part::Audio(source @ Source::Base64 { data, .. }) => {
            w.object(|w| {
                w.key("type").string("input_audio");
                w.key("input_audio").object(|w| {
                    w.key("data").string(data);
                    w.key("format").string(audio_format(source).unwrap_or_default());
                });
            });
        }
        _ => {}
    }
}

pub(super) fn write_image(w: &mut Writer<'_>, image: &Image<'_>) {
    w.object(|w| {
        w.key("type").string("image_url");
        w.key("image_url").object(|w| write_source(w.key("url"), &image.source));
    });
}

/// `input_audio.format`.
pub(super) fn audio_format(source: &Source<'_>) -> Option<&'static str> {
    let Source::Base64 { media_type, .. } = source else { return None };
    match &**media_type {
        "audio/wav" | "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => Some("wav"),
        "audio/mp3" | "audio/mpeg" => Some("mp3"),
        _ => None,
    }
}

fn write_source(w: &mut Writer<'_>, source: &Source<'_>) {
    match source {
        Source::Base64 { media_type, data } => w.concat(&["data:", media_type, ";base64,", data]),
        Source::Url(url) | Source::Text(url) => w.string(url),
        Source::ProviderFile => w.string(""),
    };
}
