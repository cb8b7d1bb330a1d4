//! Writes a whole `response`, which is also what a stream begins and ends with.

use super::errors::write_response_error;
use super::incomplete_reason;
use super::items::{
    ItemIds, ItemStatus, tokens_json, write_annotation, write_call, write_image, write_message, write_refusal,
    write_text, write_thoughts,
};
use crate::codec::Answering;
use crate::json::{Quotable, Writer};
use crate::neutral::{Failure, Finish, Part, Response, TokenLogprob, Usage, take_said};

/// How far a response has come.
#[derive(Clone, Copy, Debug)]
pub(super) enum Status<'f> {
    InProgress,
    Ended(Finish),
    Failed(&'f Failure),
}

/// What all forms of one response have in common.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub(super) id: String,
    pub(super) model: String,
    pub(super) created: u64,
}

/// Writes a response. Members that repeat the request, which is gone by now, say what a request that
/// leaves them out would get.
pub(super) fn write_head(
    w: &mut Writer<'_>,
    head: &Head,
    status: Status<'_>,
    usage: Option<&Usage>,
    output: &mut dyn FnMut(&mut Writer<'_>),
) {
    let incomplete = match status {
        Status::Ended(finish) => incomplete_reason(finish),
        _ => None,
    };
    w.object(|w| {
        w.key("id").string(&head.id);
        w.key("object").string("response");
        w.key("created_at").unsigned(head.created);
        w.key("status").string(match (status, incomplete) {
            (Status::InProgress, _) => "in_progress",
            (Status::Failed(_), _) => "failed",
            (Status::Ended(_), None) => "completed",
            (Status::Ended(_), Some(_)) => "incomplete",
        });
        w.key("background").bool(false);
        match status {
            Status::Failed(failure) => write_response_error(w.key("error"), failure),
            _ => w.key("error").null(),
        }
        match incomplete {
            Some(reason) => w.key("incomplete_details").object(|w| w.key("reason").string(reason)),
            None => w.key("incomplete_details").null(),
        }
        w.key("instructions").null();
        w.key("max_output_tokens").null();
        w.key("model").string(&head.model);
        w.key("output").array(output);
        w.key("parallel_tool_calls").bool(true);
        w.key("previous_response_id").null();
        w.key("temperature").null();
        w.key("tool_choice").string("auto");
        w.key("tools").array(|_| ());
        w.key("top_p").null();
        match usage {
            Some(usage) => write_usage(w.key("usage"), usage),
            None => w.key("usage").null(),
        }
        w.key("metadata").object(|_| ());
    });
}

fn write_usage(w: &mut Writer<'_>, usage: &Usage) {
    w.object(|w| {
        w.key("input_tokens").unsigned(usage.input);
        w.key("input_tokens_details").object(|w| {
            w.key("cached_tokens").unsigned(usage.cached_input);
            w.key("cache_write_tokens").unsigned(usage.cache_write);
        });
        w.key("output_tokens").unsigned(usage.output);
        w.key("output_tokens_details").object(|w| w.key("reasoning_tokens").unsigned(usage.reasoning));
        w.key("total_tokens").unsigned(usage.total());
    });
}

/// Writes `response` as this API answers.
pub(crate) fn write_response(response: &Response<'_>, answering: Answering, out: &mut Vec<u8>) {
    let head = Head { id: response.id.to_string(), model: response.model.to_string(), created: answering.created };
    let status = Status::Ended(response.finish);
    write_head(&mut Writer::new(out), &head, status, Some(&response.usage), &mut |w| write_output(w, response));
}

fn write_output(w: &mut Writer<'_>, response: &Response<'_>) {
    let ids = ItemIds::of(&response.id);
    let mut rest = &*response.parts;
    let mut tokens = &*response.logprobs;
    let mut index: u64 = 0;
    while let Some((part, after)) = rest.split_first() {
        let end = rest.iter().position(|part| !is_message(part)).unwrap_or(rest.len());
        let (message, after) = rest.split_at_checked(end.max(1)).unwrap_or((rest, after));
        let status = match incomplete_reason(response.finish) {
            Some(_) if after.is_empty() => ItemStatus::Incomplete,
            _ => ItemStatus::Completed,
        };
        match part {
            Part::Thinking { text, signature } => {
                write_thoughts(w, &ids.id("rs", index), status, Some(text.quoted()), signature.as_ref());
            }
            Part::RedactedThinking(signature) => {
                write_thoughts(w, &ids.id("rs", index), status, None, Some(signature));
            }
            Part::ToolCall(call) => {
                let said = (&*call.id, &*call.name, call.arguments.quoted());
                write_call(w, &ids.id("fc", index), status, said);
            }
            // It is there, whatever came after it.
            Part::Image(image) => write_image(w, &ids.id("ig", index), ItemStatus::Completed, &image.source),
            part if is_message(part) => {
                let last = !after.iter().any(|part| matches!(part, Part::Text(_)));
                write_message(w, &ids.id("msg", index), status, &mut |w| write_content(w, message, &mut tokens, last));
            }
            _ => {}
        }
        index = index.saturating_add(1);
        rest = after;
    }
}

fn is_message(part: &Part<'_>) -> bool {
    matches!(part, Part::Text(_) | Part::Refusal(_) | Part::Citation(_))
}

/// Each text takes its tokens, and the last one of all of them the rest: not all tokens show as text.
fn write_content(w: &mut Writer<'_>, parts: &[Part<'_>], tokens: &mut &[TokenLogprob<'_>], last: bool) {
    for (index, part) in parts.iter().enumerate() {
        match part {
            Part::Text(text) => {
                let length = text.characters();
                let after = parts.get(index.saturating_add(1)..).unwrap_or_default();
                let mut annotations = Vec::new();
                let mut notes = Writer::new(&mut annotations);
                after
                    .iter()
                    .map_while(|part| if let Part::Citation(citation) = part { Some(citation) } else { None })
                    .for_each(|citation| write_annotation(&mut notes, citation, length));
                let is_last = last && !after.iter().any(|part| matches!(part, Part::Text(_)));
                let tokens = take_said(tokens, if is_last { usize::MAX } else { text.len() });
                write_text(w, text, std::str::from_utf8(&annotations).unwrap_or_default(), &tokens_json(tokens));
            }
            Part::Refusal(text) => write_refusal(w, text),
            _ => {}
        }
    }
}
