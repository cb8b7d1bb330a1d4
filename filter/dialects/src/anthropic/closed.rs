//! Schemas as Claude's structured outputs want them: every object says that it has no other members
//! (<https://platform.claude.com/docs/en/build-with-claude/structured-outputs>).

use crate::json::{Scanner, Span, Token, unescape};
use crate::patch::{Edit, apply};
use std::borrow::Cow;

const CLOSED: &str = "\"additionalProperties\":false";

/// `schema` with every object closed, and whether that changed it. What is not a schema stays as it is.
pub(crate) fn closed(schema: &str) -> (Cow<'_, str>, bool) {
    let mut closing = Closing { scanner: Scanner::new(schema), edits: Vec::new() };
    let is_object = matches!(closing.scanner.next(), Ok(Some((Token::ObjectStart, _))));
    if !is_object || closing.schema().is_none() || closing.edits.is_empty() {
        return (Cow::Borrowed(schema), false);
    }
    (Cow::Owned(String::from_utf8(apply(schema, closing.edits)).unwrap_or_default()), true)
}

struct Closing<'a> {
    scanner: Scanner<'a>,
    edits: Vec<Edit>,
}

impl Closing<'_> {
    /// Closes a schema behind its opening brace, to its end. `None`: it is not JSON.
    fn schema(&mut self) -> Option<()> {
        let inside = self.scanner.position();
        let (mut is_object, mut is_closed, mut is_empty) = (false, false, true);
        while let (Token::Key(key), _) = self.scanner.next().ok()?? {
            is_empty = false;
            let (token, span) = self.scanner.next().ok()??;
            match (&*unescape(key), token) {
                ("properties" | "$defs" | "definitions", Token::ObjectStart) => {
                    is_object |= key == "properties";
                    while let (Token::Key(_), _) = self.scanner.next().ok()?? {
                        self.value()?;
                    }
                }
                ("anyOf" | "oneOf" | "allOf" | "prefixItems", Token::ArrayStart) => {
                    while let (Token::ObjectStart, _) = self.scanner.next().ok()?? {
                        self.schema()?;
                    }
                }
                ("items" | "not", Token::ObjectStart) => self.schema()?,
                ("additionalProperties", token) => {
                    is_closed = true;
                    self.scanner.skip(token)?;
                    if token != Token::False {
                        let span = Span { start: span.start, end: self.scanner.position() };
                        self.edits.push(Edit::Replace { span, with: Cow::Borrowed("false") });
                    }
                }
                ("type", Token::String("object")) => is_object = true,
                (_, token) => self.scanner.skip(token)?,
            }
        }
        if is_object && !is_closed {
            let span = Span { start: inside, end: inside };
            let with = if is_empty { Cow::Borrowed(CLOSED) } else { Cow::Owned([CLOSED, ","].concat()) };
            self.edits.push(Edit::Replace { span, with });
        }
        Some(())
    }

    /// Closes a schema, or passes over what is none, as `true`.
    fn value(&mut self) -> Option<()> {
        match self.scanner.next().ok()?? {
            (Token::ObjectStart, _) => self.schema(),
            (token, _) => self.scanner.skip(token),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_object_is_closed_and_nothing_else_changes() {
        let same = |schema: &str| assert_eq!(closed(schema), (schema.into(), false));
        same(r#"{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}"#);
        same(r#"{"type":"string","enum":["object"]}"#);
        same("true");
        let open = r#"{ "type":"object","properties":{"properties":{"items":{"type":"object"}},"b":true},"$defs":{"c":{"anyOf":[{"properties":{}},{"type":"null"}],"additionalProperties":{"type":"string"}}}}"#;
        let expected = r#"{"additionalProperties":false, "type":"object","properties":{"properties":{"items":{"additionalProperties":false,"type":"object"}},"b":true},"$defs":{"c":{"anyOf":[{"additionalProperties":false,"properties":{}},{"type":"null"}],"additionalProperties":false}}}"#;
        assert_eq!(closed(open), (expected.into(), true));
        assert!(serde_json::from_str::<serde_json::Value>(expected).is_ok());
    }
}
