//! What a model calls a tool with.

use crate::json::{Quotable, Quoted, Text, Writer, object};
use serde_json::value::RawValue;

/// A call's arguments: as text that should be a JSON object, or as one that is.
#[derive(Debug)]
pub(crate) enum Arguments<'a> {
    Text(Text<'a>),
    Object(&'a RawValue),
}

/// For APIs that want arguments as text. What is blank is an object without members.
impl Quotable for Arguments<'_> {
    fn quoted(&self) -> Quoted<'_> {
        match self {
            Self::Text(text) if text.is_blank() => "{}".quoted(),
            Self::Text(text) => text.quoted(),
            Self::Object(object) => object.get().quoted(),
        }
    }
}

impl Arguments<'_> {
    /// Writes an object, for APIs that want one. Text that is none is wrapped, as Anthropic's
    /// documentation of fine-grained tool streaming advises, so that a model's slip does not end a
    /// conversation. Returns whether it was one.
    pub(crate) fn write_object(&self, w: &mut Writer<'_>) -> bool {
        match self {
            Self::Object(object) => w.raw(object),
            Self::Text(text) if text.is_blank() => w.literal("{}"),
            Self::Text(text) => match object(text) {
                Some(object) => w.literal(object),
                None => {
                    w.object(|w| w.key("INVALID_JSON").string(text));
                    return false;
                }
            },
        }
        true
    }
}
