//! JSON as this crate needs it: what `tollgate_json` reads and writes, with errors that a client is answered with, and
//! lists one item at a time.

mod error;
mod list;

pub use error::{Problem, RequestError};
pub(crate) use error::{parse, required, text_or_json};
pub(crate) use list::{Item, List};
pub(crate) use tollgate_json::*;
