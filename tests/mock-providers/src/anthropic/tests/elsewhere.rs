//! Counted tokens, and Messages on Vertex AI.

use super::*;
use crate::anthropic::Anthropic;
use crate::problem::Problem;
use crate::provider::{Answer, Arrival, Provider};

const TOKEN: (&str, &str) = ("authorization", "Bearer mock-google-token");

fn send(path: &str, body: &Value, headers: &[(&str, &str)]) -> Result<Answer, Problem> {
    let mut arrival = Arrival {
        method: "POST".into(),
        path: path.into(),
        query: None,
        headers: Default::default(),
        body: body.to_string().into_bytes(),
    };
    for (name, value) in headers.iter().chain(&[("content-type", "application/json")]) {
        let name = axum::http::HeaderName::from_bytes(name.as_bytes()).unwrap();
        arrival.headers.append(name, value.parse().unwrap());
    }
    Anthropic { key: "right".into() }.answer(&arrival)
}

fn path(rest: &str) -> String {
    format!("/v1/projects/p/locations/us-east5/publishers/anthropic/models/{rest}")
}

/// A request as Vertex AI takes it.
fn on_vertex(extra: Value) -> Value {
    let mut body = request(extra);
    body.as_object_mut().unwrap().remove("model");
    body["anthropic_version"] = "vertex-2023-10-16".into();
    body
}

#[test]
fn tokens_are_counted() {
    let headers = [("x-api-key", "right"), ("anthropic-version", "2023-06-01")];
    let count = |body: Value| send("/v1/messages/count_tokens", &body, &headers).map(|answer| answer.whole);
    let mut body = json!({"model": "claude-sonnet-4-5", "system": "Be short.", "tools": [tool("weather")],
        "messages": [{"role": "user", "content": "Hi there"}]});
    assert_eq!(count(body.clone()), Ok(json!({"input_tokens": 4})));
    body["max_tokens"] = 5.into();
    assert!(count(body).unwrap_err().message.contains("max_tokens: Extra inputs are not permitted"));
    assert!(count(json!({"model": "claude-sonnet-4-5", "messages": []})).is_err());
}

#[test]
fn vertex_has_models_in_paths_and_versions_in_bodies() {
    let model = path("claude-sonnet-4-5@20250929:rawPredict");
    let answer = send(&model, &on_vertex(json!({"temperature": 0.5})), &[TOKEN]).unwrap();
    assert_eq!(answer.whole["model"], "claude-sonnet-4-5-20250929");
    assert!(answer.whole["id"].as_str().unwrap().starts_with("msg_vrtx_"));
    assert!(answer.events.is_none());
    let streamed = path("claude-sonnet-4-5:streamRawPredict");
    assert!(send(&streamed, &on_vertex(json!({"stream": true})), &[TOKEN]).unwrap().events.is_some());
    let counted = on_vertex(json!({"model": "claude-sonnet-4-5"}));
    let mut counted = counted.as_object().unwrap().clone();
    counted.remove("max_tokens");
    counted.insert("model".into(), "claude-sonnet-4-5".into());
    let counted = send(&path("count-tokens:rawPredict"), &counted.into(), &[TOKEN]).unwrap();
    assert_eq!(counted.whole, json!({"input_tokens": 1}));

    let mut unversioned = on_vertex(json!({}));
    unversioned.as_object_mut().unwrap().remove("anthropic_version");
    for (path, body, headers, status, expected) in [
        (&model, on_vertex(json!({})), vec![], 401, "invalid authentication credentials"),
        (&model, on_vertex(json!({})), vec![("x-api-key", "right")], 401, "invalid authentication credentials"),
        (&model, on_vertex(json!({})), vec![TOKEN, ("x-api-key", "right")], 401, "invalid authentication credentials"),
        (&path("no-such-model:rawPredict"), on_vertex(json!({})), vec![TOKEN], 404, "was not found"),
        (&model, unversioned, vec![TOKEN], 400, "anthropic_version: Field required"),
        (&model, on_vertex(json!({"anthropic_beta": "x"})), vec![TOKEN], 400, "anthropic_beta"),
        (&model, on_vertex(json!({"stream": true})), vec![TOKEN], 400, "`stream` must be true with streamRawPredict"),
        (&streamed, on_vertex(json!({})), vec![TOKEN], 400, "`stream` must be true with streamRawPredict"),
        (&model, on_vertex(json!({"temperature": 3})), vec![TOKEN], 400, "temperature: Input should be"),
    ] {
        let problem = send(path, &body, &headers).err().unwrap_or_else(|| panic!("taken: {expected}"));
        assert_eq!(problem.status, status, "{expected}");
        assert!(problem.message.contains(expected), "{expected}: {}", problem.message);
    }
    let mut named = on_vertex(json!({}));
    named["model"] = "claude-sonnet-4-5".into();
    let problem = send(&model, &named, &[TOKEN]).err().unwrap();
    assert_eq!(problem.message, "model: Extra inputs are not permitted");
}

#[test]
fn who_finds_a_problem_says_it_in_its_own_way() {
    let provider = Anthropic { key: "right".into() };
    let model = path("claude-sonnet-4-5:rawPredict");
    let body = |problem: &Problem| provider.problem_body(problem, "req_1");
    let googles = send(&model, &on_vertex(json!({})), &[]).err().unwrap();
    assert_eq!(body(&googles)["error"]["status"], "UNAUTHENTICATED");
    let own = send(&model, &on_vertex(json!({"max_tokens": 0})), &[TOKEN]).err().unwrap();
    assert_eq!(body(&own)["error"]["type"], "invalid_request_error");
    let answer = send(&model, &on_vertex(json!({})), &[TOKEN]).unwrap();
    assert_eq!(body(&answer.problem.unwrap()(429))["error"]["status"], "RESOURCE_EXHAUSTED");
}
