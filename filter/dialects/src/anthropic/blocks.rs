//! Content blocks of requests.

use crate::json::{OneOrMany, RequestError, StringOr, Text, shape};
use crate::neutral::{Arguments, Document, Image, Losses, Part, Source, ToolCall, ToolResult};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

shape! {
    Block {
        kind as "type": Text<'a>,
        text: Text<'a>,
        source: StringOr<'a, SourceShape<'a>>,
        title: Text<'a>,
        context: Text<'a>,
        id: Text<'a>,
        name: Text<'a>,
        input: &'a RawValue,
        tool_use_id: Text<'a>,
        content: StringOr<'a, Blocks<'a>>,
        is_error: bool,
        thinking: Text<'a>,
        signature: Text<'a>,
        data: Text<'a>,
    }
}
shape! {
    SourceShape {
        kind as "type": Text<'a>,
        media_type: Text<'a>,
        data: Text<'a>,
        url: Text<'a>,
        content: OneOrMany<'a, Block<'a>>,
    }
}

/// Blocks inside a block. Kinds that this version does not know may have an object here; they are
/// left out whole, so what it says does not matter.
#[derive(Clone, Debug)]
pub(crate) struct Blocks<'a>(Vec<Block<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Blocks<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BlocksVisitor;
        impl<'de> Visitor<'de> for BlocksVisitor {
            type Value = Blocks<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of blocks")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Blocks<'de>, A::Error> {
                Deserialize::deserialize(SeqAccessDeserializer::new(seq)).map(Blocks)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Blocks<'de>, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Blocks(Vec::new()))
            }
        }
        deserializer.deserialize_any(BlocksVisitor)
    }
}

type FieldError = (&'static str, &'static str);

/// Reads blocks in order. What this version does not know is noted by its type and left out.
pub(super) fn read_blocks<'a>(
    blocks: Vec<Block<'a>>,
    path: &dyn Fn() -> String,
    losses: &mut Losses,
) -> Result<Vec<Part<'a>>, RequestError> {
    let mut parts = Vec::with_capacity(blocks.len());
    for (index, block) in blocks.into_iter().enumerate() {
        losses.add_unknown("messages.content", &block.unknown);
        let error = |(field, message): FieldError| RequestError::shape(format!("{}[{index}].{field}", path()), message);
        if block.kind.as_deref() == Some("tool_result") {
            let inner = || format!("{}[{index}].content", path());
            parts.push(read_tool_result(block, &error, &inner, losses)?);
        } else {
            read_block(block, &mut parts, losses).map_err(error)?;
        }
    }
    Ok(parts)
}

fn read_tool_result<'a>(
    block: Block<'a>,
    error: &dyn Fn(FieldError) -> RequestError,
    inner: &dyn Fn() -> String,
    losses: &mut Losses,
) -> Result<Part<'a>, RequestError> {
    let parts = match block.content {
        None => Vec::new(),
        Some(StringOr::Text(text)) => vec![Part::Text(text)],
        Some(StringOr::Other(Blocks(blocks))) => read_blocks(blocks, inner, losses)?,
    };
    Ok(Part::ToolResult(ToolResult {
        call_id: block.tool_use_id.ok_or_else(|| error(("tool_use_id", "is required")))?,
        parts,
        is_error: block.is_error.unwrap_or(false),
    }))
}

fn read_block<'a>(block: Block<'a>, parts: &mut Vec<Part<'a>>, losses: &mut Losses) -> Result<(), FieldError> {
    let part = match block.kind.as_deref().unwrap_or_default() {
        "text" => Part::Text(block.text.ok_or(("text", "is required"))?),
        "image" => Part::Image(Image { source: read_source(block.source, losses)? }),
        "document" => {
            losses.add_if(block.context, "messages.content.context");
            Part::Document(Document { source: read_source(block.source, losses)?, title: block.title })
        }
        "tool_use" => Part::ToolCall(ToolCall {
            id: block.id.ok_or(("id", "is required"))?,
            name: block.name.ok_or(("name", "is required"))?,
            arguments: read_input(block.input)?,
        }),
        "thinking" => Part::Thinking { text: block.thinking.unwrap_or_default(), signature: block.signature },
        "redacted_thinking" => Part::RedactedThinking(block.data.ok_or(("data", "is required"))?),
        "" => return Err(("type", "is required")),
        _ => {
            losses.add(match block.kind.as_deref() {
                Some("search_result") => "messages.content.search_result",
                Some("server_tool_use") => "messages.content.server_tool_use",
                _ => "messages.content.type",
            });
            return Ok(());
        }
    };
    parts.push(part);
    Ok(())
}

fn read_input(input: Option<&RawValue>) -> Result<Arguments<'_>, FieldError> {
    match input {
        None => Ok(Arguments::Text(Text::default())),
        Some(input) if input.get().starts_with('{') => Ok(Arguments::Object(input)),
        Some(_) => Err(("input", "expected an object")),
    }
}

fn read_source<'a>(
    source: Option<StringOr<'a, SourceShape<'a>>>,
    losses: &mut Losses,
) -> Result<Source<'a>, FieldError> {
    let source = match source {
        Some(StringOr::Other(source)) => source,
        Some(StringOr::Text(_)) => return Err(("source", "expected an object")),
        None => return Err(("source", "is required")),
    };
    losses.add_unknown("messages.content.source", &source.unknown);
    match source.kind.as_deref().unwrap_or_default() {
        "base64" => Ok(Source::Base64 {
            media_type: source.media_type.ok_or(("source.media_type", "is required"))?.into_cow(),
            data: source.data.ok_or(("source.data", "is required"))?.into_cow(),
        }),
        "url" => source.url.map(Source::Url).ok_or(("source.url", "is required")),
        "text" => source.data.map(Source::Text).ok_or(("source.data", "is required")),
        "content" => match source.content {
            Some(StringOr::Text(text)) => Ok(Source::Text(text)),
            Some(StringOr::Other(blocks)) => {
                join_texts(blocks).ok_or(("source.content", "only text can be translated"))
            }
            None => Err(("source.content", "is required")),
        },
        "file" => Ok(Source::ProviderFile),
        _ => Err(("source.type", "expected base64, url, text, content or file")),
    }
}

fn join_texts(blocks: Vec<Block<'_>>) -> Option<Source<'_>> {
    let texts: Option<Vec<Cow<'_, str>>> = blocks.into_iter().map(|block| block.text.map(Text::into_cow)).collect();
    Some(Source::Text(Text::from(texts?.join("\n\n"))))
}
