//! For each kind of request: one that an application sends, and what must not pass.

mod anthropic;
mod bedrock;
mod cohere;
mod golden;
mod google;
mod openai;

use super::{Kind, SCHEMAS, check, compile};
use serde_json::Value;

/// Checks that a request passes, and that each change to it (a field, what it becomes or `None` if
/// it goes) is refused with a message that starts with the words.
fn passes_until_changed(kind: Kind, request: &Value, changes: &[(&str, Option<Value>, &str)]) {
    assert_eq!(check(kind, request), Ok(()));
    for (pointer, value, words) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let mut changed = request.clone();
        let fields = changed.pointer_mut(parent).and_then(Value::as_object_mut).unwrap();
        match value {
            Some(value) => fields.insert(key.into(), value.clone()),
            None => fields.remove(key),
        };
        let refused = check(kind, &changed).unwrap_err();
        let message = refused.strip_prefix("mock: not what the SDK's published type takes: ").unwrap();
        assert!(message.starts_with(words), "{message:?} does not start with {words:?}");
    }
}

#[test]
fn every_schema_compiles() {
    for schema in SCHEMAS {
        compile(schema);
    }
}
