//! Thoughts of another provider's model, which a client was given to keep, do not go to a provider of the
//! client's own dialect; all else passes byte for byte.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod translation;

use Dialect::{Anthropic, Bedrock, Cohere, Gemini, OpenAi, Responses};
use tollgate_dialects::{Dialect, Peek, Server, Upstream};
use translation::asked;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The request as its provider gets it, and what is said to be lost. `m` stays the model's name.
fn sent(dialect: Dialect, model: &str, body: &str) -> (String, String) {
    let prepared = Peek::new(asked(dialect, false), body.as_bytes()).unwrap().prepare(dialect, model).unwrap();
    let body = prepared.body.map_or_else(|| body.to_owned(), |body| String::from_utf8(body).unwrap());
    (body, prepared.losses.to_header())
}

/// Of `body`, what stands between `⟦` and `⟧` goes.
fn assert_taken_out(dialect: Dialect, loss: &str, marked: &str) {
    let mut expected = String::new();
    for (index, piece) in marked.split('⟦').enumerate() {
        expected += if index == 0 { piece } else { piece.split_once('⟧').unwrap().1 };
    }
    let body = marked.replace(['⟦', '⟧'], "");
    let model = if dialect == Gemini { "gemini-2.5-flash" } else { "m" };
    assert_eq!(sent(dialect, model, &body), (expected, loss.to_owned()), "{body}");
}

#[test]
fn foreign_thoughts_are_taken_out_and_its_own_stay() {
    assert_taken_out(
        Anthropic,
        "messages.content.thinking",
        r#"{"model":"m","system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[⟦{"type":"thinking","thinking":"a","signature":"tollgate.gemini.AQ=="},⟧{"type":"thinking","thinking":"b","signature":"EpQB"}⟦, {"type":"redacted_thinking","data":"tollgate.openai.rs_1:gA"}⟧,{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"x","cache_control":{"type":"ephemeral"}}]}],"new":1.0}"#,
    );
    assert_taken_out(
        Responses,
        "input.reasoning",
        r#"{"model":"m","input":[{"role":"user","content":"Hi"},⟦{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"a"}],"encrypted_content":"tollgate.anthropic.Ep"},⟧{"type":"reasoning","id":"rs_2","summary":[],"encrypted_content":"gAAA"},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]}"#,
    );
    assert_taken_out(
        Bedrock,
        "messages.content.reasoningContent",
        r#"{"messages":[{"role":"assistant","content":[⟦{"reasoningContent":{"reasoningText":{"text":"a","signature":"tollgate.gemini.AQ=="}}},⟧{"reasoningContent":{"reasoningText":{"text":"b","signature":"EpQB"}}}⟦,{"reasoningContent":{"redactedContent":"dG9sbGdhdGUub3BlbmFpLnJzXzE6Z0E="}}⟧,{"text":"c"}]}]}"#,
    );
    assert_taken_out(
        Cohere,
        "messages.content.thinking",
        r#"{"model":"m","messages":[{"role":"assistant",⟦"content":[{"type":"thinking","thinking":"a","signature":"tollgate.gemini.AQ=="}],⟧"tool_calls":[{"id":"c"}]},{"role":"tool","tool_call_id":"c","content":"x"}]}"#,
    );
    assert_taken_out(
        OpenAi,
        "messages.thinking_blocks",
        r#"{"model":"m","messages":[{"role":"assistant","content":"Hi","reasoning_content":"a"⟦,"thinking_blocks":[{"type":"thinking","thinking":"a","signature":"tollgate.gemini.AQ=="}]⟧}]}"#,
    );
}

/// A part stays, only its proof is another's. Calls of the newest models must have one.
#[test]
fn parts_of_gemini_stay_without_the_signature() {
    const FOREIGN: &str = "dG9sbGdhdGUuYW50aHJvcGljLkVw";
    assert_taken_out(
        Gemini,
        "contents.parts.thoughtSignature",
        &r#"{"contents":[{"role":"model","parts":[⟦{"text":"a","thought":true,"thoughtSignature":"FOREIGN"},⟧⟦{"text":"","thoughtSignature":"FOREIGN"},⟧{"text":"b"⟦,"thought_signature":"FOREIGN"⟧},{"functionCall":{"name":"f","args":{}}⟦,"thoughtSignature":"FOREIGN"⟧},{"text":"c","thoughtSignature":"AQL7"}]}]}"#
            .replace("FOREIGN", FOREIGN),
    );
    let body = format!(
        r#"{{"contents":[{{"role":"model","parts":[{{"functionCall":{{"name":"f"}},"thoughtSignature":"{FOREIGN}"}}]}}]}}"#
    );
    let (sent, loss) = sent(Gemini, "gemini-3.8-flash", &body);
    assert_eq!(sent, body.replace(FOREIGN, "skip_thought_signature_validator"));
    assert_eq!(loss, "contents.parts.thoughtSignature");
}

#[test]
fn a_message_of_nothing_else_goes() {
    assert_taken_out(
        Anthropic,
        "messages.content.thinking",
        r#"{"model":"m","messages":[{"role":"user","content":"Hi"},⟦{"role":"assistant","content":[{"type":"thinking","thinking":"a","signature":"tollgate.gemini.AQ=="}]},⟧{"role":"user","content":"And?"}]}"#,
    );
}

/// What only looks like a mark is the client's own business.
#[test]
fn nothing_else_is_touched() {
    for body in [
        r#"{"model":"m","messages":[{"role":"user","content":"tollgate.gemini.AQ=="}]}"#,
        r#"{"model":"m","messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"signature":"tollgate.gemini.AQ=="}}]}]}"#,
        r#"{"model":"m","messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"content":[{"type":"thinking","signature":"tollgate.gemini.AQ=="}]}}]}]}"#,
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","data":"tollgate.gemini.AQ=="}}]}]}"#,
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","data":"tollgate.gemini.AQ=="}]}]}"#,
        r#"{"model":"m","metadata":{"signature":"tollgate.gemini.AQ=="},"messages":[]}"#,
    ] {
        assert_eq!(sent(Anthropic, "m", body), (body.to_owned(), String::new()));
    }
}

/// Where a server is sent what it knows only, it is not sent twice that something was lost.
#[test]
fn servers_that_know_little_of_a_message_lose_it_once() {
    let body = r#"{"model":"m","messages":[{"role":"assistant","content":"Hi","thinking_blocks":[{"type":"thinking","thinking":"a","signature":"tollgate.gemini.AQ=="}]}]}"#;
    for server in Server::ALL {
        let upstream = Upstream { server: Server::named(server.name), ..OpenAi.into() };
        let prepared = Peek::new(OpenAi, body.as_bytes()).unwrap().prepare(upstream, "m").unwrap();
        let sent = String::from_utf8(prepared.body.unwrap()).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&sent).is_ok(), "{}: {sent}", server.name);
        assert!(!sent.contains("tollgate."), "{}: {sent}", server.name);
        assert_eq!(prepared.losses.to_header(), "messages.thinking_blocks", "{}", server.name);
    }
}
