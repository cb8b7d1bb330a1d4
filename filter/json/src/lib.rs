//! JSON text: scanned with spans, borrowed when read, streamed when written.
//!
//! Every byte of a body passes through here, and little of the code is compiled more than once. So this crate is built
//! for speed, and the crates that say what is in a body are built for size.

#![forbid(unsafe_code)]

mod error;
mod few;
mod first;
mod lexer;
mod path;
mod plain;
mod read;
mod scan;
mod shape;
mod text;
mod values;
mod write;

pub use error::ReadError;
pub use few::Few;
pub use first::First;
pub use lexer::SyntaxError;
pub use path::{is_plain, path_at};
pub use plain::beyond_ascii;
pub use read::{Failed, Fields, Names, Parse, Reader, parse};
pub use scan::{Scanner, Span, Token};
pub use shape::{Unknown, camel, member, says_anything};
pub use text::{OneOrMany, StringOr, Text, unescape};
pub use values::Ignored;
pub use write::Writer;
