//! What the APIs take though their SDKs' types do not say so: it is written as the types want it before
//! they are asked.

use super::Kind;
use serde_json::{Value, json};
use std::borrow::Cow;

/// The body, as the type of its kind wants it.
pub fn written_out(kind: Kind, body: &Value) -> Cow<'_, Value> {
    let change = match kind {
        Kind::OpenAiChat => sent_back,
        Kind::OpenAiResponses => responses,
        Kind::CohereChat => documents,
        Kind::BedrockConverse | Kind::BedrockConverseStream => drop_nulls,
        _ => return Cow::Borrowed(body),
    };
    let mut body = body.clone();
    change(&mut body);
    Cow::Owned(body)
}

/// A message may be sent back as it came: with annotations, and with the numbers that a stream gives to
/// tool calls.
fn sent_back(body: &mut Value) {
    for message in body.get_mut("messages").and_then(Value::as_array_mut).into_iter().flatten() {
        let Value::Object(message) = message else { continue };
        if message.get("role").is_some_and(|role| role == "assistant") {
            message.remove("annotations");
        }
        for call in message.get_mut("tool_calls").and_then(Value::as_array_mut).into_iter().flatten() {
            call.as_object_mut().and_then(|call| call.remove("index"));
        }
    }
}

/// What the assistant said may be said again without ids, states and annotations, and images have a
/// usual detail.
fn responses(body: &mut Value) {
    for item in body.get_mut("input").and_then(Value::as_array_mut).into_iter().flatten() {
        let assistant = item.get("role").is_some_and(|role| role == "assistant");
        let Some(parts) = item.get_mut("content").and_then(Value::as_array_mut) else { continue };
        for part in parts {
            match part.get("type").and_then(Value::as_str) {
                Some("output_text") => usual(part, "annotations", json!([])),
                Some("input_image") => usual(part, "detail", json!("auto")),
                _ => {}
            }
        }
        if assistant {
            usual(item, "type", json!("message"));
            usual(item, "id", json!("msg_0"));
            usual(item, "status", json!("completed"));
        }
    }
    for tool in body.get_mut("tools").and_then(Value::as_array_mut).into_iter().flatten() {
        if tool.get("type").is_some_and(|kind| kind == "function") {
            usual(tool, "strict", Value::Null);
            usual(tool, "parameters", Value::Null);
        }
    }
}

fn usual(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(map) = object {
        map.entry(key).or_insert(value);
    }
}

/// The data of a document may be a text, as in Cohere's examples of tool results.
fn documents(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(documents),
        Value::Object(map) => {
            for (key, inner) in map.iter_mut() {
                match inner.get_mut("data").filter(|data| key == "document" && data.is_string()) {
                    Some(data) => *data = json!({}),
                    None if ["messages", "content", "documents", "document"].contains(&key.as_str()) => {
                        documents(inner)
                    }
                    None => {}
                }
            }
        }
        _ => {}
    }
}

/// A null is as good as nothing to Amazon.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        Value::Object(map) => {
            map.retain(|_, member| !member.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::published::check;

    #[test]
    fn what_was_said_may_be_said_again_in_short() {
        let short = json!({"model": "gpt-5", "tools": [{"type": "function", "name": "f"}], "input": [
            {"role": "user", "content": [{"type": "input_image", "image_url": "https://example.com/a.png"}]},
            {"role": "assistant", "content": [{"type": "output_text", "text": "A cat."}]},
            {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]},
        ]});
        assert_eq!(check(Kind::OpenAiResponses, &short), Ok(()));
        let text = json!([{"type": "document", "document": {"data": "sunny"}}]);
        let cited = json!({"model": "command-a-03-2025", "messages": [
            {"role": "tool", "tool_call_id": "a", "content": text}]});
        assert_eq!(check(Kind::CohereChat, &cited), Ok(()));
        let call = json!({"id": "a", "type": "function", "index": 0, "function": {"name": "f", "arguments": "{}"}});
        let back = json!({"model": "gpt-5", "messages": [
            {"role": "assistant", "content": null, "annotations": [], "tool_calls": [call]}]});
        assert_eq!(check(Kind::OpenAiChat, &back), Ok(()));
        let nulls = json!({"system": null, "inferenceConfig": {"topP": null}});
        assert_eq!(check(Kind::BedrockConverse, &nulls), Ok(()));
    }
}
