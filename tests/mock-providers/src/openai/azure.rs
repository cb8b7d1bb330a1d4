//! How OpenAI's models are reached on Azure: by deployments and versions, with keys of its own.

use crate::problem::Problem;
use crate::provider::{Answer, Arrival};
use crate::sse::Event;
use serde_json::{Value, json};

/// Where a request to Azure goes.
#[derive(Debug, PartialEq)]
pub struct Address<'a> {
    /// The deployment that the path names.
    pub deployment: Option<&'a str>,
    /// The path as it is at OpenAI, after `/v1`.
    pub operation: &'a str,
    needs_version: bool,
}

impl<'a> Address<'a> {
    /// Reads a path; there is none if this is not Azure's.
    pub fn read(path: &'a str) -> Option<Self> {
        let rest = path.strip_prefix("/openai/")?;
        if let Some((deployment, _)) = rest.strip_prefix("deployments/").and_then(|rest| rest.split_once('/')) {
            let operation = path.get("/openai/deployments/".len() + deployment.len()..)?;
            return Some(Self { deployment: Some(deployment), operation, needs_version: true });
        }
        let new = rest.starts_with("v1/");
        let operation = path.get(if new { "/openai/v1" } else { "/openai" }.len()..)?;
        Some(Self { deployment: None, operation, needs_version: !new })
    }

    /// Checks the key and the version.
    pub fn check(&self, arrival: &Arrival, key: &str) -> Result<(), Problem> {
        // The paths without versions take the key the way OpenAI does, too.
        let bearers =
            arrival.all("authorization").map(|value| value.strip_prefix("Bearer ").filter(|_| !self.needs_version));
        let keys: Vec<_> = arrival.all("api-key").map(Some).chain(bearers).collect();
        if keys.is_empty() || keys.iter().any(|given| *given != Some(key)) {
            return Err(problem(
                401,
                "401",
                "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key \
                 for an active subscription and use a correct regional API endpoint for your resource.",
            ));
        }
        if self.needs_version && arrival.query_value("api-version").is_none_or(|version| version.is_empty()) {
            return Err(problem(404, "404", "Resource not found"));
        }
        Ok(())
    }
}

/// What Azure says of a model that does not exist: it knows deployments, named in the path or as the
/// body's model.
pub fn no_such_deployment(found: Problem) -> Problem {
    if found.code != Some("model_not_found") {
        return found;
    }
    problem(
        404,
        "DeploymentNotFound",
        "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, \
         please wait a moment and try again.",
    )
}

/// A problem that Azure itself finds, before the model's API does: it has no type.
pub fn problem(status: u16, code: &'static str, message: &str) -> Problem {
    Problem::new(status, "", message).coded(code)
}

/// What is said with a status: Azure limits rates by itself.
pub fn of_status(status: u16) -> Problem {
    match status {
        429 => problem(
            429,
            "429",
            "Requests to the ChatCompletions_Create Operation under Azure OpenAI API have exceeded call rate limit of \
             your current OpenAI S0 pricing tier. Please retry after 7 seconds.",
        ),
        _ => super::of_status(status),
    }
}

/// Has Azure's filter look at a completion. In a stream, what it says of the prompt comes before
/// everything else, with no choices.
pub fn filter(answer: &mut Answer) {
    let safe = json!({"filtered": false, "severity": "safe"});
    let results = json!({"hate": safe, "self_harm": safe, "sexual": safe, "violence": safe});
    let prompt = json!([{"prompt_index": 0, "content_filter_results": results}]);
    for choice in answer.whole.get_mut("choices").and_then(Value::as_array_mut).into_iter().flatten() {
        choice["content_filter_results"] = results.clone();
    }
    answer.whole["prompt_filter_results"] = prompt.clone();
    let first = json!({
        "choices": [],
        "created": 0,
        "id": "",
        "model": "",
        "object": "",
        "prompt_filter_results": prompt,
    });
    if let Some(events) = &mut answer.events {
        events.insert(0, Event::Data { name: None, data: first.to_string() });
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn paths_name_deployments_and_operations() {
        let read = |path| Address::read(path).map(|found| (found.deployment, found.operation, found.needs_version));
        for (path, expected) in [
            ("/openai/deployments/d/chat/completions", Some((Some("d"), "/chat/completions", true))),
            ("/openai/v1/responses", Some((None, "/responses", false))),
            ("/openai/responses", Some((None, "/responses", true))),
            ("/v1/responses", None),
        ] {
            assert_eq!(read(path), expected, "{path}");
        }
    }
}
