//! Errors as this API words them.

use crate::json::{Text, Writer, parse, shape};
use crate::neutral::Failure;
use crate::sse;

shape! { Body { error: ErrorShape<'a> } }
shape! { ErrorShape { kind as "type": Text<'a>, message: Text<'a> } }

/// Status and `type`, as <https://platform.claude.com/docs/en/api/errors> has them.
const TYPES: [(u16, &str); 10] = [
    (400, "invalid_request_error"),
    (401, "authentication_error"),
    (402, "billing_error"),
    (403, "permission_error"),
    (404, "not_found_error"),
    (409, "conflict_error"),
    (413, "request_too_large"),
    (429, "rate_limit_error"),
    (504, "timeout_error"),
    (529, "overloaded_error"),
];

fn type_of(status: u16) -> &'static str {
    let default = if status < 500 { "invalid_request_error" } else { "api_error" };
    TYPES.iter().find(|(known, _)| *known == status).map_or(default, |&(_, name)| name)
}

/// The status that an error in the middle of a stream would have had.
fn status_of(kind: &str) -> u16 {
    TYPES.iter().find(|(_, name)| *name == kind).map_or(500, |&(status, _)| status)
}

/// Reads an error's body, if it is one of this API's. Status 200 (a stream) gives way to the type's.
pub(crate) fn read_error(body: &str, status: u16) -> Option<Failure> {
    let error = parse::<Body<'_>>(body).ok()?.error?;
    let status = if status < 400 { status_of(error.kind.as_deref().unwrap_or_default()) } else { status };
    Some(Failure::new(status, error.message.as_deref().unwrap_or("The provider gave no reason.")))
}

/// Writes `failure` as a whole body.
pub(crate) fn write_error(failure: &Failure, out: &mut Vec<u8>) {
    Writer::new(out).object(|w| {
        w.key("type").string("error");
        w.key("error").object(|w| {
            w.key("type").string(type_of(failure.status));
            w.key("message").string(&failure.message);
        });
        w.key("request_id").null();
    });
}

/// Writes `failure` as the last event of a stream.
pub(crate) fn write_error_event(failure: &Failure, out: &mut Vec<u8>) {
    sse::write(out, Some("error"), |data| write_error(failure, data));
}
