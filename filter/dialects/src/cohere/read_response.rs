//! Reads a whole answer.

use super::{CitationShape, Ending, UsageShape, logprobs};
use crate::json::{Few, Raw, RequestError, Text, parse, shape};
use crate::neutral::{Arguments, Finish, Outcome, Part, Piece, Response, ToolCall};

shape! {
    Chat {
        id: Text<'a>,
        finish_reason: Text<'a>,
        message: Message<'a>,
        usage: UsageShape<'a>,
        logprobs: Raw<'a>,
    }
}
shape! {
    Message {
        content: Few<Content<'a>>,
        tool_plan: Text<'a>,
        tool_calls: Few<Call<'a>>,
        citations: Few<CitationShape<'a>>,
    }
}
shape! {
    /// A piece of an answer, whole or in a stream.
    Content { kind as "type": Text<'a>, text: Text<'a>, thinking: Text<'a> }
}
shape! {
    /// A call, whole or in a stream.
    Call { id: Text<'a>, function: Function<'a> }
}
shape! { Function { name: Text<'a>, arguments: Text<'a> } }
shape! { Envelope { finish_reason: Text<'a>, message: Raw<'a>, usage: UsageShape<'a> } }

impl<'a> Content<'a> {
    /// What is said, and nothing that is empty.
    pub(super) fn into_pieces(self) -> impl Iterator<Item = Piece<'a>> {
        let said = |text: &Text<'_>| !text.is_empty();
        let unknown = self.kind.filter(|kind| !matches!(&**kind, "text" | "thinking")).map(Err);
        let thoughts = self.thinking.filter(said).map(|text| Ok(Part::Thinking { text, signature: None }));
        unknown.into_iter().chain(thoughts).chain(self.text.filter(said).map(|text| Ok(Part::Text(text))))
    }
}

/// Reads an answer. One that the provider says has failed is none.
pub(crate) fn read_response(body: &str) -> Result<Response<'_>, RequestError> {
    let chat: Chat<'_> = parse(body)?;
    let message = chat.message.ok_or_else(|| RequestError::shape("message", "is required"))?;
    let finish = match chat.finish_reason.map(|reason| Ending::of(&reason)) {
        Some(Ending::Failed(_)) => return Err(RequestError::shape("finish_reason", "the answer failed")),
        Some(Ending::Finish(finish)) => finish,
        None => Finish::Stop,
    };
    let mut said = Response::default();
    let plan = message.tool_plan.filter(|plan| !plan.is_empty());
    said.parts.extend(plan.map(|text| Part::Thinking { text, signature: None }));
    message.content.into_iter().flatten().flat_map(Content::into_pieces).for_each(|piece| said.take(piece));
    let mut citations = Vec::new();
    for piece in message.citations.into_iter().flatten().flat_map(CitationShape::into_pieces) {
        match piece {
            Ok(citation) => citations.push(citation),
            lost => said.take(lost),
        }
    }
    said.cite(citations);
    for call in message.tool_calls.into_iter().flatten() {
        let function = call.function.unwrap_or_default();
        said.parts.push(Part::ToolCall(ToolCall {
            id: call.id.unwrap_or_default(),
            name: function.name.unwrap_or_default(),
            arguments: Arguments::Text(function.arguments.map(read_arguments).unwrap_or_default()),
        }));
    }
    let usage = chat.usage.as_ref().map(UsageShape::to_usage).unwrap_or_default();
    let logprobs = logprobs::read(chat.logprobs);
    Ok(Response { id: chat.id.unwrap_or_default(), finish, usage, logprobs, ..said })
}

/// Calls without arguments sometimes have `null`.
fn read_arguments(arguments: Text<'_>) -> Text<'_> {
    if matches!(arguments.trim(), "" | "null") { "{}".into() } else { arguments }
}

/// Reads only what must be known of an answer that is passed on as it is.
pub(crate) fn read_outcome(body: &str) -> Result<Outcome, RequestError> {
    let envelope: Envelope<'_> = parse(body)?;
    let ending = envelope.finish_reason.map(|reason| Ending::of(&reason));
    Ok(Outcome {
        usage: envelope.usage.as_ref().map(UsageShape::to_usage),
        finish: match ending {
            Some(Ending::Finish(finish)) => Some(finish),
            Some(Ending::Failed(_)) | None => None,
        },
    })
}
