//! Messages on somebody else's servers: the same requests and answers, without the headers.

use super::version::Version;
use super::{answer, facts, read_scenario, validate};
use crate::plan::{Facts, Plan, Usage};
use crate::problem::Problem;
use crate::provider::Arrival;
use crate::scenario::Scenario;
use crate::sse::Event;
use serde_json::Value;

/// An answer, whole and as a stream; the host chooses.
pub struct Hosted {
    /// The answer as one message.
    pub whole: Value,
    /// The answer as a stream.
    pub events: Vec<Event>,
    /// What it took.
    pub usage: Usage,
}

/// Why there is no answer.
pub enum Refusal {
    /// The request is not valid.
    Request(Problem),
    /// What the test wishes cannot be had.
    Mock(String),
}

/// Checks a body that has Anthropic's own shape and answers it. What ids start with says who the host
/// is.
pub fn host(
    arrival: &Arrival,
    body: &Value,
    version: Version,
    betas: &[&str],
    greeting: &'static str,
    id_prefix: &str,
) -> Result<(Hosted, Scenario), Refusal> {
    validate::check(body, version, betas).map_err(Refusal::Request)?;
    let scenario = read_scenario(arrival, body).map_err(Refusal::Mock)?;
    let plan = Plan::new(&scenario, &Facts { greeting, ..facts(body) }).map_err(Refusal::Mock)?;
    let reply = answer::Reply::new(body, &plan, id_prefix);
    let (whole, events) = (reply.whole(), reply.events());
    Ok((Hosted { whole, events, usage: plan.usage }, scenario))
}
