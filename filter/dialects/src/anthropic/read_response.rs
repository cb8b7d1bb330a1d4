//! Reads a whole `message`.

use super::{AnswerBlock, REFUSED, StopDetails, UsageShape, finish_from};
use crate::json::{Few, RequestError, Text, parse, shape};
use crate::neutral::{Arguments, Finish, Origin, Outcome, Part, Piece, Response, Signature, ToolCall, Usage};

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

/// Reads an answer. Blocks of tools that the provider ran itself have no place elsewhere.
pub(crate) fn read_response(body: &str) -> Result<Response<'_>, RequestError> {
    let message: MessageShape<'_> = parse(body)?;
    let content = message.content.ok_or_else(|| RequestError::shape("content", "is required"))?;
    let (mut response, mut said) = (Response::default(), 0);
    content.into_iter().for_each(|block| read_block(block, &mut said, &mut |piece| response.take(piece)));
    let finish = message.stop_reason.map_or(Finish::Stop, |reason| finish_from(&reason));
    if finish == Finish::Refusal {
        let explanation = message.stop_details.and_then(|details| details.explanation);
        response.parts.push(Part::Refusal(explanation.unwrap_or_else(|| REFUSED.into())));
    }
    let mut usage = Usage::default();
    if let Some(given) = &message.usage {
        given.update(&mut usage);
    }
    Ok(Response {
        id: message.id.unwrap_or_default(),
        model: message.model.unwrap_or_default(),
        finish,
        stop_sequence: message.stop_sequence,
        usage,
        ..response
    })
}

/// `said` counts the characters of the answer's text, by which citations are placed elsewhere.
fn read_block<'a>(mut block: AnswerBlock<'a>, said: &mut u64, sink: &mut dyn FnMut(Piece<'a>)) {
    let citations = block.citations.take();
    let from = *said;
    let piece = read_piece(block);
    if let Some(Ok(Part::Text(text))) = &piece {
        *said = from.saturating_add(text.characters());
    }
    piece.into_iter().for_each(&mut *sink);
    for citation in citations.into_iter().flatten() {
        let citation = citation.read((from, *said)).filter(|_| *said > from);
        sink(citation.map(Part::Citation).ok_or_else(|| "citation".into()));
    }
}

fn read_piece(block: AnswerBlock<'_>) -> Option<Piece<'_>> {
    let kind = block.kind.unwrap_or_default();
    Some(Ok(match &*kind {
        "text" => Part::Text(block.text.filter(|text| !text.is_empty())?),
        "thinking" => {
            let signature = block.signature.map(|text| Signature::given(Origin::Anthropic, text));
            Part::Thinking { text: block.thinking.unwrap_or_default(), signature }
        }
        "redacted_thinking" => Part::RedactedThinking(Signature::given(Origin::Anthropic, block.data?)),
        "tool_use" => Part::ToolCall(ToolCall {
            id: block.id.unwrap_or_default(),
            name: block.name.unwrap_or_default(),
            arguments: block.input.map_or_else(|| Arguments::Text("{}".into()), Arguments::Object),
        }),
        _ => return Some(Err(kind)),
    }))
}

/// Reads only what must be known of an answer that is passed on as it is.
pub(crate) fn read_outcome(body: &str) -> Result<Outcome, RequestError> {
    let envelope: Envelope<'_> = parse(body)?;
    if envelope.kind.as_deref() == Some("error") {
        return Err(RequestError::shape("type", "is no answer"));
    }
    let usage = envelope.usage.map(|given| {
        let mut usage = Usage::default();
        given.update(&mut usage);
        usage
    });
    Ok(Outcome { usage, finish: envelope.stop_reason.map(|reason| finish_from(&reason)) })
}
