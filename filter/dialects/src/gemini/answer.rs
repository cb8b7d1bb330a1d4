//! What whole answers and the chunks of a stream have in common.

use super::grounding::{Grounding, Recited};
use super::parts::{Media, PartShape};
use super::proof;
use crate::base64;
use crate::json::{Few, Ignored, Raw, Text, shape};
use crate::neutral::{Arguments, Count, Finish, Image, Part, Piece, Source, ToolCall, Usage, is_media_type};

shape! {
    Answer {
        candidates: Few<Candidate<'a>>,
        feedback as "promptFeedback": Feedback<'a>,
        usage as "usageMetadata": UsageShape<'a>,
        model as "modelVersion": Text<'a>,
        id as "responseId": Text<'a>,
        error: Raw<'a>,
    }
}
shape! {
    Candidate {
        index: u64,
        content: Content<'a>,
        finish_reason as "finishReason": Text<'a>,
        finish_message as "finishMessage": Text<'a>,
        grounding as "groundingMetadata": Grounding<'a>,
        logprobs as "logprobsResult": Raw<'a>,
        recited as "citationMetadata": Recited<'a>,
        url_context as "urlContextMetadata": Ignored,
    }
}
shape! { Content { parts: Few<PartShape<'a>> } }
shape! {
    Feedback { reason as "blockReason": Text<'a>, message as "blockReasonMessage": Text<'a> }
}
shape! {
    UsageShape {
        prompt as "promptTokenCount": Count,
        tool_use as "toolUsePromptTokenCount": Count,
        cached as "cachedContentTokenCount": Count,
        candidates as "candidatesTokenCount": Count,
        thoughts as "thoughtsTokenCount": Count,
    }
}
shape! {
    /// No more than must be known of an answer that is passed on as it is.
    Watched {
        candidates: Few<Ending<'a>>,
        feedback as "promptFeedback": Feedback<'a>,
        usage as "usageMetadata": UsageShape<'a>,
        error: Raw<'a>,
    }
}
shape! { Ending { index: u64, finish_reason as "finishReason": Text<'a> } }

impl UsageShape<'_> {
    /// Google counts the results of its own tools and the thoughts apart.
    pub(crate) fn to_usage(&self) -> Usage {
        let count = |count: Option<Count>| count.unwrap_or_default().0;
        Usage {
            input: count(self.prompt).saturating_add(count(self.tool_use)),
            cached_input: count(self.cached),
            cache_write: 0,
            output: count(self.candidates).saturating_add(count(self.thoughts)),
            reasoning: count(self.thoughts),
        }
    }
}

impl<'a> Answer<'a> {
    /// The first candidate: no translated request asks for more.
    pub(crate) fn take_candidate(&mut self) -> Option<Candidate<'a>> {
        self.candidates.take().into_iter().flatten().find(|candidate| candidate.index.unwrap_or(0) == 0)
    }
}

impl<'a> Feedback<'a> {
    /// What a client is told of a prompt that was blocked, if it was.
    pub(crate) fn refusal(self) -> Option<Text<'a>> {
        let reason = self.reason?;
        Some(self.message.unwrap_or_else(|| format!("The provider blocked the prompt: {}.", &*reason).into()))
    }
}

impl<'a> Candidate<'a> {
    /// Hands on where the answer is from. Where `text` is all that was said, each source comes with the parts
    /// of it that are meant.
    pub(super) fn take_citations(&mut self, text: Option<&str>, sink: &mut dyn FnMut(Piece<'a>)) {
        if let Some(recited) = self.recited.take() {
            recited.read(text, sink);
        }
        if let Some(grounding) = self.grounding.take() {
            grounding.read(text, sink);
        }
    }

    /// Hands on what is said, in order, and each part's proof.
    pub(super) fn take_parts(&mut self, calls: &mut u64, sink: &mut dyn FnMut(Piece<'a>, Option<Part<'a>>)) {
        if self.url_context.is_some() {
            sink(Err("urlContextMetadata".into()), None);
        }
        let parts = self.content.take().and_then(|content| content.parts);
        for mut part in parts.into_iter().flatten() {
            let proof = part.thought_signature.take().map(proof::given);
            if let Some(call) = part.function_call {
                if call.args.is_none() && !call.unknown.0.is_empty() {
                    sink(Err("partialArgs".into()), None);
                }
                *calls = calls.saturating_add(1);
                let call = ToolCall {
                    id: call.id.unwrap_or_default(),
                    name: call.name.unwrap_or_default(),
                    arguments: call.args.map_or(Arguments::Text("{}".into()), Arguments::Object),
                };
                sink(Ok(Part::ToolCall(call)), proof);
            } else if let Some(text) = part.text {
                let part = if part.thought == Some(true) {
                    Part::Thinking { text, signature: None }
                } else {
                    Part::Text(text)
                };
                sink(Ok(part), proof);
            } else if part.inline_data.is_some() && part.thought != Some(true) {
                sink(read_image(*part.inline_data.take().unwrap_or_default()), proof);
            } else {
                sink(Err(part.name().unwrap_or_default()), proof);
            }
        }
    }
}

fn read_image(media: Media<'_>) -> Piece<'_> {
    let media_type = media.mime_type.unwrap_or_default();
    let data = base64::standard(media.data.unwrap_or_default().into_cow());
    match Source::base64(media_type.clone().into_cow(), data) {
        Ok(source) if media_type.starts_with("image/") && is_media_type(&media_type) => {
            Ok(Part::Image(Image { source }))
        }
        _ => Err(media_type.split('/').next().unwrap_or_default().to_owned().into()),
    }
}

/// Why an answer ended, if it says so.
pub(super) fn read_finish(reason: Option<Text<'_>>, calls: bool) -> Option<Finish> {
    let reason = reason.filter(|reason| !reason.is_empty() && &**reason != "FINISH_REASON_UNSPECIFIED")?;
    match finish_from(&reason) {
        Finish::Stop if calls => Some(Finish::ToolCalls),
        finish => Some(finish),
    }
}

/// `finishReason`, both ways. The first row that fits is taken.
const FINISH_REASONS: [(&str, Finish); 28] = [
    ("STOP", Finish::Stop),
    ("MAX_TOKENS", Finish::Length),
    ("SAFETY", Finish::ContentFilter),
    ("RECITATION", Finish::ContentFilter),
    ("LANGUAGE", Finish::ContentFilter),
    ("BLOCKLIST", Finish::ContentFilter),
    ("PROHIBITED_CONTENT", Finish::ContentFilter),
    ("SPII", Finish::ContentFilter),
    ("IMAGE_SAFETY", Finish::ContentFilter),
    ("IMAGE_PROHIBITED_CONTENT", Finish::ContentFilter),
    ("IMAGE_RECITATION", Finish::ContentFilter),
    ("IMAGE_OTHER", Finish::ContentFilter),
    ("MODEL_ARMOR", Finish::ContentFilter),
    ("ESCALATION", Finish::ContentFilter),
    ("PUP_LIMITED_DISABLED", Finish::ContentFilter),
    // Calls that could not be read are kept back, as by a filter: no other API has a word for them, and
    // the answer must not look as if it were whole.
    ("MALFORMED_FUNCTION_CALL", Finish::ContentFilter),
    ("UNEXPECTED_TOOL_CALL", Finish::ContentFilter),
    ("TOO_MANY_TOOL_CALLS", Finish::ContentFilter),
    ("MALFORMED_RESPONSE", Finish::ContentFilter),
    ("MISSING_THOUGHT_SIGNATURE", Finish::ContentFilter),
    // Goes on with a token that no other API has: the answer is cut.
    ("CONTINUATION", Finish::Length),
    ("STOP", Finish::StopSequence),
    ("STOP", Finish::ToolCalls),
    ("SAFETY", Finish::Refusal),
    ("MAX_TOKENS", Finish::ContextWindow),
    ("OTHER", Finish::ContentFilter),
    ("NO_IMAGE", Finish::Stop),
    ("OTHER", Finish::Paused),
];

fn finish_from(reason: &str) -> Finish {
    FINISH_REASONS.iter().find(|(word, _)| *word == reason).map_or(Finish::Stop, |&(_, finish)| finish)
}

pub(super) fn finish_word(finish: Finish) -> &'static str {
    FINISH_REASONS.iter().find(|(_, known)| *known == finish).map_or("STOP", |&(word, _)| word)
}
