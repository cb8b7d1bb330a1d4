//! Rewrites a schema by the table of a provider, in one pass.

use super::subset::{Rule, Subset};
use crate::json::{Scanner, Token, unescape};
use std::borrow::Cow;
use std::ops::Range;

/// `schema` as `subset` has it, and whether it asks for less or for other things than it did. What is in the subset
/// stays as it is, byte for byte, and so does what is no schema.
pub(crate) fn adapt<'a>(schema: &'a str, subset: &Subset) -> (Cow<'a, str>, bool) {
    let scanner = Scanner::new(schema);
    let mut adapter = Adapter {
        json: schema,
        scanner,
        subset,
        out: String::with_capacity(schema.len()),
        changed: false,
        lost: false,
    };
    match adapter.whole() {
        Some(()) if adapter.changed => (Cow::Owned(adapter.out), adapter.lost),
        _ => (Cow::Borrowed(schema), false),
    }
}

struct Adapter<'a, 's> {
    json: &'a str,
    scanner: Scanner<'a>,
    subset: &'s Subset,
    out: String,
    changed: bool,
    lost: bool,
}

/// What of a schema is looked at again when all of it is known.
#[derive(Default)]
struct Held {
    start: usize,
    is_object: bool,
    is_closed: bool,
    has_choices: bool,
    has_values: bool,
    is_reference: bool,
    /// Is there more than a reference and what it refers to?
    has_others: bool,
    /// Where a reference and what it may refer to stand.
    references: Vec<Range<usize>>,
    /// Where more can be said in the description.
    description: Option<usize>,
    /// What the provider does not take, as the inside of a JSON string.
    notes: String,
}

/// Functions return `None` where the text is not JSON.
impl<'a> Adapter<'a, '_> {
    fn whole(&mut self) -> Option<()> {
        match self.scanner.next().ok()?? {
            (Token::ObjectStart, _) => self.schema().map(drop),
            _ => None,
        }
    }

    /// A schema behind its opening brace, and whether it refers to another.
    fn schema(&mut self) -> Option<bool> {
        let mut held = Held { start: self.out.len(), ..Held::default() };
        self.out.push('{');
        while let (Token::Key(key), _) = self.scanner.next().ok()?? {
            let (token, span) = self.scanner.next().ok()??;
            self.member(&mut held, key, token, span.start)?;
        }
        self.close(&held)?;
        Some(held.is_reference)
    }

    /// A member whose value begins with `token` at `from`.
    fn member(&mut self, held: &mut Held, key: &'a str, token: Token<'a>, from: usize) -> Option<()> {
        let name = &*unescape(key);
        let before = self.out.len();
        let is_reference = name.starts_with('$') || name == "definitions";
        let rule = self.subset.rule(name);
        held.is_object |= name == "properties";
        held.has_others |= !is_reference && !matches!(rule, Some(Rule::Forget));
        match (rule, token) {
            (Some(Rule::Forget), token) => {
                self.changed = true;
                self.scanner.skip(token)?;
            }
            (Some(Rule::Reference), Token::String(target)) if target.starts_with('#') => {
                held.is_reference = true;
                self.reference(target);
            }
            (Some(Rule::Named(keyword)), Token::ObjectStart) => {
                self.changed |= keyword != name;
                self.named(keyword)?;
            }
            (Some(Rule::Description), Token::String(text)) => {
                self.key(key);
                self.pieces(&["\"", text, "\""]);
                held.description = self.out.len().checked_sub(1);
            }
            (Some(Rule::Schema | Rule::Others), Token::ObjectStart) => {
                self.key(key);
                self.schema()?;
            }
            (Some(rule @ (Rule::List | Rule::AnyOf | Rule::AllOf | Rule::OneOfAll)), Token::ArrayStart) => {
                self.list(held, rule, key, from)?;
            }
            (Some(Rule::Closed), token) => {
                self.scanner.skip(token)?;
                held.is_closed = true;
                self.lose_if(token != Token::False);
                self.copy(key, "false");
            }
            (rule, token) => {
                self.scanner.skip(token)?;
                let value = self.json.get(from..self.scanner.position())?;
                held.is_object |= name == "type" && value.contains("\"object\"");
                self.value(held, rule, key, value);
            }
        }
        if is_reference && self.out.len() > before {
            let comma = usize::from(self.out.get(before..)?.starts_with(','));
            held.references.push(before.saturating_add(comma)..self.out.len());
        }
        Some(())
    }

    /// A value that holds no schemas, or none that are taken.
    fn value(&mut self, held: &mut Held, rule: Option<Rule>, key: &str, value: &str) {
        let is_first = !held.has_values;
        held.has_values |= matches!(key, "enum" | "const");
        match rule {
            Some(Rule::Keep) => self.copy(key, value),
            Some(Rule::Others) if matches!(value, "true" | "false") => self.copy(key, value),
            Some(Rule::If(takes)) if takes(value) => self.copy(key, value),
            Some(Rule::Constant)
                if is_first && value.starts_with(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) =>
            {
                self.changed = true;
                self.key("enum");
                self.pieces(&["[", value, "]"]);
            }
            _ => self.note(held, key, value),
        }
    }

    fn note(&mut self, held: &mut Held, key: &str, value: &str) {
        self.lose_if(true);
        held.notes.push_str(if held.notes.is_empty() { "{" } else { ", " });
        held.notes.push_str(key);
        held.notes.push_str(": ");
        match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
            Some(text) => held.notes.push_str(text),
            None => {
                let quoted = serde_json::to_string(value).unwrap_or_default();
                held.notes.push_str(quoted.trim_matches('"'));
            }
        }
    }

    fn reference(&mut self, target: &str) {
        let defined = target.strip_prefix("#/definitions/").map(|name| (name, self.subset.definitions()));
        self.key("$ref");
        match defined.filter(|(_, definitions)| *definitions != "definitions") {
            Some((name, definitions)) => {
                self.changed = true;
                self.pieces(&["\"#/", definitions, "/", name, "\""]);
            }
            None => self.pieces(&["\"", target, "\""]),
        }
    }

    /// Schemas by name, behind their opening brace.
    fn named(&mut self, keyword: &str) -> Option<()> {
        self.key(keyword);
        self.out.push('{');
        while let (Token::Key(name), _) = self.scanner.next().ok()?? {
            let (token, span) = self.scanner.next().ok()??;
            self.key(name);
            self.schema_or_other(token, span.start)?;
        }
        self.out.push('}');
        Some(())
    }

    /// Schemas in a list, behind its opening bracket, which is at `from`.
    fn list(&mut self, held: &mut Held, rule: Rule, key: &str, from: usize) -> Option<()> {
        let before = self.out.len();
        self.key(key);
        let word = self.out.len().checked_sub(key.len().saturating_add(2))?;
        self.out.push('[');
        let (mut choices, mut refers) = (0u32, false);
        loop {
            match self.scanner.next().ok()?? {
                (Token::ArrayEnd, _) => break,
                (token, span) => {
                    self.comma();
                    refers |= self.schema_or_other(token, span.start)?;
                    choices = choices.saturating_add(1);
                }
            }
        }
        self.out.push(']');
        let is_alone = choices == 1;
        let (is_taken, becomes_any) = match rule {
            Rule::AllOf => (is_alone || !refers, is_alone),
            Rule::OneOfAll => (is_alone, is_alone),
            Rule::AnyOf => (true, true),
            _ => (true, key == "anyOf"),
        };
        if !is_taken || (becomes_any && held.has_choices) {
            self.out.truncate(before);
            let value = self.json.get(from..self.scanner.position())?;
            self.note(held, key, value);
        } else if becomes_any {
            held.has_choices = true;
            self.changed |= key != "anyOf";
            self.lose_if(matches!(rule, Rule::AnyOf) && !is_alone);
            self.out.replace_range(word..word.saturating_add(key.len()), "anyOf");
        }
        Some(())
    }

    /// Says whether it is a schema that refers to another.
    fn schema_or_other(&mut self, token: Token<'_>, from: usize) -> Option<bool> {
        if token == Token::ObjectStart {
            return self.schema();
        }
        self.scanner.skip(token)?;
        let value = self.json.get(from..self.scanner.position())?;
        self.out.push_str(value);
        Some(false)
    }

    fn close(&mut self, held: &Held) -> Option<()> {
        if held.is_reference && (held.has_others || !held.notes.is_empty()) {
            self.lose_if(true);
            let references: Vec<_> = held.references.iter().filter_map(|range| self.out.get(range.clone())).collect();
            let references = references.join(",");
            self.out.truncate(held.start);
            self.pieces(&["{", &references, "}"]);
            return Some(());
        }
        if held.is_object && !held.is_closed && self.subset.is_closed() {
            self.lose_if(true);
            self.key("additionalProperties");
            self.out.push_str("false");
        }
        match held.description {
            _ if held.notes.is_empty() => {}
            None => {
                self.key("description");
                self.pieces(&["\"", &held.notes, "}\""]);
            }
            Some(at) => {
                let is_empty = self.out.get(..at)?.ends_with(":\"");
                let note = [if is_empty { "" } else { "\\n\\n" }, &held.notes, "}"].concat();
                self.out.insert_str(at, &note);
            }
        }
        self.out.push('}');
        Some(())
    }

    fn lose_if(&mut self, lost: bool) {
        self.changed |= lost;
        self.lost |= lost;
    }

    fn copy(&mut self, key: &str, value: &str) {
        self.key(key);
        self.out.push_str(value);
    }

    fn comma(&mut self) {
        if !self.out.ends_with(['{', '[']) {
            self.out.push(',');
        }
    }

    /// A key as it stood in JSON.
    fn key(&mut self, key: &str) {
        self.comma();
        self.pieces(&["\"", key, "\":"]);
    }

    fn pieces(&mut self, pieces: &[&str]) {
        pieces.iter().for_each(|piece| self.out.push_str(piece));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ANTHROPIC, COHERE, GEMINI, OPENAI};
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[track_caller]
    fn becomes(subset: &Subset, schema: &str, expected: &str, lost: bool) {
        let (adapted, is_lost) = adapt(schema, subset);
        assert_eq!(adapted, expected);
        assert_eq!(is_lost, lost, "{schema}");
        assert!(serde_json::from_str::<serde_json::Value>(&adapted).is_ok(), "{adapted}");
        assert_eq!(adapt(&adapted, subset), (adapted.as_ref().into(), false), "adapted once is enough");
    }

    #[test]
    fn what_is_in_the_subset_stays_as_it_is() {
        let taken = r##"{ "type":"object","$defs":{"a":{"enum":["{",1,null]}},"properties":{"minimum":{"$ref":"#/$defs/a"},
            "b":{"type":["array","null"],"items":{"type":"string","format":"date"}},"c":{"anyOf":[{"const":1},{"type":"null"}]}},
            "required":["minimum"], "additionalProperties":false}"##;
        for subset in [&ANTHROPIC, &COHERE, &OPENAI] {
            assert_eq!(adapt(taken, subset), (taken.into(), false));
        }
        for other in ["true", "[]", "{", r#"{"a":"#, ""] {
            assert_eq!(adapt(other, &ANTHROPIC), (other.into(), false));
        }
    }

    #[test]
    fn every_object_is_closed_for_claude() {
        let open = r#"{"type":"object","properties":{"properties":{"items":{"type":["object","null"]}},"b":true},"$defs":{"c":{"anyOf":[{"properties":{}},{"type":"null"}],"additionalProperties":{"type":"string"}}}}"#;
        let closed = r#"{"type":"object","properties":{"properties":{"items":{"type":["object","null"],"additionalProperties":false}},"b":true},"$defs":{"c":{"anyOf":[{"properties":{},"additionalProperties":false},{"type":"null"}],"additionalProperties":false}},"additionalProperties":false}"#;
        becomes(&ANTHROPIC, open, closed, true);
        assert!(!adapt(open, &GEMINI).1);
    }

    #[test]
    fn what_is_not_taken_is_told_in_the_description() {
        becomes(
            &ANTHROPIC,
            r#"{"type":"integer","minimum":1,"maximum":10,"description":"A number"}"#,
            r#"{"type":"integer","description":"A number\n\n{minimum: 1, maximum: 10}"}"#,
            true,
        );
        becomes(
            &ANTHROPIC,
            r#"{"type":"string","format":"phone \"x\"","pattern":"(?=a)","minLength":2}"#,
            r#"{"type":"string","description":"{format: phone \"x\", pattern: (?=a), minLength: 2}"}"#,
            true,
        );
        becomes(
            &ANTHROPIC,
            r#"{"description":"","not":{"enum":["a\\"]},"minItems":2,"type":"array"}"#,
            r#"{"description":"{not: {\"enum\":[\"a\\\\\"]}, minItems: 2}","type":"array"}"#,
            true,
        );
        becomes(
            &GEMINI,
            r#"{"type":"string","maxLength":3,"title":"t"}"#,
            r#"{"type":"string","title":"t","description":"{maxLength: 3}"}"#,
            true,
        );
        becomes(
            &COHERE,
            r#"{"type":"array","minItems":1,"items":{"type":"string","pattern":"^a$"}}"#,
            r#"{"type":"array","items":{"type":"string","description":"{pattern: ^a$}"},"description":"{minItems: 1}"}"#,
            true,
        );
        becomes(&OPENAI, r#"{"minLength":1}"#, r#"{"description":"{minLength: 1}"}"#, true);
    }

    #[test]
    fn choices_are_said_as_any_of_them() {
        let two = r#"{"oneOf":[{"type":"string","minLength":1},{"type":"null"}],"title":"t"}"#;
        let any = r#"{"anyOf":[{"type":"string","description":"{minLength: 1}"},{"type":"null"}],"title":"t"}"#;
        becomes(&ANTHROPIC, two, any, true);
        becomes(&COHERE, two, any, true);
        becomes(&GEMINI, two, &any.replace("anyOf", "oneOf"), true);
        for subset in [&ANTHROPIC, &COHERE, &OPENAI, &GEMINI] {
            becomes(subset, r##"{"allOf":[{"$ref":"#"}]}"##, r##"{"anyOf":[{"$ref":"#"}]}"##, false);
        }
        becomes(
            &ANTHROPIC,
            r##"{"allOf":[{"$ref":"#"},{"type":"null"}]}"##,
            r##"{"description":"{allOf: [{\"$ref\":\"#\"},{\"type\":\"null\"}]}"}"##,
            true,
        );
        becomes(&ANTHROPIC, r#"{"allOf":[{"type":"null"},{}]}"#, r#"{"allOf":[{"type":"null"},{}]}"#, false);
        becomes(
            &ANTHROPIC,
            r#"{"anyOf":[{}],"oneOf":[true]}"#,
            r#"{"anyOf":[{}],"description":"{oneOf: [true]}"}"#,
            true,
        );
    }

    #[test]
    fn references_stand_alone_and_find_what_they_refer_to() {
        becomes(
            &ANTHROPIC,
            r##"{"title":"t","$defs":{"a":{"minimum":1}},"$ref":"#/$defs/a","minimum":0}"##,
            r##"{"$defs":{"a":{"description":"{minimum: 1}"}},"$ref":"#/$defs/a"}"##,
            true,
        );
        becomes(
            &GEMINI,
            r##"{"$schema":"s","$ref":"#/definitions/a","definitions":{"a":{"const":"b"}}}"##,
            r##"{"$ref":"#/$defs/a","$defs":{"a":{"enum":["b"]}}}"##,
            false,
        );
        becomes(&ANTHROPIC, r#"{"$ref":"http://a/b"}"#, r#"{"description":"{$ref: http://a/b}"}"#, true);
    }

    #[test]
    fn what_says_nothing_of_the_answer_goes() {
        becomes(&ANTHROPIC, r#"{"$schema":"s","type":"string","$comment":{}}"#, r#"{"type":"string"}"#, false);
    }
}
