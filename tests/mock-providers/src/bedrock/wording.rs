//! How Bedrock says where something is and what is wrong with it.

use crate::problem::Problem;
use crate::shape::Wording;
use serde_json::Value;

/// Bedrock's words.
pub struct BedrockWording;

/// A failed constraint, as the service's own front says it. It counts a list's items from one.
fn constraint(path: &str, value: &str, says: &str) -> Problem {
    let steps = path.split('.').map(|step| match step.parse::<usize>() {
        Ok(index) => format!("{}.member", index + 1),
        Err(_) => step.to_string(),
    });
    let path = steps.collect::<Vec<_>>().join(".");
    let message = format!("1 validation error detected: Value {value}at '{path}' failed to satisfy constraint: {says}");
    Problem::invalid(message)
}

impl Wording for BedrockWording {
    fn key(&self, path: &str, key: &str) -> String {
        if path.is_empty() { key.to_string() } else { format!("{path}.{key}") }
    }

    fn item(&self, path: &str, index: usize) -> String {
        format!("{path}.{index}")
    }

    fn missing(&self, path: &str) -> Problem {
        constraint(path, "", "Member must not be null")
    }

    fn unknown(&self, path: &str, key: &str) -> Problem {
        let pointer: String = path.split('.').filter(|step| !step.is_empty()).map(|step| format!("/{step}")).collect();
        Problem::invalid(format!(
            "Malformed input request: #{pointer}: extraneous key [{key}] is not permitted, please reformat your \
             input and try again."
        ))
    }

    fn wrong_type(&self, _: &str, expected: &str, found: &Value) -> Problem {
        let found = match found {
            Value::Null => "NULL_VALUE",
            Value::Bool(true) => "TRUE_VALUE",
            Value::Bool(false) => "FALSE_VALUE",
            Value::Number(number) if number.is_f64() => "DECIMAL_VALUE",
            Value::Number(_) => "NUMBER_VALUE",
            Value::String(_) => "STRING_VALUE",
            Value::Array(_) => "START_ARRAY",
            Value::Object(_) => "START_OBJECT",
        };
        let expected = match expected {
            "a string" => "a String",
            "a boolean" => "a Boolean",
            "an integer" => "an Integer",
            "a number" => "a Float",
            "an array" => "a List",
            _ => "a Structure",
        };
        Problem::new(400, "SerializationException", format!("{found} can not be converted to {expected}"))
    }

    fn not_one_of(&self, path: &str, found: &str, allowed: &[&str]) -> Problem {
        let says = format!("Member must satisfy enum value set: [{}]", allowed.join(", "));
        constraint(path, &format!("'{found}' "), &says)
    }

    fn out_of_range(&self, path: &str, below: bool, bound: f64) -> Problem {
        let than = if below { "greater" } else { "less" };
        constraint(path, "", &format!("Member must have value {than} than or equal to {bound}"))
    }

    fn mismatch(&self, path: &str, pattern: &str) -> Problem {
        constraint(path, "", &format!("Member must satisfy regular expression pattern: {pattern}"))
    }

    /// Bedrock's longer messages say themselves where.
    fn other(&self, _: &str, message: &str) -> Problem {
        Problem::invalid(message)
    }
}
