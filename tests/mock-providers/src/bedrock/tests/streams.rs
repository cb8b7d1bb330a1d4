//! How Bedrock streams.

use super::*;
use crate::delivery::Delivery;
use crate::form::Form;
use axum::body::to_bytes;
use axum::response::Response;

fn wished(wishes: &str) -> Value {
    let mut body = request(json!({"toolConfig": {"tools": [tool("weather"), tool("time")]}}));
    body["messages"][0]["content"][0]["text"] = format!("[[mock: {wishes}]]").into();
    body
}

#[test]
fn streams_say_what_whole_answers_say() {
    let answer = ask("converse-stream", &wished("thinking redacted_thinking tools=2 text=Let+me cached=3")).unwrap();
    assert_eq!(answer.form, Form::EventStream);
    let mut rebuilt: Vec<Value> = Vec::new();
    let mut input = String::new();
    let mut whole = json!({});
    let grow = |block: &mut Value, pointer: &str, piece: &Value| {
        let place = block.pointer_mut(pointer).unwrap();
        *place = format!("{}{}", place.as_str().unwrap_or_default(), piece.as_str().unwrap()).into();
    };
    for (name, event) in events(&answer) {
        let index = event["contentBlockIndex"].as_u64().unwrap_or_default() as usize;
        match name {
            "contentBlockStart" => {
                assert_eq!(index, rebuilt.len());
                rebuilt.push(event["start"].clone());
            }
            "contentBlockDelta" => {
                let delta = &event["delta"];
                if index == rebuilt.len() {
                    // Only tool uses are announced.
                    rebuilt.push(match &delta["reasoningContent"] {
                        Value::Null => json!({"text": ""}),
                        told if told.get("redactedContent").is_some() => json!({"reasoningContent": told}),
                        _ => json!({"reasoningContent": {"reasoningText": {"signature": "", "text": ""}}}),
                    });
                }
                let block = &mut rebuilt[index];
                if let Some(piece) = delta.get("text") {
                    grow(block, "/text", piece);
                }
                for key in ["text", "signature"] {
                    if let Some(piece) = delta["reasoningContent"].get(key) {
                        grow(block, &format!("/reasoningContent/reasoningText/{key}"), piece);
                    }
                }
                input.push_str(delta["toolUse"]["input"].as_str().unwrap_or_default());
            }
            "contentBlockStop" if !input.is_empty() => {
                rebuilt[index]["toolUse"]["input"] = serde_json::from_str(&input).unwrap();
                input.clear();
            }
            "messageStop" => whole["stopReason"] = event["stopReason"].clone(),
            "metadata" => whole["usage"] = event["usage"].clone(),
            _ => {}
        }
    }
    assert_eq!(Value::from(rebuilt), answer.whole["output"]["message"]["content"]);
    assert_eq!(whole, json!({"stopReason": "tool_use", "usage": answer.whole["usage"]}));
    let names: Vec<_> = events(&answer).into_iter().map(|(name, _)| name).collect();
    assert_eq!((names[0], names[names.len() - 1]), ("messageStart", "metadata"));
}

#[test]
fn refusals_say_nothing() {
    let answer = ask("converse-stream", &wished("refusal")).unwrap();
    let names: Vec<_> = events(&answer).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["messageStart", "messageStop", "metadata"]);
    assert_eq!(answer.whole["stopReason"], "content_filtered");
}

async fn delivered(wishes: &str) -> (Response<()>, Vec<u8>) {
    let bedrock = bedrock();
    let answer = ask("converse-stream", &wished(wishes)).unwrap();
    let (head, body) = Delivery::new(&bedrock).answer(answer).await.into_parts();
    let body = to_bytes(body, usize::MAX).await.map(|bytes| bytes.to_vec()).unwrap_or_default();
    (Response::from_parts(head, ()), body)
}

/// Reads messages, checking their checksums: the names of events and failures, and what is left over.
fn read(mut bytes: &[u8]) -> (Vec<String>, usize) {
    let number = |bytes: &[u8], at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let mut names = Vec::new();
    while bytes.len() >= 12 && bytes.len() >= number(bytes, 0) as usize {
        let (message, rest) = bytes.split_at(number(bytes, 0) as usize);
        assert_eq!(crc32fast::hash(&message[..8]), number(message, 8));
        let end = message.len() - 4;
        assert_eq!(crc32fast::hash(&message[..end]), number(message, end));
        let value = 12 + 1 + message[12] as usize + 1;
        let length = u16::from_be_bytes([message[value], message[value + 1]]) as usize;
        names.push(String::from_utf8(message[value + 2..value + 2 + length].to_vec()).unwrap());
        bytes = rest;
    }
    (names, bytes.len())
}

#[tokio::test]
async fn streams_are_binary_messages() {
    let (head, whole) = delivered("text=Hi input=9").await;
    assert_eq!(head.headers()["content-type"], "application/vnd.amazon.eventstream");
    assert!(head.headers().contains_key("x-amzn-requestid") && !head.headers().contains_key("cache-control"));
    let all = ["messageStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"].map(String::from);
    assert_eq!(read(&whole), (all.to_vec(), 0));
    assert_eq!(delivered("text=Hi input=9 split=1").await.1, whole);
    assert_eq!(read(&delivered("text=Hi cut=clean").await.1), (all[..2].to_vec(), 0));
    let (names, left) = read(&delivered("text=Hi half_event").await.1);
    assert!(names == all[..2] && left > 12, "{names:?} {left}");
    for (wish, failure) in [
        ("error_midstream", "modelStreamErrorException"),
        ("error_midstream=throttlingException", "throttlingException"),
    ] {
        let (names, left) = read(&delivered(&format!("text=Hi {wish}")).await.1);
        assert_eq!((names.last().map(String::as_str), left), (Some(failure), 0));
    }
}

#[tokio::test]
async fn what_the_form_has_not_is_refused() {
    for wish in ["crlf", "cr", "nospace", "ping", "no_final_blank", "multiline"] {
        let (head, body) = delivered(wish).await;
        assert_eq!(head.status(), 400);
        let said = String::from_utf8(body).unwrap();
        assert!(said.contains(&format!("scenario `{wish}`: only server-sent events have it")), "{said}");
    }
    let (head, _) = delivered("error_midstream=no").await;
    assert_eq!(head.status(), 400);
}
