//! A request that goes on in the client's own dialect: changed where it must be, byte for byte.

use tollgate_dialects::{Dialect, Peek};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn patched(dialect: Dialect, body: &str, model: &str) -> Option<String> {
    let prepared = Peek::new(dialect, body.as_bytes()).unwrap().prepare(dialect, model).unwrap();
    prepared.body.map(|body| String::from_utf8(body).unwrap())
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
