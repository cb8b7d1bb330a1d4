//! InvokeModel: the makers' own APIs, whose requests and answers travel as they are.

mod claude;
mod cohere;
mod titan;
mod wording;

use super::model::{Family, Model};
use super::{answer, json_body, mock_problem};
use crate::plan::Usage;
use crate::problem::Problem;
use crate::provider::{Answer, Arrival};
use crate::turn;
use serde_json::Value;

/// Checks a request and answers it.
pub fn answer(arrival: &Arrival, model: &Model, streamed: bool) -> Result<Answer, Problem> {
    let body = json_body(arrival)?;
    match model.family {
        Family::Claude => claude::answer(arrival, &body, model, streamed),
        Family::TitanEmbed | Family::CohereEmbed if streamed => {
            Err(Problem::invalid("The model is unsupported for streaming."))
        }
        Family::TitanEmbed => embedded(arrival, &body, titan::answer(&body, model)?),
        Family::CohereEmbed => embedded(arrival, &body, cohere::answer(&body, model)?),
        _ => Err(mock_problem(format!("{} is not invoked here, only conversed with", model.id))),
    }
}

/// An embedding, and how many tokens it took.
fn embedded(arrival: &Arrival, body: &Value, (whole, tokens): (Value, u64)) -> Result<Answer, Problem> {
    let scenario = turn::silent(arrival, body).map_err(mock_problem)?;
    let headers = vec![
        ("x-amzn-bedrock-input-token-count", tokens.to_string()),
        ("x-amzn-bedrock-invocation-latency", answer::LATENCY.to_string()),
    ];
    Ok(Answer { headers, ..Answer::new(whole, None, scenario) })
}

/// The counts as they stand in the headers.
fn counts(usage: &Usage) -> Vec<(&'static str, String)> {
    [
        ("x-amzn-bedrock-input-token-count", usage.input - usage.cached - usage.cache_write),
        ("x-amzn-bedrock-output-token-count", usage.output),
        ("x-amzn-bedrock-cache-read-input-token-count", usage.cached),
        ("x-amzn-bedrock-cache-write-input-token-count", usage.cache_write),
        ("x-amzn-bedrock-invocation-latency", answer::LATENCY),
    ]
    .map(|(name, count)| (name, count.to_string()))
    .to_vec()
}
