//! What a dialect writes, it reads back: a request that goes from one dialect to another and back is the
//! same, unless a loss was reported on the way or it was refused.

use crate::seeds::REQUESTS;
use crate::translation::asked;
use crate::translation::normal::normal;
use crate::{check, dialects};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use tollgate_dialects::{Dialect, Peek};

/// A model of each dialect that takes what is asked here. To every other dialect the name says nothing.
fn model_of(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::OpenAi | Dialect::Responses => "gpt-5.4",
        Dialect::Anthropic => "claude-sonnet-4-5",
        Dialect::Gemini => "gemini-2.5-flash",
        Dialect::Bedrock => "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        Dialect::Cohere => "command-a-reasoning-08-2025",
    }
}

/// A request of `client` in the words of `provider`. `None`: refused, or something was lost and said to be.
fn translate(body: &[u8], client: Dialect, provider: Dialect) -> Option<Vec<u8>> {
    let prepared = Peek::new(asked(client, false), body).ok()?.prepare(provider, model_of(provider)).ok()?;
    let body = prepared.body.unwrap_or_else(|| body.to_vec());
    prepared.losses.is_empty().then_some(body)
}

/// There and back. What comes back must be what went, as far as it went.
fn assert_returns(body: &[u8], home: Dialect, away: Dialect) -> Result<bool, TestCaseError> {
    let Some(there) = translate(body, home, away) else { return Ok(false) };
    let Some(back) = translate(&there, away, home) else { return Ok(false) };
    let (mut back, mut went) = (normal(&back), normal(body));
    // Claude 4.5 does not think unless it is asked to, and is not told not to.
    if [home, away].iter().any(|dialect| matches!(dialect, Dialect::Anthropic | Dialect::Bedrock)) {
        [&mut back, &mut went].into_iter().for_each(forget_off);
    }
    prop_assert_eq!(back, went, "{:?} to {:?} was {}", home, away, String::from_utf8_lossy(&there));
    Ok(true)
}

/// Takes out of a normal request that the model is not to think.
fn forget_off(request: &mut Value) {
    let said = [
        ("", "reasoning_effort", json!("none")),
        ("", "reasoning", json!({"effort": "none"})),
        ("", "thinking", json!({"type": "disabled"})),
        ("/generationConfig", "thinkingConfig", json!({"thinkingBudget": "none"})),
        ("", "generationConfig", json!({})),
    ];
    for (place, name, off) in said {
        let members = request.pointer_mut(place).and_then(Value::as_object_mut);
        if let Some(members) = members.filter(|members| members.get(name) == Some(&off)) {
            members.remove(name);
        }
    }
}

fn texts() -> impl Strategy<Value = String> {
    let pieces = select(vec!["Hello", " é😀", "\n", "\"quoted\"", "\\", "{\"a\":1}", "\t", "\u{1}", "end"]);
    prop::collection::vec(pieces, 0..5).prop_map(|pieces| format!("x{}", pieces.concat()))
}

/// What not all dialects can say, and each must say, report or refuse.
fn extras() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let schema = json!({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": false});
    let extras = vec![
        ("reasoning_effort", "none".into()),
        ("reasoning_effort", "low".into()),
        ("reasoning_effort", "high".into()),
        ("parallel_tool_calls", false.into()),
        (
            "response_format",
            json!({"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": true}}),
        ),
        ("response_format", json!({"type": "json_object"})),
        ("top_p", 0.5.into()),
        ("frequency_penalty", 0.5.into()),
        ("seed", 7.into()),
        ("user", "u".into()),
        ("logprobs", true.into()),
        ("top_logprobs", 3.into()),
        ("service_tier", "flex".into()),
        ("metadata", json!({"a": "b"})),
    ];
    prop::collection::vec(select(extras), 0..2)
}

/// What a question may be beside its text.
fn attachments() -> impl Strategy<Value = Option<Value>> {
    const DATA: &str = "iVBORw0KGgo=";
    select(vec![
        None,
        None,
        Some(json!({"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{DATA}")}})),
        Some(json!({"type": "image_url", "image_url": {"url": "https://example.com/a.png"}})),
        Some(
            json!({"type": "file", "file": {"filename": "a", "file_data": format!("data:application/pdf;base64,{DATA}")}}),
        ),
        Some(json!({"type": "input_audio", "input_audio": {"data": DATA, "format": "wav"}})),
    ])
}

/// Chat Completions requests with what all dialects can say, which is turns, calls and their results, tools,
/// limits and a temperature, and with some of what only some can.
fn requests() -> impl Strategy<Value = Value> {
    let arguments = select(vec!["{}", r#"{"city":"Paris"}"#, r#"{"a":[1,{"b":null}],"c":"\"\u00e9"}"#]);
    let calls = prop::collection::vec((select(vec!["weather", "now"]), arguments, texts()), 0..4);
    let turns = prop::collection::vec((texts(), prop::option::of(texts()), calls), 0..4);
    let choice = select(vec![None, Some("none"), Some("required")]);
    let limits = (1..5000u64, prop::option::of(0..=99u8), prop::collection::vec("[a-z]{1,4}", 0..4));
    let last = (texts(), attachments());
    (prop::option::of(texts()), turns, last, any::<bool>(), choice, limits, extras()).prop_map(
        |(system, turns, (last, attachment), tools, choice, (max, temperature, stop), extras)| {
            let mut messages: Vec<Value> = Vec::new();
            messages.extend(system.map(|text| json!({"role": "system", "content": text})));
            for (question, answer, calls) in turns {
                messages.push(json!({"role": "user", "content": question}));
                let calls = if tools { calls } else { Vec::new() };
                let mut said = json!({"role": "assistant", "content": answer});
                if answer.is_none() && calls.is_empty() {
                    said["content"] = "yes".into();
                }
                let id = |n: usize, at: usize| format!("call_{at}_{n}");
                let at = messages.len();
                if !calls.is_empty() {
                    said["tool_calls"] = calls
                        .iter()
                        .enumerate()
                        .map(|(n, (name, arguments, _))| {
                            json!({"id": id(n, at), "type": "function", "function": {"name": name, "arguments": arguments}})
                        })
                        .collect();
                }
                messages.push(said);
                for (n, (.., result)) in calls.iter().enumerate() {
                    messages.push(json!({"role": "tool", "tool_call_id": id(n, at), "content": result}));
                }
                if !calls.is_empty() {
                    messages.push(json!({"role": "assistant", "content": "done"}));
                }
            }
            messages.push(match attachment {
                Some(attachment) => json!({"role": "user", "content": [{"type": "text", "text": last}, attachment]}),
                None => json!({"role": "user", "content": last}),
            });
            let mut request = json!({"model": "m", "messages": messages, "max_completion_tokens": max});
            if let Some(percent) = temperature {
                request["temperature"] = (f64::from(percent) / 100.0).into();
            }
            if !stop.is_empty() {
                request["stop"] = stop.into();
            }
            if tools {
                let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
                let weather = json!({"name": "weather", "description": "Looks it up.", "parameters": schema});
                let now = json!({"name": "now", "parameters": {"type": "object", "properties": {}}});
                request["tools"] = json!([{"type": "function", "function": weather}, {"type": "function", "function": now}]);
                if let Some(choice) = choice {
                    request["tool_choice"] = choice.into();
                }
            }
            // Where no tool can be called it says nothing.
            let calls = tools && choice != Some("none");
            for (name, value) in extras.into_iter().filter(|(name, _)| calls || *name != "parallel_tool_calls") {
                // A budget has no place under a low cap, and becomes a lower effort.
                if name == "reasoning_effort" {
                    request["max_completion_tokens"] = 40_000.into();
                }
                if name == "top_logprobs" {
                    request["logprobs"] = true.into();
                }
                request[name] = value;
            }
            request
        },
    )
}

#[test]
fn a_request_returns_as_it_went() {
    check(600, (dialects(), dialects(), requests()), |(home, away, request)| {
        let request = request.to_string().into_bytes();
        // In the words of its home first.
        let Some(request) = translate(&request, Dialect::OpenAi, home) else { return Ok(()) };
        assert_returns(&request, home, away).map(|_| ())
    });
}

/// Whatever a golden request says: what has been there and back once, the same way changes nothing more.
#[test]
fn golden_requests_return_as_they_went() {
    let prepare =
        |body: &[u8], from, to| Peek::new(asked(from, false), body).ok()?.prepare(to, model_of(to)).ok()?.body;
    for seed in &*REQUESTS {
        for &(_, away) in Dialect::ALL.iter().filter(|(_, away)| *away != seed.dialect) {
            let there = prepare(&seed.bytes, seed.dialect, away);
            if let Some(once) = there.and_then(|there| prepare(&there, away, seed.dialect)) {
                assert_returns(&once, seed.dialect, away).unwrap_or_else(|error| panic!("{}: {error}", seed.name));
            }
        }
    }
}

/// The tests above would be empty if everything were refused.
#[test]
fn most_requests_do_return() {
    for &(_, home) in Dialect::ALL {
        for &(_, away) in Dialect::ALL {
            let body = json!({"model": "m", "messages": [{"role": "user", "content": "x"}], "max_completion_tokens": 90, "temperature": 0.5});
            let body = translate(body.to_string().as_bytes(), Dialect::OpenAi, home).unwrap();
            assert!(assert_returns(&body, home, away).unwrap(), "{home:?} to {away:?}");
        }
    }
}
