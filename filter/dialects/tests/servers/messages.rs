//! What becomes of the messages of a request.

use super::{becomes, patched};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn messages_are_told_as_the_server_takes_them() {
    let says = |message: &str| format!(r#""messages":[{{{message}}}]"#);
    for (server, message, expected, lost) in [
        ("vllm", r#""role":"developer","content":"x""#, r#""role":"system","content":"x""#, ""),
        ("openrouter", r#""role":"developer","content":"x""#, r#""role":"developer","content":"x""#, ""),
        ("groq", r#""role":"user","name":"ann","content":"x""#, r#""role":"user","content":"x""#, "messages.name"),
        ("groq", r#""reasoning":null,"content":"x""#, r#""content":"x""#, ""),
        ("groq", r#""reasoning":"Hm.","content":"x""#, r#""content":"x""#, "messages.reasoning"),
        ("ollama", r#""reasoning_content":"Hm.","content":"x""#, r#""reasoning":"Hm.","content":"x""#, ""),
        ("ollama", r#""reasoning_content":"Hm.","reasoning":"Hm.""#, r#""reasoning":"Hm.""#, ""),
        ("deepseek", r#""reasoning":"Hm.","reasoning_content":null"#, r#""reasoning_content":"Hm.""#, ""),
        ("xai", r#""reasoning_content":"Hm.","content":"x""#, r#""content":"x""#, "messages.reasoning_content"),
        ("mistral", r#""content":null,"refusal":"No.""#, r#""content":"No.""#, "messages.refusal"),
        ("vllm", r#""role":"assistant","refusal":"No.""#, r#""role":"assistant","content":"No.""#, "messages.refusal"),
        ("mistral", r#""content":"x","refusal":null,"annotations":[]"#, r#""content":"x""#, ""),
        (
            "together",
            r#""content":[{"type":"text","text":"a\n\"b\""}, {"text":"c","type":"text"}]"#,
            r#""content":"a\n\"b\"\nc""#,
            "",
        ),
        (
            "together",
            r#""content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]"#,
            r#""content":"a""#,
            "messages.content.cache_control",
        ),
        ("together", r#""content":[]"#, r#""content":[]"#, ""),
        (
            "together",
            r#""content":[{"type":"text","text":"a"},{"type":"image_url"}]"#,
            r#""content":[{"type":"text","text":"a"},{"type":"image_url"}]"#,
            "",
        ),
    ] {
        becomes(server, &[(&says(message), &says(expected), lost)]);
    }
}

#[test]
fn a_result_finds_its_call_by_the_id_that_both_get() {
    let history = |id: &str| {
        format!(
            r#""messages":[{{"role":"assistant","tool_calls":[{{"id":"{id}"}}]}},{{"role":"tool","tool_call_id":"{id}"}}]"#
        )
    };
    let id = |given: &str| {
        let (members, lost) = patched("mistral", &history(given));
        assert_eq!(lost, "");
        let (_, rest) = members.split_once("\"id\":\"").unwrap();
        let (id, _) = rest.split_once('"').unwrap();
        assert!(members.contains(&format!("\"tool_call_id\":\"{id}\"")), "{members}");
        id.to_owned()
    };
    assert_eq!(id("abcDEF123"), "abcDEF123");
    assert_eq!(id("call_1").len(), 9);
    assert_ne!(id("call_1"), id("call_2"));
    assert_eq!(id("call_\\u0031"), id("call_1"));
}
