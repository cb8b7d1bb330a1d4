//! Reads values out of JSON text, each as the type that is wanted where it stands.
//!
//! serde would compile its whole path through an object once for each type that there is. Here a type is a table of
//! names and what to do with each; the rest is code that all of them share, which is half of the module.

use super::lexer::Lexer;
use super::scan::{MAX_DEPTH, Scanner};
use super::shape::text_says_anything;
use super::{RequestError, Text, Unknown, path_at, says_anything};
use serde_json::value::RawValue;

/// A type that is read from JSON.
pub(crate) trait Parse<'a>: Sized {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed>;
}

/// A type that is read from an object, member by member.
pub(crate) trait Fields<'a> {
    /// Reads the value of the field at `index` of the object's names.
    fn parse_field(&mut self, index: usize, reader: &mut Reader<'a>) -> Result<(), Failed>;
    fn unknown(&mut self) -> &mut Unknown<'a>;
}

/// The names of an object's fields, and what is done to a name before it is looked up.
pub(crate) struct Names {
    pub(crate) known: &'static [&'static str],
    pub(crate) spell: fn(Text<'_>) -> Text<'_>,
}

/// The text cannot be read; its [`Reader`] knows why.
#[derive(Debug)]
pub(crate) struct Failed;

/// What is wrong with a value that is JSON.
#[derive(Debug)]
enum Wrong {
    /// It should be something else.
    Expected(&'static str),
    /// It has been given before.
    Twice,
}

/// A text that is read from its start to its end.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    lexer: Lexer<'a>,
    depth: u32,
    /// Where texts are put together.
    scratch: Vec<u8>,
    /// Why it failed: what is wrong with the value at which byte, or else it is not JSON.
    wrong: Option<(usize, Wrong)>,
}

/// Reads `text` as a `T`; an error names the field by its path.
pub(crate) fn parse<'a, T: Parse<'a>>(text: &'a str) -> Result<T, RequestError> {
    let mut reader = Reader { lexer: Lexer::new(text), depth: 0, scratch: Vec::new(), wrong: None };
    let value = T::parse(&mut reader);
    match (value, reader.is_at_end()) {
        (Ok(value), true) => Ok(value),
        _ => Err(reader.error()),
    }
}

impl<'a> Reader<'a> {
    /// Is `first` the first byte of the value that is next?
    pub(crate) fn is_next(&mut self, first: u8) -> bool {
        self.lexer.skip_space();
        self.lexer.peek() == Some(first)
    }

    /// Refuses the value that is next.
    pub(crate) fn expected(&mut self, what: &'static str) -> Failed {
        self.lexer.skip_space();
        let starts_value = |b| matches!(b, b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n');
        if self.lexer.peek().is_some_and(starts_value) {
            self.wrong = Some((self.lexer.at, Wrong::Expected(what)));
        }
        Failed
    }

    /// Passes `null` by, if it is next.
    pub(crate) fn null(&mut self) -> Result<bool, Failed> {
        if !self.is_next(b'n') {
            return Ok(false);
        }
        self.lexer.literal("null").map(|()| true).map_err(|_| Failed)
    }

    pub(crate) fn bool(&mut self) -> Result<bool, Failed> {
        let value = self.is_next(b't');
        if !value && !self.is_next(b'f') {
            return Err(self.expected("a boolean"));
        }
        self.lexer.literal(if value { "true" } else { "false" }).map(|()| value).map_err(|_| Failed)
    }

    pub(crate) fn text(&mut self) -> Result<Text<'a>, Failed> {
        if !self.is_next(b'"') {
            return Err(self.expected("a string"));
        }
        self.lexer.text(&mut self.scratch).map(Text).map_err(|_| Failed)
    }

    /// A number as it is written. `what` is expected.
    pub(crate) fn number(&mut self, what: &'static str) -> Result<&'a str, Failed> {
        self.lexer.skip_space();
        if !matches!(self.lexer.peek(), Some(b'-' | b'0'..=b'9')) {
            return Err(self.expected(what));
        }
        self.lexer.number().map_err(|_| Failed)
    }

    /// A whole number that is not below zero.
    pub(crate) fn whole(&mut self) -> Result<u64, Failed> {
        const EXPECTED: &str = "a whole number";
        self.convert(EXPECTED, |reader| Ok(reader.number(EXPECTED)?.parse().ok()))
    }

    /// Any number. `what` is expected.
    pub(crate) fn float(&mut self, what: &'static str) -> Result<f64, Failed> {
        let number = self.number(what)?.parse().ok();
        number.filter(|number: &f64| number.is_finite()).ok_or(Failed)
    }

    /// A count, however it is written: rounded down, and the nearest there is where it is none. `what` is expected.
    pub(crate) fn count(&mut self, what: &'static str) -> Result<u64, Failed> {
        let number = self.number(what)?;
        if let Ok(count) = number.parse() {
            return Ok(count);
        }
        // The cast saturates at both ends.
        let number = number.parse().ok().filter(|number: &f64| number.is_finite());
        number.map(|number| number as u64).ok_or(Failed)
    }

    /// What `read` makes of the value that is next; where it makes nothing of it, `what` is expected.
    pub(crate) fn convert<T>(
        &mut self,
        what: &'static str,
        read: impl FnOnce(&mut Self) -> Result<Option<T>, Failed>,
    ) -> Result<T, Failed> {
        self.lexer.skip_space();
        let start = self.lexer.at;
        read(self)?.ok_or_else(|| {
            self.lexer.at = start;
            self.expected(what)
        })
    }

    /// Any value, as it is written.
    pub(crate) fn raw(&mut self) -> Result<&'a RawValue, Failed> {
        self.lexer.skip_space();
        let rest = self.lexer.text.get(self.lexer.at..).unwrap_or_default();
        let value = serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>().next();
        let value = value.and_then(Result::ok).ok_or(Failed)?;
        self.lexer.at = self.lexer.at.saturating_add(value.get().len());
        Ok(value)
    }

    /// Passes any value by. Does it [say anything](says_anything)?
    pub(crate) fn skip(&mut self) -> Result<bool, Failed> {
        self.lexer.skip_space();
        match self.lexer.peek() {
            Some(b'"') => self.lexer.string().map(|_| true).map_err(|_| Failed),
            Some(b'-' | b'0'..=b'9') => self.lexer.number().map(|_| true).map_err(|_| Failed),
            Some(b'{' | b'[') => self.skip_container().map(text_says_anything),
            _ => self.raw().map(says_anything),
        }
    }

    /// Passes an object or an array by, whatever is in it. Returns it as it is written.
    fn skip_container(&mut self) -> Result<&'a str, Failed> {
        let rest = self.lexer.text.get(self.lexer.at..).unwrap_or_default();
        let mut scanner = Scanner::new(rest);
        let (first, _) = scanner.next().ok().flatten().ok_or(Failed)?;
        scanner.skip(first).ok_or(Failed)?;
        self.lexer.at = self.lexer.at.saturating_add(scanner.position());
        Ok(rest.get(..scanner.position()).unwrap_or_default())
    }

    /// Fills `fields` from an object.
    pub(crate) fn object(&mut self, names: &'static Names, fields: &mut dyn Fields<'a>) -> Result<(), Failed> {
        self.enter(b'{', "an object")?;
        let (mut first, mut seen) = (true, 0u64);
        while self.goes_on(b'}', &mut first)? {
            let start = self.lexer.at;
            let name = (names.spell)(self.name()?);
            let Some(index) = names.known.iter().position(|known| *known == &*name) else {
                if self.skip()? {
                    fields.unknown().add(name);
                }
                continue;
            };
            let bit = u32::try_from(index).ok().and_then(|index| 1u64.checked_shl(index)).unwrap_or(0);
            if seen & bit != 0 {
                self.wrong = Some((start, Wrong::Twice));
                return Err(Failed);
            }
            seen |= bit;
            fields.parse_field(index, self)?;
        }
        Ok(())
    }

    /// Reads an array, each item by `item`.
    pub(crate) fn array(&mut self, item: &mut dyn FnMut(&mut Self) -> Result<(), Failed>) -> Result<(), Failed> {
        self.enter(b'[', "an array")?;
        let mut first = true;
        while self.goes_on(b']', &mut first)? {
            item(self)?;
        }
        Ok(())
    }

    fn enter(&mut self, open: u8, what: &'static str) -> Result<(), Failed> {
        if !self.is_next(open) {
            return Err(self.expected(what));
        }
        self.lexer.advance();
        self.depth = self.depth.saturating_add(1);
        if self.depth > MAX_DEPTH { Err(Failed) } else { Ok(()) }
    }

    /// Moves on to the next in a container, or over its end.
    fn goes_on(&mut self, close: u8, first: &mut bool) -> Result<bool, Failed> {
        let first = std::mem::take(first);
        if self.is_next(close) {
            self.lexer.advance();
            self.depth = self.depth.saturating_sub(1);
            return Ok(false);
        }
        if !first {
            if !self.is_next(b',') {
                return Err(Failed);
            }
            self.lexer.advance();
            self.lexer.skip_space();
        }
        Ok(true)
    }

    fn name(&mut self) -> Result<Text<'a>, Failed> {
        if !self.is_next(b'"') {
            return Err(Failed);
        }
        let name = self.lexer.text(&mut self.scratch).map_err(|_| Failed)?;
        if !self.is_next(b':') {
            return Err(Failed);
        }
        self.lexer.advance();
        Ok(Text(name))
    }

    fn is_at_end(&mut self) -> bool {
        self.lexer.skip_space();
        self.lexer.rest().is_empty()
    }

    #[cold]
    fn error(&self) -> RequestError {
        let Some((offset, wrong)) = &self.wrong else {
            return RequestError::not_json("not JSON: it breaks off, or a number or a character in it cannot be");
        };
        // One byte further on is inside the value.
        let path = path_at(self.lexer.text, offset.saturating_add(1));
        match wrong {
            Wrong::Expected(what) => RequestError::shape(path, format_args!("expected {what}")),
            Wrong::Twice => RequestError::shape(path, "the same field is given twice"),
        }
    }
}

impl<'a> Parse<'a> for &'a RawValue {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        reader.raw()
    }
}

/// A value that is known to be there, and no more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ignored;

impl Parse<'_> for Ignored {
    fn parse(reader: &mut Reader<'_>) -> Result<Self, Failed> {
        reader.skip().map(|_| Self)
    }
}

impl<'a, T: Parse<'a>> Parse<'a> for Vec<T> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        let mut items = Self::new();
        reader.array(&mut |reader| {
            items.push(T::parse(reader)?);
            Ok(())
        })?;
        Ok(items)
    }
}

impl Parse<'_> for bool {
    fn parse(reader: &mut Reader<'_>) -> Result<Self, Failed> {
        reader.bool()
    }
}

impl Parse<'_> for u64 {
    fn parse(reader: &mut Reader<'_>) -> Result<Self, Failed> {
        reader.whole()
    }
}

impl Parse<'_> for f64 {
    fn parse(reader: &mut Reader<'_>) -> Result<Self, Failed> {
        reader.float("a number")
    }
}

impl Parse<'_> for usize {
    fn parse(reader: &mut Reader<'_>) -> Result<Self, Failed> {
        Ok(Self::try_from(reader.whole()?).unwrap_or(Self::MAX))
    }
}
