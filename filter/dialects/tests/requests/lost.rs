//! What of a request is lost in translation, and reported.

use super::{to_anthropic, translated};
use serde_json::json;
use tollgate_dialects::Dialect;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn nothing_that_is_known_is_lost_unsaid() {
    for (rest, lost) in [
        (r#""tool_choice":"required""#, "tool_choice"),
        (r#""stream_options":{"include_obfuscation":true}"#, "stream_options.include_obfuscation"),
        (r#""stream_options":{"brand_new":1}"#, "stream_options.brand_new"),
        (
            r#""response_format":{"type":"json_schema","json_schema":{"name":"a","description":"b","schema":{}}}"#,
            "response_format.json_schema.description",
        ),
        (r#""user":"ann","safety_identifier":"b""#, "user"),
        (
            r#""tools":[{"type":"function","function":{"name":"a"}}],"tool_choice":{"type":"function","function":{"name":"a"},"new":1}"#,
            "tool_choice.new",
        ),
    ] {
        assert_eq!(to_anthropic("claude-sonnet-4-5", rest).1, lost);
    }
    let long = format!(r#""user":"{}""#, "é".repeat(257));
    let (body, lost) = to_anthropic("claude-sonnet-4-5", &long);
    assert_eq!((body.get("metadata"), &*lost), (None, "user"));
}

#[test]
fn what_says_nothing_is_no_loss() {
    let rest = r#""temperature":1,"top_p":1.0,"store":null,"modalities":["text"],"metadata":{},"frequency_penalty":0,"stream_options":{"include_obfuscation":false}"#;
    let (body, lost) = to_anthropic("claude-opus-4-8", rest);
    assert_eq!((body.get("temperature"), &*lost), (None, ""));
}

#[test]
fn of_temperature_and_top_p_the_one_that_says_something_is_kept() {
    let (body, lost) = to_anthropic("claude-sonnet-4-5", r#""temperature":1,"top_p":0.5"#);
    assert_eq!((body["top_p"].as_f64(), &*lost), (Some(0.5), ""));
    let (body, lost) = to_anthropic("claude-sonnet-4-5", r#""temperature":0.5,"top_p":0.5"#);
    assert_eq!((body["temperature"].as_f64(), &*lost), (Some(0.5), "top_p"));
}

#[test]
fn log_probabilities_are_asked_for_as_far_as_the_target_goes() {
    use Dialect::{Cohere, Gemini, OpenAi, Responses};
    let openai = r#"{"model":"m","messages":[{"role":"user","content":"x"}],"logprobs":true,"top_logprobs":25}"#;
    let responses = r#"{"model":"m","input":"x","store":false,"top_logprobs":25}"#;
    let (model, gemini) = ("gpt-4.1", "gemini-2.5-flash");
    for (client, provider, model, body, key, most) in [
        (OpenAi, Responses, model, openai, "/top_logprobs", json!(20)),
        (OpenAi, Gemini, gemini, openai, "/generationConfig/logprobs", json!(20)),
        (OpenAi, Cohere, "command-a-03-2025", openai, "/logprobs", json!(true)),
        (Responses, OpenAi, model, responses, "/top_logprobs", json!(20)),
    ] {
        let (written, lost) = translated(client, provider, model, body);
        assert_eq!((written.pointer(key), &*lost), (Some(&most), "top_logprobs"), "{client:?} to {provider:?}");
    }
    // Others are told only beside the answer's own.
    let alone = openai.replace(r#""logprobs":true,"#, "");
    let (written, lost) = translated(OpenAi, Responses, model, &alone);
    assert_eq!((written.get("include"), &*lost), (None, "top_logprobs"));
    let effort = openai.replace("25", r#"2,"reasoning_effort":"low""#);
    let (written, lost) = translated(OpenAi, Responses, "gpt-5.4", &effort);
    assert_eq!((&written["include"], &*lost), (&json!(["reasoning.encrypted_content"]), "logprobs"));
}
