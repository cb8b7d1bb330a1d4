//! What Bedrock refuses and takes beside the conversation.

use super::*;

#[test]
fn bad_members_are_refused() {
    let inference = |config: Value| request(json!({"inferenceConfig": config}));
    let tools = |config: Value| request(json!({"toolConfig": config}));
    let format = |schema: Value| {
        let structure = json!({"jsonSchema": {"schema": schema}});
        request(json!({"outputConfig": {"textFormat": {"type": "json_schema", "structure": structure}}}))
    };
    refused(
        vec![
            (json!([]), "START_ARRAY can not be converted to a Structure"),
            (json!({}), "Value at 'messages' failed to satisfy constraint: Member must not be null"),
            (request(json!({"stream": true})), "#: extraneous key [stream] is not permitted"),
            (request(json!({"system": "Be short."})), "STRING_VALUE can not be converted to a List"),
            (request(json!({"system": [{"text": ""}]})), "Member must have length greater than or equal to 1"),
            (request(json!({"system": [{"type": "text", "text": "x"}]})), "#/system/0: extraneous key [type]"),
            (inference(json!({"max_tokens": 1})), "#/inferenceConfig: extraneous key [max_tokens]"),
            (inference(json!({"maxTokens": 0})), "Member must have value greater than or equal to 1"),
            (inference(json!({"maxTokens": "5"})), "STRING_VALUE can not be converted to an Integer"),
            (inference(json!({"temperature": 1.5})), "Member must have value less than or equal to 1"),
            (inference(json!({"topP": -1})), "'inferenceConfig.topP' failed to satisfy constraint"),
            (inference(json!({"temperature": 1, "topP": 1})), "cannot both be specified for this model"),
            (inference(json!({"stopSequences": [""]})), "Member must have length greater than or equal to 1"),
            (inference(json!({"stopSequences": vec!["x"; 2501]})), "less than or equal to 2500"),
            (inference(json!({"stopSequences": [" "]})), "each stop sequence must contain non-whitespace"),
            (tools(json!({"tools": []})), "Value '[]' at 'toolConfig.tools'"),
            (tools(json!({"toolChoice": {"auto": {}}})), "'toolConfig.tools' failed to satisfy constraint"),
            (
                tools(json!({"tools": [{"name": "a"}]})),
                "Tool object at toolConfig.tools.0 must set one of the following keys: toolSpec, systemTool, cachePoi",
            ),
            (
                tools(json!({"tools": [tool("a b")]})),
                "Value 'a b' at 'toolConfig.tools.0.toolSpec.name' failed to satisfy constraint: Member must satisfy \
                 regular expression pattern: [a-zA-Z0-9_-]+",
            ),
            (tools(json!({"tools": [tool(&"a".repeat(65))]})), "less than or equal to 64"),
            (tools(json!({"tools": [tool("a"), tool("a")]})), "The tool name a at toolConfig.tools.1 is already"),
            (
                tools(json!({"tools": [{"toolSpec": {"name": "a"}}]})),
                "'toolConfig.tools.1.member.toolSpec.inputSchema' failed to satisfy constraint: Member must not be",
            ),
            (
                tools(json!({"tools": [{"toolSpec": {"name": "a", "inputSchema": {"json": "{}"}}}]})),
                "The format of the value at toolConfig.tools.0.toolSpec.inputSchema.json is invalid.",
            ),
            (
                tools(json!({"tools": [{"toolSpec": {"name": "a", "inputSchema": {"json": {}}}}]})),
                "toolSpec.inputSchema.json.type must be one of the following: object.",
            ),
            (
                tools(json!({"tools": [{"toolSpec": {"name": "a", "description": "",
                    "inputSchema": {"json": {"type": "object"}}}}]})),
                "Member must have length greater than or equal to 1",
            ),
            (
                tools(json!({"tools": [tool("a")], "toolChoice": {"none": {}}})),
                "ToolChoice object at toolConfig.toolChoice must set one of the following keys: auto, any, tool.",
            ),
            (
                tools(json!({"tools": [tool("a")], "toolChoice": {"auto": {}, "any": {}}})),
                "can set only one of the following keys",
            ),
            (tools(json!({"tools": [tool("a")], "toolChoice": {"tool": {"name": "b"}}})), "isn't defined"),
            (request(json!({"serviceTier": "flex"})), "STRING_VALUE can not be converted to a Structure"),
            (request(json!({"serviceTier": {"type": "auto"}})), "enum value set: [priority, default, flex, reserved]"),
            (request(json!({"performanceConfig": {"latency": "fast"}})), "enum value set: [standard, optimized]"),
            (request(json!({"requestMetadata": {}})), "length between 1 and 16"),
            (request(json!({"requestMetadata": {"user": "a|b"}})), "regular expression pattern"),
            (request(json!({"guardrailConfig": {"guardrailIdentifier": "g"}})), "'guardrailConfig.guardrailVersion'"),
            (
                request(json!({"guardrailConfig": {"guardrailIdentifier": "g", "guardrailVersion": "1",
                    "streamProcessingMode": "sync"}})),
                "extraneous key [streamProcessingMode]",
            ),
            (request(json!({"additionalModelResponseFieldPaths": ["x"]})), "JSON Pointer"),
            (format(json!({"type": "object"})), "START_OBJECT can not be converted to a String"),
            (format(json!("{")), "must be a string holding a JSON schema"),
            (format(json!("{\"type\":\"object\"}")), "'additionalProperties' must be explicitly set"),
            (format(json!("{\"maxLength\":1}")), "has an unsupported keyword: maxLength"),
            (request(json!({"outputConfig": {"effort": "minimal"}})), "enum value set: [low"),
            (request(json!({"outputConfig": {"effort": "low"}})), "does not support the effort parameter"),
        ],
        SONNET,
    );
}

#[test]
fn what_is_passed_on_is_checked() {
    let passing = |fields: Value| {
        request(json!({"additionalModelRequestFields": fields, "inferenceConfig": {"maxTokens": 2000}}))
    };
    let thinking = |budget: u64| json!({"thinking": {"type": "enabled", "budget_tokens": budget}});
    refused(
        vec![
            (passing(json!("top_k")), "STRING_VALUE can not be converted to a Structure"),
            (
                passing(json!({"topK": 5})),
                "The model returned the following errors: topK: Extra inputs are not permitted",
            ),
            (passing(json!({"max_tokens": 5})), "The additional field max_tokens conflicts with an existing field."),
            (passing(thinking(1000)), "Input should be greater than or equal to 1024"),
            (passing(thinking(2000)), "`max_tokens` must be greater than `thinking.budget_tokens`"),
        ],
        SONNET,
    );
    taken(
        vec![
            passing(thinking(1024)),
            passing(json!({"top_k": 5, "anthropic_beta": ["interleaved-thinking-2025-05-14"]})),
        ],
        SONNET,
    );
    refused(
        vec![
            (passing(thinking(1024)), "\"thinking.type.enabled\" is not supported"),
            (request(json!({"inferenceConfig": {"temperature": 0.5}})), "`temperature` is deprecated for this model."),
            (request(json!({"inferenceConfig": {"topP": 0.5}})), "`top_p` is deprecated for this model."),
        ],
        OPUS,
    );
    taken(
        vec![request(json!({"additionalModelRequestFields": {"thinking": {"type": "adaptive"}},
            "outputConfig": {"effort": "max"}}))],
        OPUS,
    );
    refused(vec![(passing(json!({"top_k": 5})), "extraneous key [top_k]")], NOVA);
    taken(vec![passing(json!({"inferenceConfig": {"topK": 5}}))], NOVA);
    let forced = request(json!({"additionalModelRequestFields": thinking(1024),
        "toolConfig": {"tools": [tool("a")], "toolChoice": {"any": {}}}}));
    refused(vec![(forced, "tool_choice forces tool use")], SONNET);
    let choosing = |choice: Value| request(json!({"toolConfig": {"tools": [tool("a")], "toolChoice": choice}}));
    refused(vec![(choosing(json!({"any": {}})), "'any' is not supported for this model")], "anthropic.claude-opus-5-5");
    taken(vec![choosing(json!({"auto": {}}))], "anthropic.claude-opus-5-5");
}

#[test]
fn good_requests_are_taken() {
    taken(
        vec![
            request(json!({"system": [{"text": "Be short."}, {"cachePoint": {"type": "default", "ttl": "1h"}}],
                "inferenceConfig": {"maxTokens": 10, "temperature": 0, "stopSequences": ["END"]},
                "serviceTier": {"type": "flex"}, "performanceConfig": {"latency": "optimized"},
                "requestMetadata": {"team": "a b"}, "additionalModelResponseFieldPaths": ["/stop_sequence"],
                "guardrailConfig": {"guardrailIdentifier": "g1", "guardrailVersion": "DRAFT", "trace": "enabled"}})),
            request(json!({"toolConfig": {"tools": [tool("a"), {"cachePoint": {"type": "default"}}],
                "toolChoice": {"tool": {"name": "a"}}}})),
            // Null is the same as nothing at all.
            request(json!({"system": null, "inferenceConfig": {"topP": null}})),
            request(json!({"outputConfig": {"textFormat": {"type": "json_schema", "structure": {"jsonSchema":
                {"name": "n", "schema": "{\"type\":\"object\",\"additionalProperties\":false}"}}}}})),
        ],
        SONNET,
    );
}

#[test]
fn models_are_read() {
    let arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    let foundation = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-4-6-v1";
    for (id, name, talks) in [
        (SONNET, "claude-sonnet-4-5-20250929", true),
        (arn, "claude-sonnet-4-5-20250929", true),
        (foundation, "claude-opus-4-6", true),
        (NOVA, "nova-pro", true),
        ("amazon.titan-embed-text-v2:0", "titan-embed-text", false),
        ("cohere.embed-english-v3", "embed-english", false),
        ("openai.gpt-oss-120b-1:0", "openai.gpt-oss-120b-1:0", true),
    ] {
        let model = Model::read(id).unwrap();
        assert_eq!((model.name.as_str(), model.talks()), (name, talks), "{id}");
    }
    for id in ["", "a b", "anthropic.no-such-model", "a/b", "arn:aws:s3:::bucket", "arn:aws:bedrock:us-east-1:1:x/y"] {
        assert!(Model::read(id).unwrap_err().message.contains("model identifier is invalid"), "{id}");
    }
    let body = request(json!({}));
    assert!(check(&body, "cohere.embed-english-v3").unwrap_err().message.contains("doesn't support the model"));
}
