//! Reads the events of a stream.

use super::errors::ErrorShape;
use super::proof;
use super::read_response::{Annotation, OutputItem, OutputPart, ResponseShape, join_parts, read_annotation};
use crate::json::{Ignored, Raw, RequestError, Text, parse, shape, text_or_json};
use crate::neutral::{Event, Failure, Part, Piece, TokenLogprob};
use crate::openai::read_tokens;

shape! {
    StreamEvent {
        kind as "type": Text<'a>,
        response: ResponseShape<'a>,
        item: OutputItem<'a>,
        delta: Text<'a>,
        arguments: Raw<'a>,
        annotation: Annotation<'a>,
        logprobs: Raw<'a>,
        error: ErrorShape<'a>,
        code: Text<'a>,
        message: Text<'a>,
        param: Text<'a>,
        // Known, so that no event takes memory for their names.
        sequence_number: Ignored,
        item_id: Ignored,
        output_index: Ignored,
        content_index: Ignored,
        summary_index: Ignored,
        obfuscation: Ignored,
    }
}
impl StreamEvent<'_> {
    /// The error that this event tells. The reference has its members in the event itself, the API in
    /// `error`.
    fn into_failure(self) -> Failure {
        let flat = ErrorShape { code: self.code, message: self.message, param: self.param, ..ErrorShape::default() };
        self.error.unwrap_or(flat).to_failure()
    }
}

/// What the item is that deltas belong to, and whether anything of it has been handed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Item {
    #[default]
    Other,
    Message {
        said: bool,
    },
    Thoughts {
        told: Option<Told>,
    },
    Call {
        index: u64,
        said: bool,
    },
}

/// Thoughts are told in one of two ways; where a server tells both, the first counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Whole,
    Summary,
}

/// Turns events into neutral ones.
#[derive(Debug, Default)]
pub(crate) struct EventReader {
    item: Item,
    calls: u64,
    refused: bool,
    /// Has the open part told how likely its tokens were?
    told_logprobs: bool,
}

impl EventReader {
    /// Reads one event's data and hands on what it says, in order.
    pub(crate) fn read(&mut self, data: &str, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
        if ends_by_word(data) {
            sink(Event::End);
            return Ok(());
        }
        let event: StreamEvent<'_> = parse(data)?;
        if event.kind.as_deref() == Some("error") {
            sink(Event::Error(event.into_failure()));
            return Ok(());
        }
        let delta = event.delta.filter(|delta| !delta.is_empty());
        match event.kind.as_deref().unwrap_or_default() {
            "response.created" => {
                let response = event.response.unwrap_or_default();
                let (id, model) = (response.id.unwrap_or_default(), response.model.unwrap_or_default());
                sink(Event::Start { id, model });
            }
            "response.output_item.added" => self.open(event.item.unwrap_or_default(), sink)?,
            "response.output_text.delta" => {
                let mut tokens = read_tokens(event.logprobs);
                self.told_logprobs |= !tokens.is_empty();
                if delta.is_some() || !tokens.is_empty() {
                    self.item = Item::Message { said: true };
                }
                self.say(Ok(Part::Text(delta.unwrap_or_default())), &mut tokens, sink);
                Event::of_silent(tokens).into_iter().for_each(sink);
            }
            // Some servers tell them at the end only. Where the text was not told in pieces, its item tells both.
            "response.output_text.done" => {
                let told = std::mem::take(&mut self.told_logprobs) || self.item != (Item::Message { said: true });
                let tokens = read_tokens(event.logprobs.filter(|_| !told));
                Event::of_silent(tokens).into_iter().for_each(sink);
            }
            "response.refusal.delta" => {
                if let Some(text) = delta {
                    self.item = Item::Message { said: true };
                    self.refuse(text, sink);
                }
            }
            "response.output_text.annotation.added" => {
                if let Some(annotation) = event.annotation {
                    self.say(read_annotation(annotation), &mut Vec::new(), sink);
                }
            }
            // Parts of a summary are paragraphs.
            "response.reasoning_summary_part.added" if self.item == (Item::Thoughts { told: Some(Told::Summary) }) => {
                sink(Event::Thinking("\n\n".into()));
            }
            "response.reasoning_summary_text.delta" => self.think(delta, Told::Summary, sink),
            "response.reasoning_text.delta" => self.think(delta, Told::Whole, sink),
            "response.function_call_arguments.delta" => {
                if let Some(fragment) = delta {
                    self.argue(fragment, sink)?;
                }
            }
            "response.function_call_arguments.done" => self.finish_call(event.arguments, sink)?,
            "response.output_item.done" => self.close(event.item.unwrap_or_default(), sink)?,
            "response.completed" | "response.incomplete" | "response.failed" => {
                self.item = Item::Other;
                end(event.response.unwrap_or_default(), self.refused, self.calls > 0, sink);
            }
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, item: OutputItem<'_>, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
        self.item = match item.kind.as_deref().unwrap_or_default() {
            "message" => Item::Message { said: false },
            "reasoning" => Item::Thoughts { told: None },
            "function_call" => {
                let index = self.calls;
                self.calls = self.calls.saturating_add(1);
                sink(Event::ToolCall {
                    index,
                    id: item.call_id.unwrap_or_default(),
                    name: item.name.unwrap_or_default(),
                });
                Item::Call { index, said: false }
            }
            _ => Item::Other,
        };
        Ok(())
    }

    fn refuse(&mut self, text: Text<'_>, sink: &mut dyn FnMut(Event<'_>)) {
        self.refused = true;
        sink(Event::Refusal(text));
    }

    fn think(&mut self, delta: Option<Text<'_>>, way: Told, sink: &mut dyn FnMut(Event<'_>)) {
        let told = match self.item {
            Item::Thoughts { told } => told,
            _ => None,
        };
        if let Some(text) = delta.filter(|_| told.is_none_or(|told| told == way)) {
            self.item = Item::Thoughts { told: Some(way) };
            sink(Event::Thinking(text));
        }
    }

    fn argue(&mut self, fragment: Text<'_>, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
        let Item::Call { index, .. } = self.item else {
            return Err(RequestError::shape("delta", "calls must come one after the other"));
        };
        self.item = Item::Call { index, said: true };
        sink(Event::ToolArguments { index, fragment });
        Ok(())
    }

    /// Arguments that did not come in pieces come whole, and joined pieces must be an object.
    fn finish_call(&mut self, arguments: Option<Raw<'_>>, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
        if matches!(self.item, Item::Call { said: false, .. }) {
            let whole = arguments.map(text_or_json).transpose()?.filter(|arguments| !arguments.trim().is_empty());
            self.argue(whole.unwrap_or_else(|| "{}".into()), sink)?;
        }
        Ok(())
    }

    /// What was not told in pieces is told here.
    fn close(&mut self, item: OutputItem<'_>, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
        match (item.kind.as_deref().unwrap_or_default(), self.item) {
            ("function_call", Item::Call { .. }) => self.finish_call(item.arguments, sink)?,
            ("function_call", _) => {
                let arguments = item.arguments;
                self.open(OutputItem { kind: Some("function_call".into()), ..item }, sink)?;
                self.finish_call(arguments, sink)?;
            }
            ("message", open) => {
                item.report_phase(&mut |piece| self.say(piece, &mut Vec::new(), sink));
                let told = open == Item::Message { said: true };
                let is_text = |part: &OutputPart<'_>| part.text.is_some() || part.refusal.is_some();
                let parts = item.content.into_iter().flatten().filter(|part| !told || !is_text(part));
                for part in parts {
                    let mut tokens = part.tokens();
                    part.read(&mut |piece| self.say(piece, &mut tokens, sink));
                    Event::of_silent(tokens).into_iter().for_each(&mut *sink);
                }
            }
            ("reasoning", open) => {
                let told = matches!(open, Item::Thoughts { told: Some(_) });
                let text = if told { None } else { join_parts(item.content).or_else(|| join_parts(item.summary)) };
                let redacted = !told && text.is_none();
                if let Some(text) = text {
                    sink(Event::Thinking(text));
                }
                if let Some(encrypted) = item.encrypted_content.filter(|text| !text.is_empty()) {
                    let signature = proof::given(item.id, &encrypted);
                    sink(if redacted { Event::RedactedThinking(signature) } else { Event::Signature(signature) });
                }
            }
            _ => self.say(item.read_by_provider(), &mut Vec::new(), sink),
        }
        self.item = Item::Other;
        Ok(())
    }

    fn say<'a>(&mut self, piece: Piece<'a>, tokens: &mut Vec<TokenLogprob<'a>>, sink: &mut dyn FnMut(Event<'_>)) {
        self.refused |= matches!(piece, Ok(Part::Refusal(_)));
        Event::of(piece, tokens).into_iter().for_each(sink);
    }
}

fn end(response: ResponseShape<'_>, refused: bool, calls: bool, sink: &mut dyn FnMut(Event<'_>)) {
    let failed = response.status.as_deref() == Some("failed");
    let failure = response.error.as_ref().map(|error| error.to_failure());
    let (finish, usage) = response.ending(refused, calls);
    if let Some(usage) = usage {
        sink(Event::Usage(usage));
    }
    match failure {
        Some(failure) => sink(Event::Error(failure)),
        None if failed => sink(Event::Error(Failure::new(500, "The provider's response failed."))),
        None => {
            sink(Event::Finish { reason: finish, stop_sequence: None });
            sink(Event::End);
        }
    }
}

/// Servers that speak this API beside Chat Completions may end its streams in the same way.
fn ends_by_word(data: &str) -> bool {
    data.trim() == "[DONE]"
}

/// Reads only what must be known of an event that is passed on as it is.
pub(crate) fn watch_event(data: &str, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
    if ends_by_word(data) {
        return Ok(());
    }
    let event: StreamEvent<'_> = parse(data)?;
    match event.kind.as_deref().unwrap_or_default() {
        "response.completed" | "response.incomplete" | "response.failed" => {
            end(event.response.unwrap_or_default(), false, false, sink);
        }
        "error" => sink(Event::Error(event.into_failure())),
        _ => {}
    }
    Ok(())
}
