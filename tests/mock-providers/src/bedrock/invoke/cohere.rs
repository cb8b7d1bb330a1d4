//! Cohere: the embeddings of many texts, in many types.

use super::super::model::Model;
use super::wording::SchemaWording;
use crate::embedding;
use crate::problem::Problem;
use crate::provider::fresh_id;
use crate::shape::{Fields, Node};
use crate::texts;
use serde_json::{Map, Value, json};

const PURPOSES: &[&str] = &["search_document", "search_query", "classification", "clustering"];
const TYPES: &[&str] = &["float", "int8", "uint8", "binary", "ubinary"];
const MOST: usize = 96;
const LONGEST: usize = 2048;

/// Which of the two APIs it is.
#[derive(Clone, Copy, PartialEq)]
enum Version {
    Third,
    Fourth,
}

/// Checks a request and gives the answer, and how many tokens it took. The body does not say how many.
pub fn answer(body: &Value, model: &Model) -> Result<(Value, u64), Problem> {
    let version = if model.id.contains("-v4") { Version::Fourth } else { Version::Third };
    let mut known = vec!["texts", "images", "input_type", "truncate", "embedding_types"];
    let mut purposes = PURPOSES.to_vec();
    match version {
        Version::Third => purposes.push("image"),
        Version::Fourth => known.extend(["inputs", "output_dimension", "max_tokens"]),
    }
    let fields = Node::root(body, &SchemaWording).object(&known)?;
    fields.required("input_type")?.one_of(&purposes)?;
    if let Some(side) = fields.nullable("truncate") {
        let sides = if version == Version::Third { ["NONE", "START", "END"] } else { ["NONE", "LEFT", "RIGHT"] };
        side.one_of(&sides)?;
    }
    let dimensions = dimensions(&fields, version)?;
    let inputs = inputs(&fields, version)?;
    let types = fields.nullable("embedding_types").map(|list| list.array()).transpose()?;
    let vectors = |kind: &str| -> Value {
        let embedded = |input: &&Value| embedding::of_kind(kind, &embedding::of(&input.to_string(), dimensions));
        inputs.iter().map(embedded).collect()
    };
    let (embeddings, response_type) = match types {
        None => (vectors("float"), "embeddings_floats"),
        Some(types) => {
            let mut by_type = Map::new();
            for kind in types {
                let kind = kind.one_of(TYPES)?;
                by_type.insert(kind.into(), vectors(kind));
            }
            (by_type.into(), "embeddings_by_type")
        }
    };
    let mut whole = json!({"id": fresh_id(""), "embeddings": embeddings, "response_type": response_type});
    if let Some(texts) = body.get("texts") {
        whole["texts"] = texts.clone();
    }
    let tokens = inputs.iter().map(|input| texts::words(input)).sum();
    Ok((whole, tokens))
}

fn dimensions(fields: &Fields<'_>, version: Version) -> Result<usize, Problem> {
    if let Some(most) = fields.nullable("max_tokens") {
        most.integer(1, 128_000)?;
    }
    match fields.nullable("output_dimension") {
        None if version == Version::Third => Ok(1024),
        None => Ok(1536),
        Some(node) => match node.integer(i64::MIN, i64::MAX)? {
            size @ (256 | 512 | 1024 | 1536) => Ok(size as usize),
            other => Err(node.problem(&format!("{other} is not a valid enum value"))),
        },
    }
}

/// What is to be embedded: texts, images, or mixtures of both, but only one of these.
fn inputs<'a>(fields: &Fields<'a>, version: Version) -> Result<Vec<&'a Value>, Problem> {
    let given: Vec<_> = ["texts", "images", "inputs"].into_iter().filter_map(|key| fields.nullable(key)).collect();
    let [list] = given.as_slice() else {
        return Err(Problem::invalid("valid input must be provided: exactly one of texts, images or inputs"));
    };
    let items = list.array()?;
    let images = list.path.ends_with("images");
    let most = if images && version == Version::Third { 1 } else { MOST };
    if items.is_empty() || items.len() > most {
        return Err(list.problem(&format!("expected from 1 to {most} items, found: {}", items.len())));
    }
    for item in &items {
        if list.path.ends_with("inputs") {
            item.object(&["content"])?.required("content")?.array()?;
            continue;
        }
        let text = item.string()?;
        if images && !text.starts_with("data:image/") {
            return Err(item.problem("an image must be a data URI"));
        }
        if !images && version == Version::Third && text.chars().count() > LONGEST {
            return Err(item.problem(&format!("expected maxLength: {LONGEST}, actual: {}", text.chars().count())));
        }
    }
    Ok(items.iter().map(|item| item.value).collect())
}
