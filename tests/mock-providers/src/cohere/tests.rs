//! What Cohere refuses, what it takes, and how it answers.

use super::*;

/// A plain request with some fields put on top.
fn request(extra: Value) -> Value {
    let mut body = json!({"model": "command-a-03-2025", "messages": [{"role": "user", "content": "Hi"}]});
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
    Cohere { key: "right".into() }.answer(&arrival)
}

const KEY: (&str, &str) = ("authorization", "Bearer right");

fn ask(body: &Value) -> Result<Answer, Problem> {
    send("/v2/chat", body, &[KEY])
}

fn marked(scenario: &str, extra: Value) -> Value {
    let mut body = request(extra);
    body["messages"][0]["content"] = format!("[[mock: {scenario}]]").into();
    body
}

fn events(answer: &Answer) -> Vec<Value> {
    let mut events = answer.events.clone().unwrap_or_default();
    assert_eq!(events.pop(), Some(Event::Data { name: None, data: "[DONE]".into() }));
    let read = |event| match event {
        Event::Data { name: Some(name), data } => {
            let data: Value = serde_json::from_str(&data).unwrap();
            assert_eq!(data["type"], name);
            data
        }
        other => panic!("{other:?}"),
    };
    events.into_iter().map(read).collect()
}

#[test]
fn bad_requests_are_refused() {
    let asks = json!({"role": "user", "content": "Weather?"});
    let calls = json!({"role": "assistant", "tool_calls": [call("a"), call("b")]});
    let result = |id: &str| json!({"role": "tool", "tool_call_id": id, "content": "sunny"});
    let tool = |extra: Value| {
        let mut tool = weather();
        tool["function"].as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        request(json!({"tools": [tool]}))
    };
    for (status, body, expected) in [
        (
            422,
            request(json!({"top_p": 0.5})),
            "unknown field: parameter 'top_p' is not a valid field. For proper usage",
        ),
        (422, json!([]), "invalid type"),
        (400, json!({"messages": []}), "a model parameter is required for this endpoint."),
        (404, request(json!({"model": "no-such-model"})), "model 'no-such-model' not found"),
        (400, talk(json!([])), "message must be at least 1 token long"),
        (400, talk(json!([{"role": "system", "content": "Hi"}])), "message must be at least 1 token long"),
        (400, talk(json!([{"role": "developer", "content": "Hi"}])), "messages[0].role must be one of"),
        (422, talk(json!([{"role": "user", "content": "Hi", "name": "x"}])), "parameter 'name' is not a valid field"),
        (422, talk(json!([{"role": "user", "content": null}])), "messages[0].content is of type null"),
        (400, user(json!({"type": "file", "file": {}})), "must be one of text, image_url"),
        (400, user(json!({"type": "image_url", "image_url": {"url": "a.png"}})), "must be a valid URL"),
        (400, talk(json!([{"role": "assistant"}, asks])), "must have content or tool_calls"),
        (400, talk(json!([asks, calls, result("a")])), "tool call 'b' has no tool message"),
        (400, talk(json!([asks, calls, asks])), "tool call 'a' has no tool message"),
        (400, talk(json!([asks, result("a")])), "tool_call_id 'a' does not match"),
        (422, talk(json!([{"role": "assistant", "tool_calls": [{"index": 0}]}])), "parameter 'index'"),
        (
            400,
            request(json!({"response_format": {"type": "json_object", "json_schema": {"minimum": 1}}})),
            "'minimum' is not supported",
        ),
        (422, tool(json!({"strict": true})), "parameter 'strict' is not a valid field"),
        (400, request(json!({"tools": [{"type": "function", "function": {"name": "f"}}]})), "parameters is required"),
        (400, request(json!({"tool_choice": "REQUIRED"})), "needs the tools parameter"),
        (400, request(json!({"tool_choice": "auto"})), "must be one of REQUIRED, NONE"),
        (400, request(json!({"temperature": 1.5})), "temperature must be between 0 and 1.0 inclusive."),
        (400, request(json!({"p": 1})), "p must be between 0.01 and 0.99 inclusive."),
        (400, request(json!({"k": 501})), "k must be at most 500"),
        (400, request(json!({"frequency_penalty": -0.5})), "between 0 and 1.0"),
        (400, request(json!({"frequency_penalty": 0.1, "presence_penalty": 0.1})), "cannot specify both"),
        (400, request(json!({"stop_sequences": ["1", "2", "3", "4", "5", "6"]})), "at most 5"),
        (400, request(json!({"response_format": {"type": "json_schema"}})), "must be one of text, json_object"),
        (400, request(json!({"response_format": {"type": "json_object"}, "tools": [weather()]})), "with tools"),
        (400, request(json!({"response_format": {"type": "json_object"}, "documents": ["a"]})), "with RAG"),
        (400, request(json!({"thinking": {"type": "adaptive"}})), "must be one of enabled, disabled"),
        (400, request(json!({"safety_mode": "NONE"})), "must be one of CONTEXTUAL"),
    ] {
        let problem = ask(&body).err().unwrap_or_else(|| panic!("taken: {expected}: {body}"));
        assert!(problem.message.contains(expected), "{expected}: {}", problem.message);
        assert_eq!(problem.status, status, "{expected}");
    }
}

#[test]
fn good_requests_are_taken() {
    for body in [
        request(json!({"temperature": 1, "p": 0.99, "k": 500, "seed": 7, "max_tokens": 10, "stop_sequences": ["a"],
            "presence_penalty": 1, "logprobs": true, "safety_mode": "OFF", "priority": 3, "stream": false,
            "thinking": {"type": "enabled", "token_budget": 100}, "citation_options": {"mode": "FAST"}})),
        request(json!({"response_format": {"type": "json_object", "json_schema": {"type": "object"}}})),
        request(json!({"documents": ["a", {"id": "1", "data": {"text": "b"}}]})),
        talk(json!([
            {"role": "system", "content": [{"type": "text", "text": "Be short."}]},
            {"role": "user", "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk=", "detail": "low"}},
            ]},
            {"role": "assistant", "tool_plan": "Let me see.", "tool_calls": [call("a"), call("b")]},
            {"role": "tool", "tool_call_id": "b", "content": "rain"},
            {"role": "tool", "tool_call_id": "a", "content": [{"type": "document", "document": {"data": "sun"}}]},
            {"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Ok."}],
                "citations": [{"start": 0, "end": 2, "text": "Ok", "sources": []}]},
            {"role": "user", "content": "Why?"},
        ])),
    ] {
        assert_eq!(ask(&body).err(), None, "{body}");
    }
}

#[test]
fn keys_are_checked() {
    let body = request(json!({}));
    assert_eq!(send("/v2/chat", &body, &[]).err().unwrap().message, "no api key supplied");
    let wrong = send("/v2/chat", &body, &[("authorization", "Bearer wrong")]).err().unwrap();
    assert_eq!((wrong.status, wrong.message.as_str()), (401, "invalid api token"));
    assert_eq!(send("/v1/chat", &body, &[KEY]).err().unwrap().status, 404);
}

#[test]
fn streams_say_what_whole_answers_say() {
    for (wish, tools) in
        [("thinking text=Let+me input=123 cached=10 output=45", json!([])), ("tools=2 text=Let+me", json!([weather()]))]
    {
        let answer = ask(&marked(wish, json!({"stream": true, "tools": tools, "documents": ["a"]}))).unwrap();
        let mut message =
            json!({"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []});
        let mut last = Value::Null;
        let add = |text: &mut Value, piece: &Value| {
            *text = format!("{}{}", text.as_str().unwrap(), piece.as_str().unwrap()).into()
        };
        for event in events(&answer) {
            let delta = &event["delta"]["message"];
            let index = event["index"].as_u64().unwrap_or_default() as usize;
            match event["type"].as_str().unwrap() {
                "content-start" => message["content"].as_array_mut().unwrap().push(delta["content"].clone()),
                "content-delta" => {
                    let (key, piece) = delta["content"].as_object().unwrap().iter().next().unwrap();
                    add(&mut message["content"][index][key], piece);
                }
                "tool-plan-delta" => add(&mut message["tool_plan"], &delta["tool_plan"]),
                "tool-call-start" => message["tool_calls"].as_array_mut().unwrap().push(delta["tool_calls"].clone()),
                "tool-call-delta" => {
                    let piece = &delta["tool_calls"]["function"]["arguments"];
                    add(&mut message["tool_calls"][index]["function"]["arguments"], piece);
                }
                "citation-start" => message["citations"].as_array_mut().unwrap().push(delta["citations"].clone()),
                "message-end" => last = event["delta"].clone(),
                _ => {}
            }
        }
        message.as_object_mut().unwrap().retain(|_, value| *value != json!([]) && *value != "");
        assert_eq!(message, answer.whole["message"], "{wish}");
        assert_eq!(last["finish_reason"], answer.whole["finish_reason"]);
        assert_eq!(last["usage"], answer.whole["usage"]);
    }
    let usage = ask(&marked("input=123 cached=10 output=45", json!({}))).unwrap().whole["usage"].clone();
    assert_eq!(usage["tokens"], json!({"input_tokens": 123, "output_tokens": 45}));
    assert_eq!(usage["cached_tokens"], 10);
}

#[test]
fn tools_are_called_once_and_their_results_cited() {
    let asks = json!({"role": "user", "content": "[[mock: tools]] Weather?"});
    let with = |messages: Value| request(json!({"tools": [weather()], "messages": messages}));
    let first = ask(&with(json!([asks]))).unwrap();
    assert_eq!(first.whole["finish_reason"], "TOOL_CALL");
    let made = &first.whole["message"];
    assert_eq!((&made["tool_plan"], made.get("content")), (&json!("I will use the tools."), None));
    let data = json!([{"type": "document", "document": {"data": {"result": "sunny"}}}]);
    let result = json!({"role": "tool", "tool_call_id": made["tool_calls"][0]["id"], "content": data});
    let second = ask(&with(json!([asks, made, result]))).unwrap();
    let message = &second.whole["message"];
    assert_eq!(message["content"][0]["text"], "The tool said: sunny");
    assert_eq!(message["citations"][0]["sources"][0]["tool_output"]["content"], "sunny");
}

#[test]
fn senseless_wishes_are_refused() {
    for wish in ["cache_write=3", "reasoning=3", "redacted_thinking", "refusal"] {
        assert!(ask(&marked(wish, json!({}))).err().unwrap().message.contains("makes no sense here"), "{wish}");
    }
    let body = json!({"model": "m", "query": "a", "documents": ["a"]});
    let problem = send("/v2/rerank", &body, &[KEY, ("x-mock", "thinking")]).err().unwrap();
    assert!(problem.message.contains("makes no sense here"));
}

#[test]
fn texts_are_embedded_and_documents_ranked() {
    let embed = |extra: Value| {
        let mut body = json!({"model": "embed-v4.0", "input_type": "search_document"});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        send("/v2/embed", &body, &[KEY]).map(|answer| answer.whole)
    };
    let kinds = json!(["float", "int8", "ubinary", "base64"]);
    let whole = embed(json!({"texts": ["a", "b c"], "embedding_types": kinds, "output_dimension": 512})).unwrap();
    assert_eq!(whole["embeddings"]["float"][1].as_array().unwrap().len(), 512);
    assert_eq!(whole["embeddings"]["ubinary"][0].as_array().unwrap().len(), 64);
    assert!(whole["embeddings"]["base64"][0].is_string());
    assert_eq!(whole["meta"]["billed_units"]["input_tokens"], 3);
    for bad in [
        json!({}),
        json!({"texts": []}),
        json!({"texts": ["a"], "images": []}),
        json!({"texts": ["a"], "output_dimension": 7}),
    ] {
        assert!(embed(bad).is_err());
    }
    let body = json!({"model": "rerank-v4.0", "query": "capital of France", "documents": ["Berlin", "Paris, capital"], "top_n": 1});
    let ranked = send("/v2/rerank", &body, &[KEY]).unwrap().whole;
    assert_eq!(ranked["results"].as_array().unwrap().len(), 1);
    assert_eq!(ranked["results"][0]["index"], 1);
}

#[test]
fn tokens_are_told_to_those_who_ask() {
    let answer = ask(&marked("text=Let+me", json!({"logprobs": true, "stream": true}))).unwrap();
    let me = json!({"text": "me", "token_ids": [1002], "logprobs": [-0.25]});
    assert_eq!(answer.whole["logprobs"][1], me);
    assert!(events(&answer).iter().any(|event| event["logprobs"] == me));
    assert_eq!(ask(&marked("text=Let+me", json!({}))).unwrap().whole.get("logprobs"), None);
}
