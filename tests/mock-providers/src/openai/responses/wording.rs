//! How the Responses API says what is wrong, where it is not as Chat Completions says it.

use crate::openai::wording::OpenAiWording;
use crate::problem::Problem;
use crate::shape::Wording;
use serde_json::Value;

/// The words of the Responses API.
pub struct ResponsesWording;

impl Wording for ResponsesWording {
    fn key(&self, path: &str, key: &str) -> String {
        OpenAiWording.key(path, key)
    }

    fn item(&self, path: &str, index: usize) -> String {
        OpenAiWording.item(path, index)
    }

    fn missing(&self, path: &str) -> Problem {
        OpenAiWording.missing(path)
    }

    fn unknown(&self, path: &str, key: &str) -> Problem {
        let path = self.key(path, key);
        Problem::invalid(format!("Unknown parameter: '{path}'.")).about(path).coded("unknown_parameter")
    }

    fn wrong_type(&self, path: &str, expected: &str, found: &Value) -> Problem {
        OpenAiWording.wrong_type(path, expected, found)
    }

    fn not_one_of(&self, path: &str, found: &str, allowed: &[&str]) -> Problem {
        let quoted: Vec<_> = allowed.iter().map(|value| format!("'{value}'")).collect();
        let listed = match quoted.as_slice() {
            [one] => one.clone(),
            [one, other] => format!("{one} and {other}"),
            [first @ .., last] => format!("{}, and {last}", first.join(", ")),
            [] => String::new(),
        };
        Problem::invalid(format!("Invalid value: '{found}'. Supported values are: {listed}."))
            .about(path)
            .coded("invalid_value")
    }

    fn out_of_range(&self, path: &str, below: bool, bound: f64) -> Problem {
        OpenAiWording.out_of_range(path, below, bound)
    }

    fn mismatch(&self, path: &str, pattern: &str) -> Problem {
        OpenAiWording.mismatch(path, pattern)
    }

    fn other(&self, path: &str, message: &str) -> Problem {
        OpenAiWording.other(path, message)
    }
}
