//! What each provider takes of JSON Schema.

use super::values;

/// What becomes of a keyword. One that is in no table goes into the description.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    /// It stays, whatever it says.
    Keep,
    /// It stays if the test likes the JSON of its value.
    If(fn(&str) -> bool),
    /// Its value is text, and what has no place elsewhere is added to it.
    Description,
    /// Its value is a schema.
    Schema,
    /// Its value is a schema, or says yes or no.
    Others,
    /// It can only be `false`, and every object says so.
    Closed,
    /// Its value holds schemas by name, under this keyword.
    Named(&'static str),
    /// Its value is a list of schemas.
    List,
    /// Its value is a list of schemas, of which any may be followed here.
    AnyOf,
    /// Its value is a list of schemas: without references, or one alone, which any of them is, too.
    AllOf,
    /// Its value is a list of schemas: only one alone is taken, which any of them is, too.
    OneOfAll,
    /// It names a schema of the same document, and stands alone.
    Reference,
    /// It is a list of one value.
    Constant,
    /// It says nothing about what is to be written.
    Forget,
}

/// Keywords, and what becomes of each.
#[derive(Debug)]
pub(crate) struct Subset(&'static [(&'static str, Rule)]);

impl Subset {
    pub(super) fn rule(&self, keyword: &str) -> Option<Rule> {
        self.0.iter().find(|(name, _)| *name == keyword).map(|(_, rule)| *rule)
    }

    /// Is every object to say that it has no other members?
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.rule("additionalProperties"), Some(Rule::Closed))
    }

    /// What definitions are called.
    pub(super) fn definitions(&self) -> &'static str {
        match self.rule("definitions") {
            Some(Rule::Named(name)) => name,
            _ => "definitions",
        }
    }
}

/// Claude's structured outputs and strict tools, also on Bedrock: "JSON Schema limitations" in
/// <https://platform.claude.com/docs/en/build-with-claude/structured-outputs>, "JSON Schema support" in
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html>. References stand alone in what
/// the official SDK sends (`anthropic/lib/_parse/_transform.py`).
pub(crate) const ANTHROPIC: Subset = Subset(&[
    ("type", Rule::Keep),
    ("title", Rule::Keep),
    ("description", Rule::Description),
    ("default", Rule::Keep),
    ("enum", Rule::If(values::are_scalars)),
    ("const", Rule::If(values::is_scalar)),
    ("format", Rule::If(values::is_claudes_format)),
    ("pattern", Rule::If(values::is_claudes_pattern)),
    ("properties", Rule::Named("properties")),
    ("required", Rule::Keep),
    ("additionalProperties", Rule::Closed),
    ("items", Rule::Schema),
    ("minItems", Rule::If(values::is_none_or_one)),
    ("anyOf", Rule::List),
    ("oneOf", Rule::AnyOf),
    ("allOf", Rule::AllOf),
    ("$ref", Rule::Reference),
    ("$defs", Rule::Named("$defs")),
    ("definitions", Rule::Named("definitions")),
    ("$schema", Rule::Forget),
    ("$id", Rule::Forget),
    ("$comment", Rule::Forget),
]);

/// `responseJsonSchema`: its description in the SDK (`google/genai/types.py`), and "JSON Schema support" in
/// <https://ai.google.dev/gemini-api/docs/structured-output>, which says that other keywords are ignored.
pub(crate) const GEMINI: Subset = Subset(&[
    ("type", Rule::Keep),
    ("title", Rule::Keep),
    ("description", Rule::Description),
    ("enum", Rule::If(values::are_texts_or_numbers)),
    ("const", Rule::Constant),
    ("format", Rule::If(values::is_geminis_format)),
    ("properties", Rule::Named("properties")),
    ("propertyOrdering", Rule::Keep),
    ("required", Rule::Keep),
    ("additionalProperties", Rule::Others),
    ("items", Rule::Schema),
    ("prefixItems", Rule::List),
    ("minItems", Rule::Keep),
    ("maxItems", Rule::Keep),
    ("minimum", Rule::Keep),
    ("maximum", Rule::Keep),
    ("anyOf", Rule::List),
    ("oneOf", Rule::List),
    ("allOf", Rule::OneOfAll),
    ("$ref", Rule::Reference),
    ("$anchor", Rule::Keep),
    ("$id", Rule::Keep),
    ("$defs", Rule::Named("$defs")),
    ("definitions", Rule::Named("$defs")),
    ("$schema", Rule::Forget),
    ("$comment", Rule::Forget),
]);

/// `response_format` and `strict_tools`: "Parameter types support" in
/// <https://docs.cohere.com/v2/docs/structured-outputs>.
pub(crate) const COHERE: Subset = Subset(&[
    ("type", Rule::Keep),
    ("title", Rule::Keep),
    ("description", Rule::Description),
    ("default", Rule::Keep),
    ("enum", Rule::If(values::are_scalars)),
    ("const", Rule::If(values::is_scalar)),
    ("format", Rule::If(values::is_coheres_format)),
    ("pattern", Rule::If(values::is_coheres_pattern)),
    ("properties", Rule::Named("properties")),
    ("required", Rule::Keep),
    ("additionalProperties", Rule::Others),
    ("items", Rule::Schema),
    ("anyOf", Rule::List),
    ("oneOf", Rule::AnyOf),
    ("allOf", Rule::OneOfAll),
    ("$ref", Rule::Reference),
    ("$defs", Rule::Named("$defs")),
    ("definitions", Rule::Named("$defs")),
    ("$schema", Rule::Forget),
    ("$id", Rule::Forget),
    ("$comment", Rule::Forget),
]);

/// OpenAI's strict mode: <https://platform.openai.com/docs/guides/structured-outputs#supported-schemas>. What it asks
/// of objects changes what may be left out, so that it is not brought about, but looked for: see `openai::strict`.
pub(crate) const OPENAI: Subset = Subset(&[
    ("type", Rule::Keep),
    ("title", Rule::Keep),
    ("description", Rule::Description),
    ("enum", Rule::Keep),
    ("const", Rule::Keep),
    ("format", Rule::If(values::is_openais_format)),
    ("pattern", Rule::Keep),
    ("properties", Rule::Named("properties")),
    ("required", Rule::Keep),
    ("additionalProperties", Rule::Others),
    ("items", Rule::Schema),
    ("minItems", Rule::Keep),
    ("maxItems", Rule::Keep),
    ("minimum", Rule::Keep),
    ("maximum", Rule::Keep),
    ("exclusiveMinimum", Rule::Keep),
    ("exclusiveMaximum", Rule::Keep),
    ("multipleOf", Rule::Keep),
    ("anyOf", Rule::List),
    ("oneOf", Rule::AnyOf),
    ("allOf", Rule::OneOfAll),
    ("$ref", Rule::Reference),
    ("$defs", Rule::Named("$defs")),
    ("definitions", Rule::Named("definitions")),
    ("$schema", Rule::Keep),
    ("$id", Rule::Keep),
    ("$comment", Rule::Forget),
]);
