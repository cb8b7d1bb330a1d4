//! What Anthropic refuses and takes.

use super::*;

#[test]
fn bad_fields_are_refused() {
    refused(
        vec![
            (json!([]), "Input should be a valid dictionary"),
            (json!({"model": "claude-sonnet-5", "messages": []}), "max_tokens: Field required"),
            (request(json!({"max_tokens": 0})), "max_tokens: Input should be greater than or equal to 1"),
            (request(json!({"max_tokens": "5"})), "max_tokens: Input should be a valid integer"),
            (request(json!({"model": "no-such-model"})), "model: no-such-model"),
            (request(json!({"n": 1})), "n: Extra inputs are not permitted"),
            (request(json!({"mcp_servers": []})), "mcp_servers: Extra inputs are not permitted"),
            (request(json!({"stream": "true"})), "stream: Input should be a valid boolean"),
            (request(json!({"temperature": 1.5})), "temperature: Input should be less than or equal to 1"),
            (request(json!({"temperature": null})), "temperature: Input should be a valid number"),
            (request(json!({"temperature": 1, "top_p": 1})), "cannot both be specified"),
            (
                request(json!({"model": "claude-opus-4-8", "temperature": 0})),
                "`temperature` is deprecated for this model.",
            ),
            (request(json!({"model": "claude-sonnet-5", "top_k": 5})), "`top_k` is deprecated for this model."),
            (request(json!({"stop_sequences": [" \n"]})), "each stop sequence must contain non-whitespace"),
            (request(json!({"metadata": {"team": "x"}})), "metadata.team: Extra inputs are not permitted"),
            (request(json!({"service_tier": "default"})), "service_tier: Input should be 'auto'"),
            (
                request(json!({"system": [{"type": "text", "text": ""}]})),
                "system: text content blocks must be non-empty",
            ),
            (request(json!({"system": [{"type": "image"}]})), "system.0: Input tag 'image'"),
            (request(json!({"output_config": {"verbosity": 1}})), "output_config.verbosity: Extra"),
            (request(json!({"output_config": {"effort": "minimal"}})), "output_config.effort: Input should be"),
            (request(json!({"output_config": {"effort": "low"}})), "does not support the effort parameter"),
            (
                request(json!({"output_config": {"format": {"type": "json_schema"}}})),
                "output_config.format.schema: Field required",
            ),
            (
                request(json!({"output_config": {"format": {"type": "json_schema",
                "schema": {"type": "object"}}}})),
                "'additionalProperties' must be explicitly set",
            ),
            (
                request(json!({"output_config": {"format": {"type": "json_schema", "name": "x",
                "schema": {}}}})),
                "output_config.format.name: Extra inputs",
            ),
            (
                request(json!({"output_config": {"format": {"type": "json_schema",
                "schema": {"type": "integer", "minimum": 1}}}})),
                "property minimum is not supported",
            ),
            (
                request(json!({"tools": [{"name": "a", "strict": true, "input_schema": {"type": "object",
                "properties": {}}}]})),
                "'additionalProperties' must be explicitly set",
            ),
            (request(json!({"tools": [{"name": "a"}]})), "tools.0.custom.input_schema: Field required"),
            (
                request(json!({"tools": [{"name": "a", "input_schema": {}}]})),
                "tools.0.custom.input_schema.type: Field required",
            ),
            (request(json!({"tools": [{"type": "function", "function": {}}]})), "Input tag 'function'"),
            (request(json!({"tools": [tool("a b")]})), "tools.0.custom.name: String should match pattern"),
            (request(json!({"tools": [tool("a"), tool("a")]})), "Tool names must be unique"),
            (request(json!({"tool_choice": {"type": "auto"}})), "only be specified while providing tools"),
            (
                request(json!({"tools": [tool("a")], "tool_choice": "auto"})),
                "tool_choice: Input should be a valid dictionary",
            ),
            (
                request(json!({"tools": [tool("a")], "tool_choice": {"type": "tool", "name": "b"}})),
                "Tool 'b' not found",
            ),
            (
                request(json!({"model": "claude-opus-5-5", "tools": [tool("a")], "tool_choice": {"type": "any"}})),
                "tool_choice.type: 'any' is not supported for this model",
            ),
            (
                request(json!({"tools": [tool("a")], "tool_choice": {"type": "none",
                "disable_parallel_tool_use": true}})),
                "Extra inputs are not permitted",
            ),
        ],
        Version::First,
    );
}

#[test]
fn bad_conversations_are_refused() {
    let asks = says("user", json!("Weather?"));
    let uses = says("assistant", json!([tool_use("a"), tool_use("b")]));
    let text = json!({"type": "text", "text": "and?"});
    let cached = json!({"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}});
    refused(
        vec![
            (talk(json!([])), "messages: at least one message is required"),
            (talk(json!([says("assistant", json!("Hi"))])), "first message must use the \"user\" role"),
            (talk(json!([says("tool", json!("Hi"))])), "messages.0.role: Input should be"),
            (talk(json!([asks, says("system", json!("Be short."))])), "role 'system' is not supported"),
            (talk(json!([{"role": "user", "content": "Hi", "name": "x"}])), "messages.0.name: Extra"),
            (talk(json!([asks, says("assistant", json!("")), asks])), "must have non-empty content"),
            (talk(json!([asks, says("assistant", json!("It is "))])), "trailing whitespace"),
            (user(json!({"type": "text", "text": ""})), "messages: text content blocks must be non-empty"),
            (user(json!({"type": "text", "text": " "})), "must contain non-whitespace text"),
            (user(json!({"type": "image_url"})), "messages.0.content.0: Input tag 'image_url'"),
            (user(json!({"type": "text", "text": "x", "id": 1})), "messages.0.content.0.text.id: Extra"),
            (user(thought()), "`thinking` blocks can only be in `assistant` messages"),
            (user(result("a")), "unexpected `tool_use_id` found in `tool_result` blocks: a"),
            (talk(json!([asks, uses])), "without `tool_result` blocks immediately after: a, b"),
            (talk(json!([asks, uses, says("user", json!([result("a")]))])), "immediately after: b"),
            (
                talk(json!([asks, uses, asks, says("user", json!([result("a"), result("b")]))])),
                "immediately after: a, b",
            ),
            (talk(json!([asks, uses, says("user", json!([text, result("a"), result("b")]))])), "must come first"),
            (
                talk(json!([asks, uses, says("user", json!([result("a"), result("b"), result("b")]))])),
                "Found multiple `tool_result` blocks",
            ),
            (
                talk(json!([asks, says("assistant", json!([tool_use("a"), tool_use("a")]))])),
                "`tool_use` ids must be unique",
            ),
            (
                talk(json!([asks, says("assistant", json!([tool_use("a.b")]))])),
                "messages.1.content.0.tool_use.id: String should match pattern",
            ),
            (
                talk(json!([
                    asks,
                    says("assistant", json!([{"type": "tool_use", "id": "a", "name": "x", "input": "{}"}]))
                ])),
                "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
            ),
            (
                talk(json!([
                    asks,
                    says("assistant", json!([{"type": "thinking", "thinking": "x", "signature": "made-up"}])),
                    asks
                ])),
                "Invalid `signature` in `thinking` block",
            ),
            (
                talk(json!([asks, says("assistant", json!([{"type": "thinking", "thinking": "x"}]))])),
                "messages.1.content.0.thinking.signature: Field required",
            ),
            (
                source("image", json!({"type": "base64", "media_type": "image/bmp", "data": "aGk="})),
                "messages.0.content.0.image.source.base64.media_type: Input should be",
            ),
            (source("image", json!({"type": "base64", "media_type": "image/png", "data": "a"})), "Invalid base64 data"),
            (source("image", json!({"type": "url", "url": "data:image/png;base64,aGk="})), "HTTPS URLs"),
            (
                source("document", json!({"type": "base64", "media_type": "text/plain", "data": "aGk="})),
                "Input should be 'application/pdf'",
            ),
            (source("document", json!({"type": "text", "media_type": "text/plain"})), "data: Field required"),
            (
                user(json!({"type": "text", "text": "x", "cache_control": {"type": "forever"}})),
                "cache_control: Input tag 'forever'",
            ),
            (
                talk(json!([says("user", json!([cached, cached, cached, cached, cached]))])),
                "A maximum of 4 blocks with cache_control may be provided. Found 5.",
            ),
        ],
        Version::First,
    );
    let modern = |messages: Value| request(json!({"model": "claude-opus-4-8", "messages": messages}));
    refused(
        vec![
            (modern(json!([asks, says("assistant", json!("It"))])), "does not support assistant message prefill"),
            (
                modern(json!([asks, says("assistant", json!("It")), says("system", json!("x"))])),
                "must immediately follow a 'user' message",
            ),
            (
                request(json!({"model": "claude-sonnet-5", "messages": [asks, says("system", json!("x"))]})),
                "role 'system' is not supported on this model",
            ),
        ],
        Version::First,
    );
}

#[test]
fn the_second_version_is_stricter() {
    let document = json!({"type": "document",
        "source": {"type": "text", "media_type": "text/plain", "data": "x"}});
    let citation = json!({"type": "char_location", "cited_text": "x", "document_index": 0,
        "document_title": null, "start_char_index": 0, "end_char_index": 1});
    let asks = says("user", json!("Hi"));
    let cases = vec![
        (request(json!({"temperature": 0.5})), "temperature: Extra inputs are not permitted"),
        (request(json!({"top_p": 0.5})), "top_p: Extra inputs are not permitted"),
        (request(json!({"top_k": 5})), "top_k: Extra inputs are not permitted"),
        (talk(json!([asks, says("assistant", json!([document])), asks])), "`document` blocks can only be"),
        (user(json!({"type": "text", "text": "x", "citations": [citation]})), "citations are only permitted"),
    ];
    for (body, _) in &cases {
        assert_eq!(validate::check(body, Version::First, &[]), Ok(()), "{body}");
    }
    refused(cases, Version::Second);
    let cited = says("assistant", json!([{"type": "text", "text": "x", "citations": [citation]}]));
    let body = talk(json!([asks, cited, asks]));
    assert_eq!(validate::check(&body, Version::Second, &[]), Ok(()));
}

#[test]
fn good_requests_are_taken() {
    for body in [
        request(json!({})),
        request(json!({"system": [{"type": "text", "text": "Be short.",
            "cache_control": {"type": "ephemeral", "ttl": "1h"}}], "metadata": {"user_id": null},
            "stop_sequences": ["END"], "service_tier": "auto", "stream": true})),
        request(json!({"model": "claude-opus-5", "output_config": {"effort": "max", "format":
            {"type": "json_schema", "schema": {"type": "object", "additionalProperties": false}}}})),
        request(json!({"tools": [tool("a"), {"type": "web_search_20250305", "name": "web_search"}],
            "tool_choice": {"type": "tool", "name": "a", "disable_parallel_tool_use": true}})),
        request(json!({"model": "claude-opus-4-8", "messages": [says("user", json!("Hi")),
            says("system", json!("Be short."))]})),
        talk(json!([
            says(
                "user",
                json!([
                    {"type": "text", "text": "What is this?"},
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}},
                    {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
                    {"type": "document", "title": "a.pdf", "citations": {"enabled": true},
                        "source": {"type": "base64", "media_type": "application/pdf", "data": "aGk="}},
                    {"type": "document", "source": {"type": "content", "content": "text"}},
                ])
            ),
            says(
                "assistant",
                json!([thought(), {"type": "text", "text": "Let me see."}, tool_use("a"), tool_use("b")])
            ),
            says(
                "user",
                json!([
                    {"type": "tool_result", "tool_use_id": "b", "is_error": true, "content": ""},
                    {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "sun"}]},
                    {"type": "text", "text": "Well?"},
                ])
            ),
            says("assistant", json!("It is")),
        ])),
    ] {
        assert_eq!(validate::check(&body, Version::Second, &[]), Ok(()), "{body}");
    }
    let usual = request(json!({"model": "claude-opus-5", "temperature": 1}));
    assert_eq!(validate::check(&usual, Version::First, &[]), Ok(()));
    let managed = request(json!({"context_management": {}}));
    let betas = ["context-management-2025-06-27"];
    assert_eq!(validate::check(&managed, Version::Second, &betas), Ok(()));
}

#[test]
fn what_the_sdk_does_not_know_is_refused() {
    let tool = json!({"type": "web_search_20250305", "name": "web_search", "max_uses": "3"});
    let managed = request(json!({"context_management": {"edits": [{"type": "forget"}]}}));
    for (body, betas, place) in [
        (request(json!({"tools": [tool]})), vec![], "/tools/0/max_uses: "),
        (managed, vec!["context-management-2025-06-27"], "/context_management/edits/0: "),
    ] {
        let problem = validate::check(&body, Version::First, &betas).unwrap_err();
        assert_eq!(problem.status, 400);
        let words = format!("mock: not what the SDK's published type takes: {place}");
        assert!(problem.message.starts_with(&words), "{}", problem.message);
    }
}
