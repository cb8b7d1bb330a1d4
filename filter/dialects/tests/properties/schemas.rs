//! Whatever stands in a schema, what is sent of it is JSON, and is taken as it is the second time.

use crate::check;
use crate::translation::asked;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use tollgate_dialects::{Dialect, Peek};

const KEYWORDS: [&str; 24] = [
    "type",
    "description",
    "enum",
    "const",
    "format",
    "pattern",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "prefixItems",
    "minItems",
    "minimum",
    "anyOf",
    "oneOf",
    "allOf",
    "not",
    "$ref",
    "$defs",
    "definitions",
    "$schema",
    "default",
    "title",
    "x \"y\"\n",
];

fn schemas() -> impl Strategy<Value = Value> {
    let words = ["object", "array", "#/definitions/a", "#", "date", "^a\\b", "", "{", "[\"", "😀\u{7}"];
    let leaf = prop_oneof![
        select(words.to_vec()).prop_map(Value::from),
        (-2..3i64).prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        Just(json!({})),
        Just(json!([])),
    ];
    leaf.prop_recursive(5, 60, 5, |inner| {
        let members = prop::collection::vec((select(KEYWORDS.to_vec()), inner.clone()), 0..5);
        let object = members.prop_map(|members| {
            Value::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
        });
        prop_oneof![4 => object, 1 => prop::collection::vec(inner, 0..4).prop_map(Value::from)]
    })
}

fn sent(provider: Dialect, schema: &Value) -> Option<(Value, String)> {
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "x"}], "response_format":
        {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}});
    let body = body.to_string();
    let prepared = Peek::new(asked(Dialect::OpenAi, false), body.as_bytes()).unwrap().prepare(provider, "m").ok()?;
    let losses = prepared.losses.to_header();
    let body: Value = serde_json::from_slice(&prepared.body?).expect("JSON");
    let schema = match provider {
        Dialect::Anthropic => body.pointer("/output_config/format/schema").cloned(),
        Dialect::Gemini => body.pointer("/generationConfig/responseJsonSchema").cloned(),
        Dialect::Cohere => body.pointer("/response_format/json_schema").cloned(),
        Dialect::Responses => body.pointer("/text/format/schema").cloned(),
        _ => {
            let text = body.pointer("/outputConfig/textFormat/structure/jsonSchema/schema").and_then(Value::as_str);
            text.map(|text| serde_json::from_str(text).expect("JSON in JSON"))
        }
    };
    Some((schema?, losses))
}

#[test]
fn a_schema_is_adapted_once() {
    let providers = [Dialect::Anthropic, Dialect::Gemini, Dialect::Cohere, Dialect::Bedrock, Dialect::Responses];
    check(3000, (select(providers.to_vec()), schemas()), |(provider, schema)| {
        if let Some((adapted, losses)) = sent(provider, &schema) {
            let (again, _) = sent(provider, &adapted).expect("what was sent once");
            prop_assert_eq!(&again, &adapted, "{} for {:?}", schema, provider);
            prop_assert!(
                adapted == schema || !losses.is_empty() || says_the_same(&schema),
                "{} became {}",
                schema,
                adapted
            );
        }
        Ok(())
    });
}

/// Does it hold what can be left out or said otherwise without a word?
fn says_the_same(schema: &Value) -> bool {
    let text = schema.to_string();
    ["\"$schema\"", "\"definitions\"", "\"#/definitions/", "\"allOf\"", "\"oneOf\"", "\"const\""]
        .iter()
        .any(|word| text.contains(word))
}
