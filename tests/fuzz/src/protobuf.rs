//! A configuration as `google.protobuf.Struct`: any bytes of one, and one that says what a JSON text says.

use crate::choices::Choices;
use crate::configuration::{assert_says, check as check_any, parse};
use prost::Message as _;
use prost_types::value::Kind;
use prost_types::{ListValue, Struct};
use serde_json::Value;

pub fn check(data: &[u8]) {
    let mut choices = Choices::of(data);
    if choices.flag() {
        return check_any(choices.rest());
    }
    let Ok(Value::Object(members)) = serde_json::from_slice(choices.rest()) else { return };
    let value = Value::Object(members);
    // A Struct has no field where there are none, and nothing but doubles.
    if value.as_object().is_none_or(|members| members.is_empty()) || !is_in_both(&value, 0) {
        return;
    }
    let Some(Kind::StructValue(root)) = kind(&value) else { return };
    let (as_struct, as_text) = (parse(&root.encode_to_vec()), parse(sorted(&value).to_string().as_bytes()));
    match (&as_struct, &as_text) {
        (Ok(one), Ok(other)) => assert_eq!(format!("{one:?}"), format!("{other:?}")),
        (Err(one), Err(other)) => {
            assert_eq!(one.to_string(), other.to_string());
            assert_says(one, data.len());
        }
        (one, other) => panic!("{one:?}\nbut as text {other:?}"),
    }
}

/// Can a value be said in both forms? Struct's readers go less deep.
fn is_in_both(value: &Value, depth: u32) -> bool {
    const EXACT: f64 = 9_007_199_254_740_991.0;
    match value {
        _ if depth > 20 => false,
        Value::Number(number) => number.as_f64().is_some_and(|number| number.abs() <= EXACT),
        Value::Array(items) => items.iter().all(|item| is_in_both(item, depth + 1)),
        Value::Object(members) => members.values().all(|member| is_in_both(member, depth + 1)),
        _ => true,
    }
}

fn kind(value: &Value) -> Option<Kind> {
    let wrap = |value: &Value| prost_types::Value { kind: kind(value) };
    Some(match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(flag) => Kind::BoolValue(*flag),
        Value::Number(number) => Kind::NumberValue(number.as_f64()?),
        Value::String(text) => Kind::StringValue(text.clone()),
        Value::Array(items) => Kind::ListValue(ListValue { values: items.iter().map(wrap).collect() }),
        Value::Object(members) => {
            let fields = members.iter().map(|(name, value)| (name.clone(), wrap(value))).collect();
            Kind::StructValue(Struct { fields })
        }
    })
}

/// The same with members in the order in which a Struct has them.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().map(|(name, value)| (name.clone(), sorted(value))).collect();
            members.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(members.into_iter().collect())
        }
        other => other.clone(),
    }
}
