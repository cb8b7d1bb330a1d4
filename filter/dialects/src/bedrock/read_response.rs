//! Reads a whole answer of Converse.

use super::blocks::{Block, Reasoning, ToolUse, read_member};
use super::citations::read_cited;
use super::{UsageShape, finish_from};
use crate::json::{Few, RequestError, Text, parse, shape};
use crate::neutral::{Arguments, Finish, Origin, Outcome, Part, Response, Signature, ToolCall};

shape! { Answer { output: Output<'a>, reason as "stopReason": Text<'a>, usage: UsageShape<'a> } }
shape! { Output { message: MessageShape<'a> } }
shape! { MessageShape { content: Few<Block<'a>> } }
shape! { Envelope { reason as "stopReason": Text<'a>, usage: UsageShape<'a> } }

/// Reads an answer. Blocks of tools that the provider ran itself are left out. What an answer's id and
/// model are, the body does not say.
pub(crate) fn read_response(body: &str) -> Result<Response<'_>, RequestError> {
    let answer: Answer<'_> = parse(body)?;
    let message = answer.output.and_then(|output| output.message);
    let content = message.and_then(|message| message.content);
    let content = content.ok_or_else(|| RequestError::shape("output.message.content", "is required"))?;
    let finish = answer.reason.map_or(Finish::Stop, |reason| finish_from(&reason));
    if finish == Finish::Malformed {
        return Err(RequestError::shape("stopReason", "the model's output was malformed"));
    }
    let mut parts = Vec::new();
    for block in content {
        read_block(block, &mut |part| parts.push(part))?;
    }
    Ok(Response {
        id: Text::default(),
        model: Text::default(),
        parts,
        finish,
        stop_sequence: None,
        usage: answer.usage.as_ref().map(UsageShape::to_usage).unwrap_or_default(),
        logprobs: Vec::new(),
    })
}

fn read_block<'a>(block: Block<'a>, take: &mut dyn FnMut(Part<'a>)) -> Result<(), RequestError> {
    if let Some(text) = block.text.filter(|text| !text.is_empty()) {
        take(Part::Text(text));
    } else if let Some(reasoning) = block.reasoning {
        let reasoning: Reasoning<'_> = read_member(reasoning, "reasoningContent")?;
        let given = |text| Signature::given(Origin::Anthropic, text);
        if let Some(data) = reasoning.redacted {
            take(Part::RedactedThinking(given(data)));
        } else if let Some(thoughts) = reasoning.text {
            let signature = thoughts.signature.filter(|signature| !signature.is_empty()).map(given);
            take(Part::Thinking { text: thoughts.text.unwrap_or_default(), signature });
        }
    } else if let Some(call) = block.tool_use {
        let call: ToolUse<'_> = read_member(call, "toolUse")?;
        if call.kind.is_none() {
            take(Part::ToolCall(ToolCall {
                id: call.id.unwrap_or_default(),
                name: call.name.unwrap_or_default(),
                arguments: call.input.map_or_else(|| Arguments::Text("{}".into()), Arguments::Object),
            }));
        }
    } else if let Some(cited) = block.cited {
        read_cited(read_member(cited, "citationsContent")?, take);
    }
    Ok(())
}

/// Reads only what must be known of an answer that is passed on as it is.
pub(crate) fn read_outcome(body: &str) -> Result<Outcome, RequestError> {
    let envelope: Envelope<'_> = parse(body)?;
    Ok(Outcome {
        usage: envelope.usage.as_ref().map(UsageShape::to_usage),
        finish: envelope.reason.map(|reason| finish_from(&reason)),
    })
}
