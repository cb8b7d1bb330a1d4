//! Reads the messages of a ConverseStream.

use super::blocks::CitationShape;
use super::citations::read_citation;
use super::media::{IMAGES, media_type};
use super::{UsageShape, finish_from};
use crate::base64::{decode, encode};
use crate::codec::Given;
use crate::json::{RequestError, Text, parse, shape};
use crate::neutral::{Event, Failure, Finish, Image, Origin, Signature, Source};

shape! {
    /// Every event, whose name says which members are set.
    StreamEvent {
        index as "contentBlockIndex": u64,
        start: Start<'a>,
        delta: Delta<'a>,
        reason as "stopReason": Text<'a>,
        usage: UsageShape<'a>,
    }
}
shape! { Start { tool_use as "toolUse": CallStart<'a>, image: ImageStart<'a> } }
shape! { ImageStart { format: Text<'a> } }
shape! { CallStart { id as "toolUseId": Text<'a>, name: Text<'a>, kind as "type": Text<'a> } }
shape! {
    Delta {
        text: Text<'a>,
        tool_use as "toolUse": Fragment<'a>,
        reasoning as "reasoningContent": Thought<'a>,
        citation: CitationShape<'a>,
        image: ImageDelta<'a>,
    }
}
shape! { ImageDelta { source: ImageBytes<'a> } }
shape! { ImageBytes { bytes: Text<'a> } }
shape! { Fragment { input: Text<'a> } }
shape! { Thought { text: Text<'a>, signature: Text<'a>, redacted as "redactedContent": Text<'a> } }

/// The most redacted thoughts, or of an image, that wait for the end of their block, in bytes.
const MOST_REDACTED: usize = 2 * 1024 * 1024;
const MOST_OF_IMAGE: usize = 16 * 1024 * 1024;

/// The call whose arguments may go on.
#[derive(Clone, Copy, Debug)]
struct OpenCall {
    block: u64,
    index: u64,
    said_anything: bool,
}

/// Turns events into neutral ones.
#[derive(Debug, Default)]
pub(crate) struct EventReader {
    call: Option<OpenCall>,
    calls: u64,
    /// The block of a tool that the provider runs itself.
    server_tool: Option<u64>,
    /// Redacted thoughts come in pieces, each encoded by itself.
    redacted: Vec<u8>,
    /// So may an image.
    image: Option<(&'static str, Vec<u8>)>,
    finished: bool,
    counted: bool,
}

impl EventReader {
    /// Reads one event and hands on what it says, in order.
    pub(crate) fn read(&mut self, given: Given<'_>, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
        let event: StreamEvent<'_> = parse(given.data)?;
        let block = event.index.unwrap_or(0);
        match given.name {
            "messageStart" => sink(Event::Start { id: Text::default(), model: Text::default() }),
            "contentBlockStart" => self.open(block, event.start.unwrap_or_default(), sink),
            "contentBlockDelta" => self.delta(block, event.delta.unwrap_or_default(), sink)?,
            "contentBlockStop" => self.close(sink),
            "messageStop" => {
                self.close(sink);
                self.finished = true;
                match event.reason.map_or(Finish::Stop, |reason| finish_from(&reason)) {
                    Finish::Malformed => {
                        sink(Event::Error(Failure::new(502, "The model's output was malformed. Try again.")));
                    }
                    reason => sink(Event::Finish { reason, stop_sequence: None }),
                }
            }
            "metadata" => {
                self.counted = true;
                if let Some(usage) = &event.usage {
                    sink(Event::Usage(usage.to_usage()));
                }
            }
            _ => {}
        }
        // The figures come last, after the reason.
        if self.finished && self.counted {
            sink(Event::End);
        }
        Ok(())
    }

    fn open(&mut self, block: u64, start: Start<'_>, sink: &mut dyn FnMut(Event<'_>)) {
        self.close(sink);
        if let Some(image) = start.image {
            self.image = media_type(IMAGES, &image.format.unwrap_or_default()).map(|kind| (kind, Vec::new()));
        }
        let Some(call) = start.tool_use else {
            return start.unknown.0.into_iter().take(1).for_each(|kind| sink(Event::Lost(kind)));
        };
        if let Some(kind) = call.kind {
            self.server_tool = Some(block);
            return sink(Event::Lost(kind));
        }
        let index = self.calls;
        self.calls = self.calls.saturating_add(1);
        sink(Event::ToolCall { index, id: call.id.unwrap_or_default(), name: call.name.unwrap_or_default() });
        self.call = Some(OpenCall { block, index, said_anything: false });
    }

    fn delta(&mut self, block: u64, delta: Delta<'_>, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
        if let Some(fragment) = delta.tool_use.and_then(|fragment| fragment.input) {
            return self.arguments(block, fragment, sink);
        }
        if self.call.is_some() {
            self.close(sink);
        }
        if let Some(text) = delta.text.filter(|text| !text.is_empty()) {
            sink(Event::Text(text));
        }
        if let Some(citation) = delta.citation {
            sink(Event::Citation(read_citation(citation)));
        }
        if let Some(image) = delta.image {
            self.add_to_image(image.source.and_then(|source| source.bytes), sink)?;
        }
        let thought = delta.reasoning.unwrap_or_default();
        if let Some(text) = thought.text.filter(|text| !text.is_empty()) {
            sink(Event::Thinking(text));
        }
        if let Some(signature) = thought.signature.filter(|signature| !signature.is_empty()) {
            sink(Event::Signature(Signature::given(Origin::Anthropic, signature)));
        }
        if let Some(redacted) = thought.redacted {
            let unreadable = || RequestError::shape("delta.reasoningContent.redactedContent", "expected base64");
            self.redacted.extend(decode(&redacted).ok_or_else(unreadable)?);
            if self.redacted.len() > MOST_REDACTED {
                return Err(RequestError::shape("delta.reasoningContent.redactedContent", "is too large"));
            }
        }
        Ok(())
    }

    fn add_to_image(&mut self, piece: Option<Text<'_>>, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
        let (Some((_, bytes)), Some(piece)) = (&mut self.image, piece) else {
            sink(Event::Lost("image".into()));
            return Ok(());
        };
        bytes.extend(decode(&piece).ok_or_else(|| RequestError::shape("delta.image.source.bytes", "expected base64"))?);
        if bytes.len() > MOST_OF_IMAGE {
            return Err(RequestError::shape("delta.image.source.bytes", "is too large"));
        }
        Ok(())
    }

    /// Fragments belong to the call that began last.
    fn arguments(
        &mut self,
        block: u64,
        fragment: Text<'_>,
        sink: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), RequestError> {
        match &mut self.call {
            _ if fragment.is_empty() || self.server_tool == Some(block) => Ok(()),
            Some(call) if call.block == block => {
                call.said_anything = true;
                sink(Event::ToolArguments { index: call.index, fragment });
                Ok(())
            }
            _ => Err(RequestError::shape("contentBlockIndex", "calls must come one after the other")),
        }
    }

    /// A call without arguments says nothing; joined fragments must still be an object.
    fn close(&mut self, sink: &mut dyn FnMut(Event<'_>)) {
        if let Some(OpenCall { index, said_anything: false, .. }) = self.call.take() {
            sink(Event::ToolArguments { index, fragment: Text::from("{}") });
        }
        if !self.redacted.is_empty() {
            let data = encode(&std::mem::take(&mut self.redacted));
            sink(Event::RedactedThinking(Signature::given(Origin::Anthropic, data.into())));
        }
        if let Some((media_type, bytes)) = self.image.take()
            && !bytes.is_empty()
        {
            let source = Source::Base64 { media_type: media_type.into(), data: encode(&bytes).into() };
            sink(Event::Image(Image { source }));
        }
        self.server_tool = None;
    }
}

/// Reads only what must be known of an event that is passed on as it is.
pub(crate) fn watch_event(given: Given<'_>, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), RequestError> {
    let event: StreamEvent<'_> = parse(given.data)?;
    if let Some(reason) = event.reason {
        sink(Event::Finish { reason: finish_from(&reason), stop_sequence: None });
    }
    if let Some(usage) = &event.usage {
        sink(Event::Usage(usage.to_usage()));
    }
    Ok(())
}
