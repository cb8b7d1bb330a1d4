//! Strings that borrow from the text they are read from.

use super::escape::{characters, first_visible};
use super::lexer::Spelled;
use super::quotable::{Quotable, Quoted};
use super::unescape::meaning;
use super::{Failed, Parse, Reader, Writer};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;

/// A string, borrowed from the JSON it is read from.
///
/// Most strings go from one JSON into another without anybody looking at them. So what its escapes mean is only found
/// out when somebody does, and until then it is written as it was read.
#[derive(Clone)]
pub struct Text<'a>(Form<'a>);

#[derive(Clone)]
enum Form<'a> {
    /// As it stood between quotes, where it means itself.
    Plain(&'a str),
    /// As it stood between quotes, with escapes.
    Escaped(Box<Escaped<'a>>),
    /// Any characters.
    Characters(Cow<'a, str>),
}

#[derive(Clone)]
struct Escaped<'a> {
    json: &'a str,
    meaning: OnceCell<String>,
}

impl<'a> Text<'a> {
    pub(crate) fn spelled(string: Spelled<'a>) -> Self {
        let json = string.json;
        Self(if string.escaped {
            Form::Escaped(Box::new(Escaped { json, meaning: OnceCell::new() }))
        } else {
            Form::Plain(json)
        })
    }

    /// The string itself.
    pub fn into_cow(self) -> Cow<'a, str> {
        match self.0 {
            Form::Plain(text) => Cow::Borrowed(text),
            Form::Escaped(escaped) => Cow::Owned(match escaped.meaning.into_inner() {
                Some(meaning) => meaning,
                None => meaning(escaped.json).unwrap_or_default(),
            }),
            Form::Characters(text) => text,
        }
    }

    /// Adds to its end.
    pub fn push_str(&mut self, more: &str) {
        let mut text = std::mem::take(self).into_cow().into_owned();
        text.push_str(more);
        *self = text.into();
    }

    /// Is it without any character? Does not look at what escapes mean.
    pub fn is_empty(&self) -> bool {
        self.quoted().is_empty()
    }

    /// How many characters it has. Does not look at which.
    pub fn characters(&self) -> u64 {
        let count = match &self.0 {
            Form::Escaped(escaped) => characters(escaped.json),
            Form::Plain(text) => text.chars().count(),
            Form::Characters(text) => text.chars().count(),
        };
        u64::try_from(count).unwrap_or(u64::MAX)
    }

    /// Is it without any character but white space?
    pub fn is_blank(&self) -> bool {
        self.first_visible().is_none()
    }

    /// The first character that is no white space. Looks no further than to it.
    pub fn first_visible(&self) -> Option<char> {
        match &self.0 {
            Form::Escaped(escaped) => first_visible(escaped.json, true),
            Form::Plain(text) => first_visible(text, false),
            Form::Characters(text) => first_visible(text, false),
        }
    }
}

impl Deref for Text<'_> {
    type Target = str;

    // Hundreds of places look at a text; inlined, finding out what it means would be in each of them.
    #[inline(never)]
    fn deref(&self) -> &str {
        match &self.0 {
            Form::Plain(text) => text,
            Form::Escaped(escaped) => escaped.meaning.get_or_init(|| meaning(escaped.json).unwrap_or_default()),
            Form::Characters(text) => text,
        }
    }
}

impl Quotable for Text<'_> {
    fn quoted(&self) -> Quoted<'_> {
        match &self.0 {
            Form::Plain(text) => Quoted::json(text),
            Form::Escaped(escaped) => Quoted::json(escaped.json),
            Form::Characters(text) => Quoted::characters(text),
        }
    }

    #[inline(never)]
    fn write(&self, w: &mut Writer<'_>) {
        w.quoted(self.quoted());
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Text<'_> {}

impl PartialOrd for Text<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl Default for Text<'_> {
    fn default() -> Self {
        "".into()
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Form::Characters(Cow::Borrowed(text)))
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self(Form::Characters(Cow::Owned(text)))
    }
}

impl<'a> From<Cow<'a, str>> for Text<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self(Form::Characters(text))
    }
}

impl<'a> Parse<'a> for Text<'a> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        reader.text()
    }
}

/// What a scanned string means: itself where it has no escapes. Not a string: empty.
pub fn unescape(json: &str) -> Cow<'_, str> {
    if json.contains('\\') { Cow::Owned(meaning(json).unwrap_or_default()) } else { Cow::Borrowed(json) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;
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
    fn nothing_is_copied_before_somebody_looks() {
        let text = parse::<Text<'_>>(r#""plain""#).unwrap();
        assert!(matches!(text.into_cow(), Cow::Borrowed("plain")));
        let text = parse::<Text<'_>>(r#""two\nlines""#).unwrap();
        assert!(matches!(&text.0, Form::Escaped(escaped) if escaped.meaning.get().is_none()));
        assert_eq!(&*text, "two\nlines");
        assert_eq!(text.into_cow(), "two\nlines");
        assert_eq!(unescape("plain"), "plain");
        assert_eq!(unescape(r"two\nlines"), "two\nlines");
        assert_eq!(unescape(r"half \ud83d of one"), "");
    }

    #[test]
    fn is_what_it_means_however_it_is_spelled() {
        let read = |json| parse::<Text<'_>>(json).unwrap();
        assert_eq!(read(r#""a/b""#), read(r#""\u0061\/b""#));
        assert_eq!(read(r#""a/b""#), "a/b".into());
        assert_ne!(read(r#""\n""#), read(r#""\\n""#));
        assert!(read(r#""\u0061""#) < read(r#""b""#));
        let mut text = read(r#""a\n""#);
        text.push_str("b\n");
        assert_eq!(text, "a\nb\n".into());
    }

    #[test]
    fn knows_whether_it_says_anything() {
        let read = |json| parse::<Text<'_>>(json).unwrap();
        let empty = [read(r#""""#), "".into()];
        let blank = [read(r#"" ""#), read(r#""\n\u0020 ""#), read(r#""\u3000""#), read("\"\u{a0}\""), "\n".into()];
        let says = [read(r#""\na""#), read(r#""a\n""#), read(r#""\u0061""#), read("\"\u{a0}\\\"\""), "a".into()];
        assert!(empty.iter().all(|text| text.is_empty() && text.is_blank()));
        assert!(blank.iter().all(|text| !text.is_empty() && text.is_blank()));
        assert!(says.iter().all(|text| !text.is_empty() && !text.is_blank()));
    }
}
