//! Bodies of any shape: golden inputs with a few things changed, JSON made of their pieces, and noise.

use crate::seeds::{Seed, WORDS};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value};

/// A change of one value somewhere in a body.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Replace(Value),
    Remove,
    /// Says an array's last item, or an object's members under other names, so many times more.
    Repeat(usize),
}

/// A body that starts out as one of `seeds`.
pub(crate) fn bodies(seeds: &'static [Seed]) -> impl Strategy<Value = Vec<u8>> {
    let seed = || select(seeds.iter().collect::<Vec<_>>());
    prop_oneof![
        6 => (seed(), prop::collection::vec((any::<Index>(), changes()), 0..4)).prop_map(|(seed, changes)| {
            serde_json::from_slice(&seed.bytes).map_or_else(|_| seed.bytes.clone(), |body| changed(body, &changes))
        }),
        3 => objects().prop_map(|body| body.to_string().into_bytes()),
        2 => (seed(), prop::collection::vec((any::<Index>(), any::<u8>()), 1..5)).prop_map(|(seed, bytes)| {
            let mut body = seed.bytes.clone();
            bytes.iter().for_each(|(at, byte)| body[at.index(seed.bytes.len())] = *byte);
            body
        }),
        1 => (seed(), any::<Index>()).prop_map(|(seed, at)| seed.bytes[..at.index(seed.bytes.len())].to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..64),
    ]
}

pub(crate) fn changes() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => values().prop_map(Change::Replace),
        1 => Just(Change::Remove),
        1 => (1..40usize).prop_map(Change::Repeat),
    ]
}

/// JSON made of what the golden inputs are made of, and of what they are not.
pub(crate) fn values() -> impl Strategy<Value = Value> {
    let leaves = prop_oneof![
        6 => select(WORDS.values.clone()),
        1 => select(vec!["", "\"", "\u{0}\u{1f}", "é😀\u{2028}", "data:;base64,", "null", "[DONE]", "tollgate.gemini."])
            .prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => select(vec![0.0, -0.0, 1e300, -1e300, 1e-300, 0.5, 18_446_744_073_709_551_615.0]).prop_map(Value::from),
        1 => any::<Option<bool>>().prop_map(Value::from),
    ];
    leaves.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((select(WORDS.keys.clone()), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn objects() -> impl Strategy<Value = Value> {
    prop::collection::vec((select(WORDS.keys.clone()), values()), 0..8).prop_map(|members| {
        let mut body: Map<String, Value> = members.into_iter().collect();
        body.insert("model".into(), "m".into());
        Value::Object(body)
    })
}

/// `body` with `changes`, written out.
pub(crate) fn changed(mut body: Value, changes: &[(Index, Change)]) -> Vec<u8> {
    for (at, change) in changes {
        let mut left = at.index(count(&body));
        apply(&mut body, &mut left, change);
    }
    body.to_string().into_bytes()
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Object(members) => members.values().map(count).sum(),
        Value::Array(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

/// Changes the value that `left` others come before. Returns whether it was found.
fn apply(value: &mut Value, left: &mut usize, change: &Change) -> bool {
    if *left == 0 {
        match (change, value) {
            (Change::Replace(new), value) => *value = new.clone(),
            (Change::Repeat(times), Value::Array(items)) => {
                let last = items.last().cloned().into_iter();
                items.extend(last.flat_map(|item| vec![item; *times]).collect::<Vec<_>>());
            }
            (Change::Repeat(times), Value::Object(members)) => {
                let more: Vec<(String, Value)> = members.clone().into_iter().collect();
                let again = more.iter().cycle().take(*times).enumerate();
                members.extend(again.map(|(n, (key, value))| (format!("{key}{n}"), value.clone())));
            }
            (_, value) => *value = Value::Null,
        }
        return true;
    }
    *left -= 1;
    match value {
        Value::Object(members) => {
            if matches!(change, Change::Remove)
                && let Some(key) = members.keys().nth(*left).cloned()
            {
                members.remove(&key);
                return true;
            }
            members.values_mut().any(|value| apply(value, left, change))
        }
        Value::Array(items) => items.iter_mut().any(|item| apply(item, left, change)),
        _ => false,
    }
}

/// `body` once for each of its lists, in which the last item then stands 100 times.
pub(crate) fn with_long_lists(body: &[u8]) -> Vec<Vec<u8>> {
    fn lists(value: &Value, path: String, found: &mut Vec<String>) {
        match value {
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(n, item)| lists(item, format!("{path}/{n}"), found));
                found.push(path);
            }
            Value::Object(members) => {
                let step = |key: &str| key.replace('~', "~0").replace('/', "~1");
                members.iter().for_each(|(key, value)| lists(value, format!("{path}/{}", step(key)), found));
            }
            _ => {}
        }
    }
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
    let mut found = Vec::new();
    lists(&body, String::new(), &mut found);
    let long = found.iter().map(|path| {
        let mut body = body.clone();
        if let Some(Value::Array(items)) = body.pointer_mut(path) {
            let last = items.last().cloned();
            items.extend(last.into_iter().flat_map(|item| vec![item; 100]));
        }
        body.to_string().into_bytes()
    });
    long.collect()
}
