//! The texts in a message's content, in every provider's shape.

use serde_json::Value;

/// All texts: a plain string, or the `text` of parts, and of the parts inside tool results.
pub fn of(content: &Value) -> Vec<&str> {
    match content {
        Value::String(text) => vec![text],
        Value::Array(parts) => parts.iter().flat_map(of).collect(),
        Value::Object(part) => match part.get("text") {
            Some(Value::String(text)) => vec![text],
            _ => part.get("content").map(of).unwrap_or_default(),
        },
        _ => Vec::new(),
    }
}

/// All strings, wherever they are.
pub fn all(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(all).collect(),
        Value::Object(map) => map.values().flat_map(all).collect(),
        _ => Vec::new(),
    }
}

/// How many whitespace-separated words the texts have.
pub fn words(content: &Value) -> u64 {
    of(content).iter().map(|text| count(text)).sum()
}

/// How many whitespace-separated words a text has.
pub fn count(text: &str) -> u64 {
    text.split_whitespace().count() as u64
}

/// Splits a text into the fragments a stream carries: words, and pieces of long words.
pub fn fragments(text: &str) -> Vec<&str> {
    const LONGEST: usize = 12;
    let mut fragments = Vec::new();
    for word in text.split_inclusive(' ') {
        let mut rest = word;
        while let Some((cut, _)) = rest.char_indices().nth(LONGEST) {
            let (piece, tail) = rest.split_at(cut);
            fragments.push(piece);
            rest = tail;
        }
        fragments.push(rest);
    }
    fragments
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn finds_texts_wherever_they_are() {
        let content = json!([
            {"type": "text", "text": "one two"},
            {"type": "tool_result", "tool_use_id": "x", "content": [{"type": "text", "text": "three"}]},
            {"type": "tool_result", "tool_use_id": "y", "content": "four"},
            {"type": "image", "source": {}},
        ]);
        assert_eq!(of(&content), ["one two", "three", "four"]);
        assert_eq!(words(&content), 4);
    }

    #[test]
    fn fragments_join_to_the_text() {
        for text in ["", "Hello from OpenAI.", "你好世界你好世界你好世界你好世界 😀😀"] {
            assert_eq!(fragments(text).concat(), text);
        }
        assert_eq!(fragments("a b"), ["a ", "b"]);
    }
}
