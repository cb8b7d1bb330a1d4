//! Strings and unions that borrow from the text they are read from.

use super::{Failed, Parse, Reader, parse};
use std::borrow::Cow;
use std::ops::Deref;

/// A string that is borrowed wherever its JSON had no escapes.
///
/// A bare `Cow` inside an `Option` or a `Vec` would always be owned, so this is a type of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text<'a>(pub Cow<'a, str>);

impl<'a> Text<'a> {
    /// The string itself.
    pub fn into_cow(self) -> Cow<'a, str> {
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

/// What a scanned string means: itself where it has no escapes. Not a string: empty.
pub fn unescape(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut quoted = String::with_capacity(raw.len().saturating_add(2));
    quoted.push('"');
    quoted.push_str(raw);
    quoted.push('"');
    Cow::Owned(parse::<Text<'_>>(&quoted).map(|text| text.0.into_owned()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_string_means_what_it_means_to_serde_json() {
        let long = format!(r#""{}\n{}\"""#, "a".repeat(100), "é".repeat(100));
        let cases = [
            r#""""#,
            r#""plain""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""a\u00e9b\u20aCc""#,
            r#""\ud83d\ude00!""#,
            r#""\ud83d""#,
            r#""\ud83dx""#,
            r#""\ud83d\n""#,
            r#""\ud83d\ud83d""#,
            r#""\ude00\ud83d""#,
            r#""\u12g4""#,
            r#""\u+123""#,
            r#""\u12"#,
            r#""\x""#,
            r#""\"#,
            r#""no end"#,
            "\"a\\nline\n\"",
            "\"a\u{1}\"",
            &long,
        ];
        for case in cases {
            let text = parse::<Text<'_>>(case).ok().map(|text| text.into_cow().into_owned());
            assert_eq!(text, serde_json::from_str(case).ok(), "{case}");
        }
    }

    #[test]
    fn only_what_has_escapes_is_copied() {
        assert!(matches!(parse(r#""plain""#), Ok(Text(Cow::Borrowed("plain")))));
        assert_eq!(unescape("plain"), "plain");
        assert_eq!(unescape(r"two\nlines"), "two\nlines");
    }
}
