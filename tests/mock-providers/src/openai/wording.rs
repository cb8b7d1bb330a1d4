//! How OpenAI says where something is and what is wrong with it.

use crate::problem::Problem;
use crate::shape::Wording;
use serde_json::Value;

/// OpenAI's words.
pub struct OpenAiWording;

impl Wording for OpenAiWording {
    fn key(&self, path: &str, key: &str) -> String {
        if path.is_empty() { key.to_string() } else { format!("{path}.{key}") }
    }

    fn item(&self, path: &str, index: usize) -> String {
        format!("{path}[{index}]")
    }

    fn missing(&self, path: &str) -> Problem {
        Problem::invalid(format!("Missing required parameter: '{path}'."))
            .about(path)
            .coded("missing_required_parameter")
    }

    fn unknown(&self, path: &str, key: &str) -> Problem {
        if path.is_empty() {
            return Problem::invalid(format!("Unrecognized request argument supplied: {key}"));
        }
        Problem::invalid(format!("Additional properties are not allowed ('{key}' was unexpected) - '{path}'"))
            .about(self.key(path, key))
            .coded("unknown_parameter")
    }

    fn wrong_type(&self, path: &str, expected: &str, found: &Value) -> Problem {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(number) if number.is_f64() => "a decimal number",
            Value::Number(_) => "an integer",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        let message = format!("Invalid type for '{path}': expected {expected}, but got {found} instead.");
        Problem::invalid(message).about(path).coded("invalid_type")
    }

    fn not_one_of(&self, path: &str, found: &str, allowed: &[&str]) -> Problem {
        let allowed: Vec<_> = allowed.iter().map(|value| format!("'{value}'")).collect();
        Problem::invalid(format!("Invalid value: '{found}' - '{path}'. Supported values are: {}.", allowed.join(", ")))
            .about(path)
            .coded("invalid_value")
    }

    fn out_of_range(&self, path: &str, below: bool, bound: f64) -> Problem {
        let (what, than, code) = if below {
            ("below minimum", ">=", "integer_below_min_value")
        } else {
            ("above maximum", "<=", "integer_above_max_value")
        };
        Problem::invalid(format!("Invalid '{path}': value {what}. Expected a value {than} {bound}."))
            .about(path)
            .coded(code)
    }

    fn mismatch(&self, path: &str, pattern: &str) -> Problem {
        Problem::invalid(format!(
            "Invalid '{path}': string does not match pattern. Expected a string that matches the \
             pattern '{pattern}'."
        ))
        .about(path)
        .coded("invalid_value")
    }

    fn other(&self, path: &str, message: &str) -> Problem {
        Problem::invalid(message).about(path).coded("invalid_value")
    }
}
