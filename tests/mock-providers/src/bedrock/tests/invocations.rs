//! How the makers' own APIs answer behind InvokeModel.

use super::*;
use crate::base64;

fn messages(extra: Value) -> Value {
    let mut body = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 50,
        "messages": [{"role": "user", "content": "Hi"}]});
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    body
}

#[test]
fn claude_is_asked_in_its_own_words() {
    let answer = ask("invoke", &messages(json!({"anthropic_beta": ["x"]}))).unwrap();
    assert_eq!(answer.whole["content"][0]["text"], "Hello from Bedrock.");
    assert!(answer.whole["id"].as_str().unwrap().starts_with("msg_bdrk_"));
    assert!(answer.headers.contains(&("x-amzn-bedrock-output-token-count", "3".into())));
    for (extra, message) in [
        (json!({"model": "x"}), "extraneous key [model] is not permitted"),
        (json!({"stream": true}), "extraneous key [stream] is not permitted"),
        (json!({"anthropic_version": "2023-06-01"}), "Input should be 'bedrock-2023-05-31'"),
        (json!({"anthropic_version": "2026-10-21"}), "Input should be 'bedrock-2023-05-31'"),
        (json!({"max_tokens": 0}), "max_tokens: Input should be greater than or equal to 1"),
        (json!({"anthropic_beta": "x"}), "anthropic_beta: Input should be a valid list"),
        (json!({"anthropic_beta": ["x", "oauth-2025-04-20"]}), "invalid beta flag"),
        (json!({"tools": [{"type": "web_search_20250305", "name": "web_search"}]}), "not supported on Amazon Bedrock"),
    ] {
        let problem = ask("invoke", &messages(extra)).err().unwrap();
        assert!(problem.status == 400 && problem.message.contains(message), "{message}: {}", problem.message);
    }
    let newest = messages(json!({"anthropic_version": "2026-10-21"}));
    let path = format!("/model/{OPUS}/invoke");
    assert!(bedrock().answer(&arrival(&path, &newest, &[JSON, KEY])).is_ok());
    let mut unversioned = messages(json!({}));
    unversioned.as_object_mut().unwrap().remove("anthropic_version");
    assert!(ask("invoke", &unversioned).err().unwrap().message.contains("anthropic_version: Field required"));
}

#[test]
fn claudes_events_come_in_chunks() {
    let mut body = messages(json!({}));
    body["messages"][0]["content"] = "[[mock: input=20 cached=4 cache_write=1 output=3]]".into();
    let answer = ask("invoke-with-response-stream", &body).unwrap();
    let chunks: Vec<Value> = events(&answer)
        .into_iter()
        .map(|(name, chunk)| {
            assert_eq!(name, "chunk");
            serde_json::from_slice(&base64::decode(chunk["bytes"].as_str().unwrap()).unwrap()).unwrap()
        })
        .collect();
    assert_eq!(chunks[0]["type"], "message_start");
    assert!(chunks.iter().all(|chunk| chunk["type"] != "ping"));
    let metrics = &chunks[chunks.len() - 1]["amazon-bedrock-invocationMetrics"];
    let counts = ["inputTokenCount", "outputTokenCount", "cacheReadInputTokenCount", "cacheWriteInputTokenCount"];
    assert_eq!(counts.map(|count| metrics[count].as_u64().unwrap()), [15, 3, 4, 1]);
}

fn embed(model: &str, body: Value) -> Result<Answer, Problem> {
    bedrock().answer(&arrival(&format!("/model/{model}/invoke"), &body, &[JSON, KEY]))
}

fn embed_refused(model: &str, cases: Vec<(Value, &str)>) {
    for (body, message) in cases {
        let problem = embed(model, body).err().unwrap();
        assert!(problem.message.contains(message), "{message}: {}", problem.message);
    }
}

#[test]
fn titan_embeds_one_text() {
    let model = "amazon.titan-embed-text-v2:0";
    let body = json!({"inputText": "one two", "dimensions": 256, "embeddingTypes": ["float", "binary"]});
    let answer = embed(model, body).unwrap();
    assert_eq!(answer.whole["embedding"].as_array().unwrap().len(), 256);
    assert_eq!(answer.whole["embedding"], answer.whole["embeddingsByType"]["float"]);
    assert!(answer.whole["embeddingsByType"]["binary"].as_array().unwrap().iter().all(|bit| *bit == 0 || *bit == 1));
    assert_eq!(answer.whole["inputTextTokenCount"], 2);
    let length: f64 = answer.whole["embedding"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap().powi(2)).sum();
    assert!((length - 1.0).abs() < 1e-3);
    embed_refused(
        model,
        vec![
            (json!({}), "#: required key [inputText] not found"),
            (json!({"inputText": ["x"]}), "#/inputText: expected type: String, found: JSONArray"),
            (json!({"inputText": ""}), "expected minLength: 1, actual: 0"),
            (json!({"inputText": "x", "dimensions": 300}), "#/dimensions: 300 is not a valid enum value"),
            (json!({"inputText": "x", "encoding_format": "float"}), "extraneous key [encoding_format]"),
        ],
    );
    let wished = embed(model, json!({"inputText": "[[mock: error=429]]"})).unwrap();
    assert!(wished.scenario.instead.is_some());
    let first = embed("amazon.titan-embed-text-v1", json!({"inputText": "x"})).unwrap().whole;
    assert!(first["embedding"].as_array().unwrap().len() == 1536 && first.get("embeddingsByType").is_none());
    embed_refused("amazon.titan-embed-text-v1", vec![(json!({"inputText": "x", "dimensions": 256}), "extraneous")]);
}

#[test]
fn cohere_embeds_many_texts() {
    let model = "cohere.embed-english-v3";
    let plain = embed(model, json!({"texts": ["one two", "three"], "input_type": "search_query"})).unwrap();
    assert_eq!(plain.whole["response_type"], "embeddings_floats");
    assert_eq!(plain.whole["embeddings"][1].as_array().unwrap().len(), 1024);
    assert_eq!(plain.whole["texts"], json!(["one two", "three"]));
    // The body does not say what it took.
    assert!(plain.headers.contains(&("x-amzn-bedrock-input-token-count", "3".into())));
    let typed = json!({"texts": ["x"], "input_type": "search_document", "embedding_types": ["int8", "ubinary"],
        "output_dimension": 256});
    let typed = embed("us.cohere.embed-v4:0", typed).unwrap().whole;
    assert_eq!(typed["response_type"], "embeddings_by_type");
    assert_eq!(typed["embeddings"]["int8"][0].as_array().unwrap().len(), 256);
    assert_eq!(typed["embeddings"]["ubinary"][0].as_array().unwrap().len(), 32);
    embed_refused(
        model,
        vec![
            (json!({"texts": ["x"]}), "#: required key [input_type] not found"),
            (json!({"texts": ["x"], "input_type": "query"}), "#/input_type: query is not a valid enum value"),
            (json!({"texts": [], "input_type": "clustering"}), "expected from 1 to 96 items"),
            (json!({"texts": vec!["x"; 97], "input_type": "clustering"}), "expected from 1 to 96 items"),
            (json!({"input_type": "clustering"}), "exactly one of texts, images or inputs"),
            (json!({"texts": ["x"], "input_type": "clustering", "output_dimension": 256}), "extraneous key"),
            (json!({"texts": ["x"], "input_type": "clustering", "truncate": "LEFT"}), "LEFT is not a valid enum"),
        ],
    );
    let path = format!("/model/{model}/invoke-with-response-stream");
    let body = json!({"texts": ["x"], "input_type": "clustering"});
    let streamed = bedrock().answer(&arrival(&path, &body, &[JSON, KEY]));
    assert!(streamed.err().unwrap().message.contains("unsupported for streaming"));
}
