//! Amazon's Titan: the embedding of one text.

use super::super::model::Model;
use super::wording::SchemaWording;
use crate::embedding;
use crate::problem::Problem;
use crate::shape::Node;
use crate::texts;
use serde_json::{Value, json};

const LONGEST: usize = 50_000;
const G1_DIMENSIONS: usize = 1536;

/// Checks a request and gives the answer, and how many tokens it took.
pub fn answer(body: &Value, model: &Model) -> Result<(Value, u64), Problem> {
    let second = model.id.contains("-v2");
    let known: &[&str] =
        if second { &["inputText", "dimensions", "normalize", "embeddingTypes"] } else { &["inputText"] };
    let fields = Node::root(body, &SchemaWording).object(known)?;
    let node = fields.required("inputText")?;
    let text = node.string()?;
    if text.is_empty() {
        return Err(node.problem("expected minLength: 1, actual: 0"));
    }
    if text.chars().count() > LONGEST {
        return Err(node.problem(&format!("expected maxLength: {LONGEST}, actual: {}", text.chars().count())));
    }
    let tokens = texts::count(text);
    if !second {
        let vector = vector(text, G1_DIMENSIONS, false);
        return Ok((json!({"embedding": vector, "inputTextTokenCount": tokens}), tokens));
    }
    let dimensions = match fields.optional("dimensions") {
        None => 1024,
        Some(node) => match node.integer(i64::MIN, i64::MAX)? {
            size @ (256 | 512 | 1024) => size as usize,
            other => return Err(node.problem(&format!("{other} is not a valid enum value"))),
        },
    };
    let normalize = fields.optional("normalize").map_or(Ok(true), |node| node.boolean())?;
    let mut types = Vec::new();
    for kind in fields.optional("embeddingTypes").map(|list| list.array()).transpose()?.unwrap_or_default() {
        types.push(kind.one_of(&["float", "binary"])?);
    }
    let vector = vector(text, dimensions, normalize);
    let mut by_type = json!({});
    if types.contains(&"binary") {
        by_type["binary"] = vector.iter().map(|x| i64::from(*x > 0.0)).collect();
    }
    if types.is_empty() || types.contains(&"float") {
        by_type["float"] = json!(vector);
    }
    let whole = json!({"embedding": vector, "embeddingsByType": by_type, "inputTextTokenCount": tokens});
    Ok((whole, tokens))
}

/// A vector whose length is one, or as good as any.
fn vector(text: &str, dimensions: usize, normalized: bool) -> Vec<f64> {
    let scale = if normalized { 1.0 } else { 8.0 };
    embedding::of(text, dimensions).into_iter().map(|number| number * scale).collect()
}
