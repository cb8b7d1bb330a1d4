//! Which schemas strict mode takes: <https://platform.openai.com/docs/guides/structured-outputs#supported-schemas>.

use super::Server;
use crate::json::{Scanner, Token, unescape};
use crate::neutral::Losses;
use crate::schema::{OF_ANSWER, OF_TOOL, OPENAI};
use std::borrow::Cow;

/// What is to follow a schema.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SchemaOf {
    Answer,
    Tool,
}

/// `schema` as it is sent to be followed strictly, and whether it can be asked for that. Other servers take other
/// keywords than OpenAI, and most of them more: for these it stays as it is.
pub(crate) fn strictly<'a>(
    schema: &'a str,
    of: SchemaOf,
    server: Option<&Server>,
    losses: &mut Losses,
) -> (Cow<'a, str>, bool) {
    let mut changes = Losses::default();
    let (name, strict) = match of {
        SchemaOf::Answer => (OF_ANSWER, "response_format.json_schema.strict"),
        SchemaOf::Tool => (OF_TOOL, "tools.strict"),
    };
    let adapted = if server.is_some() { Cow::Borrowed(schema) } else { OPENAI.fit(schema, name, &mut changes) };
    if takes_strict(&adapted) {
        losses.add_all(changes);
        return (adapted, true);
    }
    losses.add(strict);
    (Cow::Borrowed(schema), false)
}

/// Is every object in `schema` closed and every member required? Others are refused in strict mode, and are
/// still followed as well as a model can without it.
fn takes_strict(schema: &str) -> bool {
    let mut scanner = Scanner::new(schema);
    matches!(scanner.next(), Ok(Some((Token::ObjectStart, _)))) && is_strict(&mut scanner).unwrap_or(false)
}

/// Looks at a schema behind its opening brace, to its end. `None`: it is not JSON.
fn is_strict(scanner: &mut Scanner<'_>) -> Option<bool> {
    let (mut strict, mut is_object, mut closed) = (true, false, false);
    let (mut members, mut required) = (0u64, 0u64);
    while let (Token::Key(key), _) = scanner.next().ok()?? {
        let (token, _) = scanner.next().ok()??;
        match (&*unescape(key), token) {
            ("properties" | "$defs" | "definitions", Token::ObjectStart) => {
                let named = is_every_member_strict(scanner)?;
                strict &= named.1;
                if key == "properties" {
                    (is_object, members) = (true, named.0);
                }
            }
            ("items", Token::ObjectStart) => strict &= is_strict(scanner)?,
            ("anyOf", Token::ArrayStart) => {
                while let (Token::ObjectStart, _) = scanner.next().ok()?? {
                    strict &= is_strict(scanner)?;
                }
            }
            ("oneOf" | "allOf" | "not" | "prefixItems", token) => {
                strict = false;
                scanner.skip(token)?;
            }
            ("required", Token::ArrayStart) => {
                while let (Token::String(_), _) = scanner.next().ok()?? {
                    required = required.saturating_add(1);
                }
            }
            ("additionalProperties", Token::False) => closed = true,
            ("type", Token::String("object")) => is_object = true,
            (_, token) => scanner.skip(token)?,
        }
    }
    Some(strict && (!is_object || (closed && members == required)))
}

/// How many members there are, and whether each one's schema is strict.
fn is_every_member_strict(scanner: &mut Scanner<'_>) -> Option<(u64, bool)> {
    let (mut members, mut strict) = (0u64, true);
    while let (Token::Key(_), _) = scanner.next().ok()?? {
        members = members.saturating_add(1);
        match scanner.next().ok()?? {
            (Token::ObjectStart, _) => strict &= is_strict(scanner)?,
            (token, _) => scanner.skip(token)?,
        }
    }
    Some((members, strict))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn objects_must_be_closed_and_their_members_required() {
        let strict = |json: &str| takes_strict(json);
        let closed = r#""required":["a"],"additionalProperties":false"#;
        assert!(strict(&format!(r#"{{"type":"object","properties":{{"a":{{"type":"string"}}}},{closed}}}"#)));
        assert!(strict(&format!(
            r#"{{"properties":{{"a":{{"anyOf":[{{"type":"null"}},{{"items":{{"type":"string"}}}}],"enum":[{{}}]}}}},{closed}}}"#
        )));
        assert!(!strict(r#"{"type":"object","properties":{"a":{}},"required":["a"]}"#));
        assert!(!strict(r#"{"type":"object","properties":{"a":{}},"additionalProperties":false}"#));
        assert!(!strict(&format!(r#"{{"properties":{{"a":{{"type":"object"}}}},{closed}}}"#)));
        assert!(!strict(&format!(r#"{{"$defs":{{"x":{{"properties":{{}}}}}},"properties":{{"a":{{}}}},{closed}}}"#)));
        assert!(!strict(r#"{"oneOf":[]}"#));
        assert!(strict(r#"{"type":"string"}"#));
        assert!(!strict("[]"));
    }
}
