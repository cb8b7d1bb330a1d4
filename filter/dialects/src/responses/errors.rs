//! Errors in the middle of a stream. Whole errors are those of Chat Completions.

use crate::json::{Text, Writer, shape};
use crate::neutral::Failure;
use crate::openai::{status_of, words};
use crate::sse;

shape! {
    /// An error as it stands in an event, in a response, or beside the event's type.
    ErrorShape { code: Text<'a>, kind as "type": Text<'a>, message: Text<'a>, param: Text<'a> }
}

impl ErrorShape<'_> {
    pub(super) fn to_failure(&self) -> Failure {
        let words = [self.code.as_deref(), self.kind.as_deref()];
        let status = words.into_iter().flatten().find_map(status_of);
        // What is left are refusals of the request: its prompt, its images.
        let default = if words == [None, None] { 500 } else { 400 };
        Failure {
            status: status.unwrap_or(default),
            message: self.message.as_deref().unwrap_or("The provider gave no reason.").to_owned(),
            code: self.code.as_deref().map(str::to_owned),
            param: self.param.as_deref().map(str::to_owned),
            retry_after: None,
        }
    }
}

/// Writes `failure` as an `error` event, both as the API sends it and as its reference describes it:
/// SDKs look for the one or the other.
pub(super) fn write_error_event(failure: &Failure, sequence: u64, out: &mut Vec<u8>) {
    sse::write(out, Some("error"), |data| {
        Writer::new(data).object(|w| {
            let (kind, code) = words(failure.status);
            // Some clients cannot read an error without a code.
            let code = failure.code.as_deref().or(code).unwrap_or(kind);
            let members = |w: &mut Writer<'_>| {
                w.key("code").string(code);
                w.key("message").string(&failure.message);
                w.key("param").string_or_null(failure.param.as_deref());
            };
            w.key("type").string("error");
            w.key("sequence_number").unsigned(sequence);
            w.key("error").object(|w| {
                w.key("type").string(kind);
                members(w);
            });
            members(w);
        });
    });
}

/// Writes `failure` as a response's `error`, whose codes are a list of their own.
pub(super) fn write_response_error(w: &mut Writer<'_>, failure: &Failure) {
    let code = match failure.status {
        429 => "rate_limit_exceeded",
        400..500 => "invalid_prompt",
        _ => "server_error",
    };
    w.object(|w| {
        w.key("code").string(code);
        w.key("message").string(&failure.message);
    });
}
