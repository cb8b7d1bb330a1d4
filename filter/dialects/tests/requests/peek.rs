//! What a request tells before it is read in full.

use tollgate_dialects::{Asked, Dialect, Operation, Peek, Upstream};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn operations_are_known_by_method_and_path() {
    let of = |method: &str, path: &str| Asked::of(method.as_bytes(), path.as_bytes()).map(|asked| asked.operation());
    assert_eq!(of("POST", "/v1/chat/completions"), Some(Operation::Generate(Dialect::OpenAi)));
    assert_eq!(of("POST", "/v1/messages?beta=true"), Some(Operation::Generate(Dialect::Anthropic)));
    assert_eq!(of("GET", "/v1/models?limit=5"), Some(Operation::ListModels));
    assert_eq!(of("GET", "/foundation-models"), Some(Operation::ListModels));
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
    assert_eq!((peek.output_cap(), peek.answers()), (Some(10), 3));
    assert!(!peek.has_sampling());
}

#[test]
fn a_huge_cap_saturates_instead_of_wrapping() {
    let body = br#"{"model":"m","max_tokens":99999999999999999999999999,"n":9}"#;
    assert_eq!(Peek::new(Dialect::OpenAi, body).unwrap().output_cap(), Some(u64::MAX));
}

#[test]
fn a_cap_counts_however_it_is_written() {
    let cap = |members: &str| {
        let body = format!(r#"{{"model":"m",{members}}}"#);
        Peek::new(Dialect::OpenAi, body.as_bytes()).unwrap().output_cap()
    };
    assert_eq!(cap(r#""max_tokens":5e5"#), Some(500_000));
    assert_eq!(cap(r#""max_tokens":100.5"#), Some(101));
    assert_eq!(cap(r#""max_tokens":1e400"#), Some(u64::MAX));
    assert_eq!(cap(r#""max_tokens":-5"#), None);
    assert_eq!(cap(r#""max_tokens":10,"max_completion_tokens":5"#), Some(10));
}

#[test]
fn the_estimate_counts_text_but_not_encoded_media() {
    let estimate = |content: &str| {
        let body = format!(r#"{{"model":"m","messages":[{{"role":"user","content":{content}}}]}}"#);
        Peek::new(Dialect::OpenAi, body.as_bytes()).unwrap().input_estimate(Dialect::OpenAi, "m").total()
    };
    // Eight tokens a sentence.
    let words = "The ship left the harbour at dawn. ".repeat(100);
    assert!((720..880).contains(&estimate(&format!("\"{words}\""))));
    let image = format!("data:image/png;base64,{}", "A".repeat(1_000_000));
    assert!(estimate(&format!(r#"[{{"type":"image_url","image_url":{{"url":"{image}"}}}}]"#)) < 2_000);
    let document = |data: &str| estimate(&format!(r#"[{{"type":"document","source":{{"data":"{data}"}}}}]"#));
    assert!(document(&"A".repeat(1_000_000)) < 2_000);
    assert!(document(&words.repeat(10)) > 7_200);
}

#[test]
fn the_anthropic_version_follows_from_the_request() {
    let version = |sampling, client: Option<&str>| {
        Upstream::from(Dialect::Anthropic).version_header(sampling, client.map(str::as_bytes)).unwrap().1
    };
    assert_eq!(version(false, None), "2026-10-21");
    assert_eq!(version(false, Some("2026-10-21")), "2026-10-21");
    assert_eq!(version(true, Some("2026-10-21")), "2023-06-01");
    assert_eq!(version(false, Some("2023-06-01")), "2023-06-01");
    assert_eq!(version(false, Some("garbage")), "2026-10-21");
    assert_eq!(Upstream::from(Dialect::OpenAi).version_header(true, None), None);
}
