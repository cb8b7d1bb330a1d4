//! Writes a whole `chat.completion`, and the list of models.

use super::annotations::write_annotations;
use super::write_messages::write_image;
use super::{finish_word, logprobs};
use crate::codec::Answering;
use crate::json::{Quotable, Text, Writer};
use crate::neutral::{Citation, Origin, Part, Response, Usage};

/// Writes `response` as this API answers.
pub(crate) fn write_response(response: &Response<'_>, answering: Answering, out: &mut Vec<u8>) {
    Writer::new(out).object(|w| {
        w.key("id").string(&response.id);
        w.key("object").string("chat.completion");
        w.key("created").unsigned(answering.created);
        w.key("model").string(&response.model);
        w.key("choices").array(|w| {
            w.object(|w| {
                w.key("index").unsigned(0);
                w.key("message").object(|w| write_message(w, &response.parts));
                match &*response.logprobs {
                    [] => w.key("logprobs").null(),
                    tokens => logprobs::write_choice(w, tokens),
                }
                w.key("finish_reason").string(finish_word(response.finish));
            });
        });
        write_usage(w.key("usage"), &response.usage);
    });
}

fn write_message(w: &mut Writer<'_>, parts: &[Part<'_>]) {
    let collect = |pick: fn(&Part<'_>) -> bool| -> Vec<&Text<'_>> {
        let texts = parts.iter().filter(|part| pick(part)).filter_map(|part| match part {
            Part::Text(text) | Part::Refusal(text) | Part::Thinking { text, .. } => Some(text),
            _ => None,
        });
        texts.collect()
    };
    w.key("role").string("assistant");
    let text = collect(|part| matches!(part, Part::Text(_)));
    if text.is_empty() {
        w.key("content").null();
    } else {
        w.key("content").concat(&text);
    }
    let refusal = collect(|part| matches!(part, Part::Refusal(_)));
    if refusal.is_empty() {
        w.key("refusal").null();
    } else {
        w.key("refusal").concat(&refusal);
    }
    let citations: Vec<_> = parts.iter().filter_map(as_page).collect();
    if !citations.is_empty() {
        let said = text.iter().map(|text| text.characters()).sum();
        write_annotations(w, &citations, said);
    }
    if parts.iter().any(|part| matches!(part, Part::Image(_))) {
        w.key("images").array(|w| {
            for part in parts {
                if let Part::Image(image) = part {
                    write_image(w, image);
                }
            }
        });
    }
    write_thinking(w, parts, &collect(|part| matches!(part, Part::Thinking { .. })));
    if parts.iter().any(|part| matches!(part, Part::ToolCall(_))) {
        w.key("tool_calls").array(|w| parts.iter().for_each(|part| write_tool_call(w, part)));
    }
}

fn as_page<'p, 'a>(part: &'p Part<'a>) -> Option<&'p Citation<'a>> {
    match part {
        Part::Citation(citation) => Some(citation).filter(|citation| citation.url.is_some()),
        _ => None,
    }
}

/// This API has no place for thoughts. `reasoning_content` is what open models and gateways use;
/// `thinking_blocks` keeps the signatures, so that a client that sends its messages back as it got
/// them can go on with tools.
fn write_thinking(w: &mut Writer<'_>, parts: &[Part<'_>], thoughts: &[&Text<'_>]) {
    if thoughts.iter().any(|thought| !thought.is_empty()) {
        w.key("reasoning_content").concat(thoughts);
    }
    let signed =
        |part: &&Part<'_>| matches!(part, Part::Thinking { signature: Some(_), .. } | Part::RedactedThinking(_));
    if parts.iter().any(|part| signed(&part)) {
        w.key("thinking_blocks").array(|w| {
            for part in parts.iter().filter(signed) {
                match part {
                    Part::Thinking { text, signature: Some(signature) } => {
                        write_thinking_block(w, text, &signature.to_show(Origin::Anthropic));
                    }
                    Part::RedactedThinking(data) => write_redacted_block(w, &data.to_show(Origin::Anthropic)),
                    _ => {}
                }
            }
        });
    }
}

pub(super) fn write_thinking_block(w: &mut Writer<'_>, text: &impl Quotable, signature: &str) {
    w.object(|w| {
        w.key("type").string("thinking");
        w.key("thinking").string(text);
        w.key("signature").string(signature);
    });
}

pub(super) fn write_redacted_block(w: &mut Writer<'_>, data: &str) {
    w.object(|w| {
        w.key("type").string("redacted_thinking");
        w.key("data").string(data);
    });
}

fn write_tool_call(w: &mut Writer<'_>, part: &Part<'_>) {
    let Part::ToolCall(call) = part else { return };
    w.object(|w| {
        w.key("id").string(&call.id);
        w.key("type").string("function");
        w.key("function").object(|w| {
            w.key("name").string(&call.name);
            w.key("arguments").string(&call.arguments);
        });
    });
}

pub(super) fn write_usage(w: &mut Writer<'_>, usage: &Usage) {
    w.object(|w| {
        w.key("prompt_tokens").unsigned(usage.input);
        w.key("completion_tokens").unsigned(usage.output);
        w.key("total_tokens").unsigned(usage.total());
        w.key("prompt_tokens_details").object(|w| {
            w.key("cached_tokens").unsigned(usage.cached_input);
            w.key("cache_write_tokens").unsigned(usage.cache_write);
        });
        w.key("completion_tokens_details").object(|w| {
            w.key("reasoning_tokens").unsigned(usage.reasoning);
        });
    });
}

/// Writes the answer to `GET /v1/models`.
pub(crate) fn write_models(names: &[&str], out: &mut Vec<u8>) {
    Writer::new(out).object(|w| {
        w.key("object").string("list");
        w.key("data").array(|w| {
            for name in names {
                w.object(|w| {
                    w.key("id").string(name);
                    w.key("object").string("model");
                    w.key("created").unsigned(0);
                    w.key("owned_by").string("tollgate");
                });
            }
        });
    });
}
