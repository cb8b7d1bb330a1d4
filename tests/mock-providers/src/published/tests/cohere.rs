use super::passes_until_changed;
use crate::published::Kind;
use serde_json::json;

#[test]
fn chat() {
    let request = json!({
        "model": "command-a-03-2025",
        "messages": [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}},
            ]},
            {"role": "assistant", "content": null, "tool_plan": "I look.", "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "look", "arguments": "{}"}},
            ]},
            {"role": "tool", "tool_call_id": "a", "content": [{"type": "document", "document": {"data": {"x": 1}}}]},
        ],
        "tools": [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}],
        "tool_choice": "REQUIRED", "strict_tools": true, "thinking": {"type": "enabled", "token_budget": 10},
        "response_format": {"type": "json_object", "json_schema": {"type": "object"}},
        "max_tokens": 100, "k": 3, "p": 0.5, "stop_sequences": ["END"], "stream": true,
    });
    passes_until_changed(
        Kind::CohereChat,
        &request,
        &[
            ("/model", None, "/model: missing"),
            ("/top_p", Some(json!(0.5)), "/top_p: no such field"),
            ("/tool_choice", Some(json!("required")), "/tool_choice: "),
            ("/max_tokens", Some(json!("100")), "/max_tokens: "),
            ("/messages/1/content/1/image_url", Some(json!("x")), "/messages/1/content/1/image_url: "),
            ("/messages/3/tool_call_id", None, "/messages/3/tool_call_id: missing"),
        ],
    );
}

#[test]
fn embed() {
    let request = json!({"model": "embed-v4.0", "input_type": "search_document", "texts": ["a", "b"],
        "embedding_types": ["float"], "output_dimension": 256});
    passes_until_changed(
        Kind::CohereEmbed,
        &request,
        &[
            ("/input_type", None, "/input_type: missing"),
            ("/texts", Some(json!("a")), "/texts: "),
            ("/embedding_types", Some(json!(["double"])), "/embedding_types/0: "),
        ],
    );
}

#[test]
fn rerank() {
    let request = json!({"model": "rerank-v4.0-pro", "query": "cats", "documents": ["a", "b"], "top_n": 1});
    passes_until_changed(
        Kind::CohereRerank,
        &request,
        &[
            ("/query", None, "/query: missing"),
            ("/documents", Some(json!([{"text": "a"}])), "/documents/0: "),
            ("/return_documents", Some(json!(true)), "/return_documents: no such field"),
        ],
    );
}
