//! Claude's Messages API, as Bedrock has it: the version is in the body, the model and whether to
//! stream are in the path, and a stream's events are wrapped.

use super::super::answer::LATENCY;
use super::super::model::Model;
use super::super::{mock_problem, padding};
use super::counts;
use crate::anthropic::{self, Version};
use crate::base64;
use crate::form::Form;
use crate::model_name::claude_version;
use crate::plan::Usage;
use crate::problem::Problem;
use crate::provider::{Answer, Arrival};
use crate::sse::Event;
use serde_json::{Map, Value, json};

const VERSION: &str = "bedrock-2023-05-31";
/// Anthropic's own name for its newest version, which its clients send by default. Models up to 4.6 do
/// not have it here.
const NEWEST: &str = "2026-10-21";
/// Members that Anthropic has and Bedrock has not.
const FOREIGN: [&str; 4] = ["model", "stream", "container", "mcp_servers"];
/// Tools that Anthropic runs itself, and Bedrock does not.
const RUN_BY_ANTHROPIC: [&str; 3] = ["web_search_", "web_fetch_", "code_execution_"];

/// Betas of Anthropic's own API that Bedrock has not
/// (<https://github.com/router-for-me/CLIProxyAPI/issues/4750>).
const FOREIGN_BETAS: [&str; 3] = ["oauth-2025-04-20", "prompt-caching-scope-2026-01-05", "fast-mode-2026-02-01"];

/// Checks a request and answers it.
pub fn answer(arrival: &Arrival, body: &Value, model: &Model, streamed: bool) -> Result<Answer, Problem> {
    let body = body.as_object().ok_or_else(|| malformed("#: expected type: JSONObject"))?;
    let version = version(body, model)?;
    let (body, betas) = messages_body(body, model)?;
    let betas: Vec<_> = betas.iter().map(String::as_str).collect();
    let hosted = anthropic::host(arrival, &body, version, &betas, "Hello from Bedrock.", "msg_bdrk_");
    let (reply, scenario) = hosted.map_err(|refusal| match refusal {
        anthropic::Refusal::Request(problem) => problem,
        anthropic::Refusal::Mock(message) => mock_problem(message),
    })?;
    let mut headers = counts(&reply.usage);
    if streamed {
        headers = vec![("x-amzn-bedrock-content-type", "application/json".into())];
    }
    let events = streamed.then(|| reply.events.iter().filter_map(|event| wrapped(event, &reply.usage)).collect());
    Ok(Answer { form: Form::EventStream, headers, ..Answer::new(reply.whole, events, scenario) })
}

fn malformed(what: &str) -> Problem {
    Problem::invalid(format!("Malformed input request: {what}, please reformat your input and try again."))
}

fn version(body: &Map<String, Value>, model: &Model) -> Result<Version, Problem> {
    let given = body.get("anthropic_version").ok_or_else(|| Problem::invalid("anthropic_version: Field required"))?;
    match given.as_str() {
        Some(VERSION) => Ok(Version::First),
        Some(NEWEST) if claude_version(&model.name) >= Some((4, 7)) => Ok(Version::Second),
        _ => Err(Problem::invalid(format!("anthropic_version: Input should be '{VERSION}'"))),
    }
}

/// The body as Anthropic would be sent it, and the betas it opts into.
fn messages_body(body: &Map<String, Value>, model: &Model) -> Result<(Value, Vec<String>), Problem> {
    if let Some(foreign) = FOREIGN.iter().find(|key| body.contains_key(**key)) {
        return Err(malformed(&format!("#: extraneous key [{foreign}] is not permitted")));
    }
    let tools = body.get("tools").and_then(Value::as_array).into_iter().flatten();
    for kind in tools.filter_map(|tool| tool.get("type")?.as_str()) {
        if RUN_BY_ANTHROPIC.iter().any(|start| kind.starts_with(start)) {
            return Err(Problem::invalid(format!("tools: {kind} is not supported on Amazon Bedrock")));
        }
    }
    let betas = match body.get("anthropic_beta") {
        None => Vec::new(),
        Some(betas) => serde_json::from_value(betas.clone())
            .map_err(|_| Problem::invalid("anthropic_beta: Input should be a valid list"))?,
    };
    if betas.iter().any(|beta: &String| FOREIGN_BETAS.contains(&&**beta)) {
        return Err(Problem::invalid("invalid beta flag"));
    }
    let mut body = body.clone();
    body.remove("anthropic_version");
    body.remove("anthropic_beta");
    body.insert("model".into(), model.name.clone().into());
    Ok((body.into(), betas))
}

/// An event in a chunk. Pings are not passed on; the last event also says what the call took.
fn wrapped(event: &Event, usage: &Usage) -> Option<Event> {
    let (Event::Data { name: Some(name), data } | Event::Exception { name, data }) = event else { return None };
    let data = match *name {
        "ping" => return None,
        "message_stop" => {
            let metrics = json!({
                "inputTokenCount": usage.input - usage.cached - usage.cache_write,
                "outputTokenCount": usage.output,
                "invocationLatency": LATENCY,
                "firstByteLatency": LATENCY / 2,
                "cacheReadInputTokenCount": usage.cached,
                "cacheWriteInputTokenCount": usage.cache_write,
            });
            json!({"type": "message_stop", "amazon-bedrock-invocationMetrics": metrics}).to_string()
        }
        _ => data.clone(),
    };
    Some(padding::event("chunk", json!({"bytes": base64::encode(data.as_bytes())})))
}
