//! What is left out of a conversation without harm, what is refused instead, and what is put together.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

use serde_json::Value;
use tollgate_dialects::{Dialect, Peek};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn a_last_word_that_says_nothing_does_not_leave_the_assistant_to_go_on() {
    let turns = |last: &str| {
        format!(
            r#"{{"model":"m","messages":[{{"role":"user","content":"Say hi"}},{{"role":"assistant","content":"Hi"}},{{"role":"user","content":"{last}"}}]}}"#
        )
    };
    let sent =
        |provider: Dialect, body: &str| Peek::new(Dialect::OpenAi, body.as_bytes()).unwrap().prepare(provider, "m");
    for provider in [Dialect::Anthropic, Dialect::Bedrock, Dialect::Gemini, Dialect::Cohere] {
        let refused = sent(provider, &turns("")).unwrap_err();
        assert_eq!(refused.param.as_deref(), Some("messages[2].content"), "{provider:?}");
    }
    for provider in [Dialect::Anthropic, Dialect::Bedrock] {
        assert_eq!(sent(provider, &turns(" ")).unwrap_err().param.as_deref(), Some("messages[2].content"));
    }
    for provider in [Dialect::Gemini, Dialect::Cohere, Dialect::Responses] {
        assert!(sent(provider, &turns(" ")).is_ok(), "{provider:?} takes it");
    }
}

#[test]
fn messages_that_say_nothing_are_left_out_where_that_changes_nothing() {
    let user = |text: &str| format!(r#"{{"role":"user","content":"{text}"}}"#);
    let assistant = |text: &str| format!(r#"{{"role":"assistant","content":"{text}"}}"#);
    for (messages, lost) in [
        ([user("a"), assistant(""), user("b"), assistant("")], ""),
        ([user("a"), assistant("b"), user("c"), user("")], ""),
        ([user(""), user("a"), assistant("b"), user("c")], ""),
        ([user("a"), assistant("b"), user(""), user("c")], ""),
    ] {
        let body = format!(r#"{{"model":"m","messages":[{}]}}"#, messages.join(","));
        for provider in [Dialect::Anthropic, Dialect::Bedrock, Dialect::Gemini, Dialect::Cohere] {
            let prepared = Peek::new(Dialect::OpenAi, body.as_bytes()).unwrap().prepare(provider, "m").unwrap();
            assert_eq!(prepared.losses.to_header(), lost, "{provider:?}: {body}");
        }
    }
    let messages = [user("a"), assistant("b"), user(""), assistant("c"), user("d")];
    let body = format!(r#"{{"model":"m","messages":[{}]}}"#, messages.join(","));
    let prepared = Peek::new(Dialect::OpenAi, body.as_bytes()).unwrap().prepare(Dialect::Anthropic, "m").unwrap();
    assert_eq!(prepared.losses.to_header(), "messages.content", "two turns became one");
}

#[test]
fn a_tool_result_holds_what_a_tool_can_find() {
    let call = r#"{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]}"#;
    let nested = r#"{"type":"tool_use","id":"b","name":"f","input":{}}"#;
    let anthropic = format!(
        r#"{{"model":"m","max_tokens":1,"messages":[{call},{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"a","content":[{nested}]}}]}}]}}"#
    );
    let openai = r#"{"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","content":[{"type":"refusal","refusal":"no"}]}]}"#;
    for (client, body) in [(Dialect::Anthropic, &*anthropic), (Dialect::OpenAi, openai)] {
        for provider in [Dialect::Responses, Dialect::Gemini, Dialect::Cohere, Dialect::Bedrock] {
            let refused = Peek::new(client, body.as_bytes()).unwrap().prepare(provider, "gemini-3-pro").unwrap_err();
            assert_eq!(refused.param.as_deref(), Some("messages[2].content"), "{client:?} to {provider:?}");
        }
    }
}

#[test]
fn all_that_was_refused_stays_refused() {
    let body = r#"{"model":"m","input":[{"role":"user","content":"x"},{"type":"message","role":"assistant","content":[{"type":"refusal","refusal":"I will "},{"type":"refusal","refusal":"not."}]},{"role":"user","content":"y"}]}"#;
    let prepared = Peek::new(Dialect::Responses, body.as_bytes()).unwrap().prepare(Dialect::OpenAi, "m").unwrap();
    let sent: Value = serde_json::from_slice(&prepared.body.unwrap()).unwrap();
    assert_eq!(sent["messages"][1]["refusal"], "I will not.");
}

#[test]
fn seeds_that_may_have_been_rounded_are_reported() {
    for (client, provider) in [(Dialect::OpenAi, Dialect::Cohere), (Dialect::Cohere, Dialect::OpenAi)] {
        for (seed, lost) in [("9007199254740991", ""), ("9007199254740993", "seed")] {
            let body = format!(r#"{{"model":"m","seed":{seed},"messages":[{{"role":"user","content":"x"}}]}}"#);
            let prepared = Peek::new(client, body.as_bytes()).unwrap().prepare(provider, "m").unwrap();
            assert_eq!(prepared.losses.to_header(), lost);
        }
    }
}
