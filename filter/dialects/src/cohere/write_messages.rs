//! Writes the messages of a request.

use crate::json::{Quotable, Text, Writer};
use crate::neutral::{Document, Losses, Message, Origin, Part, Role, Source, ToolCall, ToolResult};
use crate::openai::{MOST_ID, as_text, call_id, write_part, write_text, write_tool_call};

/// Writes one message, or the several that it is here; none if there is nothing in it. This API
/// refuses messages without a word, and empty text says nothing.
pub(super) fn write_message(w: &mut Writer<'_>, message: &Message<'_>, losses: &mut Losses) {
    match message.role {
        Role::System | Role::Developer => write_as(w, "system", message.parts.iter().filter(says)),
        Role::Assistant => write_assistant(w, message, losses),
        Role::User => write_user(w, message, losses),
    }
}

/// Is there anything in a part?
pub(super) fn says(part: &&Part<'_>) -> bool {
    as_text(part).is_none_or(|text| !text.is_empty())
}

fn write_as<'p>(w: &mut Writer<'_>, role: &'static str, parts: impl Iterator<Item = &'p Part<'p>> + Clone) {
    if parts.clone().next().is_some() {
        w.object(|w| {
            w.key("role").string(role);
            write_content(w, parts);
        });
    }
}

/// One text is a string; several parts stay apart; no parts are no content.
fn write_content<'p>(w: &mut Writer<'_>, parts: impl Iterator<Item = &'p Part<'p>> + Clone) {
    let mut first_two = parts.clone();
    match (first_two.next(), first_two.next()) {
        (None, _) => {}
        (Some(Part::Text(text)), None) => w.key("content").string(text),
        _ => w.key("content").array(|w| parts.for_each(|part| write_said(w, part))),
    }
}

fn write_said(w: &mut Writer<'_>, part: &Part<'_>) {
    match part {
        Part::Thinking { text, .. } => w.object(|w| {
            w.key("type").string("thinking");
            w.key("thinking").string(text);
        }),
        Part::Refusal(text) => write_text(w, text),
        part => write_part(w, part),
    }
}

/// Thoughts have no proofs here, so they may be Cohere's own where no other provider has signed them.
/// Before calls they are the plan of the calls.
fn write_assistant(w: &mut Writer<'_>, message: &Message<'_>, losses: &mut Losses) {
    let own = |part: &&Part<'_>| match part {
        Part::Thinking { text, signature } => {
            let foreign = signature.as_ref().is_some_and(|signature| !signature.to_show(Origin::Anthropic).is_empty());
            !text.is_empty() && !foreign
        }
        Part::RedactedThinking(_) | Part::Citation(_) => false,
        part => says(part),
    };
    for part in &message.parts {
        match part {
            Part::Thinking { .. } if own(&part) => {}
            Part::Thinking { .. } | Part::RedactedThinking(_) => losses.add("messages.content.thinking"),
            Part::Citation(_) => losses.add("messages.content.citations"),
            Part::Refusal(_) => losses.add("messages.refusal"),
            _ => {}
        }
    }
    let parts = message.parts.iter().filter(own);
    let calls: Vec<&ToolCall<'_>> = parts.clone().filter_map(as_call).collect();
    let thought = |part: &&Part<'_>| matches!(part, Part::Thinking { .. });
    if parts.clone().next().is_none() {
        return;
    }
    w.object(|w| {
        w.key("role").string("assistant");
        if calls.is_empty() {
            write_content(w, parts);
            return;
        }
        let plan: Vec<_> = parts.clone().filter_map(as_thought).collect();
        if !plan.is_empty() {
            w.key("tool_plan").concat(&plan);
        }
        write_content(w, parts.filter(|part| !thought(part) && as_call(part).is_none()));
        w.key("tool_calls").array(|w| calls.iter().for_each(|call| write_tool_call(w, call)));
    });
}

fn as_call<'p>(part: &'p Part<'p>) -> Option<&'p ToolCall<'p>> {
    if let Part::ToolCall(call) = part { Some(call) } else { None }
}

fn as_thought<'p, 'a>(part: &'p Part<'a>) -> Option<&'p Text<'a>> {
    if let Part::Thinking { text, .. } = part { Some(text) } else { None }
}

/// Tool results are messages of their own here and come first; the rest is the user's message.
/// Images inside results, which a tool message cannot hold, open the user's message.
fn write_user(w: &mut Writer<'_>, message: &Message<'_>, losses: &mut Losses) {
    let results = message.parts.iter().filter_map(|part| match part {
        Part::ToolResult(result) => Some(result),
        _ => None,
    });
    results.clone().for_each(|result| write_tool_result(w, result, losses));
    let image = |part: &&Part<'_>| matches!(part, Part::Image(_));
    let moved = results.flat_map(|result| &result.parts).filter(image);
    losses.add_if(moved.clone().next(), "messages.content.tool_result.content");
    let said = message.parts.iter().filter(says);
    let said = said.filter(|part| !matches!(part, Part::ToolResult(_) | Part::Citation(_)));
    write_as(w, "user", moved.chain(said));
}

fn write_tool_result(w: &mut Writer<'_>, result: &ToolResult<'_>, losses: &mut Losses) {
    let mark = if result.is_error { "Error: " } else { "" };
    if result.is_error {
        losses.add("messages.content.tool_result.is_error");
    }
    let found: Vec<&Part<'_>> =
        result.parts.iter().filter(says).filter(|part| matches!(part, Part::Text(_) | Part::Document(_))).collect();
    w.object(|w| {
        w.key("role").string("tool");
        w.key("tool_call_id").string(&call_id(&result.call_id, MOST_ID));
        let w = w.key("content");
        match &*found {
            [] => w.string(mark),
            [Part::Text(text)] => w.concat(&[mark.quoted(), text.quoted()]),
            [first, rest @ ..] => w.array(|w| {
                match first {
                    Part::Text(text) => write_marked(w, mark, text),
                    _ if result.is_error => write_text(w, mark),
                    _ => {}
                }
                let documents = std::iter::once(first).filter(|part| as_text(part).is_none());
                documents.chain(rest).for_each(|part| write_found(w, part));
            }),
        }
    });
}

fn write_marked(w: &mut Writer<'_>, mark: &str, text: &Text<'_>) {
    w.object(|w| {
        w.key("type").string("text");
        w.key("text").concat(&[mark.quoted(), text.quoted()]);
    });
}

/// A document stays one, so that it can be cited.
fn write_found(w: &mut Writer<'_>, part: &Part<'_>) {
    match part {
        Part::Document(Document { source: Source::Text(text), title, .. }) => w.object(|w| {
            w.key("type").string("document");
            w.key("document").object(|w| {
                w.key("data").object(|w| {
                    if let Some(title) = title {
                        w.key("title").string(title);
                    }
                    w.key("text").string(text);
                });
            });
        }),
        part => write_part(w, part),
    }
}
