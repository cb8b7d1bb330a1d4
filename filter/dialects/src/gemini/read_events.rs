//! Reads the chunks of a stream, each of which is an answer of its own.

use super::answer::{Answer, Watched, read_finish};
use super::read_response::finish_of;
use super::{errors, logprobs};
use crate::json::{Raw, RequestError, Text, parse};
use crate::neutral::{Arguments, Event, Failure, Finish, Part, Piece, TokenLogprob};

/// Turns chunks into neutral events. No chunk says that it is the last: the stream just ends.
#[derive(Debug, Default)]
pub(crate) struct EventReader {
    has_begun: bool,
    calls: u64,
}

impl EventReader {
    /// Reads one chunk and hands on what it says, in order.
    pub(crate) fn read(&mut self, data: &str, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
        let mut answer: Answer<'_> = parse(data)?;
        if answer.error.is_some() {
            sink(failed(data));
            return Ok(());
        }
        if !std::mem::replace(&mut self.has_begun, true) {
            let id = answer.id.take().unwrap_or_default();
            sink(Event::Start { id, model: answer.model.take().unwrap_or_default() });
        }
        let usage = answer.usage.take().map(|usage| usage.to_usage());
        match answer.take_candidate() {
            Some(mut candidate) => {
                let mut said = Vec::new();
                let before = self.calls;
                candidate.take_parts(&mut self.calls, &mut |piece, proof| said.push((piece, proof)));
                let mut index = before;
                let mut tokens = logprobs::read(candidate.logprobs);
                let of_text = said.iter().all(|(piece, _)| matches!(piece, Ok(Part::Text(_))));
                for (piece, proof) in said {
                    say(piece, proof, &mut tokens, &mut index, sink);
                }
                if of_text {
                    Event::of_silent(tokens).into_iter().for_each(&mut *sink);
                }
                candidate.take_citations(None, &mut |piece| say(piece, None, &mut Vec::new(), &mut index, sink));
                if let Some(reason) = read_finish(candidate.finish_reason, self.calls > 0) {
                    if let Some(message) = candidate.finish_message.filter(|_| reason == Finish::ContentFilter) {
                        sink(Event::Refusal(message));
                    }
                    sink(Event::Finish { reason, stop_sequence: None });
                }
            }
            None => {
                if let Some(refusal) = answer.feedback.and_then(|feedback| feedback.refusal()) {
                    sink(Event::Refusal(refusal));
                    sink(Event::Finish { reason: Finish::Refusal, stop_sequence: None });
                }
            }
        }
        usage.into_iter().for_each(|usage| sink(Event::Usage(usage)));
        Ok(())
    }
}

/// The proof of a call comes before it, as that of thoughts ends them; any other part's comes behind.
/// `tokens` are of the first text that is said.
fn say<'a>(
    piece: Piece<'a>,
    proof: Option<Part<'_>>,
    tokens: &mut Vec<TokenLogprob<'a>>,
    index: &mut u64,
    sink: &mut dyn FnMut(Event<'_>),
) {
    let prove = |proof: Option<Part<'_>>, sink: &mut dyn FnMut(Event<'_>)| {
        if let Some(Part::Thinking { signature: Some(signature), .. }) = proof {
            sink(Event::Signature(signature));
        }
    };
    match piece {
        Ok(Part::ToolCall(call)) => {
            prove(proof, sink);
            sink(Event::ToolCall { index: *index, id: call.id, name: call.name });
            let fragment = match call.arguments {
                Arguments::Text(text) => text,
                Arguments::Object(object) => Text::from(Raw::get(object)),
            };
            sink(Event::ToolArguments { index: *index, fragment });
            *index = index.saturating_add(1);
        }
        piece => {
            Event::of(piece, tokens).into_iter().for_each(&mut *sink);
            prove(proof, sink);
        }
    }
}

/// Reads only what must be known of a chunk that is passed on as it is.
pub(crate) fn watch_event(data: &str, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
    let watched: Watched<'_> = parse(data)?;
    if watched.error.is_some() {
        sink(failed(data));
        return Ok(());
    }
    if let Some(usage) = &watched.usage {
        sink(Event::Usage(usage.to_usage()));
    }
    if let Some(reason) = finish_of(watched) {
        sink(Event::Finish { reason, stop_sequence: None });
    }
    Ok(())
}

fn failed(data: &str) -> Event<'_> {
    let unread = || Failure::new(500, "The provider ended the stream with an error.");
    Event::Error(errors::read_error(data, 200).unwrap_or_else(unread))
}
