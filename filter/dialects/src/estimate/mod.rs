//! How many input tokens a request will be, before anybody counts them.
//!
//! - `text`: a text's tokens from the pairs of bytes in it, by a table (`pairs`; `chances` has it ready for use) that is
//!   fitted to OpenAI's `o200k_base` on one half of `tests/corpus`. How far off it is on the other half stands in the
//!   README; `make estimate` says it in full. Other vendors' tokenizers differ by a factor that is much the same for all
//!   of a model's texts; who calls this corrects for that from what requests took.
//! - `media`, `header`: what stands in encoded data, by its first bytes: an image of which size, a document, a sound.
//! - `images`: what each provider takes for an image, by the formula that it publishes.
//! - `envelope`: what each API adds to messages and tools.
//! - `contents`: which kinds of media a request holds at all, by what it says of them.
//! - `input`: all of it, found in one pass over a request before it is known who gets it, and then priced for one.

mod chances;
mod classes;
mod contents;
mod envelope;
mod header;
mod images;
mod input;
mod media;
#[rustfmt::skip]
mod pairs;
mod text;

pub(crate) use contents::Contents;
pub use input::InputEstimate;
pub(crate) use input::{Input, NOT_INPUT};
