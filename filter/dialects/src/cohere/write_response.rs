//! Writes a whole answer, and the list of models.

use super::{finish_word, logprobs, write_usage};
use crate::codec::Answering;
use crate::json::{Text, Writer};
use crate::neutral::{Citation, Origin, Part, Response, Said};
use crate::openai::write_tool_call;

/// Writes `response` as this API answers.
pub(crate) fn write_response(response: &Response<'_>, _: Answering, out: &mut Vec<u8>) {
    Writer::new(out).object(|w| {
        w.key("id").string(&response.id);
        w.key("finish_reason").string(finish_word(response.finish));
        w.key("message").object(|w| write_message(w, &response.parts));
        write_usage(w.key("usage"), &response.usage);
        if !response.logprobs.is_empty() {
            w.key("logprobs").array(|w| {
                logprobs::pieces(&response.logprobs)
                    .for_each(|piece| logprobs::write_piece(w, logprobs::text_of(piece), piece));
            });
        }
    });
}

fn write_message(w: &mut Writer<'_>, parts: &[Part<'_>]) {
    let is_call = |part: &&Part<'_>| matches!(part, Part::ToolCall(_));
    let is_citation = |part: &&Part<'_>| matches!(part, Part::Citation(_));
    w.key("role").string("assistant");
    w.key("content").array(|w| write_content(w, parts));
    if parts.iter().any(|part| is_call(&part)) {
        w.key("tool_calls").array(|w| {
            for part in parts {
                if let Part::ToolCall(call) = part {
                    write_tool_call(w, call);
                }
            }
        });
    }
    if parts.iter().any(|part| is_citation(&part)) {
        w.key("citations").array(|w| write_citations(w, parts));
    }
}

/// Texts that follow each other are one, which is what clients of this API read.
fn write_content(w: &mut Writer<'_>, parts: &[Part<'_>]) {
    let mut texts = Vec::new();
    let flush = |w: &mut Writer<'_>, texts: &mut Vec<&Text<'_>>| {
        if !texts.is_empty() {
            w.object(|w| {
                w.key("type").string("text");
                w.key("text").concat(texts);
            });
            texts.clear();
        }
    };
    for part in parts {
        match part {
            Part::Text(text) | Part::Refusal(text) => texts.push(text),
            Part::Thinking { text, signature } => {
                flush(w, &mut texts);
                w.object(|w| {
                    w.key("type").string("thinking");
                    w.key("thinking").string(text);
                    // Not this API's: with it, a client that sends its messages back as it got them
                    // can go on with tools at the provider that signed.
                    if let Some(signature) = signature {
                        w.key("signature").string(&signature.to_show(Origin::Anthropic));
                    }
                });
            }
            _ => {}
        }
    }
    flush(w, &mut texts);
}

/// A citation says which of the answer's text it is of: by its own span, or the text just before.
fn write_citations(w: &mut Writer<'_>, parts: &[Part<'_>]) {
    let mut said = Said::default();
    let mut before = 0;
    for part in parts {
        match part {
            Part::Text(more) | Part::Refusal(more) => {
                before = said.characters();
                said.push(more);
            }
            Part::Citation(citation) => {
                let (start, end) = citation.span.unwrap_or((before, said.characters()));
                let (from, to) = (said.byte(start), said.byte(end));
                write_citation(w, citation, Some((start, end, said.quote(from, to))));
            }
            _ => {}
        }
    }
}

/// Writes a citation, and where in the answer it stands as far as that is known.
pub(super) fn write_citation(w: &mut Writer<'_>, citation: &Citation<'_>, cited: Option<(u64, u64, Option<&str>)>) {
    w.object(|w| {
        if let Some((start, end, text)) = cited {
            w.key("start").unsigned(start);
            w.key("end").unsigned(end);
            if let Some(text) = text {
                w.key("text").string(text);
            }
        }
        w.key("sources").array(|w| {
            w.object(|w| {
                w.key("type").string("document");
                let names = [&citation.url, &citation.source, &citation.title];
                w.key("id").string(names.into_iter().flatten().next().map_or("", |name| &**name));
                w.key("document").object(|w| {
                    for (key, value) in [("url", &citation.url), ("title", &citation.title), ("text", &citation.quote)]
                    {
                        if let Some(value) = value {
                            w.key(key).string(value);
                        }
                    }
                });
            });
        });
        w.key("type").string("TEXT_CONTENT");
    });
}

/// Writes the answer to `GET /v1/models`.
pub(crate) fn write_models(names: &[&str], out: &mut Vec<u8>) {
    Writer::new(out).object(|w| {
        w.key("models").array(|w| {
            for name in names {
                w.object(|w| {
                    w.key("name").string(name);
                    w.key("endpoints").array(|w| w.string("chat"));
                    w.key("finetuned").bool(false);
                });
            }
        });
    });
}
