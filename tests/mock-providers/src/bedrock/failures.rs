//! The failures there are: those that come instead of an answer, and those in the middle of a stream.

use crate::problem::Problem;
use crate::sse::Event;
use serde_json::json;

/// What is said with an error status.
pub fn instead(status: u16) -> Problem {
    let (kind, message) = match status {
        401 | 403 => return super::auth::wrong_key(),
        402 => ("ServiceQuotaExceededException", "Your request exceeds the service quota for your account."),
        404 => {
            ("ResourceNotFoundException", "Could not resolve the foundation model from the provided model identifier.")
        }
        408 => ("ModelTimeoutException", "Model has timed out in processing the request. Try your request again."),
        413 => ("RequestEntityTooLargeException", "Request body is larger than the maximum of 25000000 bytes."),
        424 => ("ModelErrorException", "The request failed due to an error while processing the model."),
        429 => ("ThrottlingException", "Too many requests, please wait before trying again."),
        503 => ("ServiceUnavailableException", "The service isn't currently available. Try your request again."),
        500.. => (
            "InternalServerException",
            "The system encountered an unexpected error during processing. Try your request again.",
        ),
        _ => ("ValidationException", "The input fails to satisfy the constraints specified by the service."),
    };
    Problem::new(status, kind, message)
}

const MODEL_FAILED: &str = "modelStreamErrorException";
/// The failures in the middle of a stream, and what they say; the usual one comes first.
const MIDSTREAM: &[(&str, &str)] = &[
    (MODEL_FAILED, "The model encountered an unexpected error during processing. Try your request again."),
    (
        "internalServerException",
        "The system encountered an unexpected error during processing. Try your request again.",
    ),
    ("modelTimeoutException", "Model has timed out in processing the request."),
    ("serviceUnavailableException", "Bedrock is unable to process your request."),
    ("throttlingException", "Too many tokens, please wait before trying again."),
    ("validationException", "The input does not satisfy the constraints."),
];

/// The failures in the middle of a stream, by name.
pub fn midstream() -> Vec<(&'static str, Event)> {
    let failure = |(name, message): &(&'static str, &str)| {
        let mut data = json!({"message": message});
        if *name == MODEL_FAILED {
            data["originalMessage"] = (*message).into();
            data["originalStatusCode"] = 500.into();
        }
        (*name, Event::Exception { name, data: data.to_string() })
    };
    MIDSTREAM.iter().map(failure).collect()
}
