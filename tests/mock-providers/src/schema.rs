//! What strict structured outputs ask of a JSON schema.

use serde_json::Value;

/// The first object schema that does not say `additionalProperties: false`, as a path of keys.
pub fn open_object(schema: &Value) -> Option<Vec<String>> {
    find(schema, &|object| is_object(object) && object.get("additionalProperties") != Some(&Value::Bool(false)))
}

/// The first object schema with a property that is not in `required`, as a path of keys.
pub fn optional_property(schema: &Value) -> Option<Vec<String>> {
    find(schema, &|object| {
        let required = object.get("required").and_then(Value::as_array);
        let is_required = |name: &String| required.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(name)));
        object
            .get("properties")
            .and_then(Value::as_object)
            .is_some_and(|properties| !properties.keys().all(is_required))
    })
}

fn is_object(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| {
        kind == "object" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|k| k == "object"))
    })
}

/// Looks for a schema at fault, here and in all schemas inside.
fn find(schema: &Value, at_fault: &dyn Fn(&Value) -> bool) -> Option<Vec<String>> {
    if at_fault(schema) {
        return Some(Vec::new());
    }
    let below = |key: &str, inner: &Value| {
        find(inner, at_fault).map(|mut path| {
            path.insert(0, key.to_string());
            path
        })
    };
    for holder in ["properties", "$defs", "definitions"] {
        let Some(named) = schema.get(holder).and_then(Value::as_object) else { continue };
        if let Some(path) = named.iter().find_map(|(name, inner)| below(name, inner)) {
            return Some(path);
        }
    }
    if let Some(path) = schema.get("items").and_then(|items| below("items", items)) {
        return Some(path);
    }
    ["anyOf", "oneOf", "allOf"].iter().find_map(|holder| {
        let choices = schema.get(holder)?.as_array()?;
        choices.iter().find_map(|choice| below(holder, choice))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn finds_open_objects_and_optional_properties() {
        let inner = json!({"type": "object", "properties": {"b": {}}, "required": ["b"]});
        let schema = json!({"type": "object", "additionalProperties": false,
            "properties": {"a": {"type": "array", "items": inner}}});
        assert_eq!(open_object(&schema), Some(vec!["a".into(), "items".into()]));
        assert_eq!(optional_property(&schema), Some(vec![]));
        assert_eq!(open_object(&json!({"type": "string"})), None);
        assert_eq!(optional_property(&inner), None);
    }
}
