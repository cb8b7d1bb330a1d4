//! Reads a whole `chat.completion`.

use super::answer_content::AnswerMessage;
use super::{GAVE_UP, finish_from, logprobs};
use crate::json::{Few, Raw, RequestError, Text, parse, shape, text_or_json};
use crate::neutral::{Arguments, Count, Finish, Outcome, Part, Response, ToolCall, Usage};

shape! {
    Completion {
        id: Text<'a>,
        model: Text<'a>,
        choices: Few<Choice<'a>>,
        usage: UsageShape<'a>,
        error: Raw<'a>,
    }
}
shape! { Choice { index: u64, message: AnswerMessage<'a>, logprobs: Raw<'a>, finish_reason: Text<'a> } }
shape! {
    UsageShape {
        prompt_tokens: Count,
        completion_tokens: Count,
        total_tokens: Count,
        num_cached_tokens: Count,
        prompt_cache_hit_tokens: Count,
        prompt_tokens_details: InputDetails<'a>,
        completion_tokens_details: OutputDetails<'a>,
    }
}
shape! { InputDetails { cached_tokens: Count, cache_write_tokens: Count } }
shape! { OutputDetails { reasoning_tokens: Count } }
shape! { Envelope { choices: Few<Ending<'a>>, usage: UsageShape<'a>, error: Raw<'a> } }
shape! { Ending { index: u64, finish_reason: Text<'a> } }

impl UsageShape<'_> {
    pub(super) fn to_usage(&self) -> Usage {
        let count = |count: Option<Count>| count.unwrap_or_default().0;
        let details = self.prompt_tokens_details.as_ref();
        let cached = details.and_then(|details| details.cached_tokens);
        let (input, said) = (count(self.prompt_tokens), count(self.completion_tokens));
        let reasoning = count(self.completion_tokens_details.as_ref().and_then(|details| details.reasoning_tokens));
        // Some servers count thoughts beside the completion; then the sum shows it.
        let both = said.saturating_add(reasoning);
        let beside = count(self.total_tokens) == input.saturating_add(both);
        Usage {
            input,
            cached_input: count(cached.or(self.num_cached_tokens).or(self.prompt_cache_hit_tokens)),
            cache_write: count(details.and_then(|details| details.cache_write_tokens)),
            output: if beside { both } else { said },
            reasoning,
        }
    }
}

/// Reads the first choice: no translated request asks for more.
pub(crate) fn read_response(body: &str) -> Result<Response<'_>, RequestError> {
    let completion: Completion<'_> = parse(body)?;
    let usage = completion.usage.as_ref().map(UsageShape::to_usage).unwrap_or_default();
    let choice = completion.choices.into_iter().flatten().next();
    let choice = choice.ok_or_else(|| RequestError::shape("choices", "must hold a choice"))?;
    refuse_failure(completion.error, choice.finish_reason.as_ref())?;
    let mut message = choice.message.ok_or_else(|| RequestError::shape("choices[0].message", "is required"))?;

    let (mut said, mut citations) = (Response::default(), Vec::new());
    message.take_content(&mut |piece| match piece {
        Ok(citation @ Part::Citation(_)) => citations.push(citation),
        piece => said.take(piece),
    });
    said.cite(citations);
    let refused = said.parts.iter().any(|part| matches!(part, Part::Refusal(_)));
    let mut calls: u64 = 0;
    for call in message.tool_calls.into_iter().flatten() {
        if call.custom.is_some() {
            said.losses.add_of_answer("custom_tool_call");
            continue;
        }
        let function = call.function.unwrap_or_default();
        said.parts.push(Part::ToolCall(ToolCall {
            id: call.id.unwrap_or_default(),
            name: function.name.unwrap_or_default(),
            arguments: Arguments::Text(function.arguments.map(text_or_json).transpose()?.unwrap_or_default()),
        }));
        calls = calls.saturating_add(1);
    }
    let finish = read_finish(choice.finish_reason, refused, calls > 0).unwrap_or(Finish::Stop);
    let (id, model) = (completion.id.unwrap_or_default(), completion.model.unwrap_or_default());
    Ok(Response { id, model, finish, usage, logprobs: logprobs::read_choice(choice.logprobs), ..said })
}

/// Some servers answer 200 when they failed, and say so in the body.
fn refuse_failure(error: Option<Raw<'_>>, reason: Option<&Text<'_>>) -> Result<(), RequestError> {
    if error.is_some() || gave_up(reason) { Err(RequestError::shape("error", "is no answer")) } else { Ok(()) }
}

/// Why the answer ended, if it says so; some servers send an empty word until it does. A forced call
/// ends in `stop` here, and the client must still know that a result is waited for.
pub(super) fn read_finish(reason: Option<Text<'_>>, refused: bool, calls: bool) -> Option<Finish> {
    match finish_from(&reason.filter(|reason| !reason.is_empty())?) {
        _ if refused => Some(Finish::Refusal),
        Finish::Stop if calls => Some(Finish::ToolCalls),
        finish => Some(finish),
    }
}

/// Reads only what must be known of an answer that is passed on as it is.
pub(crate) fn read_outcome(body: &str) -> Result<Outcome, RequestError> {
    let envelope: Envelope<'_> = parse(body)?;
    let reason = first_reason(envelope.choices);
    refuse_failure(envelope.error, reason.as_ref())?;
    Ok(Outcome { usage: envelope.usage.as_ref().map(UsageShape::to_usage), finish: read_finish(reason, false, false) })
}

/// The word for how the first choice ended, if it has.
pub(super) fn first_reason(choices: Option<Few<Ending<'_>>>) -> Option<Text<'_>> {
    choices.into_iter().flatten().find(|choice| choice.index.unwrap_or(0) == 0)?.finish_reason
}

/// Did the server give up? Then this is no answer.
pub(super) fn gave_up(reason: Option<&Text<'_>>) -> bool {
    reason.is_some_and(|reason| GAVE_UP.contains(&&**reason))
}
