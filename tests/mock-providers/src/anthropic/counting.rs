//! Counts the tokens of a request for a message.

use super::version::Version;
use super::{facts, mock_problem, validate};
use crate::problem::Problem;
use crate::provider::{Answer, Arrival};
use crate::turn;
use serde_json::{Value, json};

/// Checks a request and answers it.
pub fn count(arrival: &Arrival, body: &Value, version: Version, betas: &[&str]) -> Result<Answer, Problem> {
    validate::check_count(body, version, betas)?;
    // The body has wishes for when the conversation goes on.
    let scenario = turn::silent(arrival, &Value::Null).map_err(mock_problem)?;
    let count = scenario.input.unwrap_or(facts(body).words);
    Ok(Answer::new(json!({"input_tokens": count}), None, scenario))
}
