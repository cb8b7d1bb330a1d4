//! Reads the events of a `chat.completion.chunk` stream.

use super::answer_content::{AnswerCall, AnswerMessage};
use super::read_response::{Ending, UsageShape, first_reason, gave_up, read_finish};
use super::{DONE, errors, logprobs};
use crate::exchange::OK;
use crate::json::{Few, Ignored, Raw, RequestError, Text, parse, shape, text_or_json};
use crate::neutral::{Event, Failure, Part, Piece, TokenLogprob};

shape! {
    Chunk {
        id: Text<'a>,
        model: Text<'a>,
        choices: Few<Choice<'a>>,
        usage: UsageShape<'a>,
        error: Raw<'a>,
        x_groq: Groq<'a>,
    }
}
shape! { Groq { error: Raw<'a> } }
shape! { Choice { index: u64, delta: AnswerMessage<'a>, logprobs: Raw<'a>, finish_reason: Text<'a> } }
shape! {
    WatchedChunk { choices: Few<Ending<'a>>, usage: UsageShape<'a>, error: Raw<'a>, x_groq: Groq<'a> }
}

/// The most text that waits for the end of a call, in bytes. No model says so much in between.
const MOST_HELD: usize = 1024 * 1024;

/// Turns chunks into neutral events.
#[derive(Debug, Default)]
pub(crate) struct EventReader {
    started: bool,
    refused: bool,
    /// Calls that have begun.
    calls: u64,
    /// Can the newest call go on? Only while nothing else has been said.
    in_call: bool,
    /// Text that came in the middle of a call, which ends with the next call or the answer. It
    /// waits, because a call's fragments must stay together.
    held: String,
}

impl EventReader {
    /// Reads one event's data and hands on what it says, in order.
    pub(crate) fn read(&mut self, data: &str, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
        if data.trim() == DONE {
            self.leave_call(sink);
            sink(Event::End);
            return Ok(());
        }
        let chunk: Chunk<'_> = parse(data)?;
        if chunk.error.is_some() || chunk.x_groq.is_some_and(|groq| groq.error.is_some()) {
            sink(failed(data));
            return Ok(());
        }
        if !self.started {
            self.started = true;
            let (id, model) = (chunk.id.unwrap_or_default(), chunk.model.unwrap_or_default());
            sink(Event::Start { id, model });
        }
        let first = chunk.choices.into_iter().flatten().find(|choice| choice.index.unwrap_or(0) == 0);
        if let Some(choice) = first {
            self.read_choice(choice, sink)?;
        }
        if let Some(usage) = &chunk.usage {
            sink(Event::Usage(usage.to_usage()));
        }
        Ok(())
    }

    fn read_choice(&mut self, choice: Choice<'_>, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
        let mut delta = choice.delta.unwrap_or_default();
        let mut tokens = logprobs::read_choice(choice.logprobs);
        let says_else = delta.refusal.is_some() || delta.tool_calls.is_some();
        delta.take_content(&mut |piece| self.say(piece, &mut tokens, sink));
        if !says_else && !self.in_call {
            Event::of_silent(tokens).into_iter().for_each(&mut *sink);
        }
        if self.held.len() > MOST_HELD {
            return Err(RequestError::shape("choices[0].delta.content", "calls must come one after the other"));
        }
        for call in delta.tool_calls.into_iter().flatten() {
            self.read_call(call, sink)?;
        }
        if gave_up(choice.finish_reason.as_ref()) {
            sink(failed(""));
        } else if let Some(reason) = read_finish(choice.finish_reason, self.refused, self.calls > 0) {
            self.leave_call(sink);
            sink(Event::Finish { reason, stop_sequence: None });
        }
        Ok(())
    }

    /// `tokens` are of the first text that is said. One that waits for the end of a call goes without.
    fn say<'a>(&mut self, piece: Piece<'a>, tokens: &mut Vec<TokenLogprob<'a>>, sink: &mut dyn FnMut(Event<'_>)) {
        match &piece {
            Ok(Part::Text(text)) if self.in_call => return self.held.push_str(text),
            // Its text waits.
            Ok(Part::Citation(_)) if self.in_call => return sink(Event::Lost("citation".into())),
            Ok(Part::Thinking { .. }) => {
                self.leave_call(sink);
                // Some servers tell how likely thoughts were, too.
                tokens.clear();
            }
            Ok(Part::Image(_)) => self.leave_call(sink),
            Ok(Part::Refusal(_)) => self.refused = true,
            _ => {}
        }
        Event::of(piece, tokens).into_iter().for_each(sink);
    }

    fn leave_call(&mut self, sink: &mut dyn FnMut(Event<'_>)) {
        self.in_call = false;
        if !self.held.is_empty() {
            sink(Event::Text(std::mem::take(&mut self.held).into()));
        }
    }

    /// A call begins with the first chunk of its index. Servers that leave the index out send each
    /// call whole.
    fn read_call(&mut self, call: AnswerCall<'_>, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
        if call.custom.is_some() {
            sink(Event::Lost("custom_tool_call".into()));
            return Ok(());
        }
        let function = call.function.unwrap_or_default();
        let newest = self.calls.checked_sub(1);
        let begins_anew = call.id.as_ref().is_some_and(|id| !id.is_empty());
        let index = match call.index {
            Some(index) => index,
            None if begins_anew => self.calls,
            None => newest.unwrap_or(0),
        };
        if index == self.calls {
            self.leave_call(sink);
            self.calls = self.calls.saturating_add(1);
            self.in_call = true;
            sink(Event::ToolCall { index, id: call.id.unwrap_or_default(), name: function.name.unwrap_or_default() });
        }
        let fragment = function.arguments.map(text_or_json).transpose()?.unwrap_or_default();
        if !fragment.is_empty() {
            if Some(index) != self.calls.checked_sub(1) || !self.in_call {
                return Err(RequestError::shape("choices[0].delta.tool_calls", "calls must come one after the other"));
            }
            sink(Event::ToolArguments { index, fragment });
        }
        Ok(())
    }
}

/// Reads only what must be known of an event that is passed on as it is.
pub(crate) fn watch_event(data: &str, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
    if data.trim() == DONE {
        sink(Event::End);
        return Ok(());
    }
    let chunk: WatchedChunk<'_> = parse(data)?;
    if chunk.error.is_some() || chunk.x_groq.is_some_and(|groq| groq.error.is_some()) {
        sink(failed(data));
        return Ok(());
    }
    let reason = first_reason(chunk.choices);
    if gave_up(reason.as_ref()) {
        sink(failed(data));
    } else if let Some(reason) = read_finish(reason, false, false) {
        sink(Event::Finish { reason, stop_sequence: None });
    }
    if let Some(usage) = &chunk.usage {
        sink(Event::Usage(usage.to_usage()));
    }
    Ok(())
}

fn failed(data: &str) -> Event<'_> {
    let unread = || Failure::new(502, "The provider ended the stream with an error.");
    Event::Error(errors::read_error(data, OK).unwrap_or_else(unread))
}

shape! { UsageChunk { choices: Few<Ignored>, usage: Ignored, error: Ignored } }

/// Is this the extra chunk that `stream_options.include_usage` asks for, and nothing else?
pub(crate) fn is_usage_only(data: &str) -> bool {
    let only = |chunk: UsageChunk<'_>| {
        chunk.usage.is_some() && chunk.error.is_none() && chunk.choices.into_iter().flatten().next().is_none()
    };
    parse(data).is_ok_and(only)
}
