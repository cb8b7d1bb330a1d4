//! Reads a whole `response`.

use super::errors::ErrorShape;
use super::items::image_of;
use super::read_items::join;
use super::{INCOMPLETE, proof};
use crate::json::{Few, Raw, RequestError, Text, parse, shape, text_or_json};
use crate::neutral::{
    Arguments, Citation, Count, Finish, Image, Outcome, Part, Piece, Response, TokenLogprob, ToolCall, Usage,
};
use crate::openai::read_tokens;

shape! {
    /// A response, whole or as a stream begins and ends with it.
    ResponseShape {
        id: Text<'a>,
        model: Text<'a>,
        status: Text<'a>,
        error: ErrorShape<'a>,
        incomplete_details: Incomplete<'a>,
        // Read as far as it matters: what passes by may hold anything.
        output: Raw<'a>,
        usage: UsageShape<'a>,
    }
}
shape! { ItemKind { kind as "type": Text<'a> } }
shape! { Incomplete { reason: Text<'a> } }
shape! {
    /// An item of an answer, whole or as it stands in a stream.
    OutputItem {
        kind as "type": Text<'a>,
        id: Text<'a>,
        content: Few<OutputPart<'a>>,
        summary: Few<OutputPart<'a>>,
        encrypted_content: Text<'a>,
        call_id: Text<'a>,
        name: Text<'a>,
        arguments: Raw<'a>,
        phase: Text<'a>,
        result: Raw<'a>,
        output_format: Text<'a>,
    }
}
shape! {
    OutputPart {
        kind as "type": Text<'a>,
        text: Text<'a>,
        refusal: Text<'a>,
        annotations: Few<Annotation<'a>>,
        logprobs: Raw<'a>,
    }
}
shape! {
    /// Where a text is from.
    Annotation {
        kind as "type": Text<'a>,
        url: Text<'a>,
        title: Text<'a>,
        filename: Text<'a>,
        start_index: Count,
        end_index: Count,
    }
}
shape! {
    UsageShape {
        input_tokens: Count,
        input_tokens_details: TokenDetails<'a>,
        output_tokens: Count,
        output_tokens_details: TokenDetails<'a>,
    }
}
shape! { TokenDetails { cached_tokens: Count, cache_write_tokens: Count, reasoning_tokens: Count } }

impl UsageShape<'_> {
    pub(super) fn to_usage(&self) -> Usage {
        let count = |count: Option<Count>| count.unwrap_or_default().0;
        let input = self.input_tokens_details.as_ref();
        Usage {
            input: count(self.input_tokens),
            cached_input: count(input.and_then(|details| details.cached_tokens)),
            cache_write: count(input.and_then(|details| details.cache_write_tokens)),
            output: count(self.output_tokens),
            reasoning: count(self.output_tokens_details.as_ref().and_then(|details| details.reasoning_tokens)),
        }
    }
}

/// Why an answer ended. It is complete unless it says otherwise.
fn finish_of(status: Option<Text<'_>>, details: Option<Incomplete<'_>>, refused: bool, calls: bool) -> Finish {
    let reason = details.and_then(|details| details.reason);
    let known = INCOMPLETE.iter().find(|(word, _)| reason.as_deref() == Some(word));
    match (known, status.as_deref()) {
        (Some(&(_, finish)), _) => finish,
        (None, Some("incomplete")) => Finish::Length,
        _ if refused => Finish::Refusal,
        _ if calls => Finish::ToolCalls,
        _ => Finish::Stop,
    }
}

/// Reads an answer. Items of tools that the provider ran itself have no place elsewhere, but for what they drew.
pub(crate) fn read_response(body: &str) -> Result<Response<'_>, RequestError> {
    let response: ResponseShape<'_> = parse(body)?;
    let output = response.output.ok_or_else(|| RequestError::shape("output", "is required"))?;
    if response.error.is_some() {
        return Err(RequestError::shape("error", "the response failed"));
    }
    let mut said = Response::default();
    let mut calls: u64 = 0;
    for item in parse::<Few<OutputItem<'_>>>(output.get()).map_err(|error| error.under("output"))? {
        read_item(item, &mut calls, &mut said)?;
    }
    let refused = said.parts.iter().any(|part| matches!(part, Part::Refusal(_)));
    Ok(Response {
        id: response.id.unwrap_or_default(),
        model: response.model.unwrap_or_default(),
        finish: finish_of(response.status, response.incomplete_details, refused, calls > 0),
        usage: response.usage.as_ref().map(UsageShape::to_usage).unwrap_or_default(),
        ..said
    })
}

fn read_item<'a>(item: OutputItem<'a>, calls: &mut u64, said: &mut Response<'a>) -> Result<(), RequestError> {
    match item.kind.as_deref().unwrap_or_default() {
        "message" => {
            item.report_phase(&mut |piece| said.take(piece));
            for part in item.content.into_iter().flatten() {
                said.logprobs.extend(part.tokens());
                part.read(&mut |piece| said.take(piece));
            }
        }
        "reasoning" => said.parts.extend(read_thoughts(item)),
        "function_call" => {
            said.parts.push(Part::ToolCall(ToolCall {
                id: item.call_id.unwrap_or_default(),
                name: item.name.unwrap_or_default(),
                arguments: Arguments::Text(item.arguments.map(text_or_json).transpose()?.unwrap_or_default()),
            }));
            *calls = calls.saturating_add(1);
        }
        _ => said.take(item.read_by_provider()),
    }
    Ok(())
}

impl<'a> OutputItem<'a> {
    /// What is said on the way to an answer looks like the answer itself elsewhere.
    pub(super) fn report_phase(&self, sink: &mut dyn FnMut(Piece<'a>)) {
        if self.phase.as_deref() == Some("commentary") {
            sink(Err("phase".into()));
        }
    }

    /// What a tool that the provider ran itself has made.
    pub(super) fn read_by_provider(self) -> Piece<'a> {
        let kind = self.kind.unwrap_or_default();
        let image = self.result.filter(|_| &*kind == "image_generation_call");
        let image = image.and_then(|image| parse::<Text<'_>>(image.get()).ok());
        let image = image.and_then(|data| image_of(data, self.output_format.as_deref()).ok());
        image.map(|source| Part::Image(Image { source })).ok_or(kind)
    }
}

impl<'a> OutputPart<'a> {
    /// The tokens of its text.
    pub(super) fn tokens(&self) -> Vec<TokenLogprob<'a>> {
        read_tokens(self.logprobs)
    }

    /// Hands on what is said and where it is from, and nothing that is empty.
    pub(super) fn read(self, sink: &mut dyn FnMut(Piece<'a>)) {
        let said = |text: &Text<'_>| !text.is_empty();
        if self.text.is_none() && self.refusal.is_none() {
            sink(Err(self.kind.unwrap_or_default()));
        }
        let text = self.text.filter(said);
        let is_text = text.is_some();
        text.into_iter().for_each(|text| sink(Ok(Part::Text(text))));
        for annotation in self.annotations.into_iter().flatten() {
            sink(if is_text { read_annotation(annotation) } else { Err("citation".into()) });
        }
        self.refusal.filter(said).into_iter().for_each(|text| sink(Ok(Part::Refusal(text))));
    }
}

/// Of files only the name means something elsewhere. Those that a tool made are no sources.
pub(super) fn read_annotation(annotation: Annotation<'_>) -> Piece<'_> {
    let span = annotation.start_index.zip(annotation.end_index).map(|(start, end)| (start.0, end.0));
    let kind = annotation.kind.unwrap_or_default();
    let citation = match &*kind {
        "url_citation" => Citation { url: annotation.url, title: annotation.title, span, ..Citation::default() },
        "file_citation" => Citation { title: annotation.filename, ..Citation::default() },
        _ => return Err(kind),
    };
    Ok(Part::Citation(citation))
}

pub(super) fn join_parts(parts: Option<Few<OutputPart<'_>>>) -> Option<Text<'_>> {
    join(parts.into_iter().flatten().filter_map(|part| part.text).collect())
}

/// The thoughts themselves are told in preference to a summary of them.
fn read_thoughts(item: OutputItem<'_>) -> Option<Part<'_>> {
    let text = join_parts(item.content).or_else(|| join_parts(item.summary));
    let signature = item.encrypted_content.filter(|text| !text.is_empty()).map(|text| proof::given(item.id, &text));
    match (text, signature) {
        (Some(text), signature) => Some(Part::Thinking { text, signature }),
        (None, Some(signature)) => Some(Part::RedactedThinking(signature)),
        (None, None) => None,
    }
}

impl ResponseShape<'_> {
    /// Why it ended, given what is known of its content, and what it took.
    pub(super) fn ending(self, refused: bool, calls: bool) -> (Finish, Option<Usage>) {
        let items = self.output.and_then(|output| parse::<Few<ItemKind<'_>>>(output.get()).ok());
        let calls = calls || items.into_iter().flatten().any(|item| item.kind.as_deref() == Some("function_call"));
        let usage = self.usage.as_ref().map(UsageShape::to_usage);
        (finish_of(self.status, self.incomplete_details, refused, calls), usage)
    }
}

/// Reads only what must be known of an answer that is passed on as it is.
pub(crate) fn read_outcome(body: &str) -> Result<Outcome, RequestError> {
    let response: ResponseShape<'_> = parse(body)?;
    // A response that failed has a status, and is an answer of this API.
    if response.error.is_some() && response.status.is_none() {
        return Err(RequestError::shape("error", "is no answer"));
    }
    let ended = matches!(response.status.as_deref(), Some("completed" | "incomplete"));
    let (finish, usage) = response.ending(false, false);
    Ok(Outcome { usage, finish: ended.then_some(finish) })
}
