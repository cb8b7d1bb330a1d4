//! JSON as this crate needs it: scanned once with spans, borrowed when read, streamed when written.

mod error;
mod few;
mod first;
mod list;
mod path;
mod plain;
mod scan;
mod shape;
mod text;
mod write;

pub use error::{Problem, RequestError};
pub(crate) use error::{parse, required};
pub(crate) use few::Few;
pub(crate) use first::First;
pub(crate) use list::{Item, List};
pub(crate) use path::{is_plain, path_at};
use plain::plain_prefix;
pub(crate) use scan::{Scanner, Span, SyntaxError, Token};
pub(crate) use shape::{Fields, Unknown, camel, member, read_fields, says_anything, shape};
pub(crate) use text::{OneOrMany, StringOr, Text, text_or_json, unescape};
pub(crate) use write::Writer;
