//! Writes a stream as one list in JSON, item by item, which is how Google streams unless told
//! otherwise.

use crate::sse::Event;

/// What ends the list.
pub const CLOSING: &[u8] = b"]";

/// An item of the list, with what separates it from the one before. Comments are not written.
pub fn encode(event: &Event, index: usize) -> Vec<u8> {
    let (Event::Data { data, .. } | Event::Exception { data, .. }) = event else { return Vec::new() };
    let json = serde_json::from_str::<serde_json::Value>(data).ok();
    let pretty = json.and_then(|json| serde_json::to_string_pretty(&json).ok());
    let before = if index == 0 { "[" } else { ",\r\n" };
    format!("{before}{}\n", pretty.as_deref().unwrap_or(data)).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn lists_are_written_item_by_item() {
        let item = |data: &str, index| encode(&Event::Data { name: None, data: data.into() }, index);
        let bytes = [item(r#"{"a":1}"#, 0), item("{}", 1), CLOSING.to_vec()].concat();
        assert_eq!(bytes, b"[{\n  \"a\": 1\n}\n,\r\n{}\n]");
        assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), json!([{"a": 1}, {}]));
    }
}
