//! Reads the content blocks of requests.

use super::blocks::{Block, Cited, Reasoning, ToolUse, join, read_member};
use super::media::{AUDIO, DOCUMENTS, Formats, IMAGES, VIDEO, media_type};
use crate::base64::decode;
use crate::json::{Failed, Item, List, Parse, Raw, Reader, RequestError, Text, parse, required, says_anything, shape};
use crate::neutral::{Arguments, Document, Image, Losses, Origin, Part, Signature, Source, ToolCall, ToolResult};

shape! {
    Media {
        format: Text<'a>,
        name: Text<'a>,
        source: SourceShape<'a>,
        context: Text<'a>,
        citations: Citations<'a>,
    }
}
shape! { Citations { enabled: bool } }
shape! {
    SourceShape { bytes: Text<'a>, s3 as "s3Location": Raw<'a>, text: Text<'a>, content: List<TextBlock<'a>> }
}
shape! { TextBlock { text: Text<'a> } }
shape! {
    ToolResultShape {
        id as "toolUseId": Text<'a>,
        content: List<ResultBlock<'a>>,
        status: Text<'a>,
        kind as "type": Text<'a>,
    }
}
shape! { SearchResult { source: Text<'a>, title: Text<'a>, content: List<TextBlock<'a>>, citations: Citations<'a> } }
shape! { Guarded { text: GuardedText<'a>, image: Raw<'a> } }
shape! { GuardedText { text: Text<'a>, qualifiers: Raw<'a> } }

impl<'a> Item for Block<'a> {
    type Kept = Part<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Part<'a>>, RequestError> {
        match self.tool_result {
            Some(result) => read_tool_result(*result, losses).map_err(|error| error.under("toolResult")),
            None => read_block(self, losses),
        }
    }
}

/// A block as a tool result can hold it: any but another tool result, and JSON.
pub(super) struct ResultBlock<'a>(Block<'a>);

impl<'a> Parse<'a> for ResultBlock<'a> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        Block::parse(reader).map(ResultBlock)
    }
}

impl<'a> Item for ResultBlock<'a> {
    type Kept = Part<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Part<'a>>, RequestError> {
        match self.0.json {
            Some(json) => Ok(Some(Part::Text(json.get().into()))),
            None => read_block(self.0, losses),
        }
    }
}

impl<'a> Item for TextBlock<'a> {
    type Kept = Text<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Text<'a>>, RequestError> {
        losses.add_unknown("messages.content", &self.unknown);
        required(self.text, "text").map(Some)
    }
}

/// A kind of media: its member, its formats, and what it becomes.
type Kind = (&'static str, &'static Formats, for<'a> fn(Source<'a>, Option<Text<'a>>) -> Part<'a>);

const IMAGE: Kind = ("image", IMAGES, |source, _| Part::Image(Image { source }));
const DOCUMENT: Kind = ("document", DOCUMENTS, |source, title| Part::Document(Document::new(source, title)));
const SOUND: Kind = ("audio", AUDIO, |source, _| Part::Audio(source));
const FILM: Kind = ("video", VIDEO, |source, _| Part::Video(source));

fn read_block<'a>(block: Block<'a>, losses: &mut Losses) -> Result<Option<Part<'a>>, RequestError> {
    losses.add_unknown("messages.content", &block.unknown);
    if let Some(text) = block.text {
        return Ok(Some(Part::Text(text)));
    }
    for (member, kind) in [(block.image, IMAGE), (block.document, DOCUMENT), (block.audio, SOUND), (block.video, FILM)]
    {
        if let Some(member) = member {
            return read_media(member, kind, losses).map_err(|error| error.under(kind.0)).map(Some);
        }
    }
    if let Some(call) = block.tool_use {
        return read_call(*call, losses).map_err(|error| error.under("toolUse"));
    }
    if let Some(reasoning) = block.reasoning {
        return Ok(read_reasoning(read_member(reasoning, "reasoningContent")?, losses));
    }
    if let Some(cited) = block.cited {
        let cited: Cited<'_> = read_member(cited, "citationsContent")?;
        losses.add_if(cited.citations, "messages.content.citationsContent.citations");
        return Ok(Some(Part::Text(join(cited.content.into_iter().flatten()))));
    }
    if let Some(found) = block.search_result {
        return read_found(read_member(found, "searchResult")?, losses).map(Some);
    }
    if let Some(guarded) = block.guarded {
        return read_guarded(read_member(guarded, "guardContent")?, losses).map(Some);
    }
    if block.cache_point.is_some() {
        losses.add("messages.content.cachePoint");
        return Ok(None);
    }
    let expected = match (block.tool_addition.or(block.tool_removal), block.tool_result) {
        (Some(_), _) => return Err(RequestError::unsupported("", "this target cannot change its tools between turns")),
        (None, Some(_)) => "a toolResult cannot hold another",
        (None, None) => "expected a content block of this API: text, image, document, toolUse, toolResult, ...",
    };
    Err(RequestError::shape("", expected))
}

fn read_media<'a>(member: Raw<'a>, (name, formats, part): Kind, losses: &mut Losses) -> Result<Part<'a>, RequestError> {
    let media: Media<'_> = parse(member.get())?;
    losses.add_unknown("messages.content", &media.unknown);
    losses.add_if(media.context, "messages.content.document.context");
    let source = required(media.source, "source")?;
    losses.add_unknown("messages.content", &source.unknown);
    // Only a document may leave its format out.
    let format = match media.format {
        None if name == "document" => "txt".into(),
        format => required(format, "format")?,
    };
    let media_type =
        media_type(formats, &format).ok_or_else(|| RequestError::shape("format", "is none that this API lists"))?;
    let source = if let Some(data) = source.bytes {
        read_bytes(media_type, data).map_err(|error| error.under("source.bytes"))?
    } else if source.s3.is_some() {
        Source::ProviderFile
    } else if let Some(text) = source.text {
        Source::Text(text)
    } else {
        Source::Text(join_texts(&required(source.content, "source")?.take("source.content", losses)?))
    };
    let mut part = part(source, media.name);
    if let Part::Document(document) = &mut part {
        document.cited = media.citations.as_ref().is_some_and(Citations::is_on);
    }
    Ok(part)
}

/// The image that a block of an answer holds, unless it is kept elsewhere.
pub(super) fn read_image(member: Raw<'_>) -> Option<Part<'_>> {
    let image = read_media(member, IMAGE, &mut Losses::default()).ok();
    image.filter(|image| !matches!(image, Part::Image(Image { source: Source::ProviderFile })))
}

/// Text files are text, which every target takes.
fn read_bytes<'a>(media_type: &'static str, data: Text<'a>) -> Result<Source<'a>, RequestError> {
    if media_type.starts_with("text/")
        && let Some(text) = decode(&data).and_then(|bytes| String::from_utf8(bytes).ok())
    {
        return Ok(Source::Text(text.into()));
    }
    Source::base64(media_type.into(), data.into_cow())
}

impl Citations<'_> {
    fn is_on(&self) -> bool {
        self.enabled.unwrap_or(false)
    }
}

fn join_texts<'a>(texts: &[Text<'a>]) -> Text<'a> {
    match texts {
        [one] => one.clone(),
        texts => texts.iter().map(|text| &**text).collect::<Vec<_>>().join("\n\n").into(),
    }
}

fn read_call<'a>(call: ToolUse<'a>, losses: &mut Losses) -> Result<Option<Part<'a>>, RequestError> {
    losses.add_unknown("messages.content.toolUse", &call.unknown);
    if call.kind.is_some() {
        losses.add("messages.content.toolUse.type");
        return Ok(None);
    }
    let input = required(call.input, "input")?;
    if !input.get().starts_with('{') {
        return Err(RequestError::shape("input", "expected an object"));
    }
    let (id, name) = (required(call.id, "toolUseId")?, required(call.name, "name")?);
    Ok(Some(Part::ToolCall(ToolCall { id, name, arguments: Arguments::Object(input) })))
}

fn read_tool_result<'a>(result: ToolResultShape<'a>, losses: &mut Losses) -> Result<Option<Part<'a>>, RequestError> {
    losses.add_unknown("messages.content.toolResult", &result.unknown);
    if result.kind.is_some() {
        losses.add("messages.content.toolResult.type");
        return Ok(None);
    }
    let is_error = match result.status.as_deref() {
        None | Some("success") => false,
        Some("error") => true,
        Some(_) => return Err(RequestError::shape("status", "expected success or error")),
    };
    let parts = required(result.content, "content")?.take("content", losses)?;
    Ok(Some(Part::ToolResult(ToolResult { call_id: required(result.id, "toolUseId")?, parts, is_error })))
}

fn read_reasoning<'a>(reasoning: Reasoning<'a>, losses: &mut Losses) -> Option<Part<'a>> {
    losses.add_unknown("messages.content.reasoningContent", &reasoning.unknown);
    let signed = |text| Signature::shown(Origin::Anthropic, text);
    if let Some(data) = reasoning.redacted {
        return Some(Part::RedactedThinking(signed(read_redacted(data))));
    }
    let Some(thoughts) = reasoning.text else {
        losses.add("messages.content.reasoningContent");
        return None;
    };
    let signature = thoughts.signature.filter(|signature| !signature.is_empty()).map(signed);
    Some(Part::Thinking { text: thoughts.text.unwrap_or_default(), signature })
}

/// A mark of where thoughts are from is text inside base64 here, as [`super::write_blocks`] puts it.
fn read_redacted(data: Text<'_>) -> Text<'_> {
    let marked = decode(&data).and_then(|bytes| String::from_utf8(bytes).ok());
    match marked.filter(|text| Signature::is_marked(text)) {
        Some(text) => text.into(),
        None => data,
    }
}

/// What was found is part of the question, so it goes on as text: where it is from, and what it says.
fn read_found<'a>(found: SearchResult<'a>, losses: &mut Losses) -> Result<Part<'a>, RequestError> {
    losses.add("messages.content.searchResult");
    losses.add_unknown("messages.content.searchResult", &found.unknown);
    losses.add_if(found.citations.filter(Citations::is_on), "messages.content.searchResult.citations");
    let mut texts = vec![required(found.source, "searchResult.source")?];
    texts.extend(required(found.content, "searchResult.content")?.take("searchResult.content", losses)?);
    Ok(Part::Document(Document::new(Source::Text(join_texts(&texts)), found.title)))
}

/// What a guardrail is to look at is part of the prompt.
fn read_guarded<'a>(guarded: Guarded<'a>, losses: &mut Losses) -> Result<Part<'a>, RequestError> {
    losses.add("messages.content.guardContent");
    match (guarded.text, guarded.image) {
        (Some(text), _) => {
            losses.add_if(
                text.qualifiers.filter(|qualifiers| says_anything(qualifiers.get())),
                "messages.content.guardContent.text.qualifiers",
            );
            required(text.text, "guardContent.text.text").map(Part::Text)
        }
        (None, Some(image)) => read_media(image, IMAGE, losses).map_err(|error| error.under("guardContent.image")),
        (None, None) => Err(RequestError::shape("guardContent", "expected text or image")),
    }
}
