//! What a request is found to make use of, and which conversation it is of, in each client's API.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

use serde_json::{Value, json};
use tollgate_dialects::{Asked, Dialect, Features, RequestBody};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const ALL: [Dialect; 6] =
    [Dialect::OpenAi, Dialect::Responses, Dialect::Anthropic, Dialect::Gemini, Dialect::Bedrock, Dialect::Cohere];

fn path(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::OpenAi => "/v1/chat/completions",
        Dialect::Responses => "/v1/responses",
        Dialect::Anthropic => "/v1/messages",
        Dialect::Gemini => "/v1beta/models/m:generateContent",
        Dialect::Bedrock => "/model/m/converse",
        Dialect::Cohere => "/v2/chat",
    }
}

/// A request whose messages are these, with more members.
fn request(dialect: Dialect, messages: &Value, more: &Value) -> Value {
    let list = match dialect {
        Dialect::Responses => "input",
        Dialect::Gemini => "contents",
        _ => "messages",
    };
    let mut body = json!({"model": "m", list: messages});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn user(dialect: Dialect, part: &Value) -> Value {
    let parts = if dialect == Dialect::Gemini { "parts" } else { "content" };
    json!([{"role": "user", parts: [part]}])
}

fn text(dialect: Dialect, text: &str) -> Value {
    match dialect {
        Dialect::Gemini | Dialect::Bedrock => json!({"text": text}),
        Dialect::Responses => json!({"type": "input_text", "text": text}),
        _ => json!({"type": "text", "text": text}),
    }
}

fn found(dialect: Dialect, body: &Value) -> Features {
    let asked = Asked::of(b"POST", path(dialect).as_bytes()).unwrap();
    let text = body.to_string();
    RequestBody::new(asked, text.as_bytes()).unwrap().features()
}

fn with_part(dialect: Dialect, part: &Value) -> Features {
    found(dialect, &request(dialect, &user(dialect, part), &json!({})))
}

fn with(dialect: Dialect, more: &Value) -> Features {
    found(dialect, &request(dialect, &user(dialect, &text(dialect, "an image, a document and tools")), more))
}

#[test]
fn a_text_makes_use_of_nothing() {
    for dialect in ALL {
        assert_eq!(with(dialect, &json!({})), Features::default(), "{dialect:?}");
    }
}

#[test]
fn images() {
    let parts = [
        (Dialect::OpenAi, json!({"type": "image_url", "image_url": {"url": "https://a.test/a.png"}})),
        (Dialect::Responses, json!({"type": "input_image", "file_id": "file-1"})),
        (Dialect::Anthropic, json!({"source": {"type": "url", "url": "https://a.test/a.png"}, "type": "image"})),
        (Dialect::Gemini, json!({"inlineData": {"mimeType": "image/png", "data": "AAAA"}})),
        (Dialect::Gemini, json!({"file_data": {"mime_type": "image/png", "file_uri": "gs://a"}})),
        (Dialect::Bedrock, json!({"image": {"format": "png", "source": {"bytes": "AAAA"}}})),
        (Dialect::Cohere, json!({"type": "image_url", "image_url": {"url": "https://a.test/a.png"}})),
    ];
    for (dialect, part) in parts {
        assert_eq!(with_part(dialect, &part), Features { images: true, ..Features::default() }, "{part}");
    }
}

#[test]
fn sounds() {
    let parts = [
        (Dialect::OpenAi, json!({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}})),
        (Dialect::Gemini, json!({"inlineData": {"mimeType": "audio/wav", "data": "AAAA"}})),
        (Dialect::Bedrock, json!({"audio": {"format": "wav", "source": {"bytes": "AAAA"}}})),
    ];
    for (dialect, part) in parts {
        assert_eq!(with_part(dialect, &part), Features { audio: true, ..Features::default() }, "{part}");
    }
    let answers = [
        (Dialect::OpenAi, json!({"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}})),
        (Dialect::Gemini, json!({"generationConfig": {"responseModalities": ["AUDIO"]}})),
    ];
    for (dialect, more) in answers {
        assert_eq!(with(dialect, &more), Features { audio: true, ..Features::default() }, "{more}");
    }
}

#[test]
fn documents() {
    let parts = [
        (Dialect::OpenAi, json!({"file": {"file_id": "file-1"}, "type": "file"})),
        (Dialect::Responses, json!({"type": "input_file", "file_url": "https://a.test/a.pdf"})),
        (Dialect::Anthropic, json!({"type": "document", "source": {"type": "file", "file_id": "file-1"}})),
        (Dialect::Gemini, json!({"fileData": {"mimeType": "application/pdf", "fileUri": "gs://a"}})),
        (Dialect::Bedrock, json!({"document": {"format": "pdf", "name": "a", "source": {"bytes": "AAAA"}}})),
    ];
    for (dialect, part) in parts {
        assert_eq!(with_part(dialect, &part), Features { documents: true, ..Features::default() }, "{part}");
    }
    let more = json!({"documents": ["a text"]});
    assert_eq!(with(Dialect::Cohere, &more), Features { documents: true, ..Features::default() });
}

#[test]
fn tools_but_not_what_their_arguments_are_called() {
    let schema = json!({"type": "object", "properties": {"image": {"type": "object"}, "file": {"type": "object"}}});
    let function = json!({"name": "f", "parameters": schema});
    let tools = [
        (Dialect::OpenAi, json!({"tools": [{"type": "function", "function": function}]})),
        (Dialect::OpenAi, json!({"functions": [function]})),
        (Dialect::Responses, json!({"tools": [{"type": "web_search"}]})),
        (Dialect::Anthropic, json!({"tools": [{"name": "f", "input_schema": schema}]})),
        (Dialect::Gemini, json!({"tools": [{"functionDeclarations": [function]}]})),
        (
            Dialect::Bedrock,
            json!({"toolConfig": {"tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": schema}}}]}}),
        ),
        (Dialect::Cohere, json!({"tools": [{"type": "function", "function": function}]})),
    ];
    for (dialect, more) in tools {
        assert_eq!(with(dialect, &more), Features { tools: true, ..Features::default() }, "{more}");
    }
    for dialect in ALL {
        assert!(!with(dialect, &json!({"tools": [ ], "functions": null})).tools, "{dialect:?}: none are offered");
    }
}

#[test]
fn structured_output() {
    let schema = json!({"type": "object"});
    let wanted = [
        (Dialect::OpenAi, json!({"response_format": {"type": "json_object"}})),
        (Dialect::OpenAi, json!({"response_format": {"type": "json_schema", "json_schema": {"schema": schema}}})),
        (Dialect::Responses, json!({"text": {"format": {"type": "json_schema", "name": "text", "schema": schema}}})),
        (Dialect::Anthropic, json!({"output_config": {"format": {"type": "json_schema", "schema": schema}}})),
        (Dialect::Gemini, json!({"generationConfig": {"responseMimeType": "application/json"}})),
        (Dialect::Gemini, json!({"generation_config": {"response_schema": schema}})),
        (Dialect::Bedrock, json!({"outputConfig": {"textFormat": {"type": "json_schema", "structure": {}}}})),
        (Dialect::Cohere, json!({"response_format": {"type": "json_object"}})),
    ];
    for (dialect, more) in wanted {
        assert_eq!(with(dialect, &more), Features { structured_output: true, ..Features::default() }, "{more}");
    }
    let unwanted = [
        (Dialect::OpenAi, json!({"response_format": {"type": "text"}})),
        (Dialect::Responses, json!({"text": {"format": {"type": "text"}, "verbosity": "low"}})),
        (Dialect::Anthropic, json!({"output_config": {"format": null}})),
        (Dialect::Gemini, json!({"generationConfig": {"responseMimeType": "text/plain"}})),
        (Dialect::Cohere, json!({"response_format": {"type": "text"}})),
    ];
    for (dialect, more) in unwanted {
        assert_eq!(with(dialect, &more), Features::default(), "{more}");
    }
}

#[test]
fn reasoning() {
    let wanted = [
        (Dialect::OpenAi, json!({"reasoning_effort": "low"})),
        (Dialect::Responses, json!({"reasoning": {"effort": "high", "summary": "auto"}})),
        (Dialect::Anthropic, json!({"thinking": {"type": "enabled", "budget_tokens": 2048}})),
        (Dialect::Anthropic, json!({"output_config": {"effort": "high"}})),
        (Dialect::Gemini, json!({"generationConfig": {"thinkingConfig": {"thinkingBudget": 100}}})),
        (Dialect::Gemini, json!({"generation_config": {"thinking_config": {"includeThoughts": true}}})),
        (Dialect::Bedrock, json!({"additionalModelRequestFields": {"thinking": {"type": "adaptive"}}})),
        (Dialect::Cohere, json!({"thinking": {"type": "enabled"}})),
    ];
    for (dialect, more) in wanted {
        assert_eq!(with(dialect, &more), Features { reasoning: true, ..Features::default() }, "{more}");
    }
    let unwanted = [
        (Dialect::OpenAi, json!({"reasoning_effort": "none"})),
        (Dialect::Responses, json!({"reasoning": {"effort": "none", "summary": "auto"}})),
        (Dialect::Responses, json!({"reasoning": {"effort": null}})),
        (Dialect::Anthropic, json!({"thinking": {"type": "disabled"}})),
        (Dialect::Gemini, json!({"generationConfig": {"thinkingConfig": {"thinkingBudget": 0}}})),
        (Dialect::Bedrock, json!({"additionalModelRequestFields": {"thinking": {"type": "disabled"}}})),
        (Dialect::Cohere, json!({"thinking": {"type": "disabled"}})),
    ];
    for (dialect, more) in unwanted {
        assert_eq!(with(dialect, &more), Features::default(), "{more}");
    }
}

#[test]
fn a_stream_by_the_body_or_by_the_path() {
    for dialect in [Dialect::OpenAi, Dialect::Responses, Dialect::Anthropic, Dialect::Cohere] {
        assert!(with(dialect, &json!({"stream": true})).stream, "{dialect:?}");
    }
    for (path, list) in
        [("/v1beta/models/m:streamGenerateContent", "contents"), ("/model/m/converse-stream", "messages")]
    {
        let asked = Asked::of(b"POST", path.as_bytes()).unwrap();
        let body = json!({list: []}).to_string();
        assert!(RequestBody::new(asked, body.as_bytes()).unwrap().features().stream, "{path}");
    }
}

fn conversation(dialect: Dialect, messages: &Value) -> Option<Vec<u8>> {
    let body = request(dialect, messages, &json!({})).to_string();
    let asked = Asked::of(b"POST", path(dialect).as_bytes()).unwrap();
    RequestBody::new(asked, body.as_bytes()).unwrap().conversation()
}

#[test]
fn a_conversation_is_known_by_its_first_user_message() {
    for dialect in ALL {
        let parts = if dialect == Dialect::Gemini { "parts" } else { "content" };
        let model = if dialect == Dialect::Gemini { "model" } else { "assistant" };
        let say = |role: &str, words: &str| json!({"role": role, parts: [text(dialect, words)]});
        let first = conversation(dialect, &json!([say("user", "Hello")]));
        let later = conversation(dialect, &json!([say("user", "Hello"), say(model, "Hi"), say("user", "How?")]));
        let instructed = conversation(dialect, &json!([say("system", "Be brief"), say("user", "Hello")]));
        let other = conversation(dialect, &json!([say("user", "Hi")]));
        assert!(first.is_some(), "{dialect:?}");
        assert!(first == later && first == instructed && first != other, "{dialect:?}");
    }
}

#[test]
fn a_conversation_does_not_depend_on_how_its_first_message_is_written() {
    let alone = conversation(Dialect::Anthropic, &json!([{"role": "user", "content": "Hello"}]));
    let cached = json!([{"role": "user", "content": [
        {"type": "text", "text": "Hello", "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    ]}]);
    assert_eq!(alone, conversation(Dialect::Anthropic, &cached));
    assert_eq!(alone, conversation(Dialect::Responses, &json!("Hello")));
    assert_eq!(conversation(Dialect::OpenAi, &json!([])), None);
}
