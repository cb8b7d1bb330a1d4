//! From bytes to a tree, whichever of two forms they have.

use prost::Message as _;
use prost_types::{Struct, value::Kind};
use tollgate_json::{Failed, Parse, Reader, Scanner, SyntaxError};

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
    let json = str::from_utf8(bytes).ok().and_then(|text| tollgate_json::parse(text).ok());
    json.or_else(|| read_struct(bytes)).ok_or_else(|| not_json(bytes))
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

impl<'a> Parse<'a> for Node {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        if reader.null()? {
            return Ok(Self::Null);
        }
        if reader.is_next(b'{') {
            let mut map = Vec::new();
            reader.members(&mut |name, reader| {
                map.push((name.into_cow().into_owned(), Self::parse(reader)?));
                Ok(())
            })?;
            return Ok(Self::Map(map));
        }
        if reader.is_next(b'[') {
            return Vec::parse(reader).map(Self::List);
        }
        if reader.is_next(b'"') {
            return Ok(Self::Text(reader.text()?.into_cow().into_owned()));
        }
        if reader.is_next(b't') || reader.is_next(b'f') {
            return reader.bool().map(Self::Bool);
        }
        let number = reader.number("a value")?;
        if let Ok(integer) = number.parse() {
            return Ok(Self::Integer(integer));
        }
        let number = number.parse().ok().filter(|number: &f64| number.is_finite());
        number.map(Self::from_double).ok_or(Failed)
    }
}

/// Says where the bytes are no JSON text, and what should stand there.
fn not_json(bytes: &[u8]) -> ConfigErrors {
    let scan = |text| {
        let mut scanner = Scanner::new(text);
        while scanner.next()?.is_some() {}
        Ok(())
    };
    let (offset, expected) = match str::from_utf8(bytes).map(scan) {
        Err(error) => (error.valid_up_to(), "text in UTF-8"),
        Ok(Err(SyntaxError { offset, expected })) => (offset, expected),
        Ok(Ok(())) => {
            let message = "the configuration is not JSON: a number or a character in it cannot be";
            return ConfigErrors::of_document(message.into());
        }
    };
    let before = bytes.get(..offset).unwrap_or(bytes);
    let line = before.split(|&byte| byte == b'\n').count();
    let column = before.rsplit(|&byte| byte == b'\n').next().map_or(1, |line| line.len().saturating_add(1));
    let message = format!("the configuration is not JSON: expected {expected} at line {line} column {column}");
    ConfigErrors::of_document(message)
}
