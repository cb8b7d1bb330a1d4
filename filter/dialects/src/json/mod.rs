//! JSON as this crate needs it: read with errors that name the field, and lists one item at a time.

mod error;
mod list;

pub use error::{Problem, RequestError};
pub(crate) use error::{parse, required, text_or_json};
pub(crate) use list::{Item, List};
pub(crate) use tollgate_json::{
    Failed, Few, First, Ignored, OneOrMany, Parse, ReadError, Reader, Scanner, Span, StringOr, SyntaxError, Text,
    Token, Unknown, Writer, beyond_ascii, camel, is_plain, says_anything, shape, unescape,
};
