//! How a server is asked to think, or not to.

use super::{becomes, prepare, text};
use Dialect::{Anthropic, OpenAi};
use tollgate_dialects::Dialect;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn an_effort_that_a_server_does_not_know_is_the_nearest_it_knows() {
    let effort = |word: &str| format!("\"reasoning_effort\":\"{word}\"");
    for (server, asked, given) in [
        ("vllm", "minimal", "minimal"),
        ("ollama", "minimal", "low"),
        ("ollama", "xhigh", "high"),
        ("groq", "max", "high"),
        ("groq", "none", "none"),
        ("together", "minimal", "low"),
        ("fireworks", "xhigh", "high"),
        ("openrouter", "max", "max"),
        ("xai", "max", "high"),
        ("deepseek", "xhigh", "xhigh"),
    ] {
        let lost = if asked == given { "" } else { "reasoning_effort" };
        becomes(server, &[(&effort(asked), &effort(given), lost)]);
    }
}

#[test]
fn thinking_is_switched_off_in_the_servers_words() {
    let none = r#""reasoning_effort":"none""#;
    let head = |server| {
        let body = format!(r#"{{"model":"m",{none}}}"#);
        text(prepare(OpenAi, server, &body).unwrap().body)
    };
    assert_eq!(head("deepseek").as_deref(), Some(r#"{"thinking":{"type":"disabled"},"model":"m"}"#));
    assert_eq!(head("together").as_deref(), Some(r#"{"reasoning":{"enabled":false},"model":"m"}"#));
    assert_eq!(head("vllm"), None);
    let anthropic =
        r#"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"thinking":{"type":"disabled"}}"#;
    let prepared = prepare(Anthropic, "deepseek", anthropic).unwrap();
    assert!(prepared.losses.is_empty());
    assert!(text(prepared.body).unwrap().starts_with(r#"{"thinking":{"type":"disabled"},"model":"m""#));
}

/// DeepSeek thinks unasked, and refuses these requests while it does.
#[test]
fn thinking_is_switched_off_where_the_request_would_be_refused() {
    let call = r#""tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]"#;
    let history = |more: &str| format!(r#""messages":[{{"role":"assistant",{more}{call}}}]"#);
    for (members, off, lost) in [
        (r#""tool_choice":"required""#.to_owned(), true, "thinking"),
        (r#""tool_choice":{"type":"function","function":{"name":"f"}}"#.to_owned(), true, "thinking"),
        (r#""tool_choice":"required","reasoning_effort":"high""#.to_owned(), true, "reasoning_effort"),
        (r#""tool_choice":"auto","reasoning_effort":"high""#.to_owned(), false, ""),
        (history(""), true, "thinking"),
        (history(r#""reasoning_content":null,"#), true, "thinking"),
        (history(r#""reasoning_content":"Hm.","#), false, ""),
        (history(r#""reasoning_content":"","#), false, ""),
        (history("") + r#","thinking":{"type":"enabled"}"#, false, ""),
        (r#""messages":[{"role":"assistant","content":"x","tool_calls":[]}]"#.to_owned(), false, ""),
    ] {
        let prepared = prepare(OpenAi, "deepseek", &format!(r#"{{"model":"m",{members}}}"#)).unwrap();
        let body = text(prepared.body).unwrap_or_default();
        assert_eq!((body.contains("disabled"), &*prepared.losses.to_header()), (off, lost), "{members}");
        assert!(!body.contains("disabled") || !body.contains("reasoning_effort"), "{body}");
    }
}
