//! Requests that say the same, said alike.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The same request with call ids that count up, since some dialects make them up, and without what is
/// the same as unsaid. Budgets are the efforts they stand for: that is how APIs without budgets say them,
/// and no loss is reported.
pub(crate) fn normal(body: &[u8]) -> Value {
    const IDS: [&str; 6] = ["id", "tool_call_id", "tool_use_id", "call_id", "toolUseId", "callId"];
    const BUDGETS: [&str; 3] = ["budget_tokens", "token_budget", "thinkingBudget"];
    fn rename(value: &mut Value, names: &mut BTreeMap<String, usize>) {
        match value {
            Value::Object(members) => {
                members.retain(|key, value| match &**key {
                    "temperature" | "top_p" | "topP" => value.as_f64() != Some(1.0),
                    "strict" => *value != false,
                    // What a schema is called where it must be called something.
                    "name" => *value != "answer",
                    "tool_choice" | "toolChoice" => {
                        ![json!("auto"), json!({"type": "auto"}), json!({"auto": {}})].contains(value)
                    }
                    _ => true,
                });
                members.iter_mut().for_each(|(key, value)| match value {
                    Value::Number(tokens) if BUDGETS.contains(&&**key) => {
                        // -1 is as the model sees fit.
                        let effort = tokens.as_u64().map(|tokens| match tokens {
                            0 => "none",
                            1..4096 => "low",
                            4096..16384 => "medium",
                            _ => "high",
                        });
                        *value = effort.into();
                    }
                    Value::String(id) if IDS.contains(&&**key) => {
                        let next = names.len();
                        *id = format!("id {}", names.entry(id.clone()).or_insert(next));
                    }
                    // The order of its members says nothing.
                    Value::String(schema) if key == "schema" => *value = serde_json::from_str(schema).unwrap(),
                    value => rename(value, names),
                });
            }
            Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
            _ => {}
        }
    }
    let mut value = serde_json::from_slice(body).unwrap();
    rename(&mut value, &mut BTreeMap::new());
    value
}
