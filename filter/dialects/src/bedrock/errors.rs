//! Errors as this API words them.

use crate::event_stream::{EXCEPTION, write_exception};
use crate::json::{Text, Writer, parse, shape};
use crate::neutral::Failure;

shape! { Body { message: Text<'a>, capital as "Message": Text<'a>, kind as "__type": Text<'a> } }

/// Status and exception, as the service model and
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html> have them. The first row
/// that fits is taken.
const EXCEPTIONS: [(u16, &str); 14] = [
    (400, "ValidationException"),
    (401, "UnrecognizedClientException"),
    (402, "ServiceQuotaExceededException"),
    (403, "AccessDeniedException"),
    (404, "ResourceNotFoundException"),
    (408, "ModelTimeoutException"),
    (409, "ConflictException"),
    (424, "ModelErrorException"),
    (424, "ModelStreamErrorException"),
    (429, "ThrottlingException"),
    (429, "ModelNotReadyException"),
    (500, "InternalServerException"),
    (503, "ServiceUnavailableException"),
    (529, "ServiceUnavailableException"),
];

/// The exceptions that a stream can end in.
const IN_STREAMS: [(u16, &str); 6] = [
    (400, "validationException"),
    (424, "modelStreamErrorException"),
    (429, "throttlingException"),
    (502, "modelStreamErrorException"),
    (503, "serviceUnavailableException"),
    (529, "serviceUnavailableException"),
];

fn exception_of(status: u16) -> &'static str {
    let default = if status < 500 { "ValidationException" } else { "InternalServerException" };
    EXCEPTIONS.iter().find(|(known, _)| *known == status).map_or(default, |&(_, name)| name)
}

/// The status that an exception in the middle of a stream would have had. Names begin in lower case
/// there.
fn status_of(exception: &str) -> u16 {
    EXCEPTIONS.iter().find(|(_, name)| name.eq_ignore_ascii_case(exception)).map_or(500, |&(status, _)| status)
}

/// Reads an error's body, if it is one of this API's.
pub(crate) fn read_error(body: &str, status: u16) -> Option<Failure> {
    let body: Body<'_> = parse(body).ok()?;
    let message = body.message.or(body.capital);
    if message.is_none() && body.kind.is_none() {
        return None;
    }
    Some(Failure::new(status, message.as_deref().unwrap_or("The provider gave no reason.")))
}

/// Reads the exception that a stream ends in, by the name of its message.
pub(crate) fn read_exception(name: &str, data: &str) -> Failure {
    let status = status_of(name.strip_prefix(EXCEPTION).unwrap_or(name));
    read_error(data, status).unwrap_or_else(|| Failure::new(status, "The provider ended the stream with an error."))
}

/// Writes `failure` as a whole body. The type, which AWS has in a header too, is what SDKs name their
/// exceptions by.
pub(crate) fn write_error(failure: &Failure, out: &mut Vec<u8>) {
    Writer::new(out).object(|w| {
        w.key("__type").string(exception_of(failure.status));
        w.key("message").string(&failure.message);
    });
}

/// Writes `failure` as the last message of a stream.
pub(crate) fn write_error_event(failure: &Failure, out: &mut Vec<u8>) {
    let known = IN_STREAMS.iter().find(|(status, _)| *status == failure.status);
    let default = if failure.status < 500 { "validationException" } else { "internalServerException" };
    write_exception(out, known.map_or(default, |&(_, name)| name), |data| {
        Writer::new(data).object(|w| w.key("message").string(&failure.message));
    });
}
