//! The content of answers. OpenAI's own is a string; other servers of this API also send parts, with
//! the thoughts among them.

use super::annotations::Annotation;
use super::parts::{ImageUrl, read_url};
use crate::json::{Few, Ignored, OneOrMany, Raw, StringOr, Text, shape};
use crate::neutral::{Image, Part, Piece};

shape! {
    /// What is said, in a whole answer or in a piece of a streamed one.
    AnswerMessage {
        content: OneOrMany<'a, AnswerPart<'a>>,
        refusal: Text<'a>,
        reasoning_content: Text<'a>,
        reasoning: Text<'a>,
        tool_calls: Few<AnswerCall<'a>>,
        function_call: Ignored,
        annotations: Few<Annotation<'a>>,
        // As OpenRouter and Google give them: <https://openrouter.ai/docs/features/multimodal/image-generation>.
        images: Few<AnswerPart<'a>>,
        audio: Audio<'a>,
    }
}
shape! {
    /// A call; its index is that of a stream.
    AnswerCall { index: u64, id: Text<'a>, function: Function<'a>, custom: Ignored }
}
shape! { Function { name: Text<'a>, arguments: Raw<'a> } }
shape! { Audio { data: Ignored, transcript: Text<'a> } }
shape! {
    AnswerPart {
        kind as "type": Text<'a>,
        text: Text<'a>,
        refusal: Text<'a>,
        thinking: OneOrMany<'a, ThoughtPart<'a>>,
        image_url: StringOr<'a, ImageUrl<'a>>,
    }
}
shape! { ThoughtPart { text: Text<'a> } }

impl<'a> AnswerMessage<'a> {
    /// Hands on what is said before any call, in order, and nothing that is empty.
    pub(super) fn take_content(&mut self, sink: &mut dyn FnMut(Piece<'a>)) {
        let thoughts = self.reasoning_content.take().or(self.reasoning.take());
        think(thoughts, sink);
        match self.content.take() {
            None => {}
            Some(StringOr::Text(text)) => say(text, sink),
            Some(StringOr::Other(parts)) => parts.into_iter().for_each(|part| part.read(sink)),
        }
        if let Some(audio) = self.audio.take() {
            if audio.data.is_some() {
                sink(Err("audio".into()));
            }
            // What was spoken, in writing.
            audio.transcript.into_iter().for_each(|text| say(text, sink));
        }
        for annotation in self.annotations.take().into_iter().flatten() {
            sink(annotation.read().map(Part::Citation).ok_or_else(|| "annotations".into()));
        }
        self.images.take().into_iter().flatten().for_each(|image| image.read(sink));
        if let Some(text) = self.refusal.take().filter(|text| !text.is_empty()) {
            sink(Ok(Part::Refusal(text)));
        }
        if self.function_call.is_some() {
            sink(Err("function_call".into()));
        }
    }
}

fn say<'a>(text: Text<'a>, sink: &mut dyn FnMut(Piece<'a>)) {
    if !text.is_empty() {
        sink(Ok(Part::Text(text)));
    }
}

impl<'a> AnswerPart<'a> {
    fn read(self, sink: &mut dyn FnMut(Piece<'a>)) {
        let said = |text: &Text<'_>| !text.is_empty();
        let known = self.text.is_some() || self.refusal.is_some() || self.thinking.is_some();
        match self.thinking {
            None => {}
            Some(StringOr::Text(text)) => think(Some(text), sink),
            Some(StringOr::Other(thoughts)) => thoughts.into_iter().for_each(|thought| think(thought.text, sink)),
        }
        if let Some(text) = self.text.filter(said) {
            sink(Ok(Part::Text(text)));
        }
        if let Some(text) = self.refusal.filter(said) {
            sink(Ok(Part::Refusal(text)));
        }
        let url = self.image_url.and_then(|image| match image {
            StringOr::Text(url) => Some(url),
            StringOr::Other(image) => image.url,
        });
        match (url.map(|url| read_url(url, "url")), self.kind) {
            (Some(Ok(source)), _) => sink(Ok(Part::Image(Image { source }))),
            (Some(Err(_)), _) => sink(Err("image".into())),
            (None, Some(kind)) if !known => sink(Err(kind)),
            (None, _) => {}
        }
    }
}

fn think<'a>(text: Option<Text<'a>>, sink: &mut dyn FnMut(Piece<'a>)) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        sink(Ok(Part::Thinking { text, signature: None }));
    }
}
