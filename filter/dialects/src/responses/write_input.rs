//! Writes messages as the items of a request's input.

use super::proof;
use crate::json::{Quotable, Writer};
use crate::neutral::{Document, Losses, Message, Part, Role, Signature, Source, ToolCall, ToolResult};
use crate::openai::call_id;

/// The longest id of a call that this API takes, in characters.
const MOST_ID: usize = 64;

/// Writes a message as the items that it is here, in its order. `reasons`: can the model take its
/// thoughts back?
pub(super) fn write_message(w: &mut Writer<'_>, message: &Message<'_>, reasons: bool, losses: &mut Losses) {
    let mut rest = &*message.parts;
    while let Some((part, after)) = rest.split_first() {
        match part {
            Part::ToolResult(result) => write_tool_result(w, result, losses),
            Part::ToolCall(call) => write_tool_call(w, call),
            Part::Thinking { .. } | Part::RedactedThinking(_) => {
                // Thoughts are refused without what came of them, and those of others too.
                let thought = own_thoughts(part).filter(|_| reasons && after.iter().any(is_said_or_called));
                match thought {
                    Some((text, proof)) => write_reasoning(w, text, proof),
                    None => losses.add("messages.content.thinking"),
                }
            }
            _ => {
                let end = rest.iter().position(|part| !is_content(part)).unwrap_or(rest.len());
                let (content, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
                write_content_message(w, message.role, content);
                rest = after;
                continue;
            }
        }
        rest = after;
    }
}

fn is_content(part: &Part<'_>) -> bool {
    !matches!(part, Part::ToolResult(_) | Part::ToolCall(_) | Part::Thinking { .. } | Part::RedactedThinking(_))
}

fn is_said_or_called(part: &Part<'_>) -> bool {
    matches!(part, Part::Text(_) | Part::Refusal(_) | Part::ToolCall(_))
}

/// Thoughts of this API's own models: their summary, and id and encrypted content.
fn own_thoughts<'p>(part: &'p Part<'_>) -> Option<(Option<&'p str>, (&'p str, &'p str))> {
    let proof = |signature: &'p Signature<'_>| proof::parts(signature);
    match part {
        Part::Thinking { text, signature } => Some((Some(&**text), signature.as_ref().and_then(proof)?)),
        Part::RedactedThinking(signature) => Some((None, proof(signature)?)),
        _ => None,
    }
}

fn write_reasoning(w: &mut Writer<'_>, text: Option<&str>, (id, encrypted): (&str, &str)) {
    w.object(|w| {
        w.key("type").string("reasoning");
        if !id.is_empty() {
            w.key("id").string(id);
        }
        w.key("summary").array(|w| {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                w.object(|w| {
                    w.key("type").string("summary_text");
                    w.key("text").string(text);
                });
            }
        });
        w.key("encrypted_content").string(encrypted);
    });
}

fn write_tool_call(w: &mut Writer<'_>, call: &ToolCall<'_>) {
    w.object(|w| {
        w.key("type").string("function_call");
        w.key("call_id").string(&call_id(&call.id, MOST_ID));
        w.key("name").string(&call.name);
        w.key("arguments").string(&call.arguments);
    });
}

fn write_tool_result(w: &mut Writer<'_>, result: &ToolResult<'_>, losses: &mut Losses) {
    let mark = if result.is_error { "Error: " } else { "" };
    if result.is_error {
        losses.add("messages.content.tool_result.is_error");
    }
    w.object(|w| {
        w.key("type").string("function_call_output");
        w.key("call_id").string(&call_id(&result.call_id, MOST_ID));
        match &*result.parts {
            [] => w.key("output").string(mark),
            [Part::Text(text)] => w.key("output").concat(&[mark.quoted(), text.quoted()]),
            parts => w.key("output").array(|w| {
                if result.is_error {
                    write_text(w, "input_text", &["Error:"]);
                }
                parts.iter().for_each(|part| write_part(w, Role::User, part));
            }),
        }
    });
}

/// One text is a string; anything else is parts.
fn write_content_message(w: &mut Writer<'_>, role: Role, content: &[Part<'_>]) {
    if content.iter().all(|part| matches!(part, Part::Citation(_))) {
        return;
    }
    w.object(|w| {
        w.key("type").string("message");
        w.key("role").string(match role {
            Role::System => "system",
            Role::Developer => "developer",
            Role::User => "user",
            Role::Assistant => "assistant",
        });
        match content {
            [Part::Text(text)] => w.key("content").string(text),
            parts => w.key("content").array(|w| parts.iter().for_each(|part| write_part(w, role, part))),
        }
    });
}

fn write_part(w: &mut Writer<'_>, role: Role, part: &Part<'_>) {
    match part {
        Part::Text(text) if role == Role::Assistant => write_text(w, "output_text", &[text]),
        Part::Text(text) => write_text(w, "input_text", &[text]),
        Part::Refusal(text) => w.object(|w| {
            w.key("type").string("refusal");
            w.key("refusal").string(text);
        }),
        Part::Image(image) => w.object(|w| {
            w.key("type").string("input_image");
            w.key("detail").string("auto");
            write_source(w.key("image_url"), &image.source);
        }),
        Part::Document(Document { source: Source::Text(text), title, .. }) => match title {
            Some(title) => write_text(w, "input_text", &[title.quoted(), "\n\n".quoted(), text.quoted()]),
            None => write_text(w, "input_text", &[text]),
        },
        Part::Document(document) => w.object(|w| {
            w.key("type").string("input_file");
            if let Source::Url(url) = &document.source {
                w.key("file_url").string(url);
                return;
            }
            w.key("filename").string(document.title.as_deref().unwrap_or("document.pdf"));
            write_source(w.key("file_data"), &document.source);
        }),
        _ => {}
    }
}

fn write_text(w: &mut Writer<'_>, kind: &'static str, pieces: &[impl Quotable]) {
    w.object(|w| {
        w.key("type").string(kind);
        w.key("text").concat(pieces);
    });
}

fn write_source(w: &mut Writer<'_>, source: &Source<'_>) {
    match source {
        Source::Base64 { media_type, data } => w.concat(&["data:", media_type, ";base64,", data]),
        Source::Url(url) | Source::Text(url) => w.string(url),
        Source::ProviderFile => w.string(""),
    }
}
