//! Strings and unions that borrow from the text they are read from.

use super::{Failed, Parse, Reader, RequestError, parse};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::ops::Deref;

/// A string that is borrowed wherever its JSON had no escapes.
///
/// A bare `Cow` inside an `Option` or a `Vec` would always be owned, so this is a type of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Text<'a>(pub(crate) Cow<'a, str>);

impl<'a> Text<'a> {
    pub(crate) fn into_cow(self) -> Cow<'a, str> {
        self.0
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl<'a> Parse<'a> for Text<'a> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        reader.text()
    }
}

/// A string, or else what `T` is (an object or an array).
#[derive(Clone, Debug)]
pub(crate) enum StringOr<'a, T> {
    Text(Text<'a>),
    Other(T),
}

/// A string, or an array of `T`.
pub(crate) type OneOrMany<'a, T> = StringOr<'a, Vec<T>>;

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

/// The string that `json` is, or else `json` itself.
pub(crate) fn text_or_json(json: &RawValue) -> Result<Text<'_>, RequestError> {
    if json.get().starts_with('"') { parse(json.get()) } else { Ok(json.get().into()) }
}

/// What a scanned string means: itself where it has no escapes. Not a string: empty.
pub(crate) fn unescape(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut quoted = String::with_capacity(raw.len().saturating_add(2));
    quoted.push('"');
    quoted.push_str(raw);
    quoted.push('"');
    Cow::Owned(parse::<Text<'_>>(&quoted).map(|text| text.0.into_owned()).unwrap_or_default())
}
