//! Servers that speak OpenAI's dialect: what each is told otherwise than OpenAI.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod answers;
mod members;
mod messages;
mod thinking;
#[path = "../translation/mod.rs"]
mod translation;

use Dialect::OpenAi;
use tollgate_dialects::{Dialect, Peek, Prepared, RequestError};
use translation::upstream;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn prepare(client: Dialect, server: &str, body: &str) -> Result<Prepared, RequestError> {
    Peek::new(client, body.as_bytes()).unwrap().prepare(upstream(server), "m")
}

fn text(body: Option<Vec<u8>>) -> Option<String> {
    body.map(|body| String::from_utf8(body).unwrap())
}

/// The members of an OpenAI client's request behind its model, and what was lost of them.
fn patched(server: &str, members: &str) -> (String, String) {
    let prepared = prepare(OpenAi, server, &format!(r#"{{"model":"m",{members}}}"#)).unwrap();
    let body = text(prepared.body).unwrap_or_else(|| format!(r#"{{"model":"m",{members}}}"#));
    let members = body.replacen(r#""model":"m""#, "", 1);
    (members.trim_matches(['{', ',', '}']).to_owned(), prepared.losses.to_header())
}

fn becomes(server: &str, cases: &[(&str, &str, &str)]) {
    for (members, expected, lost) in cases {
        let told = patched(server, &format!("{members},\"top_p\":1"));
        let expected = format!("{expected},\"top_p\":1");
        assert_eq!(told, (expected.trim_start_matches(',').to_owned(), (*lost).to_owned()), "{server}: {members}");
    }
}

#[test]
fn every_server_has_its_path() {
    for (server, path) in [
        ("vllm", "/v1/chat/completions"),
        ("ollama", "/v1/chat/completions"),
        ("groq", "/openai/v1/chat/completions"),
        ("mistral", "/v1/chat/completions"),
        ("deepseek", "/chat/completions"),
        ("together", "/v1/chat/completions"),
        ("fireworks", "/inference/v1/chat/completions"),
        ("openrouter", "/api/v1/chat/completions"),
        ("xai", "/v1/chat/completions"),
    ] {
        assert_eq!(upstream(server).path(None, "m", false), path, "{server}");
    }
    assert_eq!(upstream("groq").path(Some("/mine"), "m", false), "/mine/chat/completions");
}
