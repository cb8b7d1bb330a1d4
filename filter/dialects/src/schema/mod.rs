//! JSON Schemas brought into what a provider takes of JSON Schema.
//!
//! What it takes otherwise is said otherwise, and what it does not take is told to the model in the
//! description of what it was said of, in the form that Anthropic's SDK gives it (`{minimum: 1}`).

mod adapter;
mod subset;
mod values;

use crate::json::says_anything;
use crate::neutral::{Losses, Tool};
use adapter::adapt;
use std::borrow::Cow;
pub(crate) use subset::{ANTHROPIC, COHERE, GEMINI, OPENAI, Subset};

/// What is noted of the schema of an answer that had to be changed.
pub(crate) const OF_ANSWER: &str = "response_format.json_schema.schema";
/// What is noted of the schema of a tool's arguments that had to be changed.
pub(crate) const OF_TOOL: &str = "tools.parameters";

impl Subset {
    /// `schema` as it is taken. What had to be changed about it is noted by this name.
    pub(crate) fn fit<'a>(&self, schema: &'a str, name: &'static str, losses: &mut Losses) -> Cow<'a, str> {
        let (schema, lost) = adapt(schema, self);
        losses.add_if(lost.then_some(()), name);
        schema
    }

    /// The schema of a tool's arguments, where there has to be one. It has to be in the subset only where arguments
    /// are held to it.
    pub(crate) fn of_tool<'a>(&self, tool: &'a Tool<'_>, is_strict: bool, losses: &mut Losses) -> Cow<'a, str> {
        match tool.schema.as_deref().filter(|schema| says_anything(schema)) {
            Some(schema) if is_strict => self.fit(schema, OF_TOOL, losses),
            Some(schema) => Cow::Borrowed(schema),
            None if is_strict && self.is_closed() => {
                Cow::Borrowed(r#"{"type":"object","properties":{},"additionalProperties":false}"#)
            }
            None => Cow::Borrowed(r#"{"type":"object","properties":{}}"#),
        }
    }
}
