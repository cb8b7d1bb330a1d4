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

/// The failure of that name in the middle of a stream.
pub fn midstream(name: &str) -> Option<Event> {
    let (name, message) = match name {
        "internalServerException" => {
            (INTERNAL, "The system encountered an unexpected error during processing. Try your request again.")
        }
        "modelStreamErrorException" => (
            "modelStreamErrorException",
            "The model encountered an unexpected error during processing. Try your request again.",
        ),
        "modelTimeoutException" => ("modelTimeoutException", "Model has timed out in processing the request."),
        "serviceUnavailableException" => ("serviceUnavailableException", "Bedrock is unable to process your request."),
        "throttlingException" => ("throttlingException", "Too many tokens, please wait before trying again."),
        "validationException" => ("validationException", "The input does not satisfy the constraints."),
        _ => return None,
    };
    let mut data = json!({"message": message});
    if name == "modelStreamErrorException" {
        data["originalMessage"] = message.into();
        data["originalStatusCode"] = 500.into();
    }
    Some(Event::Exception { name, data: data.to_string() })
}

const INTERNAL: &str = "internalServerException";

/// The failure that comes if no other is named.
pub fn usual_midstream() -> Event {
    let unreached = Event::Exception { name: INTERNAL, data: "{}".into() };
    midstream("modelStreamErrorException").unwrap_or(unreached)
}
