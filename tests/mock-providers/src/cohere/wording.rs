//! How Cohere says where something is and what is wrong with it.

use crate::problem::Problem;
use crate::shape::Wording;
use serde_json::Value;

/// Cohere's words.
pub struct CohereWording;

/// An invalid request.
pub fn invalid(message: &str) -> Problem {
    Problem::new(400, "", format!("invalid request: {message}"))
}

/// What cannot even be read.
fn unreadable(message: &str) -> Problem {
    Problem::new(
        422,
        "",
        format!("{message}. For proper usage, please refer to https://docs.cohere.com/reference/chat"),
    )
}

impl Wording for CohereWording {
    fn key(&self, path: &str, key: &str) -> String {
        if path.is_empty() { key.to_string() } else { format!("{path}.{key}") }
    }

    fn item(&self, path: &str, index: usize) -> String {
        format!("{path}[{index}]")
    }

    fn missing(&self, path: &str) -> Problem {
        invalid(&format!("{path} is required"))
    }

    fn unknown(&self, _: &str, key: &str) -> Problem {
        unreadable(&format!("unknown field: parameter '{key}' is not a valid field"))
    }

    fn wrong_type(&self, path: &str, expected: &str, found: &Value) -> Problem {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let expected = expected.trim_start_matches("an ").trim_start_matches("a ");
        unreadable(&format!("invalid type: parameter {path} is of type {found} but should be of type {expected}"))
    }

    fn not_one_of(&self, path: &str, found: &str, allowed: &[&str]) -> Problem {
        invalid(&format!("{path} must be one of {}, not '{found}'", allowed.join(", ")))
    }

    fn out_of_range(&self, path: &str, below: bool, bound: f64) -> Problem {
        let than = if below { "at least" } else { "at most" };
        invalid(&format!("{path} must be {than} {bound}"))
    }

    fn mismatch(&self, path: &str, pattern: &str) -> Problem {
        invalid(&format!("{path} must match {pattern}"))
    }

    fn other(&self, _: &str, message: &str) -> Problem {
        invalid(message)
    }
}
