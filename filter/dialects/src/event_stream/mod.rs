//! AWS's binary event stream, `application/vnd.amazon.eventstream`: framed on the way in, written on
//! the way out.
//!
//! A message is its length, the length of its headers and a checksum of the two; then the headers, the
//! payload, and a checksum of everything before it. Numbers are big-endian, checksums are CRC-32:
//! <https://smithy.io/2.0/aws/amazon-eventstream.html>.

mod checksum;
mod chunk;
mod framer;
mod headers;
mod write;

pub(crate) use framer::Framer;
pub(crate) use write::{write_event, write_exception};

/// What the name of a frame begins with when the message is an exception or an error and not an
/// event; the exception's own name follows.
pub(crate) const EXCEPTION: &str = "exception/";

/// Both lengths and their checksum.
const PRELUDE: usize = 12;
/// The last checksum.
const TRAILER: usize = 4;
