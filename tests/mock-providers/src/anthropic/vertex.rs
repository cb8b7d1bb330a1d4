//! Messages on Vertex AI: the version is in the body, the model and whether to stream are in the path,
//! and Google checks who calls.

use super::counting;
use super::hosted::{Refusal, host};
use super::version::Version;
use crate::gemini::{GOOGLE_TOKEN, google_problem, wrong_token};
use crate::problem::Problem;
use crate::provider::{Answer, Arrival};
use serde_json::{Map, Value};

const VERSION: &str = "vertex-2023-10-16";
/// Anthropic's own name for its newest version, which its clients send by default.
const NEWEST: &str = "2026-10-21";
/// The name in a model's place that says to count tokens.
const COUNT: &str = "count-tokens";

/// What is asked of a model.
#[derive(Debug, PartialEq)]
pub struct Address<'a> {
    model: &'a str,
    streamed: bool,
}

impl<'a> Address<'a> {
    /// Reads a path; there is none if this is not Vertex AI's.
    pub fn read(path: &'a str) -> Option<Self> {
        let (resource, method) = path.strip_prefix('/')?.rsplit_once(':')?;
        let streamed = match method {
            "rawPredict" => false,
            "streamRawPredict" => true,
            _ => return None,
        };
        match resource.split('/').collect::<Vec<_>>().as_slice() {
            [
                "v1" | "v1beta1",
                "projects",
                project,
                "locations",
                location,
                "publishers",
                "anthropic",
                "models",
                model,
            ] if [project, location, model].iter().all(|name| !name.is_empty()) => Some(Self { model, streamed }),
            _ => None,
        }
    }

    /// Checks a request and answers it.
    pub fn answer(&self, arrival: &Arrival) -> Result<Answer, Problem> {
        authenticate(arrival)?;
        if self.model == "no-such-model" {
            let problem = google_problem(404);
            let message = "Publisher Model `publishers/anthropic/models/no-such-model` was not found or your project \
                 does not have access to it.";
            return Err(Problem { message: message.into(), ..problem });
        }
        let mut body = super::json_body(arrival)?;
        let Some(map) = body.as_object_mut() else {
            return Err(Problem::invalid("Input should be a valid dictionary"));
        };
        let version = version(map)?;
        let betas = betas(arrival, map)?;
        let betas: Vec<_> = betas.iter().map(String::as_str).collect();
        let mut answer = if self.model == COUNT {
            counting::count(arrival, &body, version, &betas)?
        } else {
            self.named(map)?;
            self.messages(arrival, &body, version, &betas)?
        };
        answer.problem = Some(google_problem);
        Ok(answer)
    }

    fn messages(&self, arrival: &Arrival, body: &Value, version: Version, betas: &[&str]) -> Result<Answer, Problem> {
        let hosted = host(arrival, body, version, betas, "Hello from Anthropic.", "msg_vrtx_");
        let (hosted, scenario) = hosted.map_err(|refusal| match refusal {
            Refusal::Request(problem) => problem,
            Refusal::Mock(message) => super::mock_problem(message),
        })?;
        Ok(Answer::new(hosted.whole, Some(hosted.events).filter(|_| self.streamed), scenario))
    }

    /// Puts the model where Anthropic has it; the body may not have one of its own.
    fn named(&self, body: &mut Map<String, Value>) -> Result<(), Problem> {
        if body.contains_key("model") {
            return Err(Problem::invalid("model: Extra inputs are not permitted"));
        }
        if self.streamed != (body.get("stream") == Some(&Value::Bool(true))) {
            return Err(super::mock_problem(
                "`stream` must be true with streamRawPredict, and not with rawPredict".into(),
            ));
        }
        body.insert("model".into(), self.model.replace('@', "-").into());
        Ok(())
    }
}

/// The token must be the right one, and alone: a key is somebody else's secret.
fn authenticate(arrival: &Arrival) -> Result<(), Problem> {
    let mut tokens = arrival.all("authorization").peekable();
    let given = tokens.peek().is_some() && arrival.all("x-api-key").next().is_none();
    if given && tokens.all(|token| token.strip_prefix("Bearer ") == Some(GOOGLE_TOKEN)) {
        return Ok(());
    }
    Err(wrong_token())
}

fn version(body: &mut Map<String, Value>) -> Result<Version, Problem> {
    let given = body.remove("anthropic_version");
    match given.as_ref().ok_or_else(|| Problem::invalid("anthropic_version: Field required"))?.as_str() {
        Some(VERSION) => Ok(Version::First),
        Some(NEWEST) => Ok(Version::Second),
        _ => Err(Problem::invalid(format!("anthropic_version: Input should be '{VERSION}'"))),
    }
}

/// The beta features that the request opts into, in the header or in the body.
fn betas(arrival: &Arrival, body: &mut Map<String, Value>) -> Result<Vec<String>, Problem> {
    let given = body.remove("anthropic_beta").unwrap_or_else(|| Value::from(Vec::<Value>::new()));
    let mut betas: Vec<String> =
        serde_json::from_value(given).map_err(|_| Problem::invalid("anthropic_beta: Input should be a valid list"))?;
    betas.extend(super::betas(arrival).into_iter().map(String::from));
    Ok(betas)
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn paths_name_models_and_methods() {
        let path = |rest: &str| format!("/v1/projects/p/locations/us-east5/publishers/{rest}");
        let found = |rest: &str| Address::read(&path(rest)).map(|found| (found.model.to_string(), found.streamed));
        assert_eq!(found("anthropic/models/c@1:rawPredict"), Some(("c@1".into(), false)));
        assert_eq!(found("anthropic/models/c:streamRawPredict"), Some(("c".into(), true)));
        assert_eq!(found("google/models/c:rawPredict"), None);
        assert_eq!(found("anthropic/models/:rawPredict"), None);
        assert_eq!(Address::read("/v1/messages"), None);
    }
}
