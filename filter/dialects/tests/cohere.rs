//! What the Cohere dialect passes on, brings into range, refuses and reports.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

use serde_json::{Value, json};
use tollgate_dialects::{Asked, Dialect, Exchange, Finish, Operation, Peek, Problem, Stream, StreamBytes, Upstream};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const TEXT_STREAM: &str = include_str!("golden/streams/text.cohere.sse");
const ERROR_STREAM: &str = include_str!("golden/streams/error.cohere.sse");

fn exchange(client: Dialect, provider: Dialect) -> Exchange {
    let body = r#"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"stream":true}"#;
    Peek::new(client, body.as_bytes()).unwrap().prepare(provider, "m").unwrap().exchange
}

fn run(stream: &mut Stream, bytes: &[u8], size: usize) -> String {
    let mut out = Vec::new();
    for bytes in bytes.chunks(size) {
        match stream.push(bytes) {
            StreamBytes::AsTheyAre => out.extend_from_slice(bytes),
            StreamBytes::Replaced(bytes) => out.extend(bytes),
        }
    }
    out.extend(stream.finish());
    String::from_utf8(out).unwrap()
}

/// An OpenAI request with these members, as Cohere gets it, and what was lost.
fn to_cohere(members: &str) -> (Value, String) {
    let body = format!(r#"{{"model":"m","messages":[{{"role":"user","content":"x"}}],{members}}}"#);
    let prepared = Peek::new(Dialect::OpenAi, body.as_bytes()).unwrap().prepare(Dialect::Cohere, "m").unwrap();
    (serde_json::from_slice(&prepared.body.unwrap()).unwrap(), prepared.losses.to_header())
}

#[test]
fn its_path_is_known_and_its_provider_is_found() {
    let asked = Asked::of(b"POST", b"/v2/chat").unwrap();
    assert_eq!(asked.operation(), Operation::Generate(Dialect::Cohere));
    assert_eq!(Upstream::from(Dialect::Cohere).path(None, "command-a", true), "/v2/chat");
    assert_eq!(Upstream::from(Dialect::Cohere).path(Some("/proxy/v2"), "command-a", true), "/proxy/v2/chat");
}

#[test]
fn a_stream_passes_byte_for_byte_and_is_watched() {
    for size in [1, 5, 1000] {
        let mut stream = exchange(Dialect::Cohere, Dialect::Cohere).stream(0);
        assert_eq!(run(&mut stream, TEXT_STREAM.as_bytes(), size), TEXT_STREAM);
        let usage = stream.outcome().usage.unwrap();
        assert_eq!((usage.input, usage.cached_input, usage.output), (123, 10, 45));
        assert_eq!(stream.outcome().finish, Some(Finish::Length));
        assert!(stream.is_complete());
    }
}

#[test]
fn a_failure_that_passes_is_no_end_and_is_told_once() {
    let mut stream = exchange(Dialect::Cohere, Dialect::Cohere).stream(0);
    assert_eq!(run(&mut stream, ERROR_STREAM.as_bytes(), 64), ERROR_STREAM);
    assert!(!stream.is_complete());
    assert_eq!(stream.outcome().usage.unwrap().total(), 11);
}

#[test]
fn a_stream_that_breaks_off_ends_in_its_own_error() {
    for keep in [0, TEXT_STREAM.len() / 3, TEXT_STREAM.len() / 2] {
        let mut stream = exchange(Dialect::Cohere, Dialect::Cohere).stream(0);
        let out = run(&mut stream, &TEXT_STREAM.as_bytes()[..keep], 64);
        let last = out.trim_end().rsplit("\n\n").next().unwrap();
        assert!(last.starts_with("event: message-end\n"), "{last}");
        assert!(last.contains("broke off") && last.contains(r#""finish_reason":"ERROR""#), "{last}");
    }
}

#[test]
fn an_end_without_done_is_an_end_and_done_without_an_end_is_none() {
    let text = TEXT_STREAM.replace("data: [DONE]\n\n", "");
    let mut stream = exchange(Dialect::OpenAi, Dialect::Cohere).stream(0);
    assert!(run(&mut stream, text.as_bytes(), 100).ends_with("data: [DONE]\n\n"));
    let mut stream = exchange(Dialect::OpenAi, Dialect::Cohere).stream(0);
    assert!(run(&mut stream, b"data: [DONE]\n\n", 100).contains("\"error\""));
}

#[test]
fn calls_are_read_in_every_form_and_never_mixed() {
    let event = |kind: &str, index: u64, call: &str| {
        format!(
            "data: {{\"type\":\"tool-call-{kind}\",\"index\":{index},\"delta\":{{\"message\":{{\"tool_calls\":{call}}}}}}}\n\n"
        )
    };
    let end = "data: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"TOOL_CALL\"}}\n\n";
    let begin = |index| event("start", index, r#"[{"id":"","function":{"name":"f","arguments":"{\"a\":"}}]"#);
    let go_on = |index| event("delta", index, r#"{"function":{"arguments":"1}"}}"#);
    let null = event("start", 7, r#"{"id":"n","function":{"name":"g"}}"#)
        + &event("delta", 7, r#"{"function":{"arguments":"null"}}"#);
    let read = |text: String| run(&mut exchange(Dialect::OpenAi, Dialect::Cohere).stream(0), text.as_bytes(), 50);

    let out = read(begin(3) + &go_on(3) + &null + end);
    for piece in [r#""id":"call_0_0""#, r#"{\"a\":"#, r#""index":1,"id":"n""#, r#""arguments":"{}""#] {
        assert!(out.contains(piece), "{piece} in {out}");
    }
    let out = read(begin(0) + &begin(1) + &go_on(0) + end);
    assert!(out.contains("\"error\"") && !out.contains("[DONE]"), "{out}");
}

#[test]
fn an_answer_that_failed_is_none() {
    for reason in ["ERROR", "TIMEOUT"] {
        let body = format!(r#"{{"id":"c","finish_reason":"{reason}","message":{{"content":[{{"text":"half"}}]}}}}"#);
        assert!(exchange(Dialect::OpenAi, Dialect::Cohere).answer(body.as_bytes(), 0).is_err());
        let passed = exchange(Dialect::Cohere, Dialect::Cohere).answer(body.as_bytes(), 0).unwrap();
        assert!(passed.body.is_none() && passed.outcome.finish.is_none());
    }
    for body in ["", "[]", "{}", "null", r#"{"message":5}"#] {
        assert!(exchange(Dialect::OpenAi, Dialect::Cohere).answer(body.as_bytes(), 0).is_err(), "{body}");
    }
}

#[test]
fn billed_units_count_where_there_is_nothing_better() {
    let body = br#"{"message":{},"usage":{"billed_units":{"input_tokens":3.0,"output_tokens":2},"cached_tokens":9}}"#;
    let usage = exchange(Dialect::OpenAi, Dialect::Cohere).answer(body, 0).unwrap().outcome.usage.unwrap();
    assert_eq!((usage.input, usage.cached_input, usage.output), (3, 3, 2));
}

#[test]
fn a_page_that_is_cited_is_told_of() {
    let body = br#"{"id":"c","finish_reason":"COMPLETE","message":{"content":[{"type":"text","text":"Tall."}],"citations":[{"start":0,"end":4,"sources":[{"type":"tool","id":"t","tool_output":{"url":"https://example.com","title":"Page"}}]}]}}"#;
    assert!(exchange(Dialect::OpenAi, Dialect::Cohere).answer(body, 0).is_ok());
}

#[test]
fn sampling_is_brought_into_range_and_that_is_told() {
    for (members, sent, lost) in [
        (r#""temperature":1.5"#, json!({"temperature": 1.0}), "temperature"),
        (r#""temperature":0"#, json!({"temperature": 0.0}), ""),
        (r#""top_p":1"#, json!({"p": 0.99}), ""),
        (r#""top_p":0"#, json!({"p": 0.01}), "top_p"),
        (r#""frequency_penalty":-1"#, json!({"frequency_penalty": 0.0}), "frequency_penalty"),
        (r#""presence_penalty":2"#, json!({"presence_penalty": 1.0}), "presence_penalty"),
        (r#""seed":12345678901"#, json!({"seed": 12_345_678_901_u64}), ""),
        (r#""seed":-1"#, json!({}), "seed"),
    ] {
        let (body, dropped) = to_cohere(members);
        let mut expected = json!({"model": "m", "messages": [{"role": "user", "content": "x"}], "stream": false});
        expected.as_object_mut().unwrap().extend(sent.as_object().unwrap().clone());
        assert_eq!((body, &*dropped), (expected, lost), "{members}");
    }
}

#[test]
fn one_tool_is_forced_by_being_the_only_one() {
    let tools = r#""tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"b","strict":true,"parameters":{"type":"object","properties":{"x":{"type":"integer","minimum":1}},"required":["x"]}}}]"#;
    let choose = |name: &str| format!(r#"{tools},"tool_choice":{{"type":"function","function":{{"name":"{name}"}}}}"#);
    let (body, lost) = to_cohere(&choose("b"));
    assert_eq!(body["tools"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&body["tool_choice"], &body["strict_tools"], &*lost),
        (&json!("REQUIRED"), &json!(true), "tools.parameters")
    );
    assert_eq!(body.pointer("/tools/0/function/parameters/properties/x/description"), Some(&json!("{minimum: 1}")));
    let (body, lost) = to_cohere(tools);
    assert_eq!((body.get("tool_choice"), body.get("strict_tools"), &*lost), (None, None, "tools.strict"));
    assert!(body["tools"].to_string().contains(r#""minimum":1"#), "nothing is held to it");
    let (body, lost) = to_cohere(r#""tools":[{"type":"function","function":{"name":"a","strict":true}}]"#);
    assert_eq!((body.get("strict_tools"), &*lost), (None, "tools.strict"), "a strict tool requires something");
    let (_, lost) = to_cohere(r#""tool_choice":"required""#);
    assert_eq!(lost, "tool_choice");
}

#[test]
fn what_would_change_the_answer_is_refused() {
    let tools = r#""tools":[{"type":"function","function":{"name":"a"}}]"#;
    let user = |part: &str| format!(r#""messages":[{{"role":"user","content":[{part}]}}]"#);
    for (members, param) in [
        (r#""n":2"#.to_owned(), "n"),
        (r#""stop":["1","2","3","4","5","6"]"#.to_owned(), "stop"),
        (format!(r#""response_format":{{"type":"json_object"}},{tools}"#), "response_format"),
        (format!(r#""tool_choice":{{"type":"function","function":{{"name":"z"}}}},{tools}"#), "tool_choice"),
        (user(r#"{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}"#), "messages[0].content"),
        (user(r#"{"type":"file","file":{"file_id":"f"}}"#), "messages[0].content"),
        (user(r#"{"type":"image_url","image_url":{"url":"data:image/bmp;base64,AA=="}}"#), "messages[0].content"),
    ] {
        let messages = if members.contains("messages") { "" } else { r#""messages":[{"role":"user","content":"x"}],"# };
        let body = format!(r#"{{"model":"m",{messages}{members}}}"#);
        let error = Peek::new(Dialect::OpenAi, body.as_bytes()).unwrap().prepare(Dialect::Cohere, "m").unwrap_err();
        assert_eq!(error.param.as_deref(), Some(param), "{error}");
    }
}

#[test]
fn a_wrong_shape_names_the_field_and_never_the_prompt() {
    let user = r#""messages":[{"role":"user","content":"secret"}]"#;
    for (members, param) in [
        (r#""messages":[{"role":"developer","content":"secret"}]"#.to_owned(), "messages[0].role"),
        (r#""messages":[{"role":"tool","content":"secret"}]"#.to_owned(), "messages[0].tool_call_id"),
        (
            r#""messages":[{"role":"user","content":[{"type":"document","document":{}}]}]"#.to_owned(),
            "messages[0].content[0].document.data",
        ),
        (r#""messages":[{"role":"user","tool_plan":"secret","content":"x"}]"#.to_owned(), "messages[0].content"),
        (r#""messages":[]"#.to_owned(), "messages"),
        (format!(r#"{user},"tool_choice":"required""#), "tool_choice"),
        (format!(r#"{user},"thinking":{{"type":"maybe"}}"#), "thinking.type"),
        (
            format!(r#"{user},"response_format":{{"type":"json_object","json_schema":"secret"}}"#),
            "response_format.json_schema",
        ),
        (format!(r#"{user},"max_tokens":0"#), "max_tokens"),
        (format!(r#"{user},"documents":[{{"id":"secret"}}]"#), "documents[0].data"),
    ] {
        let body = format!(r#"{{"model":"m",{members}}}"#);
        let error = Peek::new(Dialect::Cohere, body.as_bytes()).unwrap().prepare(Dialect::OpenAi, "m").unwrap_err();
        assert_eq!((error.problem, error.param.as_deref()), (Problem::Shape, Some(param)), "{error}");
        assert!(!error.message.contains("secret"), "{error}");
    }
    let body = br#"{"model":"m","messages":[{"role":"system","content":"x"}],"documents":["d"]}"#;
    let error = Peek::new(Dialect::Cohere, body).unwrap().prepare(Dialect::OpenAi, "m").unwrap_err();
    assert_eq!((error.problem, error.param.as_deref()), (Problem::Unsupported, Some("documents")));
}

#[test]
fn thoughts_of_its_own_come_back_as_it_gave_them() {
    let says = |content: &str| {
        let body = format!(
            r#"{{"model":"m","max_tokens":9,"messages":[{{"role":"user","content":"x"}},{{"role":"assistant","content":[{content}]}},{{"role":"user","content":"y"}}]}}"#
        );
        let prepared = Peek::new(Dialect::Anthropic, body.as_bytes()).unwrap().prepare(Dialect::Cohere, "m").unwrap();
        let body: Value = serde_json::from_slice(&prepared.body.unwrap()).unwrap();
        (body["messages"][1].clone(), prepared.losses.to_header())
    };
    let own = r#"{"type":"thinking","thinking":"Hm.","signature":""}"#;
    let foreign = r#"{"type":"thinking","thinking":"Hm.","signature":"s"}"#;
    let text = r#"{"type":"text","text":"Done."}"#;
    let call = r#"{"type":"tool_use","id":"a","name":"f","input":{}}"#;
    let (message, lost) = says(&format!("{own},{text}"));
    assert_eq!(message["content"], json!([{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Done."}]));
    assert_eq!(lost, "");
    let (message, lost) = says(&format!("{own},{text},{call}"));
    assert_eq!((&message["tool_plan"], &message["content"], &*lost), (&json!("Hm."), &json!("Done."), ""));
    let (message, lost) = says(&format!("{foreign},{text}"));
    assert_eq!((&message["content"], &*lost), (&json!("Done."), "messages.content.thinking"));
}

#[test]
fn a_budget_that_is_cut_is_reported() {
    for (budget, max, expected, lost) in [(3000, 9000, 3000, ""), (9000, 8000, 6000, "reasoning_effort")] {
        let body = json!({"model": "m", "max_tokens": max, "messages": [{"role": "user", "content": "x"}],
            "thinking": {"type": "enabled", "budget_tokens": budget}});
        let body = body.to_string();
        let peek = Peek::new(Dialect::Anthropic, body.as_bytes()).unwrap();
        let prepared = peek.prepare(Dialect::Cohere, "command-a-reasoning-08-2025").unwrap();
        let body: Value = serde_json::from_slice(&prepared.body.unwrap()).unwrap();
        assert_eq!((&body["thinking"]["token_budget"], &*prepared.losses.to_header()), (&json!(expected), lost));
    }
}

#[test]
fn errors_are_a_message_both_ways() {
    let body = br#"{"id":"e1","message":"invalid api token"}"#;
    let read = exchange(Dialect::OpenAi, Dialect::Cohere).failure(401, body);
    assert_eq!((read.failure.status, &*read.failure.message), (401, "invalid api token"));
    assert_eq!(Dialect::Cohere.error_body(&read.failure), br#"{"message":"invalid api token"}"#);
    assert!(exchange(Dialect::Cohere, Dialect::Cohere).failure(498, body).as_it_is);
    assert!(!exchange(Dialect::Cohere, Dialect::Cohere).failure(503, b"<html>").as_it_is);
}

#[test]
fn its_list_of_models_has_its_own_shape() {
    let body: Value = serde_json::from_slice(&Dialect::Cohere.models_body(&["a\"b"])).unwrap();
    assert_eq!(body, json!({"models": [{"name": "a\"b", "endpoints": ["chat"], "finetuned": false}]}));
}
