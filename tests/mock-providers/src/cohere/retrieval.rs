//! Embeds texts and ranks documents.

use super::validate::{list, model, published};
use super::wording::{CohereWording, invalid};
use crate::problem::Problem;
use crate::provider::fresh_id;
use crate::published::Kind;
use crate::shape::Node;
use crate::{embedding, ranking, texts};
use serde_json::{Map, Value, json};

const TYPES: &[&str] = &["float", "int8", "uint8", "binary", "ubinary", "base64"];
const SIZES: &[i64] = &[256, 512, 1024, 1536];
const MOST_INPUTS: usize = 96;

/// The answer to `/v2/embed`.
pub fn embed(body: &Value) -> Result<Value, Problem> {
    let fields = Node::root(body, &CohereWording).object(&[
        "model",
        "input_type",
        "texts",
        "images",
        "inputs",
        "max_tokens",
        "output_dimension",
        "embedding_types",
        "truncate",
        "priority",
    ])?;
    model(&fields)?;
    let Some(kind) = fields.nullable("input_type") else {
        return Err(invalid("valid input_type must be provided with the provided model"));
    };
    kind.one_of(&["search_document", "search_query", "classification", "clustering", "image"])?;
    if let Some(truncate) = fields.nullable("truncate") {
        truncate.one_of(&["NONE", "START", "END"])?;
    }
    let given = ["texts", "images", "inputs"].iter().filter_map(|key| fields.nullable(key)).collect::<Vec<_>>();
    let [inputs] = given.as_slice() else {
        return Err(invalid("exactly one of texts, images and inputs must be provided"));
    };
    let inputs = inputs.array()?;
    if inputs.is_empty() || inputs.len() > MOST_INPUTS {
        return Err(invalid(&format!("between 1 and {MOST_INPUTS} inputs must be provided")));
    }
    let mut said = Vec::new();
    for input in &inputs {
        said.push(match input.value {
            Value::String(text) => text.clone(),
            _ => {
                input.object(&["content"])?.required("content")?.array()?;
                texts::of(input.value).concat()
            }
        });
    }
    let size =
        fields.nullable("output_dimension").map_or(Ok(embedding::USUAL_SIZE as i64), |size| size.integer(1, 1536))?;
    if !SIZES.contains(&size) {
        return Err(invalid("output_dimension must be one of 256, 512, 1024, 1536"));
    }
    published(Kind::CohereEmbed, body)?;
    let mut kinds = Vec::new();
    for kind in list(&fields, "embedding_types")? {
        kinds.push(kind.one_of(TYPES)?);
    }
    if kinds.is_empty() {
        kinds.push("float");
    }
    let mut embeddings = Map::new();
    for kind in kinds {
        let all: Vec<_> = said
            .iter()
            .map(|text| embedding::of_kind(kind, &embedding::of(text, size.unsigned_abs() as usize)))
            .collect();
        embeddings.insert(kind.into(), all.into());
    }
    let words: u64 = said.iter().map(|text| texts::count(text)).sum();
    Ok(json!({
        "id": fresh_id(""),
        "embeddings": embeddings,
        "texts": fields.nullable("texts").map_or(&Value::Null, |texts| texts.value),
        "meta": {"api_version": {"version": "2"}, "billed_units": {"input_tokens": words}},
        "response_type": "embeddings_by_type",
    }))
}

/// The answer to `/v2/rerank`.
pub fn rerank(body: &Value) -> Result<Value, Problem> {
    let known = ["model", "query", "documents", "top_n", "max_tokens_per_doc", "relevant_spans", "priority"];
    let fields = Node::root(body, &CohereWording).object(&known)?;
    model(&fields)?;
    let query = fields.required("query")?.string()?;
    if query.trim().is_empty() {
        return Err(invalid("query must not be empty or be only whitespace"));
    }
    let documents = fields.required("documents")?.array()?;
    if documents.is_empty() {
        return Err(invalid("list of documents must not be empty"));
    }
    let documents = documents.iter().map(|document| document.string()).collect::<Result<Vec<_>, _>>()?;
    let most = fields.nullable("top_n").map(|top| top.integer(1, i64::MAX)).transpose()?;
    if let Some(most) = fields.nullable("max_tokens_per_doc") {
        most.integer(1, i64::MAX)?;
    }
    published(Kind::CohereRerank, body)?;
    let ranked = ranking::of(query, &documents);
    let kept = most.map_or(ranked.len(), |most| most.unsigned_abs() as usize);
    let results: Vec<_> =
        ranked.iter().take(kept).map(|(index, score)| json!({"index": index, "relevance_score": score})).collect();
    Ok(json!({
        "id": fresh_id(""),
        "results": results,
        "meta": {"api_version": {"version": "2"}, "billed_units": {"search_units": 1}},
    }))
}
