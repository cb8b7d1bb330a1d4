//! Features that Anthropic's clients opt into by a header.

#![allow(missing_docs, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use serde_json::{Value, json};
use tollgate_dialects::{Asked, Dialect, Peek, Platform, Upstream};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const THINKING: &str = "interleaved-thinking-2025-05-14";
const LONG: &str = "context-1m-2025-08-07";
/// What Claude Code names always, and Amazon refuses.
const OAUTH: &str = "oauth-2025-04-20";

const AWS: Upstream<'static> = Upstream { dialect: Dialect::Anthropic, platform: Platform::Aws, server: None };
const VERTEX: Upstream<'static> = Upstream {
    dialect: Dialect::Anthropic,
    platform: Platform::Vertex { project: "p", location: "global" },
    server: None,
};

/// What the body says of them, and what is reported.
fn told(headers: &[&str], more: &str, provider: Upstream<'static>) -> (Value, String) {
    let asked = Asked::of(b"POST", b"/v1/messages?beta=true").unwrap();
    let asked = asked.with_betas(headers.iter().map(|header| header.as_bytes()));
    let body = format!(r#"{{"max_tokens":9,"model":"m","messages":[{{"role":"user","content":"x"}}]{more}}}"#);
    let prepared = Peek::new(asked, body.as_bytes()).unwrap().prepare(provider, "claude-sonnet-4-5").unwrap();
    let body: Value = serde_json::from_slice(&prepared.body.unwrap_or_default()).unwrap();
    (body["anthropic_beta"].clone(), prepared.losses.to_header())
}

#[test]
fn amazon_reads_them_in_the_body_and_refuses_what_it_does_not_know() {
    let lost = "anthropic-beta";
    assert_eq!(told(&[THINKING], "", AWS), (json!([THINKING]), String::new()));
    assert_eq!(told(&[&format!("{THINKING}, {LONG}")], "", AWS), (json!([THINKING, LONG]), String::new()));
    assert_eq!(told(&[THINKING, LONG], "", AWS), (json!([THINKING, LONG]), String::new()));
    assert_eq!(told(&[&format!("{OAUTH},{LONG}")], "", AWS), (json!([LONG]), lost.to_owned()));
    assert_eq!(told(&[OAUTH, "\"]"], "", AWS), (Value::Null, lost.to_owned()));
    assert_eq!(told(&["", " , "], "", AWS), (Value::Null, String::new()));
    // A body that names them was written for Amazon.
    assert_eq!(told(&[THINKING], r#","anthropic_beta":["new"]"#, AWS), (json!(["new"]), String::new()));
}

#[test]
fn they_stay_in_the_header_where_that_is_read_and_are_reported_where_nothing_is() {
    assert_eq!(told(&[THINKING], "", VERTEX), (Value::Null, String::new()));
    assert_eq!(told(&[THINKING], "", Dialect::Anthropic.into()), (Value::Null, String::new()));
    for provider in [Dialect::OpenAi, Dialect::Bedrock, Dialect::Gemini] {
        assert_eq!(told(&[THINKING], "", provider.into()), (Value::Null, "anthropic-beta".to_owned()));
        assert_eq!(told(&[], "", provider.into()), (Value::Null, String::new()));
    }
    let counted =
        Asked::of(b"POST", b"/v1/messages/count_tokens").unwrap().with_betas([THINKING.as_bytes()].into_iter());
    let body = br#"{"model":"m","messages":[{"role":"user","content":"x"}]}"#;
    let losses = Peek::new(counted, body).unwrap().prepare(Dialect::Gemini, "gemini-2.5-pro").unwrap().losses;
    assert_eq!(losses.to_header(), "anthropic-beta");
}

#[test]
fn other_clients_have_no_such_header() {
    let asked = Asked::of(b"POST", b"/v1/chat/completions").unwrap().with_betas([THINKING.as_bytes()].into_iter());
    let body = br#"{"model":"m","messages":[{"role":"user","content":"x"}]}"#;
    let losses = Peek::new(asked, body).unwrap().prepare(Dialect::Gemini, "gemini-2.5-pro").unwrap().losses;
    assert!(losses.is_empty());
}
