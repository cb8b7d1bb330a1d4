//! How a schema for a maker's own request says what is wrong with it.

use crate::problem::Problem;
use crate::shape::Wording;
use serde_json::Value;

/// The words of the schemas before the models.
pub struct SchemaWording;

/// A violation, at a pointer.
fn at(path: &str, what: &str) -> Problem {
    Problem::invalid(format!("Malformed input request: #{path}: {what}, please reformat your input and try again."))
}

impl Wording for SchemaWording {
    fn key(&self, path: &str, key: &str) -> String {
        format!("{path}/{key}")
    }

    fn item(&self, path: &str, index: usize) -> String {
        format!("{path}/{index}")
    }

    fn missing(&self, path: &str) -> Problem {
        let (holder, key) = path.rsplit_once('/').unwrap_or(("", path));
        at(holder, &format!("required key [{key}] not found"))
    }

    fn unknown(&self, path: &str, key: &str) -> Problem {
        at(path, &format!("extraneous key [{key}] is not permitted"))
    }

    fn wrong_type(&self, path: &str, expected: &str, found: &Value) -> Problem {
        let expected = match expected {
            "an object" => "JSONObject",
            "an array" => "JSONArray",
            "a string" => "String",
            "a boolean" => "Boolean",
            "an integer" => "Integer",
            _ => "Number",
        };
        let found = match found {
            Value::Null => "Null",
            Value::Bool(_) => "Boolean",
            Value::Number(_) => "Number",
            Value::String(_) => "String",
            Value::Array(_) => "JSONArray",
            Value::Object(_) => "JSONObject",
        };
        at(path, &format!("expected type: {expected}, found: {found}"))
    }

    fn not_one_of(&self, path: &str, found: &str, _: &[&str]) -> Problem {
        at(path, &format!("{found} is not a valid enum value"))
    }

    fn out_of_range(&self, path: &str, below: bool, bound: f64) -> Problem {
        let than = if below { "greater" } else { "less" };
        at(path, &format!("value is not {than} or equal to {bound}"))
    }

    fn mismatch(&self, path: &str, pattern: &str) -> Problem {
        at(path, &format!("string does not match pattern {pattern}"))
    }

    fn other(&self, path: &str, message: &str) -> Problem {
        at(path, message)
    }
}
