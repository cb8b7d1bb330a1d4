use super::passes_until_changed;
use crate::published::{Kind, check};
use serde_json::json;

#[test]
fn generate_content() {
    let request = json!({
        "systemInstruction": {"parts": [{"text": "Be short."}]},
        "contents": [
            {"role": "user", "parts": [
                {"text": "What is this?"},
                {"inlineData": {"mimeType": "image/png", "data": "aGk="}},
            ]},
            {"role": "model", "parts": [
                {"functionCall": {"id": "a", "name": "look", "args": {"at": [1, 2]}}, "thoughtSignature": "aGk="},
            ]},
            {"role": "user", "parts": [{"functionResponse": {"id": "a", "name": "look", "response": {"output": 1}}}]},
        ],
        "tools": [{"functionDeclarations": [
            {"name": "look", "description": "Looks.", "parametersJsonSchema": {"type": "object"}},
            {"name": "old", "parameters": {"type": "OBJECT", "properties": {"at": {"type": "string"}}}},
        ]}],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["look"]}},
        "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
        "generationConfig": {
            "temperature": 0.5, "topK": 3, "maxOutputTokens": 100, "stopSequences": ["END"],
            "thinkingConfig": {"thinkingBudget": 0, "includeThoughts": true},
            "responseMimeType": "application/json", "responseJsonSchema": {"type": "object"},
        },
    });
    for kind in [Kind::GeminiGenerateContent, Kind::VertexGenerateContent] {
        passes_until_changed(
            kind,
            &request,
            &[
                ("/contents", None, "/contents: missing"),
                ("/temperature", Some(json!(0.5)), "/temperature: no such field"),
                ("/generationConfig/max_tokens", Some(json!(5)), "/generationConfig/max_tokens: no such field"),
                ("/generationConfig/stopSequences", Some(json!("END")), "/generationConfig/stopSequences: "),
                ("/contents/0/parts/1/inlineData/data", Some(json!("a b")), "/contents/0/parts/1/inlineData/data: "),
                ("/toolConfig/functionCallingConfig/mode", Some(json!("any")), "/toolConfig/functionCallingConfig/mo"),
            ],
        );
    }
}

/// What the SDK sends: it writes in its own spelling what it has no converter for.
#[test]
fn either_spelling() {
    let request = json!({
        "contents": [{"role": "user", "parts": [{"inlineData": {"data": "__4=", "mime_type": "image/png"}}]}],
        "tools": [{"functionDeclarations": [{"name": "look", "parameters_json_schema": {"type": "object"}}]}],
        "generationConfig": {"thinkingConfig": {"include_thoughts": true, "thinking_level": "LOW"}},
        "system_instruction": {"parts": [{"text": "Be short."}]},
    });
    passes_until_changed(
        Kind::GeminiGenerateContent,
        &request,
        &[
            ("/contents/0/parts/0/inlineData/mime_type", Some(json!(1)), "/contents/0/parts/0/inlineData/mime_type: "),
            (
                "/generationConfig/thinkingConfig/effort",
                Some(json!("low")),
                "/generationConfig/thinkingConfig/effort: ",
            ),
            ("/system_instruction", Some(json!("Be short.")), "/system_instruction: "),
        ],
    );
}

#[test]
fn what_only_one_platform_has() {
    let stored = json!({"contents": [], "store": true});
    assert_eq!(check(Kind::GeminiGenerateContent, &stored), Ok(()));
    assert!(check(Kind::VertexGenerateContent, &stored).unwrap_err().ends_with("/store: no such field"));

    let timed = json!({"contents": [], "generationConfig": {"audioTimestamp": true}});
    assert_eq!(check(Kind::VertexGenerateContent, &timed), Ok(()));
    let refused = check(Kind::GeminiGenerateContent, &timed).unwrap_err();
    assert!(refused.ends_with("/generationConfig/audioTimestamp: no such field"), "{refused}");
}
