//! JSON as this crate needs it: scanned once with spans, borrowed when read, streamed when written.

mod error;
mod path;
mod scan;
mod shape;
mod text;
mod write;

pub(crate) use error::parse;
pub use error::{Problem, RequestError};
pub(crate) use path::path_at;
pub(crate) use scan::{Scanner, Span, SyntaxError, Token};
pub(crate) use shape::{Unknown, shape};
pub(crate) use text::{OneOrMany, StringOr, Text, unescape};
pub(crate) use write::Writer;
