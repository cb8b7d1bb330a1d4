//! Schemas as this API has them, a subset of OpenAPI's, rewritten as JSON Schema.
//!
//! What is said differently: types in capitals, `nullable`, `anyOf` in either spelling, `defs` and `ref`,
//! counts as strings, `example`. Left out is what only orders or marks (`propertyOrdering`, and formats that
//! say no more than their type).

use crate::json::{Raw, RequestError, Scanner, Span, SyntaxError, Token, camel, parse, unescape};
use std::borrow::Cow;

/// Whether objects may have members that their schema does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Objects {
    AsTheySay,
    /// Unless they say otherwise, no: what this API generates has none, and other APIs want it said.
    Closed,
}

/// `schema` as JSON Schema, which may be what it is already.
pub(super) fn to_json_schema<'a>(schema: Raw<'a>, objects: Objects) -> Result<Cow<'a, str>, RequestError> {
    let json = schema.get();
    let mut adapter = Adapter { json, scanner: Scanner::new(json), out: String::with_capacity(json.len()), objects };
    match adapter.scanner.next()? {
        Some((Token::ObjectStart, _)) => adapter.schema()?,
        _ => return Err(RequestError::shape("", "expected a schema, which is an object")),
    }
    parse::<Raw<'_>>(&adapter.out).map_err(|_| RequestError::shape("", "expected a schema"))?;
    Ok(Cow::Owned(adapter.out))
}

struct Adapter<'a> {
    json: &'a str,
    scanner: Scanner<'a>,
    out: String,
    objects: Objects,
}

/// What of a schema can only be written when all of it is known.
#[derive(Default)]
struct Held<'a> {
    kind: Option<Cow<'a, str>>,
    nullable: bool,
    values: Option<&'a str>,
    /// Where one more choice goes.
    choices_end: Option<usize>,
    has_properties: bool,
    says_others: bool,
}

impl<'a> Adapter<'a> {
    /// A schema behind its opening brace.
    fn schema(&mut self) -> Result<(), SyntaxError> {
        let mut held = Held::default();
        self.out.push('{');
        while let Some((Token::Key(key), _)) = self.scanner.next()? {
            let Some((token, span)) = self.scanner.next()? else { break };
            match (&*camel(unescape(key).into()), token) {
                ("type", Token::String(kind)) => held.kind = Some(unescape(kind)),
                ("nullable", token) => held.nullable = token == Token::True,
                ("enum", token) => held.values = Some(self.rest_of(token, span)?),
                ("properties", Token::ObjectStart) => {
                    held.has_properties = true;
                    self.named("properties")?;
                }
                ("defs" | "$defs", Token::ObjectStart) => self.named("$defs")?,
                ("definitions", Token::ObjectStart) => self.named("definitions")?,
                (name @ ("items" | "not"), Token::ObjectStart) => {
                    self.key(name);
                    self.schema()?;
                }
                ("additionalProperties", token) => {
                    held.says_others = true;
                    self.key("additionalProperties");
                    self.schema_or_other(token, span)?;
                }
                (name @ ("anyOf" | "oneOf" | "allOf" | "prefixItems"), Token::ArrayStart) => {
                    self.key(name);
                    self.list()?;
                    if name == "anyOf" {
                        held.choices_end = Some(self.out.len().saturating_sub(1));
                    }
                }
                ("ref" | "$ref", Token::String(target)) => {
                    let target = unescape(target);
                    let target = target
                        .strip_prefix("#/defs/")
                        .map(|name| Cow::Owned(format!("#/$defs/{name}")))
                        .unwrap_or(target);
                    self.key("$ref");
                    self.string(&target);
                }
                ("example", token) => {
                    let example = self.rest_of(token, span)?;
                    self.key("examples");
                    self.pieces(&["[", example, "]"]);
                }
                (
                    name @ ("maxItems" | "minItems" | "maxLength" | "minLength" | "maxProperties" | "minProperties"),
                    Token::String(number),
                ) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => {
                    self.key(name);
                    self.out.push_str(number);
                }
                ("format", Token::String("enum" | "float" | "double")) => {}
                ("propertyOrdering", token) => {
                    self.rest_of(token, span)?;
                }
                (name, token) => {
                    let value = self.rest_of(token, span)?;
                    self.key(name);
                    self.out.push_str(value);
                }
            }
        }
        self.close(held);
        Ok(())
    }

    fn close(&mut self, held: Held<'_>) {
        let kind = held.kind.map(|kind| kind.to_ascii_lowercase()).filter(|kind| kind != "type_unspecified");
        let also_null = held.nullable && kind.as_deref() != Some("null");
        if let Some(at) = held.choices_end.filter(|_| also_null && kind.is_none()) {
            let empty = self.out.get(..at).is_some_and(|before| before.ends_with('['));
            self.out.insert_str(at, if empty { "{\"type\":\"null\"}" } else { ",{\"type\":\"null\"}" });
        }
        if let Some(kind) = kind {
            self.key("type");
            if also_null {
                self.out.push('[');
            }
            self.string(&kind);
            if also_null {
                self.out.push_str(",\"null\"]");
            }
        }
        if let Some(values) = held.values {
            self.key("enum");
            match values.strip_suffix(']').filter(|_| also_null) {
                Some("[") => self.out.push_str("[null]"),
                Some(values) => self.pieces(&[values, ",null]"]),
                None => self.out.push_str(values),
            }
        }
        if held.has_properties && !held.says_others && self.objects == Objects::Closed {
            self.key("additionalProperties");
            self.out.push_str("false");
        }
        self.out.push('}');
    }

    /// Schemas by name, behind their opening brace.
    fn named(&mut self, name: &str) -> Result<(), SyntaxError> {
        self.key(name);
        self.out.push('{');
        while let Some((Token::Key(key), _)) = self.scanner.next()? {
            self.comma();
            self.pieces(&["\"", key, "\":"]);
            let Some((token, span)) = self.scanner.next()? else { break };
            self.schema_or_other(token, span)?;
        }
        self.out.push('}');
        Ok(())
    }

    /// Schemas in a list, behind its opening bracket.
    fn list(&mut self) -> Result<(), SyntaxError> {
        self.out.push('[');
        while let Some((token, span)) = self.scanner.next()? {
            if token == Token::ArrayEnd {
                break;
            }
            self.comma();
            self.schema_or_other(token, span)?;
        }
        self.out.push(']');
        Ok(())
    }

    fn schema_or_other(&mut self, token: Token<'a>, span: Span) -> Result<(), SyntaxError> {
        if token == Token::ObjectStart {
            return self.schema();
        }
        let value = self.rest_of(token, span)?;
        self.out.push_str(value);
        Ok(())
    }

    /// The whole text of the value whose first token has been read.
    fn rest_of(&mut self, first: Token<'_>, span: Span) -> Result<&'a str, SyntaxError> {
        let mut end = span.end;
        if matches!(first, Token::ObjectStart | Token::ArrayStart) {
            let depth = self.scanner.depth();
            while let Some((_, span)) = self.scanner.next()? {
                end = span.end;
                if self.scanner.depth() < depth {
                    break;
                }
            }
        }
        Ok(self.json.get(span.start..end).unwrap_or_default())
    }

    fn comma(&mut self) {
        if !self.out.ends_with(['{', '[']) {
            self.out.push(',');
        }
    }

    fn key(&mut self, name: &str) {
        self.comma();
        self.string(name);
        self.out.push(':');
    }

    fn string(&mut self, text: &str) {
        self.out.push_str(&serde_json::to_string(text).unwrap_or_default());
    }

    fn pieces(&mut self, pieces: &[&str]) {
        pieces.iter().for_each(|piece| self.out.push_str(piece));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn adapted(json: &str, objects: Objects) -> String {
        let raw: Raw<'_> = parse(json).unwrap();
        to_json_schema(raw, objects).unwrap().into_owned()
    }

    #[test]
    fn every_difference_is_said_in_json_schemas_words() {
        let pairs = [
            (r#"{"type":"STRING","nullable":true}"#, r#"{"type":["string","null"]}"#),
            (r#"{"type":"STRING","format":"enum","enum":["a"]}"#, r#"{"type":"string","enum":["a"]}"#),
            (r#"{"nullable":true,"enum":["a"],"type":"STRING"}"#, r#"{"type":["string","null"],"enum":["a",null]}"#),
            (
                r#"{"type":"ARRAY","items":{"type":"INTEGER","format":"int32"},"max_items":"5"}"#,
                r#"{"items":{"format":"int32","type":"integer"},"maxItems":5,"type":"array"}"#,
            ),
            (
                r#"{"any_of":[{"type":"STRING"},{"type":"NUMBER"}],"nullable":true}"#,
                r#"{"anyOf":[{"type":"string"},{"type":"number"},{"type":"null"}]}"#,
            ),
            (
                r##"{"ref":"#/defs/A","defs":{"A":{"type":"BOOLEAN"}}}"##,
                r##"{"$ref":"#/$defs/A","$defs":{"A":{"type":"boolean"}}}"##,
            ),
            (
                r#"{"type":"OBJECT","properties":{"type":{"type":"STRING"},"any_of":{"type":"NULL"}},"propertyOrdering":["type"]}"#,
                r#"{"properties":{"type":{"type":"string"},"any_of":{"type":"null"}},"type":"object"}"#,
            ),
            (
                r#"{"type":"STRING","example":{"type":"STRING"},"default":{"nullable":true}}"#,
                r#"{"examples":[{"type":"STRING"}],"default":{"nullable":true},"type":"string"}"#,
            ),
            ("{}", "{}"),
        ];
        for (openapi, expected) in pairs {
            assert_eq!(adapted(openapi, Objects::AsTheySay), expected);
        }
    }

    #[test]
    fn json_schema_stays_what_it_is() {
        let json = r##"{"$defs":{"a b":{"const":1}},"oneOf":[{"$ref":"#/$defs/a b"},true],"type":["string","null"]}"##;
        assert_eq!(adapted(json, Objects::AsTheySay), json);
    }

    #[test]
    fn objects_are_closed_unless_they_say_otherwise() {
        let open = r#"{"properties":{"a":{"properties":{},"additionalProperties":true}},"type":"object"}"#;
        let closed = r#"{"properties":{"a":{"properties":{},"additionalProperties":true}},"type":"object","additionalProperties":false}"#;
        assert_eq!(adapted(open, Objects::Closed), closed);
        assert_eq!(adapted(open, Objects::AsTheySay), open);
    }
}
