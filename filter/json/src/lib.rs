//! Reads and writes JSON: scanned with spans, borrowed when read, streamed when written.
//!
//! A text is read in one of two ways. A [`Scanner`] says what stands where, and keeps nothing. A [`Reader`] reads it as
//! the type that is wanted, without a tree in between: [`shape!`] declares an object, [`Parse`] is what anything else
//! implements. A [`Writer`] appends to one buffer. Errors are values that repeat nothing of the text, and nothing that is
//! read can make this panic or nest without end.
//!
//! Every byte of a body passes through here, and little of the code is compiled more than once. So this crate is built
//! for speed, and the crates that say what is in a body are built for size.

#![forbid(unsafe_code)]

mod block;
mod container;
mod error;
mod escape;
mod escaped;
mod few;
mod first;
mod lexer;
mod path;
mod plain;
mod quotable;
mod raw;
mod read;
mod scan;
mod shape;
mod string_or;
mod text;
mod unescape;
mod values;
mod write;

pub use container::{Fields, Names};
pub use error::ReadError;
pub use escape::escape;
pub use few::Few;
pub use first::First;
pub use lexer::SyntaxError;
pub use path::{is_plain, path_at};
pub use plain::{is_one_of, same_name};
pub use quotable::{Quotable, Quoted};
pub use raw::Raw;
pub use read::{Failed, Parse, Reader, parse};
pub use scan::{Scanner, Span, Token, object};
pub use shape::{Unknown, camel, member, says_anything};
pub use string_or::{OneOrMany, StringOr};
pub use text::{Text, unescape};
pub use unescape::copy_meaning;
pub use values::Ignored;
pub use write::Writer;
