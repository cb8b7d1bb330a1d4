//! How Anthropic says where something is and what is wrong with it.

use crate::problem::Problem;
use crate::shape::Wording;
use serde_json::Value;

/// Anthropic's words.
pub struct AnthropicWording;

fn at(path: &str, what: &str) -> Problem {
    if path.is_empty() { Problem::invalid(what) } else { Problem::invalid(format!("{path}: {what}")) }
}

impl Wording for AnthropicWording {
    fn key(&self, path: &str, key: &str) -> String {
        if path.is_empty() { key.to_string() } else { format!("{path}.{key}") }
    }

    fn item(&self, path: &str, index: usize) -> String {
        format!("{path}.{index}")
    }

    fn missing(&self, path: &str) -> Problem {
        at(path, "Field required")
    }

    fn unknown(&self, path: &str, key: &str) -> Problem {
        at(&self.key(path, key), "Extra inputs are not permitted")
    }

    fn wrong_type(&self, path: &str, expected: &str, _: &Value) -> Problem {
        let expected = match expected {
            "an object" => "Input should be a valid dictionary",
            "an array" => "Input should be a valid list",
            "a string" => "Input should be a valid string",
            "a boolean" => "Input should be a valid boolean",
            "an integer" => "Input should be a valid integer",
            _ => "Input should be a valid number",
        };
        at(path, expected)
    }

    fn not_one_of(&self, path: &str, found: &str, allowed: &[&str]) -> Problem {
        let allowed: Vec<_> = allowed.iter().map(|value| format!("'{value}'")).collect();
        let allowed = allowed.join(", ");
        if path.ends_with(".type") || path == "type" {
            let holder = path.trim_end_matches("type").trim_end_matches('.');
            let what = format!(
                "Input tag '{found}' found using 'type' does not match any of the expected tags: \
                 {allowed}"
            );
            return at(holder, &what);
        }
        at(path, &format!("Input should be {allowed}"))
    }

    fn out_of_range(&self, path: &str, below: bool, bound: f64) -> Problem {
        let than = if below { "greater" } else { "less" };
        at(path, &format!("Input should be {than} than or equal to {bound}"))
    }

    fn mismatch(&self, path: &str, pattern: &str) -> Problem {
        at(path, &format!("String should match pattern '{pattern}'"))
    }

    fn other(&self, path: &str, message: &str) -> Problem {
        at(path, message)
    }
}
