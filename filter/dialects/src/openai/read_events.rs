//! Reads the events of a `chat.completion.chunk` stream.

use super::read_response::UsageShape;
use super::{DONE, errors, finish_from};
use crate::json::{RequestError, Text, parse, shape};
use crate::neutral::{Event, Finish};
use serde_json::value::RawValue;

shape! {
    Chunk {
        id: Text<'a>,
        model: Text<'a>,
        choices: Vec<Choice<'a>>,
        usage: UsageShape<'a>,
        error: &'a RawValue,
    }
}
shape! { Choice { index: u64, delta: Delta<'a>, finish_reason: Text<'a> } }
shape! {
    Delta {
        content: Text<'a>,
        refusal: Text<'a>,
        reasoning_content: Text<'a>,
        reasoning: Text<'a>,
        tool_calls: Vec<Call<'a>>,
    }
}
shape! { Call { index: u64, id: Text<'a>, function: Function<'a> } }
shape! { Function { name: Text<'a>, arguments: Text<'a> } }

/// Turns chunks into neutral events.
#[derive(Debug, Default)]
pub(crate) struct EventReader {
    started: bool,
    refused: bool,
    /// Calls that have begun.
    calls: u64,
}

impl EventReader {
    /// Reads one event's data and hands on what it says, in order.
    pub(crate) fn read(&mut self, data: &str, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
        if data.trim() == DONE {
            sink(Event::End);
            return Ok(());
        }
        let chunk: Chunk<'_> = parse(data)?;
        if chunk.error.is_some() {
            sink(Event::Error(
                errors::read_error(data, 500).unwrap_or_else(|| {
                    crate::neutral::Failure::new(500, "The provider ended the stream with an error.")
                }),
            ));
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
        let delta = choice.delta.unwrap_or_default();
        let said = |text: &Text<'_>| !text.is_empty();
        if let Some(text) = delta.reasoning_content.or(delta.reasoning).filter(said) {
            sink(Event::Thinking(text));
        }
        if let Some(text) = delta.content.filter(said) {
            sink(Event::Text(text));
        }
        if let Some(text) = delta.refusal.filter(said) {
            self.refused = true;
            sink(Event::Refusal(text));
        }
        for call in delta.tool_calls.into_iter().flatten() {
            self.read_call(call, sink)?;
        }
        if let Some(reason) = choice.finish_reason {
            let reason = if self.refused { Finish::Refusal } else { finish_from(&reason) };
            sink(Event::Finish { reason, stop_sequence: None });
        }
        Ok(())
    }

    /// A call begins with the first chunk of its index. Servers that leave the index out send each
    /// call whole.
    fn read_call(&mut self, call: Call<'_>, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
        let function = call.function.unwrap_or_default();
        let newest = self.calls.checked_sub(1);
        let begins_anew = call.id.as_ref().is_some_and(|id| !id.is_empty());
        let index = match call.index {
            Some(index) => index,
            None if begins_anew => self.calls,
            None => newest.unwrap_or(0),
        };
        if index == self.calls {
            self.calls = self.calls.saturating_add(1);
            let (id, name) = (call.id.unwrap_or_default(), function.name.unwrap_or_default());
            sink(Event::ToolCall { index, id, name });
        } else if Some(index) != newest {
            return Err(RequestError::shape("choices[0].delta.tool_calls", "calls must come one after the other"));
        }
        if let Some(fragment) = function.arguments.filter(|fragment| !fragment.is_empty()) {
            sink(Event::ToolArguments { index, fragment });
        }
        Ok(())
    }
}

shape! { UsageChunk { choices: Vec<serde::de::IgnoredAny>, usage: serde::de::IgnoredAny } }

/// Is this the extra chunk that `stream_options.include_usage` asks for, and nothing else?
pub(crate) fn is_usage_only(data: &str) -> bool {
    parse::<UsageChunk<'_>>(data)
        .is_ok_and(|chunk| chunk.usage.is_some() && chunk.choices.is_some_and(|choices| choices.is_empty()))
}
