//! Reads a whole `chat.completion`.

use super::finish_from;
use crate::json::{RequestError, Text, parse, shape};
use crate::neutral::{Arguments, Count, Finish, Outcome, Part, Response, ToolCall, Usage};

shape! {
    Completion { id: Text<'a>, model: Text<'a>, choices: Vec<Choice<'a>>, usage: UsageShape<'a> }
}
shape! { Choice { index: u64, message: Message<'a>, finish_reason: Text<'a> } }
shape! {
    Message {
        content: Text<'a>,
        refusal: Text<'a>,
        reasoning_content: Text<'a>,
        reasoning: Text<'a>,
        tool_calls: Vec<Call<'a>>,
    }
}
shape! { Call { id: Text<'a>, function: Function<'a> } }
shape! { Function { name: Text<'a>, arguments: Text<'a> } }
shape! {
    UsageShape {
        prompt_tokens: Count,
        completion_tokens: Count,
        prompt_tokens_details: InputDetails<'a>,
        completion_tokens_details: OutputDetails<'a>,
    }
}
shape! { InputDetails { cached_tokens: Count, cache_write_tokens: Count } }
shape! { OutputDetails { reasoning_tokens: Count } }
shape! { Envelope { choices: Vec<Ending<'a>>, usage: UsageShape<'a> } }
shape! { Ending { finish_reason: Text<'a> } }

impl UsageShape<'_> {
    pub(super) fn to_usage(&self) -> Usage {
        let count = |count: Option<Count>| count.unwrap_or_default().0;
        let input = self.prompt_tokens_details.as_ref();
        Usage {
            input: count(self.prompt_tokens),
            cached_input: count(input.and_then(|details| details.cached_tokens)),
            cache_write: count(input.and_then(|details| details.cache_write_tokens)),
            output: count(self.completion_tokens),
            reasoning: count(self.completion_tokens_details.as_ref().and_then(|details| details.reasoning_tokens)),
        }
    }
}

/// Reads the first choice: no translated request asks for more.
pub(crate) fn read_response(body: &str) -> Result<Response<'_>, RequestError> {
    let completion: Completion<'_> = parse(body)?;
    let usage = completion.usage.as_ref().map(UsageShape::to_usage).unwrap_or_default();
    let choice = completion.choices.into_iter().flatten().next();
    let choice = choice.ok_or_else(|| RequestError::shape("choices", "must hold a choice"))?;
    let message = choice.message.ok_or_else(|| RequestError::shape("choices[0].message", "is required"))?;

    let mut parts = Vec::new();
    let thoughts = message.reasoning_content.or(message.reasoning).filter(|text| !text.is_empty());
    parts.extend(thoughts.map(|text| Part::Thinking { text, signature: None }));
    parts.extend(message.content.filter(|text| !text.is_empty()).map(Part::Text));
    let refused = message.refusal.is_some();
    parts.extend(message.refusal.map(Part::Refusal));
    for call in message.tool_calls.into_iter().flatten() {
        let function = call.function.unwrap_or_default();
        parts.push(Part::ToolCall(ToolCall {
            id: call.id.unwrap_or_default(),
            name: function.name.unwrap_or_default(),
            arguments: Arguments::Text(function.arguments.unwrap_or_default()),
        }));
    }
    let finish = choice.finish_reason.map_or(Finish::Stop, |reason| finish_from(&reason));
    Ok(Response {
        id: completion.id.unwrap_or_default(),
        model: completion.model.unwrap_or_default(),
        parts,
        finish: if refused { Finish::Refusal } else { finish },
        stop_sequence: None,
        usage,
    })
}

/// Reads only what must be known of an answer that is passed on as it is.
pub(crate) fn read_outcome(body: &str) -> Result<Outcome, RequestError> {
    let envelope: Envelope<'_> = parse(body)?;
    let ending = envelope.choices.into_iter().flatten().next().and_then(|choice| choice.finish_reason);
    Ok(Outcome {
        usage: envelope.usage.as_ref().map(UsageShape::to_usage),
        finish: ending.map(|reason| finish_from(&reason)),
    })
}
