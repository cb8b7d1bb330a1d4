//! From bytes to a tree, whichever of two forms they have.

use std::fmt;

use prost::Message as _;
use prost_types::{Struct, value::Kind};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::error::ConfigErrors;

/// A tree that forgets nothing: entries keep their order, and a key that appears twice is there
/// twice, for the reader to report. A parser that keeps the last one would let the same text mean
/// two things to two readers.
#[derive(Debug)]
pub(super) enum Node {
    Null,
    Bool(bool),
    /// A number without a fraction, zero or more: the only kind that configurations have a use for.
    Integer(u64),
    /// Any other number.
    Number(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// Reads JSON text or a serialized `google.protobuf.Struct`.
///
/// A serialized Struct begins with the byte 0x0A, which is whitespace to JSON, and goes on with
/// a length that can be any byte, `{` too: the beginning does not tell them apart. So JSON is
/// tried first. No Struct is mistaken for it: its values are marked by 0x12, which JSON text
/// cannot hold.
pub(super) fn read(bytes: &[u8]) -> Result<Node, ConfigErrors> {
    if bytes.trim_ascii().is_empty() {
        let message = "the configuration is empty; expected at least providers and models";
        return Err(ConfigErrors::of_document(message.into()));
    }
    let not_json = |error| ConfigErrors::of_document(format!("the configuration is not JSON: {error}"));
    serde_json::from_slice(bytes).or_else(|error| read_struct(bytes).ok_or_else(|| not_json(error)))
}

/// `None` unless the bytes begin as a Struct with fields does. Without that check, some texts
/// would pass for a Struct with unknown fields only.
fn read_struct(bytes: &[u8]) -> Option<Node> {
    let bytes = bytes.first().filter(|&&first| first == 0x0A).and(Some(bytes))?;
    Struct::decode(bytes).ok().map(Node::from)
}

impl Node {
    /// A Struct's numbers are all doubles, integers too.
    fn from_double(number: f64) -> Self {
        const EXACT: f64 = 9_007_199_254_740_991.0; // the last integer that is surely meant
        if number.fract() == 0.0 && (0.0..=EXACT).contains(&number) {
            Self::Integer(number as u64)
        } else {
            Self::Number(number)
        }
    }
}

impl From<Struct> for Node {
    fn from(fields: Struct) -> Self {
        let entries = fields.fields.into_iter();
        Self::Map(entries.map(|(key, value)| (key, value.into())).collect())
    }
}

impl From<prost_types::Value> for Node {
    fn from(value: prost_types::Value) -> Self {
        match value.kind {
            None | Some(Kind::NullValue(_)) => Self::Null,
            Some(Kind::BoolValue(flag)) => Self::Bool(flag),
            Some(Kind::NumberValue(number)) => Self::from_double(number),
            Some(Kind::StringValue(text)) => Self::Text(text),
            Some(Kind::ListValue(list)) => Self::List(list.values.into_iter().map(Self::from).collect()),
            Some(Kind::StructValue(fields)) => fields.into(),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Node, E> {
        Ok(Node::Bool(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Integer(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(u64::try_from(number).map_or(Node::Number(number as f64), Node::Integer))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::from_double(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.into()))
    }

    fn visit_string<E>(self, text: String) -> Result<Node, E> {
        Ok(Node::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Node::Map(map))
    }
}
