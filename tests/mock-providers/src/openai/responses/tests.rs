//! What the Responses API refuses, what it takes, and how it answers.

use super::*;
use crate::openai::OpenAi;
use crate::provider::Provider;
use crate::sse::Event;
use serde_json::json;

/// A plain request with some fields put on top.
fn request(extra: Value) -> Value {
    let mut body = json!({"model": "gpt-5", "input": "Hi"});
    if let (Value::Object(body), Value::Object(extra)) = (&mut body, extra) {
        body.extend(extra);
    }
    body
}

fn talk(items: Value) -> Value {
    request(json!({"input": items}))
}

fn user(part: Value) -> Value {
    talk(json!([{"role": "user", "content": [part]}]))
}

fn weather() -> Value {
    json!({"type": "function", "name": "weather", "description": "The weather.", "strict": false,
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}})
}

fn call(id: &str) -> Value {
    json!({"type": "function_call", "call_id": id, "name": "weather", "arguments": "{}"})
}

fn output(id: &str) -> Value {
    json!({"type": "function_call_output", "call_id": id, "output": "sunny"})
}

fn thought() -> Value {
    json!({"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}],
        "encrypted_content": "gAAAAA1"})
}

fn send(path: &str, body: &Value, key: (&str, &str)) -> Result<Answer, Problem> {
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query.into())));
    let mut arrival = Arrival {
        method: "POST".into(),
        path: path.into(),
        query,
        headers: Default::default(),
        body: body.to_string().into_bytes(),
    };
    for (name, value) in [("content-type", "application/json"), key] {
        let name = axum::http::HeaderName::from_bytes(name.as_bytes()).unwrap();
        arrival.headers.append(name, value.parse().unwrap());
    }
    OpenAi { key: "right".into(), azure_key: "azure".into() }.answer(&arrival)
}

fn ask(body: &Value) -> Result<Answer, Problem> {
    send("/v1/responses", body, ("authorization", "Bearer right"))
}

fn marked(scenario: &str, extra: Value) -> Value {
    let mut body = request(extra);
    body["input"] = format!("[[mock: {scenario}]]").into();
    body
}

fn events(answer: &Answer) -> Vec<Value> {
    let events = answer.events.as_deref().unwrap_or_default().iter().enumerate();
    events
        .map(|(index, event)| match event {
            Event::Data { name: Some(name), data } => {
                let data: Value = serde_json::from_str(data).unwrap();
                assert_eq!((&data["type"], &data["sequence_number"]), (&json!(name), &json!(index)));
                data
            }
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn bad_requests_are_refused() {
    let asks = json!({"role": "user", "content": "Weather?"});
    let strict = |schema: Value| {
        request(json!({"text": {"format": {"type": "json_schema", "name": "x", "strict": true, "schema": schema}}}))
    };
    let chat_tool = json!({"type": "function", "function": {"name": "f"}});
    for (body, expected, param) in [
        (request(json!({"top_k": 5})), "Unknown parameter: 'top_k'.", Some("top_k")),
        (request(json!({"messages": []})), "this parameter has moved to 'input'", Some("messages")),
        (request(json!({"response_format": {}})), "moved to 'text.format'", Some("response_format")),
        (json!({"input": "Hi"}), "Missing required parameter: 'model'.", Some("model")),
        (json!({"model": "gpt-5"}), "Missing required parameter: 'input'.", Some("input")),
        (request(json!({"model": "no-such-model"})), "does not exist", Some("model")),
        (talk(json!([])), "Invalid 'input': empty array", Some("input")),
        (talk(json!([{"content": "Hi"}])), "Missing required parameter: 'input[0].type'.", Some("input[0].type")),
        (talk(json!([{"role": "tool", "content": "Hi"}])), "Invalid value: 'tool'.", Some("input[0].role")),
        (talk(json!([{"role": "user", "content": "Hi", "name": "x"}])), "Unknown parameter: 'input[0].name'.", None),
        (talk(json!([{"type": "speech"}])), "Invalid value: 'speech'.", Some("input[0].type")),
        (
            user(json!({"type": "text", "text": "Hi"})),
            "Invalid value: 'text'. Supported values are: 'input_text'",
            None,
        ),
        (
            user(json!({"type": "input_image", "image_url": {"url": "https://a"}})),
            "Invalid type for 'input[0].content[0].image_url'",
            None,
        ),
        (user(json!({"type": "input_image", "image_url": "data:image/png;base64,!"})), "Expected a valid URL", None),
        (user(json!({"type": "input_file", "file_data": "data:a/b;base64,aGk="})), "Missing required parameter", None),
        (user(json!({"type": "input_file"})), "Exactly one of", None),
        (
            talk(json!([{"role": "assistant", "content": [{"type": "input_text", "text": "Hi"}]}])),
            "Supported values are: 'output_text' and 'refusal'.",
            None,
        ),
        (
            talk(json!([{"role": "assistant", "id": "x", "content": "Hi"}])),
            "Expected an ID that begins with 'msg'.",
            Some("input[0].id"),
        ),
        (
            talk(json!([asks, output("a")])),
            "No tool call found for function call output with call_id a.",
            Some("input"),
        ),
        (talk(json!([asks, call("a")])), "No tool output found for function call a.", Some("input")),
        (talk(json!([asks, output("a"), call("a")])), "No tool call found", None),
        (talk(json!([asks, call(&"x".repeat(65)), output("a")])), "with maximum length 64, but got", None),
        (talk(json!([asks, call(""), output("")])), "empty string", None),
        (
            talk(
                json!([asks, {"type": "function_call", "id": "call_1", "call_id": "a", "name": "f", "arguments": ""}]),
            ),
            "begins with 'fc'",
            None,
        ),
        (
            talk(json!([asks, {"type": "function_call", "call_id": "a", "name": "f", "arguments": {}}])),
            "Invalid type for 'input[1].arguments'",
            None,
        ),
        (talk(json!([thought()])), "without its required following item", Some("input")),
        (talk(json!([thought(), asks])), "without its required following item", Some("input")),
        (
            talk(json!([{"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "sig-1"}, call("a")])),
            "The encrypted content for item rs_1 could not be verified.",
            None,
        ),
        (request(json!({"max_output_tokens": 15})), "Expected a value >= 16, but got 15 instead.", None),
        (request(json!({"temperature": 2.5})), "above maximum", Some("temperature")),
        (request(json!({"previous_response_id": "chatcmpl-1"})), "begins with 'resp'", None),
        (request(json!({"previous_response_id": "resp_1", "conversation": "conv_1"})), "Mutually exclusive", None),
        (request(json!({"tools": [chat_tool]})), "Missing required parameter: 'tools[0].name'.", Some("tools[0].name")),
        (request(json!({"tools": [{"type": "bash"}]})), "Invalid value: 'bash'.", Some("tools[0].type")),
        (
            request(
                json!({"tools": [weather()], "tool_choice": {"type": "function", "function": {"name": "weather"}}}),
            ),
            "Unknown parameter: 'tool_choice.function'.",
            None,
        ),
        (
            request(json!({"tools": [weather()], "tool_choice": {"type": "function", "name": "time"}})),
            "Tool choice 'function' not found in 'tools' parameter.",
            Some("tool_choice"),
        ),
        (request(json!({"text": {"format": {"type": "json_object"}}})), "must contain the word 'json'", Some("input")),
        (request(json!({"text": {"format": {"type": "json_schema", "json_schema": {}}}})), "Unknown parameter", None),
        (strict(json!({"type": "object"})), "'additionalProperties' is required", None),
        (
            request(json!({"model": "gpt-4o", "reasoning": {"effort": "low"}})),
            "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
            Some("reasoning.effort"),
        ),
        (
            request(json!({"model": "gpt-4o", "include": ["reasoning.encrypted_content"]})),
            "Encrypted content is not supported with this model.",
            None,
        ),
        (request(json!({"include": ["everything"]})), "Invalid value: 'everything'.", Some("include[0]")),
        (request(json!({"stream_options": {"include_obfuscation": false}})), "when 'stream' is enabled", None),
        (request(json!({"stream": true, "stream_options": {"include_usage": true}})), "Unknown parameter", None),
        (request(json!({"metadata": {"a": 1}})), "Invalid type for 'metadata.a'", None),
        (request(json!({"truncation": "middle"})), "'auto' and 'disabled'.", None),
    ] {
        let problem = ask(&body).err().unwrap_or_else(|| panic!("taken: {expected}: {body}"));
        assert!(problem.message.contains(expected), "{expected}: {}", problem.message);
        assert_eq!(problem.status, 400);
        assert!(param.is_none() || problem.param.as_deref() == param, "{expected}: {:?}", problem.param);
    }
}

#[test]
fn good_requests_are_taken() {
    let strict = json!({"type": "object", "additionalProperties": false, "required": ["a"],
        "properties": {"a": {"type": "string"}}});
    for body in [
        request(json!({"instructions": null, "max_output_tokens": 16, "store": false, "temperature": 1, "top_p": 1,
            "metadata": {"team": "blue"}, "service_tier": "flex", "truncation": "auto", "parallel_tool_calls": true,
            "include": ["reasoning.encrypted_content"], "safety_identifier": "me", "prompt_cache_key": "k",
            "reasoning": {"effort": "high", "summary": "auto"}, "text": {"verbosity": "low"}, "top_logprobs": 3})),
        request(json!({"stream": true, "stream_options": {"include_obfuscation": false}})),
        request(json!({"text": {"format": {"type": "json_schema", "name": "x", "strict": true, "schema": strict}}})),
        request(json!({"tools": [weather(), {"type": "web_search"}, {"type": "custom", "name": "sql"}],
            "tool_choice": {"type": "function", "name": "weather"}})),
        request(json!({"input": [output("a")], "previous_response_id": "resp_1"})),
        talk(json!([
            {"role": "developer", "content": "Answer in JSON."},
            {"type": "message", "role": "user", "content": [
                {"type": "input_text", "text": "What is this?"},
                {"type": "input_image", "image_url": "data:image/png;base64,aGk=", "detail": "low"},
                {"type": "input_file", "file_data": "data:application/pdf;base64,aGk=", "filename": "a.pdf"},
            ]},
            thought(),
            {"type": "message", "role": "assistant", "id": "msg_1", "status": "completed", "content": [
                {"type": "output_text", "text": "Let me see.", "annotations": [], "logprobs": []}]},
            call("a"),
            {"type": "function_call", "id": "fc_1", "call_id": "b", "name": "weather", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "b", "output": [{"type": "input_text", "text": "rain"}]},
            output("a"),
            {"id": "msg_2", "type": "item_reference"},
        ])),
    ] {
        assert_eq!(ask(&body).err(), None, "{body}");
    }
}

#[test]
fn streams_say_what_whole_answers_say() {
    let wish = "thinking tools=2 text=Let+me input=123 cached=10 cache_write=3 output=45 reasoning=7";
    let extra = json!({"stream": true, "tools": [weather()], "reasoning": {"summary": "auto"},
        "include": ["reasoning.encrypted_content"]});
    let answer = ask(&marked(wish, extra)).unwrap();
    let mut output: Vec<Value> = Vec::new();
    let add = |text: &mut Value, delta: &Value| {
        *text = format!("{}{}", text.as_str().unwrap(), delta.as_str().unwrap()).into()
    };
    for event in events(&answer) {
        let item = |output: &mut Vec<Value>| output.len() as u64 - 1 == event["output_index"].as_u64().unwrap();
        match event["type"].as_str().unwrap() {
            "response.created" | "response.in_progress" => {
                assert_eq!(
                    (&event["response"]["status"], &event["response"]["output"]),
                    (&json!("in_progress"), &json!([]))
                );
            }
            "response.output_item.added" => output.push(event["item"].clone()),
            "response.content_part.added" => output.last_mut().unwrap()["content"] = json!([event["part"]]),
            "response.reasoning_summary_part.added" => output.last_mut().unwrap()["summary"] = json!([event["part"]]),
            "response.output_text.delta" => {
                assert!(item(&mut output) && event["logprobs"] == json!([]) && event["obfuscation"].is_string());
                add(&mut output.last_mut().unwrap()["content"][0]["text"], &event["delta"]);
            }
            "response.reasoning_summary_text.delta" => {
                add(&mut output.last_mut().unwrap()["summary"][0]["text"], &event["delta"]);
            }
            "response.function_call_arguments.delta" => {
                assert_eq!(event["item_id"], output.last().unwrap()["id"]);
                add(&mut output.last_mut().unwrap()["arguments"], &event["delta"]);
            }
            "response.output_text.done" => assert_eq!(event["text"], output.last().unwrap()["content"][0]["text"]),
            "response.output_item.done" => {
                let last = output.last_mut().unwrap();
                if last.get("status").is_some() {
                    last["status"] = "completed".into();
                }
                assert_eq!(event["item"], *last);
            }
            "response.completed" => assert_eq!(event["response"], answer.whole),
            _ => {}
        }
    }
    assert_eq!(Value::from(output), answer.whole["output"]);
    let usage = json!({"input_tokens": 123, "input_tokens_details": {"cached_tokens": 10, "cache_write_tokens": 3},
        "output_tokens": 45, "output_tokens_details": {"reasoning_tokens": 7}, "total_tokens": 168});
    assert_eq!(answer.whole["usage"], usage);
    let kinds: Vec<_> =
        answer.whole["output"].as_array().unwrap().iter().map(|item| item["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["reasoning", "message", "function_call", "function_call"]);
}

#[test]
fn answers_end_as_wished() {
    let end = |wish: &str| {
        let answer = ask(&marked(wish, json!({"stream": true}))).unwrap();
        let last = events(&answer).pop().unwrap();
        assert_eq!(last["response"], answer.whole);
        (last["type"].as_str().unwrap().to_string(), answer.whole)
    };
    let (last, whole) = end("finish=max_output_tokens");
    assert_eq!((last.as_str(), &whole["status"]), ("response.incomplete", &json!("incomplete")));
    assert_eq!(whole["incomplete_details"], json!({"reason": "max_output_tokens"}));
    let (last, whole) = end("finish=failed");
    assert_eq!((last.as_str(), &whole["error"]["code"]), ("response.failed", &json!("server_error")));
    let (last, whole) = end("refusal");
    assert_eq!(last, "response.completed");
    assert_eq!(whole["output"][0]["content"][0]["type"], "refusal");
    assert!(ask(&marked("finish=length", json!({}))).err().unwrap().message.contains("cannot be `length`"));
    let broken = ask(&marked("error_midstream words=9", json!({"stream": true}))).unwrap();
    let read = |event: &Event| match event {
        Event::Data { data, .. } => serde_json::from_str::<Value>(data).unwrap(),
        other => panic!("{other:?}"),
    };
    let failures: Vec<_> = broken.midstream_errors.iter().map(|(name, event)| (*name, read(event))).collect();
    let [("error", usual), ("documented", documented), ("failed", failed)] = failures.as_slice() else {
        panic!("{failures:?}")
    };
    assert_eq!((&usual["type"], &usual["error"]["code"]), (&json!("error"), &json!("server_error")));
    assert_eq!(documented["code"], "server_error");
    assert_eq!((&failed["type"], &failed["response"]["status"]), (&json!("response.failed"), &json!("failed")));
    assert!(failures.iter().all(|(_, data)| data["sequence_number"] == broken.events.as_ref().unwrap().len() / 2));
}

#[test]
fn reasoning_is_shown_to_those_who_ask() {
    let item = |extra: Value| ask(&marked("thinking", extra)).unwrap().whole["output"][0].clone();
    assert_eq!(item(json!({}))["summary"][0]["type"], "summary_text");
    assert_eq!(item(json!({"reasoning": {"effort": "low"}}))["summary"], json!([]));
    assert!(item(json!({})).get("encrypted_content").is_none());
    let sealed = item(json!({"include": ["reasoning.encrypted_content"]}))["encrypted_content"].clone();
    assert!(sealed.as_str().unwrap().starts_with(ENCRYPTED));
    let hidden = ask(&marked("redacted_thinking", json!({}))).unwrap().whole["output"][0].clone();
    assert_eq!(hidden["summary"], json!([]));
    assert!(hidden["encrypted_content"].is_string());
}

#[test]
fn tokens_are_told_to_those_who_ask() {
    let asked =
        json!({"model": "gpt-4.1", "stream": true, "include": ["message.output_text.logprobs"], "top_logprobs": 1});
    let answer = ask(&marked("text=Let+me", asked)).unwrap();
    let tokens = &answer.whole["output"][0]["content"][0]["logprobs"];
    assert_eq!(tokens[1]["top_logprobs"], json!([{"token": "me", "logprob": -0.25, "bytes": b"me"}]));
    let events = events(&answer);
    let of = |kind: &str| {
        events.iter().filter(|event| event["type"] == kind).map(|event| &event["logprobs"]).collect::<Vec<_>>()
    };
    assert_eq!(of("response.output_text.delta"), [&json!([tokens[0]]), &json!([tokens[1]])]);
    assert_eq!(of("response.output_text.done"), [tokens]);
    let problem = ask(&request(json!({"model": "gpt-5", "include": ["message.output_text.logprobs"]}))).err().unwrap();
    assert_eq!((problem.status, problem.param.as_deref()), (400, Some("include[0]")));
}

#[test]
fn tools_are_called_once() {
    let asks = json!({"role": "user", "content": "[[mock: tools]] Weather?"});
    let with = |items: Value| request(json!({"tools": [weather()], "input": items}));
    let first = ask(&with(json!([asks]))).unwrap();
    let made = &first.whole["output"][0];
    assert_eq!((&made["type"], &made["name"]), (&json!("function_call"), &json!("weather")));
    let id = made["call_id"].as_str().unwrap();
    let second = ask(&with(json!([asks, made, output(id)]))).unwrap();
    assert_eq!(second.whole["output"][0]["content"][0]["text"], "The tool said: sunny");
}

#[test]
fn azure_has_keys_versions_and_deployments() {
    let key = ("api-key", "azure");
    let chat = json!({"messages": [{"role": "user", "content": "Hi"}], "stream": true});
    let path = |deployment: &str| format!("/openai/deployments/{deployment}/chat/completions?api-version=2024-10-21");
    let answer = send(&path("gpt-4o"), &chat, key).unwrap();
    assert_eq!(answer.whole["model"], "gpt-4o");
    assert_eq!(answer.whole["prompt_filter_results"][0]["prompt_index"], 0);
    let Some(Event::Data { data, .. }) = answer.events.unwrap().into_iter().next() else { panic!("no events") };
    assert!(data.starts_with(r#"{"choices":[],"created":0"#), "{data}");
    assert_eq!(send("/openai/v1/responses", &request(json!({})), key).err(), None);
    assert_eq!(send("/openai/v1/responses?api-version=preview", &request(json!({})), key).err(), None);
    assert_eq!(send("/openai/v1/responses", &request(json!({})), ("authorization", "Bearer azure")).err(), None);
    let dated = "/openai/responses?api-version=2025-04-01-preview";
    assert_eq!(send(dated, &request(json!({"model": "my-deployment"})), key).err(), None);
    let missing = send(dated, &request(json!({"model": "no-such-model"})), key).err().unwrap();
    assert_eq!((missing.status, missing.code), (404, Some("DeploymentNotFound")));
    for (path, key, status, code) in [
        (path("gpt-4o"), ("api-key", "wrong"), 401, "401"),
        (path("gpt-4o"), ("authorization", "Bearer azure"), 401, "401"),
        ("/openai/deployments/d/chat/completions".into(), key, 404, "404"),
        ("/openai/responses".into(), key, 404, "404"),
        ("/openai/v1/nothing".into(), key, 404, "404"),
        (path("no-such-model"), key, 404, "DeploymentNotFound"),
    ] {
        let problem = send(&path, &chat, key).err().unwrap();
        assert_eq!((problem.status, problem.code), (status, Some(code)), "{path}");
    }
}
