//! Counts tokens and embeds contents.

use super::error::invalid;
use super::{items, said};
use crate::embedding;
use crate::problem::Problem;
use crate::texts;
use serde_json::{Value, json};

/// How many numbers an embedding has at most, and unless a request says so.
const LARGEST: i64 = 3072;

/// The answer to `countTokens`.
pub fn count(body: &Value) -> Result<Value, Problem> {
    let asked = body.get("generate_content_request").unwrap_or(body);
    if items(asked, "contents").is_empty() {
        return Err(invalid("* CountTokensRequest.contents: contents is not specified\n"));
    }
    let count = said(asked);
    Ok(json!({"totalTokens": count, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": count}]}))
}

/// The answer to `embedContent`.
pub fn one(body: &Value) -> Result<Value, Problem> {
    let words = words(body);
    Ok(json!({"embedding": embedding(body)?, "usageMetadata": {"promptTokenCount": words, "totalTokenCount": words}}))
}

/// The answer to `batchEmbedContents`.
pub fn many(body: &Value, model: &str) -> Result<Value, Problem> {
    let requests = items(body, "requests");
    if requests.is_empty() {
        return Err(invalid("* BatchEmbedContentsRequest.requests: at least one request is required\n"));
    }
    let expected = format!("models/{model}");
    if requests.iter().any(|request| request.get("model").is_none_or(|named| named != expected.as_str())) {
        return Err(invalid(
            "* BatchEmbedContentsRequest.requests: the model of each request must be the model in the URL\n",
        ));
    }
    let embeddings = requests.iter().map(embedding).collect::<Result<Vec<_>, _>>()?;
    let words: u64 = requests.iter().map(words).sum();
    Ok(json!({
        "embeddings": embeddings,
        "usageMetadata": {"promptTokenCount": words, "totalTokenCount": words},
    }))
}

fn words(request: &Value) -> u64 {
    parts(request).iter().map(texts::words).sum()
}

fn parts(request: &Value) -> &[Value] {
    request.get("content").map(|content| items(content, "parts")).unwrap_or_default()
}

fn embedding(request: &Value) -> Result<Value, Problem> {
    if parts(request).is_empty() {
        return Err(invalid("* EmbedContentRequest.content: contents is not specified\n"));
    }
    let size = ["/output_dimensionality", "/embed_content_config/output_dimensionality"];
    let size = size.iter().find_map(|at| request.pointer(at)).and_then(Value::as_i64).unwrap_or(LARGEST);
    if !(1..=LARGEST).contains(&size) {
        return Err(invalid("* EmbedContentRequest.output_dimensionality: must be between 1 and 3072\n"));
    }
    let text: String = parts(request).iter().flat_map(texts::of).collect();
    Ok(json!({"values": embedding::of(&text, size.unsigned_abs() as usize)}))
}
