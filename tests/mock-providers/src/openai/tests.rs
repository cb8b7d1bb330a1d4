//! What OpenAI refuses, what it takes, and how it answers.

use super::*;
use crate::problem::Problem;
use serde_json::{Value, json};

fn check(body: &Value) -> Result<(), Problem> {
    validate::check(body)
}

/// A plain request with some fields put on top.
fn request(extra: Value) -> Value {
    let mut body = json!({"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]});
    if let (Value::Object(body), Value::Object(extra)) = (&mut body, extra) {
        body.extend(extra);
    }
    body
}

fn talk(messages: Value) -> Value {
    request(json!({"messages": messages}))
}

fn user(part: Value) -> Value {
    talk(json!([{"role": "user", "content": [part]}]))
}

fn weather() -> Value {
    json!({"type": "function", "function": {"name": "weather", "description": "The weather.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}})
}

fn call(id: &str) -> Value {
    json!({"id": id, "type": "function", "function": {"name": "weather", "arguments": "{}"}})
}

#[test]
fn bad_requests_are_refused() {
    let asks = json!({"role": "user", "content": "Weather?"});
    let calls = json!({"role": "assistant", "content": null, "tool_calls": [call("a"), call("b")]});
    let answer = |id: &str| json!({"role": "tool", "tool_call_id": id, "content": "sunny"});
    let object = json!({"type": "object"});
    let strict = |schema: Value| {
        json!({"response_format": {"type": "json_schema",
            "json_schema": {"name": "x", "strict": true, "schema": schema}}})
    };
    for (body, expected) in [
        (json!([]), "expected an object"),
        (request(json!({"top_k": 5})), "Unrecognized request argument supplied: top_k"),
        (json!({"messages": []}), "you must provide a model parameter"),
        (request(json!({"model": 5})), "Invalid type for 'model'"),
        (request(json!({"model": "no-such-model"})), "does not exist"),
        (talk(json!([])), "Invalid 'messages': empty array"),
        (talk(json!([{"content": "Hi"}])), "Missing required parameter: 'messages[0].role'"),
        (talk(json!([{"role": "model", "content": "Hi"}])), "Invalid value: 'model'"),
        (talk(json!([{"role": "user", "content": null}])), "Invalid type for 'messages[0].content'"),
        (
            talk(json!([{"role": "user", "content": "Hi", "cache_control": {}}])),
            "Additional properties are not allowed ('cache_control' was unexpected) - 'messages[0]'",
        ),
        (talk(json!([{"role": "user", "content": []}])), "Invalid 'messages[0].content': empty array"),
        (
            talk(json!([{"role": "system", "content": [{"type": "image_url", "image_url": {}}]}])),
            "Invalid value: 'image_url' - 'messages[0].content[0].type'",
        ),
        (talk(json!([asks, {"role": "assistant"}])), "expected a string, got null"),
        (
            talk(json!([asks, {"role": "assistant", "content": [{"type": "thinking"}]}])),
            "Supported values are: 'text', 'refusal'",
        ),
        (talk(json!([asks, {"role": "assistant", "tool_calls": []}])), "messages[1].tool_calls'"),
        (user(json!({"type": "text", "text": "Hi", "citations": []})), "'citations' was unexpected"),
        (user(json!({"type": "image_url", "image_url": {"url": "ftp://x"}})), "Expected a valid URL"),
        (
            user(json!({"type": "image_url", "image_url": {"url": "data:image/bmp;base64,aGk="}})),
            "Expected a valid URL",
        ),
        (
            user(json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,a"}})),
            "messages[0].content[0].image_url.url",
        ),
        (
            user(json!({"type": "file", "file": {"file_data": "data:application/pdf;base64,aGk="}})),
            "Missing required parameter: 'messages[0].content[0].file.filename'",
        ),
        (
            user(json!({"type": "file", "file": {"file_data": "aGk=", "filename": "a.pdf"}})),
            "Expected a base64-encoded data URI",
        ),
        (
            user(json!({"type": "input_audio", "input_audio": {"data": "aGk=", "format": "ogg"}})),
            "Invalid value: 'ogg'",
        ),
        (talk(json!([answer("a")])), "messages with role 'tool' must be a response to a preceeding"),
        (talk(json!([asks, calls])), "did not have response messages: a, b"),
        (talk(json!([asks, calls, answer("a"), asks])), "did not have response messages: b"),
        (talk(json!([asks, calls, answer("a"), answer("a")])), "must be a response to a preceeding"),
        (talk(json!([asks, calls, answer("a"), answer("b"), asks, answer("b")])), "must be a response to a preceeding"),
        (
            talk(json!([asks, {"role": "assistant", "tool_calls": [{"id": "a", "type": "function",
            "function": {"name": "x", "arguments": {}}}]}])),
            "'messages[1].tool_calls[0].function.arguments': expected a string, but got an object",
        ),
        (talk(json!([asks, {"role": "assistant", "tool_calls": [call(&"x".repeat(41))]}])), "maximum length 40"),
        (request(json!({"tools": []})), "Invalid 'tools': empty array"),
        (request(json!({"tools": [{"name": "x", "input_schema": {}}]})), "'tools[0].type'"),
        (
            request(json!({"tools": [{"type": "function", "function": {"name": "a b"}}]})),
            "Invalid 'tools[0].function.name': string does not match pattern",
        ),
        (
            request(json!({"tools": [{"type": "function",
            "function": {"name": "a", "parameters": {"type": "array"}}}]})),
            "got 'type: \"array\"'",
        ),
        (
            request(json!({"tools": [{"type": "function",
            "function": {"name": "a", "strict": true, "parameters": object}}]})),
            "Invalid schema for function 'a'",
        ),
        (request(json!({"tool_choice": "auto"})), "'tool_choice' is only allowed when 'tools'"),
        (request(json!({"tools": [weather()], "tool_choice": "any"})), "Invalid value: 'any'"),
        (
            request(json!({"tools": [weather()],
            "tool_choice": {"type": "function", "function": {"name": "other"}}})),
            "not found in 'tools'",
        ),
        (request(json!({"parallel_tool_calls": true})), "'parallel_tool_calls' is only allowed"),
        (request(json!({"stream_options": {"include_usage": true}})), "only allowed when 'stream'"),
        (request(json!({"stream": true, "stream_options": {"usage": true}})), "'usage' was unexpected"),
        (request(json!({"stream": "yes"})), "Invalid type for 'stream'"),
        (request(json!({"stop": ["a", "b", "c", "d", "e"]})), "maximum length 4"),
        (request(json!({"temperature": 2.5})), "Invalid 'temperature': value above maximum"),
        (request(json!({"top_p": -0.1})), "Invalid 'top_p': value below minimum"),
        (request(json!({"n": 0})), "Invalid 'n'"),
        (request(json!({"max_tokens": 0})), "Invalid 'max_tokens'"),
        (request(json!({"max_tokens": 1.5})), "Invalid type for 'max_tokens'"),
        (request(json!({"max_tokens": 5, "max_completion_tokens": 5})), "at the same time"),
        (request(json!({"model": "gpt-5", "max_tokens": 5})), "Use 'max_completion_tokens' instead"),
        (request(json!({"reasoning_effort": "low"})), "Unrecognized request argument supplied: reasoning_effort"),
        (request(json!({"model": "gpt-5", "reasoning_effort": "huge"})), "Invalid value: 'huge'"),
        (request(json!({"response_format": {"type": "xml"}})), "Invalid value: 'xml'"),
        (request(json!({"response_format": {"type": "json_object"}})), "must contain the word 'json'"),
        (
            request(json!({"response_format": {"type": "json_schema", "json_schema": {"name": "a b"}}})),
            "'response_format.json_schema.name'",
        ),
        (request(json!({"response_format": {"type": "json_schema"}})), "'response_format.json_schema'"),
        (request(strict(object.clone())), "'additionalProperties' is required"),
        (request(strict(json!({"type": "string", "minLength": 1}))), "'minLength' is not permitted"),
        (
            request(strict(json!({"type": "object", "additionalProperties": false,
            "properties": {"a": {"type": "string"}}}))),
            "'required' is required",
        ),
        (request(json!({"metadata": {"a": 1}})), "Invalid type for 'metadata.a'"),
        (request(json!({"metadata": {"a": "x".repeat(513)}})), "string too long"),
        (request(json!({"service_tier": "standard_only"})), "Invalid value: 'standard_only'"),
        (request(json!({"top_logprobs": 3})), "only allowed when 'logprobs'"),
        (
            request(json!({"model": "gpt-5.6-sol", "tools": [weather()]})),
            "Function tools with reasoning_effort are not supported for gpt-5.6-sol",
        ),
        (
            request(json!({"model": "gpt-5.4", "tools": [weather()], "reasoning_effort": "low"})),
            "use /v1/responses or set reasoning_effort to 'none'",
        ),
        (request(json!({"model": "o3", "logprobs": true})), "'logprobs' is not supported with this model"),
        (request(json!({"model": "o3", "temperature": 0.5})), "'temperature' does not support 0.5 with this model"),
        (
            request(json!({"model": "gpt-5", "reasoning_effort": "none"})),
            "'none' is not supported with the 'gpt-5' model",
        ),
        (
            request(json!({"model": "gpt-5.1", "reasoning_effort": "minimal"})),
            "'minimal' is not supported with the 'gpt-5.1' model. Supported values are: 'none', 'low', 'medium', 'high'.",
        ),
        (
            request(json!({"model": "gpt-5.4", "logprobs": true, "reasoning_effort": "low"})),
            "'logprobs' is not supported with this model",
        ),
        (request(json!({"user": null})), "Invalid type for 'user'"),
    ] {
        let problem = check(&body).expect_err(&format!("{expected}: {body}"));
        assert!(problem.message.contains(expected), "{expected}: {}", problem.message);
        assert!(matches!(problem.status, 400 | 404));
    }
}

#[test]
fn good_requests_are_taken() {
    let strict = json!({"type": "object", "additionalProperties": false, "required": ["a"],
        "properties": {"a": {"type": "string"}}});
    for body in [
        request(json!({})),
        request(json!({"temperature": 2, "top_p": 1, "n": 2, "stop": ["a", "b"], "seed": -1,
            "max_tokens": null, "max_completion_tokens": 10, "stream": null, "user": "me",
            "metadata": {"team": "blue"}, "logprobs": true, "top_logprobs": 2, "store": false})),
        request(json!({"stream": true, "stream_options": {"include_usage": true}})),
        request(json!({"model": "gpt-5.2", "reasoning_effort": "xhigh", "verbosity": "low"})),
        request(json!({"model": "gpt-5.6-sol", "tools": [weather()], "reasoning_effort": "none"})),
        request(json!({"tools": [weather()], "parallel_tool_calls": false,
            "tool_choice": {"type": "function", "function": {"name": "weather"}}})),
        request(json!({"response_format": {"type": "json_schema",
            "json_schema": {"name": "x", "strict": true, "schema": strict}}})),
        talk(json!([
            {"role": "developer", "content": [{"type": "text", "text": "Answer in JSON."}]},
            {"role": "system", "content": "Be short."},
            {"role": "user", "name": "ada", "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk=", "detail": "low"}},
                {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
                {"type": "file", "file": {"file_data": "data:application/pdf;base64,aGk=", "filename": "a.pdf"}},
                {"type": "input_audio", "input_audio": {"data": "aGk=", "format": "wav"}},
            ]},
            {"role": "assistant", "content": "Let me see.", "tool_calls": [call("a"), call("b")]},
            {"role": "tool", "tool_call_id": "b", "content": "rain"},
            {"role": "tool", "tool_call_id": "a", "content": [{"type": "text", "text": "sun"}]},
            {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]},
            {"role": "user", "content": "Why?"},
        ])),
    ] {
        assert_eq!(check(&body), Ok(()), "{body}");
    }
}

fn arrival(body: &Value, headers: &[(&str, &str)]) -> Arrival {
    let mut arrival = Arrival {
        method: "POST".into(),
        path: "/v1/chat/completions".into(),
        query: None,
        headers: Default::default(),
        body: body.to_string().into_bytes(),
    };
    let usual = [("content-type", "application/json"), ("authorization", "Bearer mock-openai-key")];
    for (name, value) in usual.iter().chain(headers) {
        let name = axum::http::HeaderName::from_bytes(name.as_bytes()).unwrap();
        arrival.headers.append(name, value.parse().unwrap());
    }
    arrival
}

fn answer(body: &Value) -> Result<Answer, Problem> {
    OpenAi { key: "mock-openai-key".into(), azure_key: "azure".into() }.answer(&arrival(body, &[]))
}

fn chunks(answer: &Answer) -> Vec<Value> {
    let events = answer.events.as_deref().unwrap_or_default();
    let data = events.iter().map(|event| match event {
        Event::Data { name: None, data } => data.as_str(),
        other => panic!("{other:?}"),
    });
    data.map(|data| serde_json::from_str(data).unwrap_or_else(|_| data.into())).collect()
}

#[test]
fn keys_are_checked_and_not_shown() {
    let provider = OpenAi { key: "right".into(), azure_key: "azure".into() };
    let problem = provider.answer(&arrival(&json!({}), &[])).err().unwrap();
    assert_eq!((problem.status, problem.code), (401, Some("invalid_api_key")));
    assert!(!problem.message.contains("mock-openai-key"));
    assert!(problem.message.contains("mock*******-key"), "{}", problem.message);
}

#[test]
fn streams_say_what_whole_answers_say() {
    let mut body = request(json!({"stream": true, "stream_options": {"include_usage": true},
        "tools": [weather()], "n": 2}));
    body["messages"][0]["content"] = "[[mock: text=Let+me tools=2 input=123 cached=10]]".into();
    let answer = answer(&body).unwrap();
    let chunks = chunks(&answer);
    let said: String = chunks
        .iter()
        .filter(|chunk| chunk.pointer("/choices/0/index") == Some(&json!(1)))
        .filter_map(|chunk| chunk.pointer("/choices/0/delta/content")?.as_str())
        .collect();
    assert_eq!(said, "Let me");
    let arguments: String = chunks
        .iter()
        .filter(|chunk| chunk.pointer("/choices/0/index") == Some(&json!(0)))
        .filter_map(|chunk| {
            let call = chunk.pointer("/choices/0/delta/tool_calls/0")?;
            (call["index"] == 1).then(|| call["function"]["arguments"].as_str())?
        })
        .collect();
    assert_eq!(arguments, r#"{"city":"Oslo"}"#);
    assert_eq!(chunks.last(), Some(&json!("[DONE]")));
    let usage = &chunks[chunks.len() - 2];
    assert_eq!(usage["choices"], json!([]));
    assert_eq!(usage["usage"], answer.whole["usage"]);
    assert_eq!(usage["usage"]["prompt_tokens"], 123);
    assert_eq!(usage["usage"]["prompt_tokens_details"]["cached_tokens"], 10);
    assert!(chunks[..chunks.len() - 2].iter().all(|chunk| chunk["usage"].is_null()));
    assert_eq!(chunks[chunks.len() - 3]["choices"][0]["finish_reason"], "tool_calls");
    assert_eq!(answer.whole["choices"][1]["message"]["tool_calls"].as_array().unwrap().len(), 2);
}

#[test]
fn tokens_are_told_to_those_who_ask() {
    let say = |extra| {
        let mut body = request(extra);
        body["messages"][0]["content"] = "[[mock: text=Let+me]]".into();
        answer(&body).unwrap()
    };
    let asked = say(json!({"stream": true, "logprobs": true, "top_logprobs": 1}));
    let tokens = &asked.whole["choices"][0]["logprobs"]["content"];
    let other = json!({"token": "me", "logprob": -0.25, "bytes": b"me"});
    assert_eq!(tokens[1]["top_logprobs"], json!([other]));
    let told: Vec<Value> = chunks(&asked)
        .iter()
        .filter_map(|chunk| Some(chunk.pointer("/choices/0/logprobs/content")?.as_array()?[0].clone()))
        .collect();
    assert_eq!(&Value::from(told), tokens);
    let silent = say(json!({"stream": true}));
    assert!(silent.whole["choices"][0]["logprobs"].is_null());
    assert!(chunks(&silent).iter().all(|chunk| chunk.pointer("/choices/0/logprobs").is_none_or(Value::is_null)));
}

#[test]
fn tools_are_called_once() {
    let asks = json!({"role": "user", "content": "[[mock: tools]] Weather?"});
    let with = |messages: Value| request(json!({"tools": [weather()], "messages": messages}));
    let first = answer(&with(json!([asks]))).unwrap();
    assert_eq!(first.whole["choices"][0]["finish_reason"], "tool_calls");
    let calls = json!({"role": "assistant", "tool_calls": [call("a")]});
    let result = json!({"role": "tool", "tool_call_id": "a", "content": "sunny"});
    let second = answer(&with(json!([asks, calls, result]))).unwrap();
    let message = &second.whole["choices"][0]["message"];
    assert_eq!(message["content"], "The tool said: sunny");
    let again = json!({"role": "tool", "tool_call_id": "a", "content": "sunny [[mock: tools]]"});
    let third = answer(&with(json!([asks, calls, again]))).unwrap();
    assert_eq!(third.whole["choices"][0]["finish_reason"], "tool_calls");
}

#[test]
fn unknown_scenarios_are_refused() {
    let mut body = request(json!({}));
    body["messages"][0]["content"] = "[[mock: tolos]]".into();
    let problem = answer(&body).err().unwrap();
    assert_eq!(problem.status, 400);
    assert!(problem.message.contains("unknown scenario `tolos`; known: plain"));
}

#[test]
fn what_the_sdk_does_not_know_is_refused() {
    let body = request(json!({"web_search_options": {"user_location": {"type": "exact"}}}));
    let problem = validate::check(&body).unwrap_err();
    assert_eq!(problem.status, 400);
    let words = "mock: not what the SDK's published type takes: /web_search_options/user_location";
    assert!(problem.message.starts_with(words), "{}", problem.message);
}
