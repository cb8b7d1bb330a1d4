//! The parts of a content, of requests and of answers.

use super::proto::Repeated;
use super::{proof, response};
use crate::base64;
use crate::json::{Item, Raw, RequestError, Text, required, shape};
use crate::neutral::{
    Arguments, Document, Image, Losses, Part, Source, ToolCall, ToolResult, is_on_the_web, media_type,
};
use std::borrow::Cow;

shape! {
    PartShape in camel {
        text: Text<'a>,
        thought: bool,
        thought_signature as "thoughtSignature": Text<'a>,
        inline_data as "inlineData": Box<Media<'a>>,
        file_data as "fileData": Box<Media<'a>>,
        function_call as "functionCall": Box<FunctionCall<'a>>,
        function_response as "functionResponse": Box<FunctionResponse<'a>>,
        executable_code as "executableCode": Raw<'a>,
        code_execution_result as "codeExecutionResult": Raw<'a>,
        tool_call as "toolCall": Raw<'a>,
        tool_response as "toolResponse": Raw<'a>,
    }
}
shape! {
    /// A blob, or a file by its URI.
    Media in camel {
        mime_type as "mimeType": Text<'a>,
        data: Text<'a>,
        file_uri as "fileUri": Text<'a>,
        display_name as "displayName": Text<'a>,
    }
}
shape! { FunctionCall in camel { id: Text<'a>, name: Text<'a>, args: Raw<'a> } }
shape! {
    FunctionResponse in camel {
        id: Text<'a>,
        name: Text<'a>,
        response: Raw<'a>,
        parts: Repeated<ResponsePart<'a>>,
    }
}
shape! {
    ResponsePart in camel { inline_data as "inlineData": Box<Media<'a>>, file_data as "fileData": Box<Media<'a>> }
}

/// A part as it stands; what it means for the conversation is seen when all are read.
#[derive(Debug)]
pub(crate) struct Piece<'a> {
    pub(crate) part: Part<'a>,
    /// The function that a result is from: a result may have no more to say whose it is.
    pub(super) result_of: Option<Text<'a>>,
    /// The thought that its signature stands for.
    pub(super) proof: Option<Part<'a>>,
}

impl<'a> Item for PartShape<'a> {
    type Kept = Piece<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Piece<'a>>, RequestError> {
        losses.add_unknown("contents.parts", &self.unknown);
        let by_google = [
            ("executableCode", self.executable_code),
            ("codeExecutionResult", self.code_execution_result),
            ("toolCall", self.tool_call),
            ("toolResponse", self.tool_response),
        ];
        if let Some((field, _)) = by_google.into_iter().find(|(_, part)| part.is_some()) {
            let message = "what a tool that Google runs said cannot be translated";
            return Err(RequestError::unsupported(field, message));
        }
        let mut result_of = None;
        let part = match (self.text, self.inline_data, self.file_data, self.function_call, self.function_response) {
            (Some(text), None, None, None, None) if self.thought == Some(true) => {
                Part::Thinking { text, signature: None }
            }
            (Some(text), None, None, None, None) => Part::Text(text),
            (None, Some(media), None, None, None) => {
                read_blob(*media, losses).map_err(|error| error.under("inlineData"))?
            }
            (None, None, Some(media), None, None) => {
                read_file(*media, losses).map_err(|error| error.under("fileData"))?
            }
            (None, None, None, Some(call), None) => {
                Part::ToolCall(read_call(*call, losses).map_err(|error| error.under("functionCall"))?)
            }
            (None, None, None, None, Some(said)) => {
                let (result, name) = read_result(*said, losses).map_err(|error| error.under("functionResponse"))?;
                result_of = Some(name);
                Part::ToolResult(result)
            }
            _ => {
                let expected = "expected one of text, inlineData, fileData, functionCall and functionResponse";
                return Err(RequestError::shape("", expected));
            }
        };
        Ok(Some(Piece { part, result_of, proof: self.thought_signature.map(proof::shown) }))
    }
}

impl<'a> PartShape<'a> {
    /// What a part is called that holds something else than text or a call.
    pub(super) fn name(self) -> Option<Text<'a>> {
        let members = [
            ("thoughtImage", self.inline_data.is_some()),
            ("fileData", self.file_data.is_some()),
            ("functionResponse", self.function_response.is_some()),
            ("executableCode", self.executable_code.is_some()),
            ("codeExecutionResult", self.code_execution_result.is_some()),
            ("toolCall", self.tool_call.is_some()),
            ("toolResponse", self.tool_response.is_some()),
        ];
        let known = members.into_iter().find(|(_, holds)| *holds).map(|(name, _)| Text::from(name));
        known.or_else(|| self.unknown.0.into_iter().next())
    }
}

fn read_call<'a>(call: FunctionCall<'a>, losses: &mut Losses) -> Result<ToolCall<'a>, RequestError> {
    losses.add_unknown("contents.parts.functionCall", &call.unknown);
    if call.args.is_some_and(|args| !args.get().starts_with('{')) {
        return Err(RequestError::shape("args", "expected an object"));
    }
    Ok(ToolCall {
        id: call.id.unwrap_or_default(),
        name: required(call.name, "name")?,
        arguments: call.args.map_or(Arguments::Text("{}".into()), Arguments::Object),
    })
}

fn read_result<'a>(
    said: FunctionResponse<'a>,
    losses: &mut Losses,
) -> Result<(ToolResult<'a>, Text<'a>), RequestError> {
    losses.add_unknown("contents.parts.functionResponse", &said.unknown);
    let (text, is_error) = response::read(required(said.response, "response")?)?;
    let media = said.parts.map(|parts| parts.take("parts", losses)).transpose()?.unwrap_or_default();
    let mut parts = vec![Part::Text(text)];
    parts.extend(media);
    let result = ToolResult { call_id: said.id.unwrap_or_default(), parts, is_error };
    Ok((result, required(said.name, "name")?))
}

impl<'a> Item for ResponsePart<'a> {
    type Kept = Part<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Part<'a>>, RequestError> {
        losses.add_unknown("contents.parts.functionResponse.parts", &self.unknown);
        match (self.inline_data, self.file_data) {
            (Some(media), None) => read_blob(*media, losses).map_err(|error| error.under("inlineData")).map(Some),
            (None, Some(media)) => read_file(*media, losses).map_err(|error| error.under("fileData")).map(Some),
            _ => Err(RequestError::shape("", "expected one of inlineData and fileData")),
        }
    }
}

fn read_blob<'a>(media: Media<'a>, losses: &mut Losses) -> Result<Part<'a>, RequestError> {
    losses.add_unknown("contents.parts.inlineData", &media.unknown);
    let media_type = media_type(required(media.mime_type, "mimeType")?, "mimeType")?;
    let data = required(media.data, "data")?.into_cow();
    let text = media_type.starts_with("text/").then(|| decode_text(&data)).flatten();
    let source = match text {
        Some(text) => Source::Text(text.into()),
        None => Source::base64(media_type.clone(), base64::standard(data)).map_err(|error| error.under("data"))?,
    };
    Ok(part_of(&media_type, source, media.display_name))
}

fn decode_text(data: &str) -> Option<String> {
    String::from_utf8(base64::decode(data)?).ok()
}

/// Google's own storage can be read by Google only; any other URL by whoever fetches URLs.
fn read_file<'a>(media: Media<'a>, losses: &mut Losses) -> Result<Part<'a>, RequestError> {
    losses.add_unknown("contents.parts.fileData", &media.unknown);
    let uri = required(media.file_uri, "fileUri")?;
    let is_googles = !is_on_the_web(&uri) || uri.contains("://generativelanguage.googleapis.com/");
    let media_type = match media.mime_type {
        Some(media_type) => media_type.into_cow(),
        None => Cow::Borrowed(media_type_of(&uri).unwrap_or_default()),
    };
    let source = if is_googles { Source::ProviderFile } else { Source::Url(uri) };
    Ok(part_of(&media_type, source, media.display_name))
}

fn part_of<'a>(media_type: &str, source: Source<'a>, title: Option<Text<'a>>) -> Part<'a> {
    match media_type.split('/').next().unwrap_or_default() {
        "image" => Part::Image(Image { source }),
        "audio" => Part::Audio(source),
        "video" => Part::Video(source),
        _ => Part::Document(Document::new(source, title)),
    }
}

/// How the paths of URLs end, and what is then behind them.
const ENDINGS: [(&str, &str); 16] = [
    (".png", "image/png"),
    (".jpg", "image/jpeg"),
    (".jpeg", "image/jpeg"),
    (".webp", "image/webp"),
    (".heic", "image/heic"),
    (".heif", "image/heif"),
    (".gif", "image/gif"),
    (".pdf", "application/pdf"),
    (".txt", "text/plain"),
    (".html", "text/html"),
    (".csv", "text/csv"),
    (".mp3", "audio/mp3"),
    (".wav", "audio/wav"),
    (".mp4", "video/mp4"),
    (".mov", "video/mov"),
    (".webm", "video/webm"),
];

/// What a URL's name tells of its media type.
pub(super) fn media_type_of(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let ends_in = |ending: &str| {
        let tail = path.len().checked_sub(ending.len()).and_then(|from| path.get(from..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(ending))
    };
    let youtube = ["://www.youtube.com/", "://youtu.be/", "://youtube.com/"].iter().any(|host| url.contains(host));
    let known = ENDINGS.iter().find(|(ending, _)| ends_in(ending)).map(|&(_, media_type)| media_type);
    known.or(youtube.then_some("video/*"))
}
