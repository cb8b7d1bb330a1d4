//! Input tokens counted, or estimated where nobody counts them.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const PATH: &str = "/v1/messages/count_tokens";
const BODY: &str = r#"{"model":"m","system":"Be brief.","messages":[{"role":"user","content":"Hi"}],"tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}],"tool_choice":{"type":"auto"}}"#;

fn here(upstream: impl Into<Upstream<'static>>, path: &str, body: &str) -> Option<String> {
    let body = RequestBody::new(asked(path), body.as_bytes()).unwrap();
    body.answer_here(upstream.into(), "m").map(|answer| String::from_utf8(answer).unwrap())
}

#[test]
fn the_same_dialect_is_patched() {
    let (request, _) = sent(PATH, BODY, Anthropic, "claude-sonnet-5");
    assert_eq!(request, BODY.replace("\"m\"", "\"claude-sonnet-5\""));
    let exchange = exchange(PATH, BODY, Anthropic, "m");
    assert_eq!(exchange.path(&Anthropic.into(), None, "m"), "/v1/messages/count_tokens");
    assert_eq!(answer(&exchange, r#"{"input_tokens":9}"#), (r#"{"input_tokens":9}"#.to_owned(), None));
    assert_eq!(here(Anthropic, PATH, BODY), None);
    let vertex = Upstream { dialect: Anthropic, platform: VERTEX, server: None };
    let (request, _) = sent(PATH, BODY, vertex, "c");
    assert!(request.starts_with(r#"{"model":"c","anthropic_version":"vertex-2023-10-16","system""#), "{request}");
    assert_eq!(
        exchange.path(&vertex, None, "c"),
        "/v1/projects/p/locations/l/publishers/anthropic/models/count-tokens:rawPredict"
    );
}

#[test]
fn others_count_in_their_own_words() {
    let (request, _) = sent(PATH, BODY, Gemini, "gemini-2.5-flash");
    assert!(
        request.starts_with(r#"{"generateContentRequest":{"model":"models/gemini-2.5-flash","systemInstruction":"#),
        "{request}"
    );
    assert!(serde_json::from_str::<serde_json::Value>(&request).is_ok());
    let exchange = exchange(PATH, BODY, Gemini, "m");
    assert_eq!(exchange.path(&Gemini.into(), None, "m"), "/v1beta/models/m:countTokens");
    assert_eq!(answer(&exchange, r#"{"totalTokens":7}"#), (r#"{"input_tokens":7}"#.to_owned(), None));

    let vertex = Upstream { dialect: Gemini, platform: VERTEX, server: None };
    let (request, _) = sent(PATH, BODY, vertex, "m");
    let request: serde_json::Value = serde_json::from_str(&request).unwrap();
    let keys: Vec<_> = request.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["systemInstruction", "contents", "tools"]);

    let (request, _) = sent(PATH, BODY, Bedrock, "anthropic.claude-sonnet-4-5");
    let request: serde_json::Value = serde_json::from_str(&request).unwrap();
    let keys: Vec<_> = request["input"]["converse"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["system", "messages", "toolConfig"]);
    let exchange = super::exchange(PATH, BODY, Bedrock, "m");
    assert_eq!(exchange.path(&Bedrock.into(), None, "a.b:0"), "/model/a.b:0/count-tokens");
    assert_eq!(answer(&exchange, r#"{"inputTokens":7}"#).0, r#"{"input_tokens":7}"#);

    let (request, losses) = sent(PATH, BODY, Responses, "gpt-5.4");
    let request: serde_json::Value = serde_json::from_str(&request).unwrap();
    let keys: Vec<_> = request.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["model", "input", "tools", "tool_choice"]);
    assert_eq!(losses, "");
    let exchange = super::exchange(PATH, BODY, Responses, "m");
    assert_eq!(exchange.path(&Responses.into(), None, "m"), "/v1/responses/input_tokens");
    assert!(exchange.answer(br#"{"x":1}"#, 0).is_err());
}

#[test]
fn who_does_not_count_is_estimated() {
    // Six in words; the rest is what OpenAI puts around a request, a message, tools and a tool.
    assert_eq!(here(OpenAi, PATH, BODY).as_deref(), Some(r#"{"input_tokens":36}"#));
    assert!(here(Cohere, PATH, BODY).is_some());
    let aws = Upstream { dialect: Anthropic, platform: Platform::Aws, server: None };
    assert!(here(aws, PATH, BODY).is_some());
    let gemini = r#"{"contents":[{"role":"user","parts":[{"text":"Hi there, you"}]}]}"#;
    assert_eq!(here(Cohere, "/v1beta/models/m:countTokens", gemini).as_deref(), Some(r#"{"totalTokens":11}"#));
}

#[test]
fn other_clients_are_served() {
    let body = r#"{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}}}"#;
    let path = "/model/m/count-tokens";
    let given = r#"{"input_tokens":5}"#;
    assert_eq!(answer(&exchange(path, body, Anthropic, "c"), given).0, r#"{"inputTokens":5}"#);
    assert_eq!(sent(path, body, Bedrock, "c").0, body);

    let path = "/v1beta/models/m:countTokens";
    let body =
        r#"{"generateContentRequest":{"model":"models/m","contents":[{"role":"user","parts":[{"text":"Hi"}]}]}}"#;
    assert_eq!(sent(path, body, Gemini, "g").0, body.replace("models/m", "models/g"));
    let plain = r#"{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}"#;
    for body in [body, plain] {
        let (request, _) = sent(path, body, Responses, "r");
        let request: serde_json::Value = serde_json::from_str(&request).unwrap();
        assert_eq!(request["input"][0]["role"], "user");
    }
    let (given, _) =
        answer(&exchange(path, body, Responses, "r"), r#"{"input_tokens":5,"object":"response.input_tokens"}"#);
    assert_eq!(given, r#"{"totalTokens":5}"#);

    let body = r#"{"model":"m","input":"Hi"}"#;
    let exchange = exchange("/v1/responses/input_tokens", body, Gemini, "g");
    assert_eq!(answer(&exchange, r#"{"totalTokens":5}"#).0, r#"{"object":"response.input_tokens","input_tokens":5}"#);
}

#[test]
fn counting_reserves_nothing_and_needs_no_cap() {
    let asked = asked(PATH);
    assert!(asked.operation().is_free());
    let body = RequestBody::new(asked, BODY.as_bytes()).unwrap();
    assert_eq!(body.output_cap(), Some(0));
}
