use super::passes_until_changed;
use crate::published::{Kind, check};
use serde_json::json;

#[test]
fn chat() {
    let request = json!({
        "model": "gpt-5.4",
        "messages": [
            {"role": "developer", "content": "Be short."},
            {"role": "user", "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "low"}},
            ]},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}},
            ]},
            {"role": "tool", "tool_call_id": "call_1", "content": "a cat"},
        ],
        "tools": [{"type": "function", "function": {"name": "look", "strict": true, "parameters": {
            "type": "object", "properties": {}, "additionalProperties": false}}}],
        "tool_choice": {"type": "function", "function": {"name": "look"}},
        "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}},
        "max_completion_tokens": 100, "temperature": null, "stop": ["END"], "reasoning_effort": "low",
        "metadata": {"team": "red"}, "stream": true, "stream_options": {"include_usage": true},
    });
    passes_until_changed(
        Kind::OpenAiChat,
        &request,
        &[
            ("/messages", None, "/messages: missing"),
            ("/top_k", Some(json!(3)), "/top_k: no such field"),
            ("/messages/1/content/1/image_url/detail", Some(json!("tiny")), "/messages/1/content/1/image_url/detail: "),
            ("/messages/2/tool_calls/0/function/arguments", Some(json!({})), "/messages/2/tool_calls/0/function/arg"),
            ("/messages/3/role", Some(json!("robot")), "/messages/3: fits none of the 6 variants"),
        ],
    );
}

#[test]
fn responses() {
    let request = json!({
        "model": "gpt-5.4",
        "instructions": "Be short.",
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "What is the weather?"}]},
            {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "abc"},
            {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "call_1", "output": "sun"},
        ],
        "tools": [{"type": "function", "name": "weather", "parameters": {"type": "object"}, "strict": false}],
        "tool_choice": "auto", "reasoning": {"effort": "low", "summary": "auto"},
        "text": {"format": {"type": "json_schema", "name": "a", "schema": {"type": "object"}}},
        "max_output_tokens": 100, "store": false, "include": ["reasoning.encrypted_content"], "stream": true,
    });
    passes_until_changed(
        Kind::OpenAiResponses,
        &request,
        &[
            ("/max_tokens", Some(json!(3)), "/max_tokens: no such field"),
            ("/input/2/call_id", None, "/input/2/call_id: missing"),
            ("/input/0/content", Some(json!([{"type": "input_text", "text": 1}])), "/input/0/content/0/text: "),
            ("/text/format/schema", None, "/text/format/schema: missing"),
        ],
    );
    assert_eq!(check(Kind::OpenAiResponses, &json!({"model": "gpt-5.4", "input": "Hi"})), Ok(()));
}

#[test]
fn embeddings() {
    let request = json!({"model": "text-embedding-3-small", "input": ["a", "b"], "encoding_format": "base64"});
    passes_until_changed(
        Kind::OpenAiEmbeddings,
        &request,
        &[
            ("/input", Some(json!([{}])), "/input"),
            ("/encoding_format", Some(json!("hex")), "/encoding_format: "),
            ("/model", None, "/model: missing"),
        ],
    );
    assert_eq!(check(Kind::OpenAiEmbeddings, &json!({"model": "m", "input": [[1, 2], [3]]})), Ok(()));
}
