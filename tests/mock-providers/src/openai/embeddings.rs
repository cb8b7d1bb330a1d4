//! Embeds texts, and ranks documents as servers do that speak OpenAI's language.

use super::mock_problem;
use super::validate::no_such_model;
use super::wording::OpenAiWording;
use crate::problem::Problem;
use crate::provider::{Answer, Arrival, fresh_id};
use crate::published::{self, Kind};
use crate::shape::{Fields, Node};
use crate::{embedding, ranking, texts, turn};
use serde_json::{Value, json};

const MOST_INPUTS: usize = 2048;

/// Answers where nothing is said.
pub fn silent(arrival: &Arrival, body: &Value, whole: Value) -> Result<Answer, Problem> {
    let scenario = turn::silent(arrival, body).map_err(mock_problem)?;
    Ok(Answer::new(whole, None, scenario))
}

/// The name of a model that exists.
pub fn model<'a>(fields: &Fields<'a>) -> Result<&'a str, Problem> {
    match fields.optional("model").map(|model| model.string()).transpose()? {
        None | Some("") => Err(Problem::invalid("you must provide a model parameter")),
        Some("no-such-model") => Err(no_such_model("no-such-model")),
        Some(name) => Ok(name),
    }
}

/// The answer to `/v1/embeddings`.
pub fn embed(arrival: &Arrival, body: &Value) -> Result<Answer, Problem> {
    let known = ["input", "model", "dimensions", "encoding_format", "user"];
    let fields = Node::root(body, &OpenAiWording).object(&known)?;
    let model = model(&fields)?;
    let inputs = inputs(&fields.required("input")?)?;
    let format =
        fields.optional("encoding_format").map_or(Ok("float"), |format| format.one_of(&["float", "base64"]))?;
    let size = fields.optional("dimensions").map(|size| size.integer(1, 3072)).transpose()?;
    if size.is_some() && model == "text-embedding-ada-002" {
        return Err(Problem::invalid("This model does not support specifying dimensions."));
    }
    published::check(Kind::OpenAiEmbeddings, body).map_err(Problem::invalid)?;
    let size = size.map_or(embedding::USUAL_SIZE, |size| size.unsigned_abs() as usize);
    let data: Vec<_> = inputs
        .iter()
        .enumerate()
        .map(|(index, (text, _))| {
            let numbers = embedding::of(text, size);
            let numbers = if format == "base64" { embedding::base64(&numbers).into() } else { json!(numbers) };
            json!({"object": "embedding", "index": index, "embedding": numbers})
        })
        .collect();
    let tokens: u64 = inputs.iter().map(|(_, tokens)| tokens).sum();
    let usage = json!({"prompt_tokens": tokens, "total_tokens": tokens});
    silent(arrival, body, json!({"object": "list", "data": data, "model": model, "usage": usage}))
}

/// The texts to embed, and how many tokens each has; what comes as tokens is written out.
fn inputs(input: &Node<'_>) -> Result<Vec<(String, u64)>, Problem> {
    let empty = |node: &Node<'_>| {
        let message = format!("Invalid '{}': input cannot be an empty string.", node.path);
        node.problem(&message)
    };
    if let Some(text) = input.value.as_str() {
        return if text.is_empty() { Err(empty(input)) } else { Ok(vec![(text.into(), texts::count(text))]) };
    }
    let items = input.array()?;
    if items.is_empty() || items.len() > MOST_INPUTS {
        return Err(input.problem("'$.input' is invalid. Please check the API reference."));
    }
    if items.iter().all(|item| item.value.is_u64()) {
        return Ok(vec![(input.value.to_string(), items.len() as u64)]);
    }
    items
        .iter()
        .map(|item| match item.value {
            Value::Array(tokens) if tokens.iter().all(Value::is_u64) => {
                Ok((item.value.to_string(), tokens.len() as u64))
            }
            _ => match item.string()? {
                "" => Err(empty(item)),
                text => Ok((text.into(), texts::count(text))),
            },
        })
        .collect()
}

/// The answer to `/v1/rerank`.
pub fn rerank(arrival: &Arrival, body: &Value) -> Result<Answer, Problem> {
    let known = ["model", "query", "documents", "top_n", "return_documents", "truncate_prompt_tokens", "user"];
    let fields = Node::root(body, &OpenAiWording).object(&known)?;
    let model = model(&fields)?;
    let query = fields.required("query")?.string()?;
    let documents = fields.required("documents")?.array()?;
    if documents.is_empty() {
        return Err(Problem::invalid("Invalid 'documents': empty array.").about("documents"));
    }
    let text = |document: &Node<'_>| match document.value.as_str() {
        Some(text) => Ok(text.to_string()),
        None => Ok(document.object(&["text"])?.required("text")?.string()?.to_string()),
    };
    let documents = documents.iter().map(text).collect::<Result<Vec<_>, Problem>>()?;
    let documents: Vec<_> = documents.iter().map(String::as_str).collect();
    let most = fields.nullable("top_n").map(|top| top.integer(1, i64::MAX)).transpose()?;
    let shown = fields.nullable("return_documents").map_or(Ok(true), |shown| shown.boolean())?;
    let ranked = ranking::of(query, &documents);
    let kept = most.map_or(ranked.len(), |most| most.unsigned_abs() as usize);
    let results: Vec<_> = ranked
        .iter()
        .take(kept)
        .map(|(index, score)| {
            let mut result = json!({"index": index, "relevance_score": score});
            if shown {
                result["document"] = json!({"text": documents.get(*index)});
            }
            result
        })
        .collect();
    let tokens: u64 = documents.iter().chain([&query]).map(|text| texts::count(text)).sum();
    let usage = json!({"prompt_tokens": tokens, "total_tokens": tokens});
    silent(arrival, body, json!({"id": fresh_id("rerank-"), "model": model, "usage": usage, "results": results}))
}
