//! Content blocks of requests.

use crate::json::{
    Failed, Item, List, Parse, Raw, Reader, RequestError, StringOr, Text, parse, required, says_anything, shape,
};
use crate::neutral::{
    Arguments, Document, Image, Losses, Origin, Part, Signature, Source, ToolCall, ToolResult, media_type, read_content,
};

shape! {
    Block {
        kind as "type": Text<'a>,
        text: Text<'a>,
        source: Raw<'a>,
        title: Text<'a>,
        context: Text<'a>,
        // A wish in a document, and a list behind a text.
        citations: Raw<'a>,
        id: Text<'a>,
        name: Text<'a>,
        input: Raw<'a>,
        caller: Caller<'a>,
        tool_use_id: Text<'a>,
        content: Raw<'a>,
        is_error: bool,
        thinking: Text<'a>,
        signature: Text<'a>,
        data: Text<'a>,
    }
}
shape! { Citations { enabled: bool } }
shape! { Caller { kind as "type": Text<'a> } }
shape! {
    SourceShape {
        kind as "type": Text<'a>,
        media_type: Text<'a>,
        data: Text<'a>,
        url: Text<'a>,
        content: Raw<'a>,
        file_id: Text<'a>,
    }
}
shape! { TextBlock { kind as "type": Text<'a>, text: Text<'a> } }

/// A string, or blocks. What this version does not know is noted by its type and left out.
pub(super) type Content<'a> = StringOr<'a, List<Block<'a>>>;

impl<'a> Item for Block<'a> {
    type Kept = Part<'a>;

    fn read(self, index: usize, losses: &mut Losses) -> Result<Option<Part<'a>>, RequestError> {
        if self.kind.as_deref() != Some("tool_result") {
            return ResultBlock(self).read(index, losses);
        }
        losses.add_unknown("messages.content", &self.unknown);
        let content: Option<StringOr<'_, List<ResultBlock<'_>>>> = read_raw(self.content, "content")?;
        let parts = content.map(|content| read_content(content, "content", losses)).transpose()?.unwrap_or_default();
        Ok(Some(Part::ToolResult(ToolResult {
            call_id: required(self.tool_use_id, "tool_use_id")?,
            parts,
            is_error: self.is_error.unwrap_or(false),
        })))
    }
}

/// A block as a tool result can hold it: any but another tool result.
struct ResultBlock<'a>(Block<'a>);

impl<'a> Parse<'a> for ResultBlock<'a> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        Block::parse(reader).map(ResultBlock)
    }
}

impl<'a> Item for ResultBlock<'a> {
    type Kept = Part<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Part<'a>>, RequestError> {
        let Self(block) = self;
        losses.add_unknown("messages.content", &block.unknown);
        Ok(Some(match &*required(block.kind, "type")? {
            "text" => {
                losses.add_if(block.citations.filter(|list| says_anything(list.get())), "messages.content.citations");
                Part::Text(required(block.text, "text")?)
            }
            "image" => Part::Image(Image { source: read_source(block.source, losses)? }),
            "document" => {
                losses.add_if(block.context, "messages.content.context");
                let cited = block.citations.map(is_on).transpose()?.unwrap_or(false);
                Part::Document(Document { source: read_source(block.source, losses)?, title: block.title, cited })
            }
            "search_result" => {
                losses.add("messages.content.search_result");
                let asked = block.citations.map(is_on).transpose()?;
                losses.add_if(asked.filter(|asked| *asked), "messages.content.citations");
                Part::Document(Document::new(read_found(block.source, block.content, losses)?, block.title))
            }
            "tool_use" => {
                let caller = block.caller.and_then(|caller| caller.kind);
                losses.add_if(caller.filter(|caller| &**caller != "direct"), "messages.content.caller");
                Part::ToolCall(ToolCall {
                    id: required(block.id, "id")?,
                    name: required(block.name, "name")?,
                    arguments: read_input(block.input)?,
                })
            }
            "thinking" => {
                let signature = block.signature.map(|text| Signature::shown(Origin::Anthropic, text));
                Part::Thinking { text: block.thinking.unwrap_or_default(), signature }
            }
            "redacted_thinking" => {
                Part::RedactedThinking(Signature::shown(Origin::Anthropic, required(block.data, "data")?))
            }
            "tool_result" => return Err(RequestError::shape("type", "a tool_result cannot hold another")),
            "server_tool_use" => {
                losses.add("messages.content.server_tool_use");
                return Ok(None);
            }
            _ => {
                losses.add("messages.content.type");
                return Ok(None);
            }
        }))
    }
}

/// Is the answer to say what it has from this block?
fn is_on(citations: Raw<'_>) -> Result<bool, RequestError> {
    let citations: Citations<'_> = parse(citations.get()).map_err(|error| error.under("citations"))?;
    Ok(citations.enabled.unwrap_or(false))
}

/// Reads what was kept raw because its shape depends on the block's type.
fn read_raw<'a, T: Parse<'a>>(raw: Option<Raw<'a>>, name: &str) -> Result<Option<T>, RequestError> {
    raw.map(|raw| parse(raw.get()).map_err(|error| error.under(name))).transpose()
}

/// What was found is part of the question, so it goes on as text: where it is from, and what it says.
fn read_found<'a>(
    source: Option<Raw<'a>>,
    content: Option<Raw<'a>>,
    losses: &mut Losses,
) -> Result<Source<'a>, RequestError> {
    let mut texts = vec![required(read_raw(source, "source")?, "source")?];
    texts.extend(read_texts(content, losses)?);
    Ok(Source::Text(join(&texts)))
}

fn read_input(input: Option<Raw<'_>>) -> Result<Arguments<'_>, RequestError> {
    match input {
        None => Ok(Arguments::Text(Text::default())),
        Some(input) if input.get().starts_with('{') => Ok(Arguments::Object(input)),
        Some(_) => Err(RequestError::shape("input", "expected an object")),
    }
}

fn read_source<'a>(source: Option<Raw<'a>>, losses: &mut Losses) -> Result<Source<'a>, RequestError> {
    let source: SourceShape<'_> = required(read_raw(source, "source")?, "source")?;
    losses.add_unknown("messages.content.source", &source.unknown);
    let read = |source: SourceShape<'a>, losses: &mut Losses| match source.kind.as_deref().unwrap_or_default() {
        "base64" => {
            let media_type = media_type(required(source.media_type, "media_type")?, "media_type")?;
            let data = required(source.data, "data")?.into_cow();
            Source::base64(media_type, data).map_err(|error| error.under("data"))
        }
        "url" => Source::url(required(source.url, "url")?).map_err(|error| error.under("url")),
        "text" => required(source.data, "data").map(Source::Text),
        "content" => Ok(Source::Text(join(&read_texts(source.content, losses)?))),
        "file" => required(source.file_id, "file_id").map(|_| Source::ProviderFile),
        _ => Err(RequestError::shape("type", "expected base64, url, text, content or file")),
    };
    read(source, losses).map_err(|error| error.under("source"))
}

fn read_texts<'a>(content: Option<Raw<'a>>, losses: &mut Losses) -> Result<Vec<Text<'a>>, RequestError> {
    let content: StringOr<'_, List<TextBlock<'_>>> = required(read_raw(content, "content")?, "content")?;
    match content {
        StringOr::Text(text) => Ok(vec![text]),
        StringOr::Other(blocks) => blocks.take("content", losses),
    }
}

impl<'a> Item for TextBlock<'a> {
    type Kept = Text<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Text<'a>>, RequestError> {
        losses.add_unknown("messages.content.content", &self.unknown);
        let text = self.text.filter(|_| self.kind.as_deref() == Some("text"));
        text.map(Some).ok_or_else(|| RequestError::unsupported("", "only text can be translated"))
    }
}

fn join<'a>(texts: &[Text<'a>]) -> Text<'a> {
    match texts {
        [one] => one.clone(),
        texts => {
            let texts: Vec<&str> = texts.iter().map(|text| &**text).collect();
            Text::from(texts.join("\n\n"))
        }
    }
}
