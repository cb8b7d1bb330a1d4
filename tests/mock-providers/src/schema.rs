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

/// What a provider takes of JSON Schema where it holds answers to it.
pub struct Subset {
    keywords: &'static [&'static str],
    formats: &'static [&'static str],
    /// Whether a list may want more than one item, and `allOf` may refer.
    is_claudes: bool,
}

/// <https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations>
pub const CLAUDE: Subset = Subset {
    keywords: &[
        "type",
        "title",
        "description",
        "default",
        "enum",
        "const",
        "format",
        "pattern",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "minItems",
        "anyOf",
        "allOf",
        "$ref",
        "$defs",
        "definitions",
    ],
    formats: &["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"],
    is_claudes: true,
};

/// <https://docs.cohere.com/v2/docs/structured-outputs>
pub const COHERE: Subset = Subset {
    keywords: &[
        "type",
        "title",
        "description",
        "default",
        "enum",
        "const",
        "format",
        "pattern",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "anyOf",
        "$ref",
        "$defs",
    ],
    formats: &["date-time", "uuid", "date", "time"],
    is_claudes: false,
};

/// <https://platform.openai.com/docs/guides/structured-outputs#supported-schemas>
pub const OPENAI: Subset = Subset {
    keywords: &[
        "$schema",
        "$id",
        "type",
        "title",
        "description",
        "enum",
        "const",
        "format",
        "pattern",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "minItems",
        "maxItems",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "anyOf",
        "$ref",
        "$defs",
        "definitions",
    ],
    formats: &["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"],
    is_claudes: false,
};

/// The first schema with a keyword that the provider does not take, as a path of keys with that one at its end.
pub fn untaken(schema: &Value, subset: &Subset) -> Option<Vec<String>> {
    let mut path = find(schema, &|schema| first_untaken(schema, subset).is_some())?;
    let pointer: String = path.iter().map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1"))).collect();
    path.extend(schema.pointer(&pointer).and_then(|schema| first_untaken(schema, subset)).cloned());
    Some(path)
}

fn first_untaken<'s>(schema: &'s Value, subset: &Subset) -> Option<&'s String> {
    let mut members = schema.as_object()?.iter();
    members.find(|(key, value)| !takes(subset, schema, key, value)).map(|(key, _)| key)
}

fn takes(subset: &Subset, schema: &Value, key: &str, value: &Value) -> bool {
    if schema.get("$ref").is_some() && !key.starts_with('$') && key != "definitions" {
        return false;
    }
    let is_known = subset.keywords.contains(&key);
    is_known
        && match key {
            "format" => value.as_str().is_some_and(|format| subset.formats.contains(&format)),
            "minItems" if subset.is_claudes => value.as_u64().is_some_and(|least| least < 2),
            "allOf" => value.as_array().is_some_and(|all| all.iter().all(|one| one.get("$ref").is_none())),
            "$ref" => value.as_str().is_some_and(|target| target.starts_with('#')),
            _ => true,
        }
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
    let inside = |holder: &str, key: &str, inner: &Value| {
        below(key, inner).map(|mut path| {
            path.insert(0, holder.to_string());
            path
        })
    };
    for holder in ["properties", "$defs", "definitions"] {
        let Some(named) = schema.get(holder).and_then(Value::as_object) else { continue };
        if let Some(path) = named.iter().find_map(|(name, inner)| inside(holder, name, inner)) {
            return Some(path);
        }
    }
    if let Some(path) = schema.get("items").and_then(|items| below("items", items)) {
        return Some(path);
    }
    ["anyOf", "oneOf", "allOf"].iter().find_map(|holder| {
        let choices = schema.get(holder)?.as_array()?;
        choices.iter().enumerate().find_map(|(index, choice)| inside(holder, &index.to_string(), choice))
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
        assert_eq!(open_object(&schema), Some(vec!["properties".into(), "a".into(), "items".into()]));
        assert_eq!(optional_property(&schema), Some(vec![]));
        assert_eq!(open_object(&json!({"type": "string"})), None);
        assert_eq!(optional_property(&inner), None);
    }
    #[test]
    fn finds_what_a_provider_does_not_take() {
        let path = |schema: Value, subset| untaken(&schema, subset).map(|path| path.join("/"));
        let bounded = json!({"properties": {"a/b": {"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 1}]}}});
        assert_eq!(path(bounded.clone(), &CLAUDE).as_deref(), Some("properties/a/b/anyOf/1/minimum"));
        assert_eq!(path(bounded, &OPENAI), None);
        assert_eq!(path(json!({"minItems": 1}), &CLAUDE), None);
        assert_eq!(path(json!({"minItems": 2}), &CLAUDE).as_deref(), Some("minItems"));
        assert_eq!(path(json!({"minItems": 1}), &COHERE).as_deref(), Some("minItems"));
        assert_eq!(path(json!({"format": "idn-email"}), &CLAUDE).as_deref(), Some("format"));
        assert_eq!(path(json!({"$ref": "#/$defs/a", "title": "a"}), &OPENAI).as_deref(), Some("title"));
    }
}
