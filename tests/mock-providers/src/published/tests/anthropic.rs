use super::passes_until_changed;
use crate::published::{Kind, check};
use serde_json::{Value, json};

fn conversation() -> Value {
    json!([
        {"role": "user", "content": [
            {"type": "text", "text": "What is this?", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}},
        ]},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": "sig"},
            {"type": "tool_use", "id": "a", "name": "look", "input": {"at": [1, 2]}},
        ]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "a cat"}]},
        ]},
    ])
}

fn tools() -> Value {
    json!([
        {"name": "look", "input_schema": {"type": "object", "properties": {}, "additionalProperties": false}},
        {"type": "web_search_20250305", "name": "web_search", "max_uses": 3},
    ])
}

#[test]
fn messages() {
    let request = json!({
        "model": "claude-opus-5", "max_tokens": 100, "messages": conversation(), "tools": tools(),
        "system": [{"type": "text", "text": "Be short."}], "tool_choice": {"type": "auto"},
        "thinking": {"type": "adaptive"}, "metadata": {"user_id": null}, "stop_sequences": ["END"], "stream": true,
        "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": {"type": "object"}}},
    });
    let changes = [
        ("/max_tokens", None, "/max_tokens: missing"),
        ("/temperature", Some(json!(0.5)), "/temperature: no such field"),
        ("/thinking/budget", Some(json!(5)), "/thinking/budget: no such field"),
        ("/messages/0/content/1/source/data", None, "/messages/0/content/1/source/data: missing"),
        ("/messages/1/content/1/input", Some(json!("{}")), "/messages/1/content/1/input: "),
        ("/messages/2/content/0/content/0/text", Some(json!(1)), "/messages/2/content/0/content/0/text: "),
        ("/tools/1/max_uses", Some(json!("3")), "/tools/1/max_uses: "),
    ];
    passes_until_changed(Kind::AnthropicMessages, &request, &changes);
    passes_until_changed(Kind::AnthropicBetaMessages, &request, &changes);
}

#[test]
fn what_beta_features_add() {
    let request = json!({
        "model": "claude-opus-5", "max_tokens": 100, "messages": conversation(),
        "context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]},
        "mcp_servers": [{"type": "url", "url": "https://example.com/mcp", "name": "example"}],
    });
    passes_until_changed(
        Kind::AnthropicBetaMessages,
        &request,
        &[
            ("/betas", Some(json!(["x"])), "/betas: no such field"),
            ("/mcp_servers/0/name", None, "/mcp_servers/0/name: missing"),
            ("/context_management/edits", Some(json!({})), "/context_management/edits: "),
        ],
    );
    let refused = check(Kind::AnthropicMessages, &request).unwrap_err();
    assert!(refused.ends_with("/context_management: no such field"), "{refused}");
}

#[test]
fn count_of_tokens() {
    let request = json!({"model": "claude-opus-5", "messages": conversation(), "tools": tools()});
    passes_until_changed(
        Kind::AnthropicCountTokens,
        &request,
        &[
            ("/model", None, "/model: missing"),
            ("/max_tokens", Some(json!(5)), "/max_tokens: no such field"),
            ("/messages/2/role", Some(json!("tool")), "/messages/2: fits none of the 3 variants"),
        ],
    );
}
