//! What a request's body tells, how it is patched, and how it is refused.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

use tollgate_dialects::{Dialect, Operation, Peek, Problem, RequestError};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn patched(dialect: Dialect, body: &str, model: &str) -> Option<String> {
    let prepared = Peek::new(dialect, body.as_bytes()).unwrap().prepare(dialect, model).unwrap();
    prepared.body.map(|body| String::from_utf8(body).unwrap())
}

fn refusal(dialect: Dialect, body: &str) -> RequestError {
    Peek::new(dialect, body.as_bytes()).unwrap_err()
}

fn translation_refusal(client: Dialect, provider: Dialect, body: &str) -> RequestError {
    Peek::new(client, body.as_bytes()).unwrap().prepare(provider, "m").unwrap_err()
}

#[test]
fn operations_are_known_by_method_and_path() {
    let of = |method: &str, path: &str| Operation::of(method.as_bytes(), path.as_bytes());
    assert_eq!(of("POST", "/v1/chat/completions"), Some(Operation::Generate(Dialect::OpenAi)));
    assert_eq!(of("POST", "/v1/messages?beta=true"), Some(Operation::Generate(Dialect::Anthropic)));
    assert_eq!(of("GET", "/v1/models?limit=5"), Some(Operation::ListModels));
    assert_eq!(of("GET", "/v1/chat/completions"), None);
    assert_eq!(of("POST", "/v1/chat/completions/"), None);
    assert_eq!(of("POST", "/v1/files"), None);
}

#[test]
fn a_peek_sees_model_stream_and_caps() {
    let body = br#"{"messages":[],"n":3,"max_completion_tokens":10,"model":"gpt-4\u002e1","stream":true}"#;
    let peek = Peek::new(Dialect::OpenAi, body).unwrap();
    assert_eq!(peek.model(), "gpt-4.1");
    assert!(peek.stream());
    assert_eq!(peek.output_cap(), Some(30));
    assert!(!peek.has_sampling());
}

#[test]
fn a_huge_cap_saturates_instead_of_wrapping() {
    let body = br#"{"model":"m","max_tokens":99999999999999999999999999,"n":9}"#;
    assert_eq!(Peek::new(Dialect::OpenAi, body).unwrap().output_cap(), Some(u64::MAX));
}

#[test]
fn the_estimate_counts_text_but_not_encoded_media() {
    let estimate = |content: &str| {
        let body = format!(r#"{{"model":"m","messages":[{{"role":"user","content":{content}}}]}}"#);
        Peek::new(Dialect::OpenAi, body.as_bytes()).unwrap().input_estimate()
    };
    let words = "word ".repeat(800);
    assert!((900..1100).contains(&estimate(&format!("\"{words}\""))));
    let image = format!("data:image/png;base64,{}", "A".repeat(1_000_000));
    assert!(estimate(&format!(r#"[{{"type":"image_url","image_url":{{"url":"{image}"}}}}]"#)) < 2_000);
}

#[test]
fn the_same_dialect_and_model_leave_the_body_alone() {
    let body = r#"{ "model" : "gpt-4.1", "messages":[], "brand_new": {"x":[1]} }"#;
    assert_eq!(patched(Dialect::OpenAi, body, "gpt-4.1"), None);
}

#[test]
fn only_the_model_changes_byte_for_byte() {
    let body = "{\n \"future\": [1e5, \"\\u00e9\"],\t\"model\" : \"assistant\" , \"messages\":[]}";
    let expected = body.replace("\"assistant\"", "\"claude \\\"x\\\"\"");
    assert_eq!(patched(Dialect::Anthropic, body, "claude \"x\"").as_deref(), Some(&*expected));
}

#[test]
fn usage_is_asked_for_in_openai_streams_wherever_the_option_stands() {
    let cases = [
        (r#"{"model":"m","stream":true}"#, r#"{"model":"m","stream_options":{"include_usage":true},"stream":true}"#),
        (
            r#"{"stream":true,"stream_options":null,"model":"m"}"#,
            r#"{"stream":true,"stream_options":{"include_usage":true},"model":"m"}"#,
        ),
        (
            r#"{"stream":true,"stream_options":{},"model":"m"}"#,
            r#"{"stream":true,"stream_options":{"include_usage":true},"model":"m"}"#,
        ),
        (
            r#"{"stream":true,"stream_options":{"include_obfuscation":false},"model":"m"}"#,
            r#"{"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},"model":"m"}"#,
        ),
        (
            r#"{"stream":true,"stream_options":{"a":{"include_usage":1},"include_usage":false},"model":"m"}"#,
            r#"{"stream":true,"stream_options":{"a":{"include_usage":1},"include_usage":true},"model":"m"}"#,
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(patched(Dialect::OpenAi, body, "m").as_deref(), Some(expected));
    }
    assert_eq!(
        patched(Dialect::OpenAi, r#"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#, "m"),
        None
    );
    assert_eq!(patched(Dialect::OpenAi, r#"{"model":"m","stream":false}"#, "m"), None);
    assert_eq!(patched(Dialect::Anthropic, r#"{"model":"m","stream":true}"#, "m"), None);
}

#[test]
fn what_is_not_json_is_refused_with_its_place() {
    let cases: [(&[u8], &str); 8] = [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"hello", "byte 0"),
        (br#"{"model":"m","messages":[}"#, "byte 25"),
        (br#"{"model":"m""#, "ends too early"),
        (br#"{"model":"m"}}"#, "byte 13"),
        (b"{\"model\":\"\xff\"}", "not UTF-8 at byte 10"),
        (br#"["model"]"#, "not a JSON object"),
    ];
    for (body, expected) in cases {
        let error = Peek::new(Dialect::OpenAi, body).unwrap_err();
        assert_eq!(error.problem, Problem::NotJson, "{error}");
        assert!(error.message.contains(expected), "{error} should say {expected}");
    }
}

#[test]
fn nesting_is_bounded() {
    let body = format!(r#"{{"model":"m","messages":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert!(refusal(Dialect::OpenAi, &body).message.contains("nesting"));
}

#[test]
fn a_model_that_is_missing_or_no_string_is_refused() {
    for body in [r#"{"messages":[]}"#, r#"{"model":5}"#, r#"{"model":null}"#, r#"{"nested":{"model":"m"}}"#] {
        assert_eq!(refusal(Dialect::Anthropic, body).param.as_deref(), Some("model"), "{body}");
    }
}

/// Which of two the provider would take, nobody knows: it could be the one that was not checked.
#[test]
fn a_field_given_twice_is_refused_however_it_is_written() {
    for body in [
        r#"{"model":"allowed","model":"forbidden"}"#,
        r#"{"model":"allowed","mod\u0065l":"forbidden"}"#,
        r#"{"model":"allowed","MODEL":"forbidden"}"#,
        r#"{"model":"m","max_tokens":1,"max_tokens":100000}"#,
        r#"{"model":"m","stream_options":{"include_usage":true,"include_usage":false}}"#,
    ] {
        assert_eq!(refusal(Dialect::OpenAi, body).problem, Problem::Shape, "{body}");
    }
}

#[test]
fn a_wrong_shape_names_the_field_and_never_the_prompt() {
    let cases = [
        (r#"{"model":"m","messages":[{"role":"user","content":5}]}"#, "messages[0].content"),
        (r#"{"model":"m","messages":[{"role":"wizard","content":"secret"}]}"#, "messages[0].role"),
        (r#"{"model":"m","messages":"secret"}"#, "messages"),
        (r#"{"model":"m","messages":[]}"#, "messages"),
        (r#"{"model":"m"}"#, "messages"),
        (r#"{"model":"m","messages":[{"role":"tool","content":"secret"}]}"#, "messages[0].tool_call_id"),
        (
            r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":{"a":"secret"}}]}]}"#,
            "messages[0].content[0].text",
        ),
        (r#"{"model":"m","messages":[{"role":"user","content":"secret"}],"temperature":"secret"}"#, "temperature"),
        (r#"{"model":"m","messages":[{"role":"user","content":"secret"}],"tool_choice":"secret"}"#, "tool_choice"),
    ];
    for (body, param) in cases {
        let error = translation_refusal(Dialect::OpenAi, Dialect::Anthropic, body);
        assert_eq!((error.problem, error.param.as_deref()), (Problem::Shape, Some(param)), "{error}");
        assert!(!error.message.contains("secret"), "{error}");
    }
}

#[test]
fn what_would_change_the_answer_is_refused() {
    let openai = |rest: &str| format!(r#"{{"model":"m","messages":[{{"role":"user","content":"x"}}],{rest}}}"#);
    let user = |part: &str| format!(r#"{{"model":"m","messages":[{{"role":"user","content":[{part}]}}]}}"#);
    for (body, param) in [
        (openai(r#""n":2"#), "n"),
        (openai(r#""response_format":{"type":"json_object"}"#), "response_format"),
        (openai(r#""stop":["\n"]"#), "stop"),
        (openai(r#""modalities":["text","audio"]"#), "modalities"),
        (openai(r#""functions":[]"#), "functions"),
        (openai(r#""tools":[{"type":"web_search"}]"#), "tools[0].type"),
        (user(r#"{"type":"input_audio","input_audio":{}}"#), "messages[0].content"),
        (user(r#"{"type":"file","file":{"file_id":"f"}}"#), "messages[0].content"),
        (user(r#"{"type":"image_url","image_url":{"url":"data:image/bmp;base64,AA=="}}"#), "messages[0].content"),
        (r#"{"model":"m","messages":[{"role":"assistant","content":"x"}]}"#.to_owned(), "messages[0].role"),
    ] {
        let error = translation_refusal(Dialect::OpenAi, Dialect::Anthropic, &body);
        assert_eq!((error.problem, error.param.as_deref()), (Problem::Unsupported, Some(param)), "{error}");
    }
    for (rest, param) in [
        (r#""stop_sequences":["1","2","3","4","5"]"#, "stop_sequences"),
        (r#""tools":[{"type":"web_search_20260209","name":"web_search"}]"#, "tools[0].type"),
        (r#""mcp_servers":[]"#, "mcp_servers"),
    ] {
        let error =
            translation_refusal(Dialect::Anthropic, Dialect::OpenAi, &openai(&format!(r#""max_tokens":9,{rest}"#)));
        assert_eq!((error.problem, error.param.as_deref()), (Problem::Unsupported, Some(param)), "{error}");
    }
}

#[test]
fn the_anthropic_version_follows_from_the_request() {
    let version = |sampling, client: Option<&str>| {
        Dialect::Anthropic.version_header(sampling, client.map(str::as_bytes)).unwrap().1
    };
    assert_eq!(version(false, None), "2026-10-21");
    assert_eq!(version(false, Some("2026-10-21")), "2026-10-21");
    assert_eq!(version(true, Some("2026-10-21")), "2023-06-01");
    assert_eq!(version(false, Some("2023-06-01")), "2023-06-01");
    assert_eq!(version(false, Some("garbage")), "2026-10-21");
    assert_eq!(Dialect::OpenAi.version_header(true, None), None);
}
