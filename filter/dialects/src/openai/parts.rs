//! Content parts of requests.

use crate::json::{OneOrMany, RequestError, StringOr, Text, shape};
use crate::neutral::{Document, Image, Losses, Part, Source};
use serde_json::value::RawValue;
use std::borrow::Cow;

shape! {
    ChatPart {
        kind as "type": Text<'a>,
        text: Text<'a>,
        refusal: Text<'a>,
        image_url: ImageUrl<'a>,
        file: File<'a>,
        input_audio: &'a RawValue,
    }
}
shape! { ImageUrl { url: Text<'a>, detail: Text<'a> } }
shape! { File { file_data: Text<'a>, file_id: Text<'a>, filename: Text<'a> } }

/// Reads a message's content, text or parts, in order.
pub(super) fn read_content<'a>(
    content: Option<OneOrMany<'a, ChatPart<'a>>>,
    at: usize,
    parts: &mut Vec<Part<'a>>,
    losses: &mut Losses,
) -> Result<(), RequestError> {
    match content {
        None => {}
        Some(StringOr::Text(text)) => parts.push(Part::Text(text)),
        Some(StringOr::Other(content)) => {
            for (index, part) in content.into_iter().enumerate() {
                losses.add_unknown("messages.content", &part.unknown);
                parts.push(read_part(part, losses).map_err(|(field, message)| {
                    RequestError::shape(format!("messages[{at}].content[{index}].{field}"), message)
                })?);
            }
        }
    }
    Ok(())
}

type FieldError = (&'static str, &'static str);

fn read_part<'a>(part: ChatPart<'a>, losses: &mut Losses) -> Result<Part<'a>, FieldError> {
    match part.kind.as_deref().unwrap_or_default() {
        "text" => part.text.map(Part::Text).ok_or(("text", "is required")),
        "refusal" => part.refusal.map(Part::Refusal).ok_or(("refusal", "is required")),
        "input_audio" => part.input_audio.map(|_| Part::Audio).ok_or(("input_audio", "is required")),
        "image_url" => {
            let image = part.image_url.ok_or(("image_url", "is required"))?;
            losses.add_unknown("messages.content.image_url", &image.unknown);
            losses.add_if(image.detail.filter(|detail| &**detail != "auto"), "messages.content.image_url.detail");
            let url = image.url.ok_or(("image_url.url", "is required"))?;
            read_url(url).map(|source| Part::Image(Image { source })).ok_or(("image_url.url", BAD_DATA_URI))
        }
        "file" => {
            let file = part.file.ok_or(("file", "is required"))?;
            let source = match (file.file_data, file.file_id) {
                (Some(data), _) => read_url(data).ok_or(("file.file_data", BAD_DATA_URI))?,
                (None, Some(_)) => Source::ProviderFile,
                (None, None) => return Err(("file", "needs file_data or file_id")),
            };
            Ok(Part::Document(Document { source, title: file.filename }))
        }
        _ => Err(("type", "expected text, image_url, input_audio, file or refusal")),
    }
}

const BAD_DATA_URI: &str = "expected an http(s) URL or a data URI like data:image/png;base64,...";

/// `data:MEDIA_TYPE;base64,DATA`, or a URL.
fn read_url(url: Text<'_>) -> Option<Source<'_>> {
    if !url.starts_with("data:") {
        let fetchable = url.starts_with("https://") || url.starts_with("http://");
        return fetchable.then_some(Source::Url(url));
    }
    let (media_type, data) = match url.into_cow() {
        Cow::Borrowed(uri) => {
            let (media_type, data) = split_data_uri(uri)?;
            (Cow::Borrowed(media_type), Cow::Borrowed(data))
        }
        Cow::Owned(uri) => {
            let (media_type, data) = split_data_uri(&uri)?;
            (Cow::Owned(media_type.to_owned()), Cow::Owned(data.to_owned()))
        }
    };
    Some(Source::Base64 { media_type, data })
}

fn split_data_uri(uri: &str) -> Option<(&str, &str)> {
    let (head, data) = uri.strip_prefix("data:")?.split_once(',')?;
    let head = head.strip_suffix(";base64")?;
    let media_type = head.split_once(';').map_or(head, |(media_type, _)| media_type);
    (!media_type.is_empty()).then_some((media_type, data))
}
