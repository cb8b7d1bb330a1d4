//! Reads a whole `message`.

use super::citations::read_citations;
use super::{AnswerBlock, REFUSED, StopDetails, UsageShape, finish_from};
use crate::json::{Few, RequestError, Text, parse, shape};
use crate::neutral::{Arguments, Finish, Origin, Outcome, Part, Response, Signature, ToolCall, Usage};

shape! {
    MessageShape {
        id: Text<'a>,
        model: Text<'a>,
        content: Few<AnswerBlock<'a>>,
        stop_reason: Text<'a>,
        stop_sequence: Text<'a>,
        stop_details: StopDetails<'a>,
        usage: UsageShape<'a>,
    }
}
shape! { Envelope { kind as "type": Text<'a>, stop_reason: Text<'a>, usage: UsageShape<'a> } }

/// Reads an answer. Blocks of tools that the provider ran itself are left out.
pub(crate) fn read_response(body: &str) -> Result<Response<'_>, RequestError> {
    let message: MessageShape<'_> = parse(body)?;
    let content = message.content.ok_or_else(|| RequestError::shape("content", "is required"))?;
    let mut parts: Vec<Part<'_>> = Vec::new();
    let mut said = 0;
    content.into_iter().for_each(|block| read_block(block, &mut said, &mut parts));
    let finish = message.stop_reason.map_or(Finish::Stop, |reason| finish_from(&reason));
    if finish == Finish::Refusal {
        let explanation = message.stop_details.and_then(|details| details.explanation);
        parts.push(Part::Refusal(explanation.unwrap_or_else(|| REFUSED.into())));
    }
    let mut usage = Usage::default();
    if let Some(given) = &message.usage {
        given.update(&mut usage);
    }
    Ok(Response {
        id: message.id.unwrap_or_default(),
        model: message.model.unwrap_or_default(),
        parts,
        finish,
        stop_sequence: message.stop_sequence,
        usage,
    })
}

/// `said` counts the characters of the answer's text, by which citations are placed elsewhere.
fn read_block<'a>(mut block: AnswerBlock<'a>, said: &mut u64, parts: &mut Vec<Part<'a>>) {
    let citations = block.citations.take();
    let from = *said;
    let part = read_part(block);
    if let Some(Part::Text(text)) = &part {
        *said = from.saturating_add(text.characters());
    }
    parts.extend(part);
    read_citations(citations.into_iter().flatten(), (from, *said), &mut |citation| {
        parts.push(Part::Citation(citation))
    });
}

fn read_part(block: AnswerBlock<'_>) -> Option<Part<'_>> {
    match block.kind.as_deref().unwrap_or_default() {
        "text" => block.text.filter(|text| !text.is_empty()).map(Part::Text),
        "thinking" => {
            let signature = block.signature.map(|text| Signature::given(Origin::Anthropic, text));
            Some(Part::Thinking { text: block.thinking.unwrap_or_default(), signature })
        }
        "redacted_thinking" => block.data.map(|data| Part::RedactedThinking(Signature::given(Origin::Anthropic, data))),
        "tool_use" => Some(Part::ToolCall(ToolCall {
            id: block.id.unwrap_or_default(),
            name: block.name.unwrap_or_default(),
            arguments: block.input.map_or_else(|| Arguments::Text("{}".into()), Arguments::Object),
        })),
        _ => None,
    }
}

/// Reads only what must be known of an answer that is passed on as it is.
pub(crate) fn read_outcome(body: &str) -> Result<Outcome, RequestError> {
    let envelope: Envelope<'_> = parse(body)?;
    let usage = envelope.usage.map(|given| {
        let mut usage = Usage::default();
        given.update(&mut usage);
        usage
    });
    Ok(Outcome { usage, finish: envelope.stop_reason.map(|reason| finish_from(&reason)) })
}
