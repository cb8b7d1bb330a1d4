//! Writes a whole answer of Converse, and the list of models.

use super::citations::write_citation;
use super::write_blocks::{Blocks, write_text};
use super::{finish_word, write_metrics, write_usage};
use crate::codec::Answering;
use crate::json::{Text, Writer};
use crate::neutral::{Part, Response};

/// Writes `response` as this API answers. The id that a client logs is a header's.
pub(crate) fn write_response(response: &Response<'_>, _: Answering, out: &mut Vec<u8>) {
    Writer::new(out).object(|w| {
        w.key("output").object(|w| {
            w.key("message").object(|w| {
                w.key("role").string("assistant");
                w.key("content").array(|w| write_parts(w, &response.parts));
            });
        });
        w.key("stopReason").string(finish_word(response.finish));
        write_usage(w.key("usage"), &response.usage);
        write_metrics(w);
    });
}

/// A text and where it is from are one block. Words of refusal are text, as a guardrail's are.
fn write_parts(w: &mut Writer<'_>, parts: &[Part<'_>]) {
    // What is adapted here is the model's slip, and the client's to see.
    let mut blocks = Blocks::default();
    let mut rest = parts;
    while let Some((part, after)) = rest.split_first() {
        rest = after;
        match part {
            Part::Text(text) if text.is_empty() => {}
            Part::Text(text) if matches!(after.first(), Some(Part::Citation(_))) => write_cited(w, text, after),
            Part::Refusal(text) => write_text(w, text),
            Part::Citation(_) => {}
            part => blocks.write_part(w, part),
        }
    }
}

fn write_cited(w: &mut Writer<'_>, text: &Text<'_>, after: &[Part<'_>]) {
    let citations = after.iter().map_while(|part| match part {
        Part::Citation(citation) => Some(citation),
        _ => None,
    });
    w.object(|w| {
        w.key("citationsContent").object(|w| {
            w.key("content").array(|w| write_text(w, text));
            w.key("citations").array(|w| citations.for_each(|citation| write_citation(w, citation)));
        });
    });
}

/// The API has no such list; this is how the control plane of Bedrock lists models.
pub(crate) fn write_models(names: &[&str], out: &mut Vec<u8>) {
    Writer::new(out).object(|w| {
        w.key("modelSummaries").array(|w| {
            for name in names {
                w.object(|w| {
                    // Requests may name either of both.
                    w.key("modelArn").string(name);
                    w.key("modelId").string(name);
                    w.key("modelName").string(name);
                });
            }
        });
    });
}
