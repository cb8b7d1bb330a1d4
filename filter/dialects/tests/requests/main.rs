//! What a request's body tells, how it is patched, translated, and refused.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod lost;
mod patched;
mod peek;
mod refused;
mod thinking;
mod tools;

use tollgate_dialects::{Dialect, Peek};

fn translated(client: Dialect, provider: Dialect, model: &str, body: &str) -> (serde_json::Value, String) {
    let prepared = Peek::new(client, body.as_bytes()).unwrap().prepare(provider, model).unwrap();
    (serde_json::from_slice(&prepared.body.unwrap()).unwrap(), prepared.losses.to_header())
}

fn to_anthropic(model: &str, rest: &str) -> (serde_json::Value, String) {
    let body = format!(r#"{{"model":"m","messages":[{{"role":"user","content":"x"}}],{rest}}}"#);
    translated(Dialect::OpenAi, Dialect::Anthropic, model, &body)
}

/// Eight times the work may take eight times as long, and not sixty-four times.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn time_grows_with_the_body_and_not_with_its_square() {
    let instructions = |n: usize| {
        let many = r#"{"role":"system","content":"x"},"#.repeat(n);
        format!(r#"{{"model":"m","messages":[{{"role":"user","content":"x"}},{many}{{"role":"user","content":"y"}}]}}"#)
    };
    let allowed = |n: usize| {
        let tools: Vec<String> =
            (0..n).map(|i| format!(r#"{{"type":"function","function":{{"name":"f{i}"}}}}"#)).collect();
        let tools = tools.join(",");
        format!(
            r#"{{"model":"m","messages":[{{"role":"user","content":"x"}}],"tools":[{tools}],"tool_choice":{{"type":"allowed_tools","allowed_tools":{{"mode":"auto","tools":[{tools}]}}}}}}"#
        )
    };
    let time = |body: String| {
        let once = || {
            let start = std::time::Instant::now();
            Peek::new(Dialect::OpenAi, body.as_bytes()).unwrap().prepare(Dialect::Anthropic, "m").unwrap();
            start.elapsed()
        };
        (0..3).map(|_| once()).min().unwrap()
    };
    assert!(time(instructions(16_000)) < time(instructions(2_000)) * 30);
    assert!(time(allowed(8_000)) < time(allowed(1_000)) * 30);
}
