//! Reads the events of a stream: <https://docs.cohere.com/v2/docs/streaming>.

use super::read_response::{Call, Content};
use super::{CitationShape, DONE, Ending, MESSAGE_END, UsageShape, logprobs};
use crate::json::{First, Raw, RequestError, Text, parse, shape};
use crate::neutral::{Event, Failure, Part, Piece, TokenLogprob};

shape! {
    StreamEvent {
        kind as "type": Text<'a>,
        id: Text<'a>,
        index: u64,
        delta: Delta<'a>,
        message: Text<'a>,
        logprobs: Raw<'a>,
    }
}
shape! { Delta { message: Message<'a>, finish_reason: Text<'a>, error: Text<'a>, usage: UsageShape<'a> } }
shape! {
    Message {
        content: First<Content<'a>>,
        tool_plan: Text<'a>,
        tool_calls: First<Call<'a>>,
        citations: First<CitationShape<'a>>,
    }
}
shape! { WatchedEvent { kind as "type": Text<'a>, delta: WatchedDelta<'a>, message: Text<'a> } }
shape! { WatchedDelta { finish_reason: Text<'a>, error: Text<'a>, usage: UsageShape<'a> } }

/// The call that fragments belong to now.
#[derive(Debug)]
struct OpenCall {
    index: u64,
    /// What the provider calls it.
    given: Option<u64>,
    said_anything: bool,
}

/// Turns events into neutral ones.
#[derive(Debug, Default)]
pub(crate) struct EventReader {
    call: Option<OpenCall>,
    calls: u64,
}

impl EventReader {
    /// Reads one event's data and hands on what it says, in order.
    pub(crate) fn read(&mut self, data: &str, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
        if data.trim() == DONE {
            sink(Event::End);
            return Ok(());
        }
        let event: StreamEvent<'_> = parse(data)?;
        let Some(kind) = event.kind else {
            return event.message.map_or(Ok(()), |message| {
                sink(Event::Error(Failure::new(500, &*message)));
                Ok(())
            });
        };
        let delta = event.delta.unwrap_or_default();
        let message = delta.message.unwrap_or_default();
        match &*kind {
            "message-start" => sink(Event::Start { id: event.id.unwrap_or_default(), model: Text::default() }),
            "content-start" | "content-delta" => {
                self.leave_call(sink);
                let mut tokens = logprobs::read_piece(event.logprobs);
                let content = message.content.and_then(First::take);
                content.into_iter().flat_map(Content::into_pieces).for_each(|piece| say(piece, &mut tokens, sink));
                Event::of_silent(tokens).into_iter().for_each(sink);
            }
            "tool-plan-delta" => {
                if let Some(plan) = message.tool_plan.filter(|plan| !plan.is_empty()) {
                    self.leave_call(sink);
                    sink(Event::Thinking(plan));
                }
            }
            "tool-call-start" => self.begin(message.tool_calls.and_then(First::take), event.index, sink),
            "tool-call-delta" => {
                let call = message.tool_calls.and_then(First::take).unwrap_or_default();
                self.go_on(call.function.and_then(|function| function.arguments), event.index, sink)?;
            }
            "tool-call-end" => self.leave_call(sink),
            "citation-start" => {
                let citation = message.citations.and_then(First::take);
                citation
                    .into_iter()
                    .flat_map(CitationShape::into_pieces)
                    .for_each(|piece| say(piece, &mut Vec::new(), sink));
            }
            MESSAGE_END => {
                self.leave_call(sink);
                end(delta.finish_reason, delta.error, delta.usage, sink);
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, call: Option<Call<'_>>, given: Option<u64>, sink: &mut dyn FnMut(Event<'_>)) {
        self.leave_call(sink);
        let call = call.unwrap_or_default();
        let function = call.function.unwrap_or_default();
        let index = self.calls;
        self.calls = self.calls.saturating_add(1);
        sink(Event::ToolCall { index, id: call.id.unwrap_or_default(), name: function.name.unwrap_or_default() });
        let mut open = OpenCall { index, given, said_anything: false };
        open.say(function.arguments, sink);
        self.call = Some(open);
    }

    fn go_on(
        &mut self,
        fragment: Option<Text<'_>>,
        given: Option<u64>,
        sink: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), RequestError> {
        match &mut self.call {
            Some(open) if open.given == given || given.is_none() => {
                open.say(fragment, sink);
                Ok(())
            }
            _ => Err(RequestError::shape("index", "calls must come one after the other")),
        }
    }

    /// A call that took no arguments is told so: joined fragments are JSON.
    fn leave_call(&mut self, sink: &mut dyn FnMut(Event<'_>)) {
        if let Some(OpenCall { index, said_anything: false, .. }) = self.call.take() {
            sink(Event::ToolArguments { index, fragment: "{}".into() });
        }
    }
}

/// `tokens` are of the first thing that is said. Those of thoughts have no place elsewhere.
fn say<'a>(piece: Piece<'a>, tokens: &mut Vec<TokenLogprob<'a>>, sink: &mut dyn FnMut(Event<'_>)) {
    if let Ok(Part::Thinking { .. }) = piece {
        tokens.clear();
    }
    Event::of(piece, tokens).into_iter().for_each(sink);
}

impl OpenCall {
    fn say(&mut self, fragment: Option<Text<'_>>, sink: &mut dyn FnMut(Event<'_>)) {
        let Some(fragment) = fragment.filter(|fragment| !fragment.is_empty()) else { return };
        let no_arguments = !self.said_anything && &*fragment == "null";
        self.said_anything = true;
        let fragment = if no_arguments { "{}".into() } else { fragment };
        sink(Event::ToolArguments { index: self.index, fragment });
    }
}

/// Reads only what must be known of an event that is passed on as it is.
pub(crate) fn watch_event(data: &str, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
    if data.trim() == DONE {
        return Ok(());
    }
    let event: WatchedEvent<'_> = parse(data)?;
    if event.kind.as_deref() == Some(MESSAGE_END) {
        let delta = event.delta.unwrap_or_default();
        end(delta.finish_reason, delta.error, delta.usage, sink);
    }
    Ok(())
}

/// How the stream ended and what it took. A failure comes here as an ending, too.
fn end(
    reason: Option<Text<'_>>,
    error: Option<Text<'_>>,
    usage: Option<UsageShape<'_>>,
    sink: &mut dyn FnMut(Event<'_>),
) {
    if let Some(usage) = &usage {
        sink(Event::Usage(usage.to_usage()));
    }
    let ending = reason.map_or(Ending::Failed(500), |reason| Ending::of(&reason));
    match (ending, error.filter(|error| !error.is_empty())) {
        (Ending::Finish(reason), None) => sink(Event::Finish { reason, stop_sequence: None }),
        (Ending::Finish(_), Some(error)) => sink(Event::Error(Failure::new(500, &*error))),
        (Ending::Failed(status), error) => {
            let message = error.as_deref().unwrap_or("The provider ended the stream with an error.");
            sink(Event::Error(Failure::new(status, message)));
        }
    }
}
