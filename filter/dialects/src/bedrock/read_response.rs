//! Reads a whole answer of Converse.

use super::blocks::{Block, Reasoning, read_member};
use super::citations::read_cited;
use super::read_blocks::read_image;
use super::{UsageShape, finish_from};
use crate::json::{Few, RequestError, Text, parse, shape};
use crate::neutral::{Arguments, Finish, Origin, Outcome, Part, Piece, Response, Signature, ToolCall};

shape! { Answer { output: Output<'a>, reason as "stopReason": Text<'a>, usage: UsageShape<'a> } }
shape! { Output { message: MessageShape<'a> } }
shape! { MessageShape { content: Few<Block<'a>> } }
shape! { Envelope { reason as "stopReason": Text<'a>, usage: UsageShape<'a> } }

/// Reads an answer. Blocks of tools that the provider ran itself have no place elsewhere. What an answer's id
/// and model are, the body does not say.
pub(crate) fn read_response(body: &str) -> Result<Response<'_>, RequestError> {
    let answer: Answer<'_> = parse(body)?;
    let message = answer.output.and_then(|output| output.message);
    let content = message.and_then(|message| message.content);
    let content = content.ok_or_else(|| RequestError::shape("output.message.content", "is required"))?;
    let finish = answer.reason.map_or(Finish::Stop, |reason| finish_from(&reason));
    if finish == Finish::Malformed {
        return Err(RequestError::shape("stopReason", "the model's output was malformed"));
    }
    let mut said = Response::default();
    for block in content {
        read_block(block, &mut |piece| said.take(piece))?;
    }
    let usage = answer.usage.as_ref().map(UsageShape::to_usage).unwrap_or_default();
    Ok(Response { finish, usage, ..said })
}

fn read_block<'a>(block: Block<'a>, take: &mut dyn FnMut(Piece<'a>)) -> Result<(), RequestError> {
    if let Some(text) = block.text {
        if !text.is_empty() {
            take(Ok(Part::Text(text)));
        }
    } else if let Some(reasoning) = block.reasoning {
        let reasoning: Reasoning<'_> = read_member(reasoning, "reasoningContent")?;
        let given = |text| Signature::given(Origin::Anthropic, text);
        if let Some(data) = reasoning.redacted {
            take(Ok(Part::RedactedThinking(given(data))));
        } else if let Some(thoughts) = reasoning.text {
            let signature = thoughts.signature.filter(|signature| !signature.is_empty()).map(given);
            take(Ok(Part::Thinking { text: thoughts.text.unwrap_or_default(), signature }));
        }
    } else if let Some(call) = block.tool_use {
        take(match call.kind {
            Some(kind) => Err(kind),
            None => Ok(Part::ToolCall(ToolCall {
                id: call.id.unwrap_or_default(),
                name: call.name.unwrap_or_default(),
                arguments: call.input.map_or_else(|| Arguments::Text("{}".into()), Arguments::Object),
            })),
        });
    } else if let Some(cited) = block.cited {
        read_cited(read_member(cited, "citationsContent")?, take);
    } else if let Some(image) = block.image {
        take(read_image(image).ok_or_else(|| "image".into()));
    } else {
        take(Err(other(block)));
    }
    Ok(())
}

/// What a block is called of which nothing can be told.
fn other(block: Block<'_>) -> Text<'_> {
    let members = [
        ("toolResult", block.tool_result.is_some()),
        ("document", block.document.is_some()),
        ("video", block.video.is_some()),
        ("audio", block.audio.is_some()),
        ("searchResult", block.search_result.is_some()),
        ("guardContent", block.guarded.is_some()),
    ];
    let known = members.into_iter().find(|(_, holds)| *holds).map(|(name, _)| Text::from(name));
    known.or_else(|| block.unknown.0.into_iter().next()).unwrap_or_default()
}

/// Reads only what must be known of an answer that is passed on as it is.
pub(crate) fn read_outcome(body: &str) -> Result<Outcome, RequestError> {
    let envelope: Envelope<'_> = parse(body)?;
    Ok(Outcome {
        usage: envelope.usage.as_ref().map(UsageShape::to_usage),
        finish: envelope.reason.map(|reason| finish_from(&reason)),
    })
}
