//! Errors as Google words them: <https://google.aip.dev/193>.

use super::proto::Number;
use crate::codec::Broken;
use crate::frames::Frames;
use crate::json::{Few, Text, Writer, parse, shape};
use crate::neutral::Failure;

shape! { Body { error: ErrorShape<'a> } }
shape! {
    ErrorShape { code: Number, message: Text<'a>, status: Text<'a>, details: Few<Detail<'a>> }
}
shape! { Detail { reason: Text<'a>, retry_delay as "retryDelay": Text<'a> } }

/// Codes and `status`. The first row that fits is taken.
const STATUSES: [(u16, &str); 18] = [
    (400, "INVALID_ARGUMENT"),
    (401, "UNAUTHENTICATED"),
    (403, "PERMISSION_DENIED"),
    (404, "NOT_FOUND"),
    (409, "ABORTED"),
    (429, "RESOURCE_EXHAUSTED"),
    (499, "CANCELLED"),
    (500, "INTERNAL"),
    (501, "UNIMPLEMENTED"),
    (503, "UNAVAILABLE"),
    (504, "DEADLINE_EXCEEDED"),
    (400, "FAILED_PRECONDITION"),
    (400, "OUT_OF_RANGE"),
    (409, "ALREADY_EXISTS"),
    (500, "UNKNOWN"),
    (500, "DATA_LOSS"),
    (402, "FAILED_PRECONDITION"),
    (529, "UNAVAILABLE"),
];

fn status_word(code: u16) -> &'static str {
    let default = if code < 500 { "INVALID_ARGUMENT" } else { "INTERNAL" };
    STATUSES.iter().find(|(known, _)| *known == code).map_or(default, |&(_, word)| word)
}

/// Reads an error's body, if it is one of this API's. Status 200 (a stream) gives way to the error's own.
/// Streams that are arrays have their errors in an array, too.
pub(crate) fn read_error(body: &str, status: u16) -> Option<Failure> {
    let body = body.trim();
    let only = body.strip_prefix('[').and_then(|body| body.strip_suffix(']')).unwrap_or(body);
    let error = parse::<Body<'_>>(only).ok()?.error?;
    let mut failure = Failure::new(status, error.message.as_deref().unwrap_or("The provider gave no reason."));
    if status < 400 {
        let named = STATUSES.iter().find(|(_, word)| error.status.as_deref() == Some(*word)).map(|&(code, _)| code);
        let code = error.code.map(|Number(code)| code as u16).filter(|code| (400..600).contains(code));
        failure.status = code.or(named).unwrap_or(500);
    }
    for detail in error.details.into_iter().flatten() {
        if detail.reason.as_deref() == Some("API_KEY_INVALID") {
            failure.status = 401;
        }
        let delay = detail.retry_delay;
        failure.retry_after = failure.retry_after.or(delay.as_deref().and_then(seconds));
        if let Some(delay) = delay.filter(|_| !failure.message.contains("retry in")) {
            failure.message = format!("{} Please retry in {}.", failure.message.trim_end(), &*delay);
        }
    }
    Some(failure)
}

/// A duration as proto JSON writes it, `7s` or `7.25s`, in whole seconds and never too few.
fn seconds(duration: &str) -> Option<u64> {
    let seconds: f64 = duration.strip_suffix('s')?.parse().ok()?;
    // The cast saturates at both ends.
    (seconds >= 0.0).then(|| seconds.ceil() as u64)
}

/// Writes `failure` as a whole body.
pub(crate) fn write_error(failure: &Failure, out: &mut Vec<u8>) {
    Writer::new(out).object(|w| {
        w.key("error").object(|w| {
            w.key("code").unsigned(failure.status.into());
            w.key("message").string(&failure.message);
            w.key("status").string(status_word(failure.status));
            if failure.code.is_some() || failure.param.is_some() {
                w.key("details").array(|w| write_details(w, failure));
            }
        });
    });
}

fn write_details(w: &mut Writer<'_>, failure: &Failure) {
    if let Some(code) = &failure.code {
        w.object(|w| {
            w.key("@type").string("type.googleapis.com/google.rpc.ErrorInfo");
            w.key("reason").string(&code.to_ascii_uppercase());
        });
    }
    if let Some(field) = &failure.param {
        w.object(|w| {
            w.key("@type").string("type.googleapis.com/google.rpc.BadRequest");
            w.key("fieldViolations").array(|w| {
                w.object(|w| {
                    w.key("field").string(field);
                    w.key("description").string(&failure.message);
                });
            });
        });
    }
}

/// Writes an error as the last event of a stream.
pub(crate) fn write_error_event(broken: Broken<'_>, out: &mut Vec<u8>) {
    let mut frames = Frames::after(broken.events, broken.form);
    frames.event(out, "", |data| write_error(broken.failure, data));
    frames.end(out);
}
