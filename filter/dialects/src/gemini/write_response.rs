//! Writes a whole answer, and the list of models.

use super::answer::finish_word;
use super::logprobs::Mean;
use super::write_content::write_source;
use super::{grounding, logprobs, proof};
use crate::codec::Answering;
use crate::json::{Quotable, Writer};
use crate::neutral::{Citation, Finish, Part, Response, Usage};

/// Writes `response` as this API answers.
pub(crate) fn write_response(response: &Response<'_>, _: Answering, out: &mut Vec<u8>) {
    let refusal = response.parts.iter().find_map(|part| match part {
        Part::Refusal(text) => Some(&**text),
        _ => None,
    });
    let citations: Vec<&Citation<'_>> = response.parts.iter().filter_map(source_of).collect();
    Writer::new(out).object(|w| {
        w.key("candidates").array(|w| {
            w.object(|w| {
                w.key("content").object(|w| {
                    w.key("parts").array(|w| response.parts.iter().for_each(|part| write_part(w, part)));
                    w.key("role").string("model");
                });
                write_ending(w, response.finish, refusal);
                w.key("index").unsigned(0);
                if !response.logprobs.is_empty() {
                    let mut mean = Mean::default();
                    mean.add(&response.logprobs);
                    mean.write(w);
                    logprobs::write(w, &response.logprobs);
                }
                if !citations.is_empty() {
                    grounding::write(w, &citations, grounding::only_text(&response.parts));
                }
            });
        });
        write_usage(w, &response.usage);
        w.key("modelVersion").string(&response.model);
        w.key("responseId").string(&response.id);
    });
}

/// Why the answer ended; words of refusal have their place here and are no text.
pub(super) fn write_ending(w: &mut Writer<'_>, finish: Finish, refusal: Option<&str>) {
    w.key("finishReason").string(finish_word(finish));
    if let Some(refusal) = refusal {
        w.key("finishMessage").string(refusal);
    }
}

fn write_part(w: &mut Writer<'_>, part: &Part<'_>) {
    match part {
        Part::Text(text) => w.object(|w| w.key("text").string(text)),
        Part::Thinking { text, signature } => {
            write_thought(w, text, signature.as_ref().map(proof::to_show).as_deref());
        }
        Part::RedactedThinking(data) => write_thought(w, "", Some(&proof::redacted_to_show(data))),
        Part::ToolCall(call) => w.object(|w| {
            w.key("functionCall").object(|w| {
                w.key("id").string(&call.id);
                w.key("name").string(&call.name);
                // What is adapted here is the model's slip, and the client's to see.
                call.arguments.write_object(w.key("args"));
            });
        }),
        Part::Image(image) => w.object(|w| write_source(w, &image.source)),
        _ => {}
    }
}

pub(super) fn write_thought(w: &mut Writer<'_>, text: &(impl Quotable + ?Sized), signature: Option<&str>) {
    w.object(|w| {
        w.key("text").string(text);
        w.key("thought").bool(true);
        if let Some(signature) = signature {
            w.key("thoughtSignature").string(signature);
        }
    });
}

fn source_of<'p, 'a>(part: &'p Part<'a>) -> Option<&'p Citation<'a>> {
    if let Part::Citation(citation) = part { Some(citation) } else { None }
}

/// Thoughts are counted apart from the answer here, and what is zero is left out.
pub(super) fn write_usage(w: &mut Writer<'_>, usage: &Usage) {
    w.key("usageMetadata").object(|w| {
        w.key("promptTokenCount").unsigned(usage.input);
        w.key("candidatesTokenCount").unsigned(usage.output.saturating_sub(usage.reasoning));
        w.key("totalTokenCount").unsigned(usage.total());
        for (key, count) in [("cachedContentTokenCount", usage.cached_input), ("thoughtsTokenCount", usage.reasoning)] {
            if count > 0 {
                w.key(key).unsigned(count);
            }
        }
    });
}

/// Writes the answer to `GET /v1beta/models`.
pub(crate) fn write_models(names: &[&str], out: &mut Vec<u8>) {
    Writer::new(out).object(|w| {
        w.key("models").array(|w| {
            for name in names {
                w.object(|w| {
                    w.key("name").concat(&["models/", name]);
                    w.key("displayName").string(name);
                    w.key("supportedGenerationMethods").array(|w| {
                        w.string("generateContent");
                        w.string("streamGenerateContent");
                    });
                });
            }
        });
    });
}
