//! Reads the content parts of a request's items.

use crate::json::{Item, List, Raw, RequestError, StringOr, Text, required, says_anything, shape};
use crate::neutral::{Document, Image, Losses, Part, Source};
use crate::openai::{InputAudio, read_audio, read_url};

shape! {
    InputPart {
        kind as "type": Text<'a>,
        text: Text<'a>,
        refusal: Text<'a>,
        image_url: Text<'a>,
        file_id: Text<'a>,
        file_data: Text<'a>,
        file_url: Text<'a>,
        filename: Text<'a>,
        detail: Text<'a>,
        input_audio: InputAudio<'a>,
        annotations: Raw<'a>,
        logprobs: Raw<'a>,
    }
}

/// A string, or parts.
pub(super) type Content<'a> = StringOr<'a, List<InputPart<'a>>>;

impl<'a> Item for InputPart<'a> {
    type Kept = Part<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Part<'a>>, RequestError> {
        losses.add_unknown("input.content", &self.unknown);
        losses.add_if(self.detail.as_ref().filter(|detail| &***detail != "auto"), "input.content.detail");
        losses.add_if(self.annotations.filter(|list| says_anything(list.get())), "input.content.annotations");
        Ok(Some(match self.kind.as_deref().unwrap_or_default() {
            "input_text" | "output_text" => Part::Text(required(self.text, "text")?),
            "summary_text" | "reasoning_text" => Part::Thinking { text: required(self.text, "text")?, signature: None },
            "refusal" => Part::Refusal(required(self.refusal, "refusal")?),
            "input_image" => Part::Image(Image { source: read_image(self)? }),
            "input_file" => read_file(self).map(Part::Document)?,
            "input_audio" => {
                let audio = read_audio(required(self.input_audio, "input_audio")?, "input.content.input_audio", losses);
                Part::Audio(audio.map_err(|error| error.under("input_audio"))?)
            }
            _ => {
                let expected = "expected input_text, input_image, input_file, output_text or refusal";
                return Err(RequestError::shape("type", expected));
            }
        }))
    }
}

fn read_image(part: InputPart<'_>) -> Result<Source<'_>, RequestError> {
    match (part.image_url, part.file_id) {
        (Some(url), _) => read_url(url, "image_url"),
        (None, Some(_)) => Ok(Source::ProviderFile),
        (None, None) => Err(RequestError::shape("", "needs image_url or file_id")),
    }
}

fn read_file(part: InputPart<'_>) -> Result<Document<'_>, RequestError> {
    let source = match (part.file_data, part.file_url, part.file_id) {
        (Some(data), ..) => read_url(data, "file_data")?,
        (None, Some(url), _) => read_url(url, "file_url")?,
        (None, None, Some(_)) => Source::ProviderFile,
        (None, None, None) => return Err(RequestError::shape("", "needs file_data, file_url or file_id")),
    };
    Ok(Document::new(source, part.filename))
}
