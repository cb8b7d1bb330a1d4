//! A string, or something else in its place.

use super::{Failed, Parse, Reader, Text};

/// A string, or else what `T` is (an object or an array).
#[derive(Clone, Debug)]
pub enum StringOr<'a, T> {
    /// A string.
    Text(Text<'a>),
    /// What else it can be.
    Other(T),
}

/// A string, or an array of `T`.
pub type OneOrMany<'a, T> = StringOr<'a, Vec<T>>;

impl<'a, T: Parse<'a>> Parse<'a> for StringOr<'a, T> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        if reader.is_next(b'"') {
            reader.text().map(Self::Text)
        } else if reader.is_next(b'{') || reader.is_next(b'[') {
            T::parse(reader).map(Self::Other)
        } else {
            Err(reader.expected("a string, an array or an object of this API"))
        }
    }
}
