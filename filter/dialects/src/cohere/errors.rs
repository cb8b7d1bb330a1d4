//! Errors as this API words them: <https://docs.cohere.com/reference/errors>.

use super::{ERROR, MESSAGE_END, write_usage};
use crate::json::{Text, Writer, parse, shape};
use crate::neutral::{Failure, Usage};
use crate::sse;

shape! { Body { message: Text<'a> } }

/// Reads an error's body, if it is one of this API's.
pub(crate) fn read_error(body: &str, status: u16) -> Option<Failure> {
    let message = parse::<Body<'_>>(body).ok()?.message?;
    Some(Failure::new(status, &*message))
}

/// Writes `failure` as a whole body.
pub(crate) fn write_error(failure: &Failure, out: &mut Vec<u8>) {
    Writer::new(out).object(|w| w.key("message").string(&failure.message));
}

/// Writes `failure` as the last event of a stream.
pub(crate) fn write_error_event(failure: &Failure, usage: Option<&Usage>, out: &mut Vec<u8>) {
    sse::write(out, Some(MESSAGE_END), |data| {
        Writer::new(data).object(|w| {
            w.key("type").string(MESSAGE_END);
            w.key("delta").object(|w| {
                w.key("error").string(&failure.message);
                w.key("finish_reason").string(ERROR);
                if let Some(usage) = usage {
                    write_usage(w.key("usage"), usage);
                }
            });
        });
    });
}
