//! Content parts of requests.

use crate::json::{Item, List, RequestError, StringOr, Text, required, shape};
use crate::neutral::{Document, Image, Losses, Part, Source, is_media_type};
use std::borrow::Cow;

shape! {
    ChatPart {
        kind as "type": Text<'a>,
        text: Text<'a>,
        refusal: Text<'a>,
        image_url: ImageUrl<'a>,
        file: File<'a>,
        input_audio: InputAudio<'a>,
    }
}
shape! {
    /// Sound in a request.
    InputAudio { data: Text<'a>, format: Text<'a> }
}
shape! { ImageUrl { url: Text<'a>, detail: Text<'a> } }
shape! { File { file_data: Text<'a>, file_id: Text<'a>, filename: Text<'a> } }

/// A string, or parts.
pub(super) type Content<'a> = StringOr<'a, List<ChatPart<'a>>>;

impl<'a> Item for ChatPart<'a> {
    type Kept = Part<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Part<'a>>, RequestError> {
        losses.add_unknown("messages.content", &self.unknown);
        Ok(Some(match self.kind.as_deref().unwrap_or_default() {
            "text" => Part::Text(required(self.text, "text")?),
            "refusal" => Part::Refusal(required(self.refusal, "refusal")?),
            "input_audio" => {
                let audio = required(self.input_audio, "input_audio")?;
                Part::Audio(
                    read_audio(audio, "messages.content.input_audio", losses)
                        .map_err(|error| error.under("input_audio"))?,
                )
            }
            "image_url" => {
                let image = required(self.image_url, "image_url")?;
                Part::Image(read_image(image, losses).map_err(|error| error.under("image_url"))?)
            }
            "file" => {
                let file = required(self.file, "file")?;
                Part::Document(read_file(file, losses).map_err(|error| error.under("file"))?)
            }
            _ => return Err(RequestError::shape("type", "expected text, image_url, input_audio, file or refusal")),
        }))
    }
}

/// Reads sound that stands at `path`.
pub(crate) fn read_audio<'a>(
    audio: InputAudio<'a>,
    path: &'static str,
    losses: &mut Losses,
) -> Result<Source<'a>, RequestError> {
    losses.add_unknown(path, &audio.unknown);
    let media_type = match &*required(audio.format, "format")? {
        "wav" => "audio/wav",
        "mp3" => "audio/mp3",
        _ => return Err(RequestError::shape("format", "expected wav or mp3")),
    };
    let data = required(audio.data, "data")?.into_cow();
    Source::base64(media_type.into(), data).map_err(|error| error.under("data"))
}

/// Reads an image of a part.
pub(crate) fn read_image<'a>(image: ImageUrl<'a>, losses: &mut Losses) -> Result<Image<'a>, RequestError> {
    losses.add_unknown("messages.content.image_url", &image.unknown);
    losses.add_if(image.detail.filter(|detail| &**detail != "auto"), "messages.content.image_url.detail");
    Ok(Image { source: read_url(required(image.url, "url")?, "url")? })
}

fn read_file<'a>(file: File<'a>, losses: &mut Losses) -> Result<Document<'a>, RequestError> {
    losses.add_unknown("messages.content.file", &file.unknown);
    let source = match (file.file_data, file.file_id) {
        (Some(data), _) => read_url(data, "file_data")?,
        (None, Some(_)) => Source::ProviderFile,
        (None, None) => return Err(RequestError::shape("", "needs file_data or file_id")),
    };
    Ok(Document::new(source, file.filename))
}

/// `data:MEDIA_TYPE;base64,DATA`, or a URL.
pub(crate) fn read_url<'a>(url: Text<'a>, field: &'static str) -> Result<Source<'a>, RequestError> {
    let expected = "expected an http(s) URL or a data URI like data:image/png;base64,...";
    if !url.starts_with("data:") {
        return Source::url(url).map_err(|_| RequestError::shape(field, expected));
    }
    let (media_type, data) = parse_data_uri(url).ok_or_else(|| RequestError::shape(field, expected))?;
    Source::base64(media_type, data).map_err(|error| error.under(field))
}

/// The media type and the data of a data URI.
fn parse_data_uri(uri: Text<'_>) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
    Some(match uri.into_cow() {
        Cow::Borrowed(uri) => {
            let (media_type, data) = split_data_uri(uri)?;
            (Cow::Borrowed(media_type), Cow::Borrowed(data))
        }
        Cow::Owned(uri) => {
            let (media_type, data) = split_data_uri(&uri)?;
            (Cow::Owned(media_type.to_owned()), Cow::Owned(data.to_owned()))
        }
    })
}

fn split_data_uri(uri: &str) -> Option<(&str, &str)> {
    let (head, data) = uri.strip_prefix("data:")?.split_once(',')?;
    let head = head.strip_suffix(";base64")?;
    match head.split_once(';').map_or(head, |(media_type, _)| media_type) {
        // Not a registered name, but a common slip that OpenAI forgives.
        "image/jpg" => Some(("image/jpeg", data)),
        media_type => is_media_type(media_type).then_some((media_type, data)),
    }
}
