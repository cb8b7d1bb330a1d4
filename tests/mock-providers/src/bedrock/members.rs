//! What the service model says of members: unions, lengths and patterns.

use crate::problem::Problem;
use crate::shape::Node;

/// The one member of a union that is set. As in all of Bedrock's JSON, null is the same as unset.
pub fn union<'a>(node: &Node<'a>, shape: &str, known: &[&str]) -> Result<(&'a str, Node<'a>), Problem> {
    let set: Vec<_> = node.open_object()?.all().into_iter().filter(|(_, member)| !member.value.is_null()).collect();
    let keys = known.join(", ");
    let path = &node.path;
    let mut members = set.into_iter().filter(|(key, _)| known.contains(key));
    match (members.next(), members.next()) {
        (None, _) => {
            Err(node.problem(&format!("{shape} object at {path} must set one of the following keys: {keys}.")))
        }
        (_, Some(_)) => {
            Err(node.problem(&format!("{shape} object at {path} can set only one of the following keys: {keys}.")))
        }
        (Some(member), None) => node.object(known).map(|_| member),
    }
}

/// A string whose length is within bounds.
pub fn text<'a>(node: &Node<'a>, shortest: usize, longest: usize) -> Result<&'a str, Problem> {
    let text = node.string()?;
    let length = text.chars().count();
    let bound = |than: &str, bound: usize| {
        let path = &node.path;
        Err(node.problem(&format!(
            "1 validation error detected: Value at '{path}' failed to satisfy constraint: Member must have length \
             {than} than or equal to {bound}"
        )))
    };
    match length {
        _ if length < shortest => bound("greater", shortest),
        _ if length > longest => bound("less", longest),
        _ => Ok(text),
    }
}

/// A string of allowed characters only, whose length is within bounds.
pub fn of_characters<'a>(
    node: &Node<'a>,
    lengths: (usize, usize),
    pattern: &str,
    allowed: impl Fn(char) -> bool,
) -> Result<&'a str, Problem> {
    let text = text(node, lengths.0, lengths.1)?;
    if text.chars().all(allowed) {
        return Ok(text);
    }
    let path = &node.path;
    Err(node.problem(&format!(
        "1 validation error detected: Value '{text}' at '{path}' failed to satisfy constraint: Member must satisfy \
         regular expression pattern: {pattern}"
    )))
}

/// The name of a tool.
pub fn tool_name<'a>(node: &Node<'a>) -> Result<&'a str, Problem> {
    of_characters(node, (1, 64), "[a-zA-Z0-9_-]+", |c| c.is_ascii_alphanumeric() || "_-".contains(c))
}

/// The id of a tool use.
pub fn tool_use_id<'a>(node: &Node<'a>) -> Result<&'a str, Problem> {
    of_characters(node, (1, 64), "[a-zA-Z0-9_.:-]+", |c| c.is_ascii_alphanumeric() || "_.:-".contains(c))
}

/// A document that has to be an object.
pub fn json_object(node: &Node<'_>) -> Result<(), Problem> {
    if node.value.is_object() {
        return Ok(());
    }
    Err(node.problem(&format!(
        "The format of the value at {} is invalid. Provide a json object for the field and try again.",
        node.path
    )))
}
