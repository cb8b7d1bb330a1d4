//! Reads the events of a Messages stream.

use super::citations::CitationShape;
use super::{AnswerBlock, REFUSED, StopDetails, UsageShape, errors, finish_from};
use crate::json::{Raw, RequestError, Text, parse, shape};
use crate::neutral::{Event, Failure, Finish, Origin, Signature, Usage};

shape! {
    StreamEvent {
        kind as "type": Text<'a>,
        message: Start<'a>,
        content_block: AnswerBlock<'a>,
        delta: Delta<'a>,
        usage: UsageShape<'a>,
    }
}
shape! { Start { id: Text<'a>, model: Text<'a>, usage: UsageShape<'a> } }
shape! {
    Delta {
        kind as "type": Text<'a>,
        text: Text<'a>,
        partial_json: Text<'a>,
        thinking: Text<'a>,
        signature: Text<'a>,
        stop_reason: Text<'a>,
        stop_sequence: Text<'a>,
        stop_details: StopDetails<'a>,
        citation: CitationShape<'a>,
    }
}

/// What the block is that deltas belong to now.
#[derive(Clone, Copy, Debug, Default)]
enum OpenBlock {
    #[default]
    Other,
    Call {
        index: u64,
        said_anything: bool,
    },
}

/// Turns events into neutral ones.
#[derive(Debug, Default)]
pub(crate) struct EventReader {
    block: OpenBlock,
    calls: u64,
    usage: Usage,
    /// Characters of text so far, and when the block began: citations are placed by them elsewhere.
    said: u64,
    block_from: u64,
}

impl EventReader {
    /// Reads one event's data and hands on what it says, in order.
    pub(crate) fn read(&mut self, data: &str, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
        let event: StreamEvent<'_> = parse(data)?;
        match event.kind.as_deref().unwrap_or_default() {
            "message_start" => {
                let start = event.message.unwrap_or_default();
                sink(Event::Start { id: start.id.unwrap_or_default(), model: start.model.unwrap_or_default() });
                self.count(start.usage, sink);
            }
            "content_block_start" => self.open(event.content_block.unwrap_or_default(), sink),
            "content_block_delta" => self.delta(event.delta.unwrap_or_default(), sink),
            "content_block_stop" => self.close(sink),
            "message_delta" => {
                self.count(event.usage, sink);
                finish(event.delta.unwrap_or_default(), sink);
            }
            "message_stop" => sink(Event::End),
            "error" => {
                let unread = || Failure::new(500, "The provider ended the stream with an error.");
                sink(Event::Error(errors::read_error(data, 200).unwrap_or_else(unread)));
            }
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, usage: Option<UsageShape<'_>>, sink: &mut dyn FnMut(Event<'_>)) {
        if let Some(usage) = usage {
            usage.update(&mut self.usage);
            sink(Event::Usage(self.usage));
        }
    }

    fn open(&mut self, block: AnswerBlock<'_>, sink: &mut dyn FnMut(Event<'_>)) {
        let said = |text: &Text<'_>| !text.is_empty();
        self.block = OpenBlock::Other;
        self.block_from = self.said;
        let kind = block.kind.unwrap_or_default();
        match &*kind {
            // Blocks open empty and fill by deltas; a server that does not stream them fills them here.
            "text" => {
                if let Some(text) = block.text.filter(said) {
                    sink(Event::Text(text));
                }
            }
            "thinking" => {
                if let Some(text) = block.thinking.filter(said) {
                    sink(Event::Thinking(text));
                }
                if let Some(signature) = block.signature.filter(said) {
                    sink(signed(signature));
                }
            }
            "redacted_thinking" => {
                sink(Event::RedactedThinking(Signature::given(Origin::Anthropic, block.data.unwrap_or_default())))
            }
            "tool_use" => {
                let index = self.calls;
                self.calls = self.calls.saturating_add(1);
                let (id, name) = (block.id.unwrap_or_default(), block.name.unwrap_or_default());
                sink(Event::ToolCall { index, id, name });
                let says_anything = |input: &&str| input.bytes().any(|b| !matches!(b, b'{' | b'}' | b' '));
                let whole = block.input.map(Raw::get).filter(says_anything);
                if let Some(input) = whole {
                    sink(Event::ToolArguments { index, fragment: input.into() });
                }
                self.block = OpenBlock::Call { index, said_anything: whole.is_some() };
            }
            _ => sink(Event::Lost(kind)),
        }
    }

    fn delta(&mut self, delta: Delta<'_>, sink: &mut dyn FnMut(Event<'_>)) {
        match (delta.kind.as_deref().unwrap_or_default(), &mut self.block) {
            ("text_delta", _) => {
                let text = delta.text.unwrap_or_default();
                self.said = self.said.saturating_add(text.characters());
                sink(Event::Text(text));
            }
            ("thinking_delta", _) => sink(Event::Thinking(delta.thinking.unwrap_or_default())),
            ("signature_delta", _) => sink(signed(delta.signature.unwrap_or_default())),
            ("citations_delta", _) => {
                let citation = delta.citation.and_then(|citation| citation.read((self.block_from, self.said)));
                sink(citation.map_or_else(|| Event::Lost("citation".into()), Event::Citation));
            }
            ("input_json_delta", OpenBlock::Call { index, said_anything }) => {
                if let Some(fragment) = delta.partial_json.filter(|fragment| !fragment.is_empty()) {
                    *said_anything = true;
                    sink(Event::ToolArguments { index: *index, fragment });
                }
            }
            _ => {}
        }
    }

    /// A call without arguments says nothing; joined fragments must still be an object.
    fn close(&mut self, sink: &mut dyn FnMut(Event<'_>)) {
        if let OpenBlock::Call { index, said_anything: false } = self.block {
            sink(Event::ToolArguments { index, fragment: Text::from("{}") });
        }
        self.block = OpenBlock::Other;
    }
}

fn signed(text: Text<'_>) -> Event<'_> {
    Event::Signature(Signature::given(Origin::Anthropic, text))
}

fn finish(delta: Delta<'_>, sink: &mut dyn FnMut(Event<'_>)) {
    let Some(reason) = delta.stop_reason else { return };
    let reason = finish_from(&reason);
    if reason == Finish::Refusal {
        let explanation = delta.stop_details.and_then(|details| details.explanation);
        sink(Event::Refusal(explanation.unwrap_or_else(|| REFUSED.into())));
    }
    sink(Event::Finish { reason, stop_sequence: delta.stop_sequence });
}
