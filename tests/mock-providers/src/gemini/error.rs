//! What Google's errors look like.

use crate::problem::Problem;
use serde_json::{Value, json};

/// The names of statuses.
const STATUSES: &[(u16, &str)] = &[
    (400, "INVALID_ARGUMENT"),
    (401, "UNAUTHENTICATED"),
    (403, "PERMISSION_DENIED"),
    (404, "NOT_FOUND"),
    (409, "ABORTED"),
    (416, "OUT_OF_RANGE"),
    (429, "RESOURCE_EXHAUSTED"),
    (499, "CANCELLED"),
    (500, "INTERNAL"),
    (501, "UNIMPLEMENTED"),
    (503, "UNAVAILABLE"),
    (504, "DEADLINE_EXCEEDED"),
];

/// An invalid request.
pub fn invalid(message: impl Into<String>) -> Problem {
    Problem::new(400, "INVALID_ARGUMENT", message)
}

/// A field of the request for content that is invalid by itself.
pub fn at_fault(field: &str, what: &str) -> Problem {
    invalid(format!("* GenerateContentRequest.{field}: {what}\n"))
}

/// The 400 for a key that is not valid.
pub fn wrong_key() -> Problem {
    invalid("API key not valid. Please pass a valid API key.").detailed(json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "API_KEY_INVALID",
        "domain": "googleapis.com",
        "metadata": {"service": "generativelanguage.googleapis.com"},
    }))
}

/// The 403 for no key at all.
pub fn no_key() -> Problem {
    Problem::new(
        403,
        "PERMISSION_DENIED",
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or \
         other form of API consumer identity to call this API.",
    )
}

/// The 401 for no token or a wrong one.
pub fn wrong_token() -> Problem {
    Problem::new(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid \
         authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
    )
    .detailed(json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_TYPE_UNSUPPORTED",
        "domain": "googleapis.com",
        "metadata": {"service": "aiplatform.googleapis.com"},
    }))
}

/// What is said with a status.
pub fn of_status(status: u16) -> Problem {
    let message = match status {
        401 => return wrong_token(),
        403 => "The caller does not have permission",
        404 => "Requested entity was not found.",
        413 => "Request payload size exceeds the limit: 20971520 bytes.",
        429 => {
            "You exceeded your current quota, please check your plan and billing details. For more information on \
             this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits."
        }
        503 => "The model is overloaded. Please try again later.",
        504 => "Deadline expired before operation could complete.",
        500.. => {
            "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting"
        }
        _ => "Request contains an invalid argument.",
    };
    Problem::new(status, status_name(status), message)
}

fn status_name(status: u16) -> &'static str {
    let usual = if status < 500 { "INVALID_ARGUMENT" } else { "INTERNAL" };
    STATUSES.iter().find(|(known, _)| *known == status).map_or(usual, |(_, name)| name)
}

/// Whether a problem is one that Google itself finds.
pub fn is_googles(problem: &Problem) -> bool {
    STATUSES.iter().any(|(_, name)| *name == problem.kind)
}

/// A problem in Google's shape.
pub fn body(problem: &Problem) -> Value {
    let mut details: Vec<_> = problem.detail.iter().map(|detail| detail.as_ref().clone()).collect();
    if let Some(seconds) = problem.retry_after {
        details.push(json!({
            "@type": "type.googleapis.com/google.rpc.RetryInfo",
            "retryDelay": format!("{seconds}s"),
        }));
    }
    let mut error = json!({"code": problem.status, "message": problem.message, "status": status_name(problem.status)});
    if !details.is_empty() {
        error["details"] = details.into();
    }
    json!({"error": error})
}
