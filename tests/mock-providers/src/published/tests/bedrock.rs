use super::passes_until_changed;
use crate::published::{Kind, check};
use serde_json::json;

#[test]
fn converse() {
    let request = json!({
        "system": [{"text": "Be short."}, {"cachePoint": {"type": "default"}}],
        "messages": [
            {"role": "user", "content": [
                {"text": "What is this?"},
                {"image": {"format": "png", "source": {"bytes": "aGk="}}},
                {"document": {"format": "pdf", "name": "a", "source": {"bytes": "aGk="}}},
            ]},
            {"role": "assistant", "content": [
                {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "sig"}}},
                {"toolUse": {"toolUseId": "a", "name": "look", "input": {"at": [1, 2]}}},
            ]},
            {"role": "user", "content": [
                {"toolResult": {"toolUseId": "a", "status": "success", "content": [{"json": {"seen": "cat"}}]}},
            ]},
        ],
        "inferenceConfig": {"maxTokens": 100, "temperature": 0.5, "topP": 0.9, "stopSequences": ["END"]},
        "toolConfig": {
            "tools": [{"toolSpec": {"name": "look", "description": "Looks.", "inputSchema": {"json": {}}}}],
            "toolChoice": {"any": {}},
        },
        "additionalModelRequestFields": {"top_k": 3},
        "requestMetadata": {"team": "red"},
    });
    for kind in [Kind::BedrockConverse, Kind::BedrockConverseStream] {
        passes_until_changed(
            kind,
            &request,
            &[
                ("/modelId", Some(json!("m")), "/modelId: no such field"),
                ("/inferenceConfig/maxTokens", Some(json!(0)), "/inferenceConfig/maxTokens: "),
                (
                    "/messages/0/content/0/image",
                    Some(json!({"format": "png", "source": {"bytes": ""}})),
                    "/messages/0/c",
                ),
                ("/messages/0/content/1/image/format", Some(json!("bmp")), "/messages/0/content/1/image/format: "),
                ("/messages/1/content/1/toolUse/input", None, "/messages/1/content/1/toolUse/input: missing"),
                (
                    "/messages/2/content/0/toolResult/toolUseId",
                    Some(json!("a b")),
                    "/messages/2/content/0/toolResult/to",
                ),
                ("/toolConfig/tools", Some(json!([])), "/toolConfig/tools: "),
                ("/toolConfig/toolChoice/auto", Some(json!({})), "/toolConfig/toolChoice: "),
            ],
        );
    }
}

#[test]
fn streams_say_when_guardrails_look() {
    let guarded = json!({"guardrailConfig":
        {"guardrailIdentifier": "abc", "guardrailVersion": "1", "streamProcessingMode": "async"}});
    assert_eq!(check(Kind::BedrockConverseStream, &guarded), Ok(()));
    let refused = check(Kind::BedrockConverse, &guarded).unwrap_err();
    assert!(refused.ends_with("/guardrailConfig/streamProcessingMode: no such field"), "{refused}");
}
