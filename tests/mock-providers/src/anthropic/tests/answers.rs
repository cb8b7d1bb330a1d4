//! How Anthropic answers.

use super::*;
use crate::anthropic::Anthropic;
use crate::problem::Problem;
use crate::provider::{Answer, Arrival, Provider};
use crate::sse::Event;

fn answer(body: &Value, headers: &[(&str, &str)]) -> Result<Answer, Problem> {
    let mut arrival = Arrival {
        method: "POST".into(),
        path: "/v1/messages".into(),
        query: None,
        headers: Default::default(),
        body: body.to_string().into_bytes(),
    };
    for (name, value) in headers {
        let name = axum::http::HeaderName::from_bytes(name.as_bytes()).unwrap();
        arrival.headers.append(name, value.parse().unwrap());
    }
    Anthropic { key: "right".into() }.answer(&arrival)
}

const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
const KEY: (&str, &str) = ("x-api-key", "right");
const VERSION: (&str, &str) = ("anthropic-version", "2026-10-21");

#[test]
fn headers_are_checked() {
    let body = request(json!({}));
    let problem = |headers: &[(&str, &str)]| answer(&body, headers).err().map(|p| (p.status, p.message));
    let bearer = ("authorization", "Bearer right");
    assert_eq!(problem(&[JSON, KEY, VERSION]), None);
    assert_eq!(problem(&[JSON, bearer, VERSION]), None);
    for (headers, status, message) in [
        (vec![JSON, VERSION], 401, "x-api-key header is required"),
        (vec![JSON, VERSION, ("x-api-key", "wrong")], 401, "invalid x-api-key"),
        (vec![JSON, VERSION, KEY, ("authorization", "Bearer wrong")], 401, "invalid x-api-key"),
        (vec![JSON, KEY], 400, "anthropic-version: header is required"),
        (vec![JSON, KEY, ("anthropic-version", "2024-01-01")], 400, "is not a valid version"),
        (vec![KEY, VERSION], 400, "content-type"),
    ] {
        let (found, said) = problem(&headers).unwrap();
        assert_eq!(found, status, "{said}");
        assert!(said.contains(message), "{said}");
    }
}

fn events(answer: &Answer) -> Vec<Value> {
    let events = answer.events.as_deref().unwrap_or_default().iter();
    events
        .map(|event| match event {
            Event::Data { name: Some(name), data } => {
                let data: Value = serde_json::from_str(data).unwrap();
                assert_eq!(data["type"], *name);
                data
            }
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn streams_say_what_whole_answers_say() {
    let mut body = request(json!({"stream": true, "tools": [tool("weather"), tool("time")]}));
    body["messages"][0]["content"] =
        "[[mock: thinking tools=2 text=Let+me input=123 cached=10 cache_write=5 output=45]]".into();
    let answer = answer(&body, &[JSON, KEY, VERSION]).unwrap();
    let mut rebuilt: Vec<Value> = Vec::new();
    let mut json = String::new();
    let mut last = Value::Null;
    for event in events(&answer) {
        match event["type"].as_str().unwrap() {
            "content_block_start" => rebuilt.push(event["content_block"].clone()),
            "content_block_delta" => {
                let block = rebuilt.last_mut().unwrap();
                for (from, to) in [("text", "text"), ("thinking", "thinking"), ("signature", "signature")] {
                    if let Some(piece) = event["delta"][from].as_str() {
                        block[to] = format!("{}{piece}", block[to].as_str().unwrap()).into();
                    }
                }
                json.push_str(event["delta"]["partial_json"].as_str().unwrap_or_default());
            }
            "content_block_stop" if !json.is_empty() => {
                rebuilt.last_mut().unwrap()["input"] = serde_json::from_str(&json).unwrap();
                json.clear();
            }
            "message_delta" => last = event,
            _ => {}
        }
    }
    assert_eq!(Value::from(rebuilt), answer.whole["content"]);
    assert_eq!(last["delta"]["stop_reason"], "tool_use");
    for usage in [&last["usage"], &answer.whole["usage"]] {
        assert_eq!(usage["input_tokens"], 108);
        assert_eq!(usage["cache_read_input_tokens"], 10);
        assert_eq!(usage["cache_creation_input_tokens"], 5);
        assert_eq!(usage["output_tokens"], 45);
    }
    assert_eq!(answer.whole["content"][3]["name"], "time");
}

#[test]
fn tools_are_called_once() {
    let asks = says("user", json!("[[mock: tools]] Weather?"));
    let with = |messages: Value| request(json!({"tools": [tool("weather")], "messages": messages}));
    let first = answer(&with(json!([asks])), &[JSON, KEY, VERSION]).unwrap();
    assert_eq!(first.whole["stop_reason"], "tool_use");
    let uses = says("assistant", json!([tool_use("a")]));
    let second = with(json!([asks, uses, says("user", json!([result("a")]))]));
    let second = answer(&second, &[JSON, KEY, VERSION]).unwrap();
    assert_eq!(second.whole["content"][0]["text"], "The tool said: sunny");
    let more = json!([result("a"), {"type": "text", "text": "[[mock: tools]]"}]);
    let third = with(json!([asks, uses, says("user", more)]));
    let third = answer(&third, &[JSON, KEY, VERSION]).unwrap();
    assert_eq!(third.whole["stop_reason"], "tool_use");
}

#[test]
fn refusals_say_nothing() {
    let body = request(json!({"stream": true}));
    let refused = answer(&body, &[JSON, KEY, VERSION, ("x-mock", "refusal")]).unwrap();
    assert_eq!(refused.whole["content"], json!([]));
    assert_eq!(refused.whole["stop_reason"], "refusal");
    assert_eq!(refused.whole["stop_details"]["type"], "refusal");
    assert_eq!(events(&refused).len(), 3);
}
