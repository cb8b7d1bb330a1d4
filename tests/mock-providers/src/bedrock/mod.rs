//! Plays the AWS Bedrock runtime: Converse for every model that talks, and the makers' own APIs for
//! Claude and for embeddings.

mod answer;
mod auth;
mod blocks;
mod conversation;
mod failures;
mod invoke;
mod media;
mod members;
mod model;
mod padding;
mod parameters;
mod request;
mod tools;
mod validate;
mod wording;

use crate::encoding::percent_decode;
use crate::form::Form;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::provider::{Answer, Arrival, Provider, fresh_id};
use crate::sse::Event;
use model::Model;
use serde_json::{Value, json};
use validate::Operation;

/// What redacted thinking starts with, under its base64.
const REDACTED: &str = "redacted-";

/// Bedrock.
pub struct Bedrock {
    key: String,
}

impl Bedrock {
    /// Takes the key that is right from `MOCK_BEDROCK_KEY`.
    pub fn from_env() -> Self {
        let key = std::env::var("MOCK_BEDROCK_KEY");
        Self { key: key.unwrap_or_else(|_| "mock-bedrock-key".into()) }
    }

    fn converse(&self, arrival: &Arrival, model: &Model, operation: Operation) -> Result<Answer, Problem> {
        if !arrival.is_json() {
            return Err(Problem::invalid("The content type must be application/json."));
        }
        let body = json_body(arrival)?;
        validate::check(&body, model, operation)?;
        let scenario = request::read_scenario(arrival, &body).map_err(mock_problem)?;
        let plan = Plan::new(&scenario, &request::facts(&body)).map_err(mock_problem)?;
        let reply = answer::Reply::new(&body, &plan);
        let events = (operation == Operation::ConverseStream).then(|| reply.events());
        Ok(Answer { form: Form::EventStream, ..Answer::new(reply.whole(), events, scenario) })
    }
}

impl Provider for Bedrock {
    fn name(&self) -> &'static str {
        "bedrock"
    }

    fn longest_body(&self) -> usize {
        25_000_000
    }

    fn request_id(&self) -> String {
        let digits = fresh_id("");
        format!("{}-{}-4000-8000-{}", &digits[..8], &digits[8..12], &digits[12..])
    }

    fn usual_headers(&self, request_id: &str) -> Vec<(&'static str, String)> {
        vec![("x-amzn-requestid", request_id.to_string())]
    }

    fn answer(&self, arrival: &Arrival) -> Result<Answer, Problem> {
        auth::check(arrival, &self.key)?;
        let unknown = || Problem::new(404, "UnknownOperationException", "");
        let rest = arrival.path.strip_prefix("/model/").ok_or_else(unknown)?;
        // A slash in an ARN is encoded, so the last one separates the operation.
        let (id, operation) = rest.rsplit_once('/').filter(|(id, _)| !id.contains('/')).ok_or_else(unknown)?;
        if !matches!(operation, "converse" | "converse-stream" | "invoke" | "invoke-with-response-stream") {
            return Err(unknown());
        }
        if arrival.method != "POST" {
            return Err(Problem::new(405, "MethodNotAllowedException", "The method is not allowed."));
        }
        // The service would ignore it; whoever sends one passes on what was not meant for Bedrock.
        if let Some(query) = &arrival.query {
            return Err(mock_problem(format!("the operations take no query, but here is `{query}`")));
        }
        let model = Model::read(&percent_decode(id))?;
        match operation {
            "converse" => self.converse(arrival, &model, Operation::Converse),
            "converse-stream" => self.converse(arrival, &model, Operation::ConverseStream),
            "invoke" => invoke::answer(arrival, &model, false),
            _ => invoke::answer(arrival, &model, true),
        }
    }

    fn problem(&self, status: u16) -> Problem {
        failures::instead(status)
    }

    /// What stands before the service, and checks who asks, writes its member with a capital.
    fn problem_body(&self, problem: &Problem, _: &str) -> Value {
        match problem.status {
            403 => json!({"Message": problem.message}),
            _ if problem.kind == "UnknownOperationException" => json!({}),
            _ => json!({"message": problem.message}),
        }
    }

    /// The type is followed by where it is defined, which is nobody's business.
    fn problem_headers(&self, problem: &Problem) -> Vec<(&'static str, String)> {
        let exception = match problem.kind {
            "invalid_request_error" => "ValidationException",
            "not_found_error" => "ResourceNotFoundException",
            kind => kind,
        };
        let defined = "http://internal.amazon.com/coral/com.amazon.bedrock/";
        let kind = if problem.status == 403 { exception.to_string() } else { format!("{exception}:{defined}") };
        vec![("x-amzn-errortype", kind)]
    }

    fn midstream_errors(&self) -> Vec<(&'static str, Event)> {
        failures::midstream()
    }

    /// There is none: streams of this form are refused the wish.
    fn keep_alive(&self) -> Event {
        Event::Comment("")
    }
}

fn json_body(arrival: &Arrival) -> Result<Value, Problem> {
    serde_json::from_slice(&arrival.body)
        .map_err(|error| Problem::new(400, "SerializationException", format!("The body is not valid JSON: {error}")))
}

/// What the model, not the service, finds wrong.
fn model_says(problem: Problem) -> Problem {
    let message = format!("The model returned the following errors: {}", problem.message);
    Problem { message, ..problem }
}

fn mock_problem(message: String) -> Problem {
    Problem::invalid(format!("mock: {message}"))
}

#[cfg(test)]
mod tests;
