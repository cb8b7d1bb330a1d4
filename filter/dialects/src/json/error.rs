//! Why a request cannot be served, in words that hold nothing of its content.

use super::{Parse, Raw, ReadError, SyntaxError, Text};
use std::fmt;

/// What is wrong with a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The body is not JSON text.
    NotJson,
    /// The body is JSON, but not what this API takes.
    Shape,
    /// The target cannot do what this asks, and leaving it out would change the answer.
    Unsupported,
}

/// A request that is answered with 400. The message names the field and what to do, and repeats
/// nothing of the prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestError {
    /// What kind of mistake it is.
    pub problem: Problem,
    /// The field, like `messages[2].content`, where one is to blame.
    pub param: Option<String>,
    /// One sentence for the developer of the client.
    pub message: String,
}

impl RequestError {
    pub(crate) fn shape(param: impl Into<String>, message: impl fmt::Display) -> Self {
        Self::new(Problem::Shape, param.into(), message)
    }

    pub(crate) fn unsupported(param: impl Into<String>, message: impl fmt::Display) -> Self {
        Self::new(Problem::Unsupported, param.into(), message)
    }

    pub(crate) fn not_json(message: impl fmt::Display) -> Self {
        Self { problem: Problem::NotJson, param: None, message: format!("The request body is {message}.") }
    }

    /// The same mistake, seen from the value `parent` in which it was made.
    pub(crate) fn under(self, parent: &str) -> Self {
        let Self { problem, param, message } = self;
        if problem == Problem::NotJson {
            return Self { problem, param, message };
        }
        let child = param.unwrap_or_default();
        let reason = message.strip_prefix(&*child).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(&message);
        let dot = if child.is_empty() || child.starts_with('[') { "" } else { "." };
        Self::new(problem, format!("{parent}{dot}{child}"), reason.strip_suffix('.').unwrap_or(reason))
    }

    /// The same mistake, for an API that calls its `messages` by another name.
    pub(crate) fn naming_messages(self, (list, content): (&'static str, &'static str)) -> Self {
        let Some(place) = self.param.as_deref().and_then(|param| param.strip_prefix("messages")) else { return self };
        let renamed = |place: &str| format!("{list}{}", place.replacen("].content", &format!("].{content}"), 1));
        let message = self.message.strip_prefix("messages").map_or_else(|| self.message.clone(), renamed);
        Self { problem: self.problem, param: Some(renamed(place)), message }
    }

    fn new(problem: Problem, param: String, message: impl fmt::Display) -> Self {
        let message = if param.is_empty() { format!("{message}.") } else { format!("{param}: {message}.") };
        Self { problem, param: (!param.is_empty()).then_some(param), message }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RequestError {}

impl From<SyntaxError> for RequestError {
    fn from(error: SyntaxError) -> Self {
        Self::not_json(error)
    }
}

impl From<ReadError> for RequestError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotJson => Self::not_json("not JSON: it breaks off, or a number or a character in it cannot be"),
            ReadError::Expected { path, expected } => Self::shape(path, format_args!("expected {expected}")),
            ReadError::Twice { path } => Self::shape(path, "the same field is given twice"),
        }
    }
}

/// Reads `text` as a `T`; an error names the field by its path.
pub(crate) fn parse<'a, T: Parse<'a>>(text: &'a str) -> Result<T, RequestError> {
    Ok(tollgate_json::parse(text)?)
}

/// The string that `json` is, or else `json` itself.
pub(crate) fn text_or_json(json: Raw<'_>) -> Result<Text<'_>, RequestError> {
    if json.get().starts_with('"') { parse(json.get()) } else { Ok(json.get().into()) }
}

/// The value of `field`.
pub(crate) fn required<T>(value: Option<T>, field: &'static str) -> Result<T, RequestError> {
    value.ok_or_else(|| RequestError::shape(field, "is required"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Few, Text, parse, shape};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    shape! { Inner { text: Text<'a>, size: u64 } }
    shape! { Outer { list: Few<Inner<'a>>, kind as "type": Text<'a> } }

    #[test]
    fn a_wrong_type_names_the_path_and_what_was_expected_but_not_the_value() {
        let error = parse::<Outer<'_>>(r#"{"list":[{"text":"ok"},{"size":"my secret, expected here"}]}"#).unwrap_err();
        assert_eq!(error.message, "list[1].size: expected a whole number.");
        assert_eq!(error.param.as_deref(), Some("list[1].size"));
    }

    #[test]
    fn a_mistake_is_named_from_the_outside_in() {
        let error = RequestError::shape("type", "is required").under("[2]").under("content").under("messages[0]");
        assert_eq!(error.message, "messages[0].content[2].type: is required.");
        assert_eq!(error.param.as_deref(), Some("messages[0].content[2].type"));
        assert_eq!(RequestError::shape("", "like this...").under("list").message, "list: like this....");
    }

    #[test]
    fn a_field_given_twice_is_refused() {
        let error = parse::<Outer<'_>>(r#"{"type":"a","type":"b"}"#).unwrap_err();
        assert_eq!(error.message, "type: the same field is given twice.");
    }

    #[test]
    fn unknown_fields_are_listed_and_strings_are_borrowed() {
        let json = r#"{"type":"a","new":[1,{"x":2}],"list":null,"unset":null,"nothing":[ ],"none":{}}"#;
        let outer = parse::<Outer<'_>>(json).unwrap();
        assert!(matches!(outer.kind.map(Text::into_cow), Some(std::borrow::Cow::Borrowed("a"))));
        assert_eq!(outer.unknown.0.len(), 1);
        assert_eq!(&*outer.unknown.0[0], "new");
        assert!(outer.list.is_none());
    }
}
