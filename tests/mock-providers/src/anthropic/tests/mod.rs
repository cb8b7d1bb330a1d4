//! What Anthropic refuses, what it takes, and how it answers: the requests it is tested with.

mod answers;
mod elsewhere;
mod requests;
mod thoughts;

use super::validate;
use super::version::Version;
use serde_json::{Value, json};

fn request(extra: Value) -> Value {
    let mut body = json!({"model": "claude-sonnet-4-5", "max_tokens": 2048,
        "messages": [{"role": "user", "content": "Hi"}]});
    if let (Value::Object(body), Value::Object(extra)) = (&mut body, extra) {
        body.extend(extra);
    }
    body
}

fn talk(messages: Value) -> Value {
    request(json!({"messages": messages}))
}

fn user(block: Value) -> Value {
    talk(json!([{"role": "user", "content": [block]}]))
}

fn says(role: &str, content: Value) -> Value {
    json!({"role": role, "content": content})
}

fn tool(name: &str) -> Value {
    json!({"name": name, "input_schema": {"type": "object"}})
}

fn tool_use(id: &str) -> Value {
    json!({"type": "tool_use", "id": id, "name": "weather", "input": {"city": "Paris"}})
}

fn result(id: &str) -> Value {
    json!({"type": "tool_result", "tool_use_id": id, "content": "sunny"})
}

fn thought() -> Value {
    json!({"type": "thinking", "thinking": "Hm.", "signature": "sig-1"})
}

fn source(kind: &str, source: Value) -> Value {
    user(json!({"type": kind, "source": source}))
}

fn refused(cases: Vec<(Value, &str)>, version: Version) {
    for (body, expected) in cases {
        let problem = validate::check(&body, version, &[]).expect_err(&format!("{expected}: {body}"));
        assert!(problem.message.contains(expected), "{expected}: {}", problem.message);
        assert!(matches!(problem.status, 400 | 404));
    }
}
