//! What is refused, and in which words.

use tollgate_dialects::{Dialect, Peek, Problem, RequestError};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn refusal(dialect: Dialect, body: &str) -> RequestError {
    Peek::new(dialect, body.as_bytes()).unwrap_err()
}

fn translation_refusal(client: Dialect, provider: Dialect, body: &str) -> RequestError {
    Peek::new(client, body.as_bytes()).unwrap().prepare(provider, "m").unwrap_err()
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

#[test]
fn options_that_are_a_list_are_refused() {
    let body = r#"{"model":"m","stream":true,"stream_options":[],"messages":[]}"#;
    assert_eq!(refusal(Dialect::OpenAi, body).param.as_deref(), Some("stream_options"));
}

/// Which of two the provider would take, nobody knows: it could be the one that was not checked.
#[test]
fn a_field_given_twice_is_refused_however_it_is_written() {
    for body in [
        r#"{"model":"allowed","model":"forbidden"}"#,
        r#"{"model":"allowed","mod\u0065l":"forbidden"}"#,
        r#"{"model":"allowed","MODEL":"forbidden"}"#,
        r#"{"model":"m","N":50}"#,
        r#"{"model":"m","Stream":true}"#,
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
        (user(r#"{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}"#), "messages[0].content"),
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
fn what_is_said_by_the_wrong_side_is_refused_and_not_lost() {
    let image = r#"{"type":"image","source":{"type":"url","url":"https://example.com"}}"#;
    let call = r#"{"type":"tool_use","id":"a","name":"f","input":{}}"#;
    let result = r#"{"type":"tool_result","tool_use_id":"a","content":[{"type":"tool_result","tool_use_id":"b"}]}"#;
    let says = |role: &str, block: &str| format!(r#""messages":[{{"role":"{role}","content":[{block}]}}]"#);
    for (members, problem, param) in [
        (says("system", image), Problem::Shape, "messages[0].content"),
        (says("user", call), Problem::Shape, "messages[0].content"),
        (says("assistant", r#"{"type":"tool_result","tool_use_id":"a"}"#), Problem::Shape, "messages[0].content"),
        (says("assistant", image), Problem::Unsupported, "messages[0].content"),
        (says("user", result), Problem::Shape, "messages[0].content[0].content[0].type"),
        (format!(r#""system":[{image}],{}"#, says("user", image)), Problem::Shape, "system"),
        // More than a media type, which would end the head of a data URI.
        (
            says("user", r#"{"type":"image","source":{"type":"base64","media_type":"image/png,x","data":"AA=="}}"#),
            Problem::Shape,
            "messages[0].content[0].source.media_type",
        ),
        // What neither of them could fetch.
        (says("user", &image.replace("https:", "file:")), Problem::Shape, "messages[0].content[0].source.url"),
    ] {
        let body = format!(r#"{{"model":"m","max_tokens":9,{members}}}"#);
        let error = translation_refusal(Dialect::Anthropic, Dialect::OpenAi, &body);
        assert_eq!((error.problem, error.param.as_deref()), (problem, Some(param)), "{error}");
    }
    let body = r#"{"model":"m","messages":[{"role":"system","content":[{"type":"image_url","image_url":{"url":"https://example.com"}}]}]}"#;
    assert_eq!(translation_refusal(Dialect::OpenAi, Dialect::Anthropic, body).problem, Problem::Shape);
}

/// Sent on, they would be no message at all.
#[test]
fn messages_that_say_nothing_are_refused() {
    let empty = r#"{"model":"m","messages":[{"role":"user"}]}"#;
    for provider in [Dialect::OpenAi, Dialect::Anthropic, Dialect::Gemini] {
        let refusal = translation_refusal(Dialect::Cohere, provider, empty);
        assert_eq!(refusal.message, "messages: must hold at least one message that says something.");
    }
}

#[test]
fn a_wrong_value_is_described_in_the_words_of_json() {
    let body = r#"{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":"9"}"#;
    let error = translation_refusal(Dialect::OpenAi, Dialect::Anthropic, body);
    assert_eq!(error.message, "max_tokens: expected a whole number.");
    let error = translation_refusal(Dialect::OpenAi, Dialect::Anthropic, &body.replace(r#""9""#, "0"));
    assert_eq!(error.message, "max_tokens: must be at least 1.");
}

#[test]
fn allowed_tools_that_are_not_offered_are_refused() {
    let body = r#"{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a"}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"b"}}]}}}"#;
    let error = translation_refusal(Dialect::OpenAi, Dialect::Anthropic, body);
    assert_eq!(error.param.as_deref(), Some("tool_choice.allowed_tools.tools"));
}
