//! JSON as this crate needs it: scanned once with spans, borrowed when read, streamed when written.

mod error;
mod few;
mod first;
mod lexer;
mod list;
mod path;
mod plain;
mod read;
mod scan;
mod shape;
mod text;
mod write;

pub(crate) use error::required;
pub use error::{Problem, RequestError};
pub(crate) use few::Few;
pub(crate) use first::First;
pub(crate) use lexer::SyntaxError;
pub(crate) use list::{Item, List};
pub(crate) use path::{is_plain, path_at};
pub(crate) use read::{Failed, Fields, Ignored, Names, Parse, Reader, parse};
pub(crate) use scan::{Scanner, Span, Token};
pub(crate) use shape::{Unknown, camel, member, says_anything, shape};
pub(crate) use text::{OneOrMany, StringOr, Text, text_or_json, unescape};
pub(crate) use write::Writer;
