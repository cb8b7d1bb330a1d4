//! Reads values out of JSON text, each as the type that is wanted where it stands.
//!
//! serde would compile its whole path through an object once for each type that there is. Here a type is a table of
//! names and what to do with each; the rest is code that all of them share.

use super::lexer::{Halves, Lexer};
use super::scan::Scanner;
use super::{Raw, ReadError, Text, path_at, says_anything};

/// A type that is read from JSON.
pub trait Parse<'a>: Sized {
    /// Reads the value that is next.
    ///
    /// # Errors
    /// It is not of this type, or not JSON.
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed>;
}

/// The text cannot be read; its [`Reader`] knows why.
#[derive(Debug)]
pub struct Failed;

/// What is wrong with a value that is JSON.
#[derive(Debug)]
pub(super) enum Wrong {
    /// It should be something else.
    Expected(&'static str),
    /// It has been given before.
    Twice,
}

/// A text that is read from its start to its end.
#[derive(Debug)]
pub struct Reader<'a> {
    pub(super) lexer: Lexer<'a>,
    pub(super) depth: u32,
    /// Why it failed: what is wrong with the value at which byte, or else it is not JSON.
    pub(super) wrong: Option<(usize, Wrong)>,
}

/// Reads `text` as a `T`.
///
/// # Errors
/// The text is not JSON, or not a `T`.
pub fn parse<'a, T: Parse<'a>>(text: &'a str) -> Result<T, ReadError> {
    let mut reader = Reader { lexer: Lexer::new(text), depth: 0, wrong: None };
    let value = T::parse(&mut reader);
    match (value, reader.is_at_end()) {
        (Ok(value), true) => Ok(value),
        _ => Err(reader.error()),
    }
}

impl<'a> Reader<'a> {
    /// Is `first` the first byte of the value that is next?
    pub fn is_next(&mut self, first: u8) -> bool {
        self.lexer.skip_space();
        self.lexer.peek() == Some(first)
    }

    /// Refuses the value that is next.
    pub fn expected(&mut self, what: &'static str) -> Failed {
        self.lexer.skip_space();
        let starts_value = |b| matches!(b, b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n');
        if self.lexer.peek().is_some_and(starts_value) {
            self.wrong = Some((self.lexer.at, Wrong::Expected(what)));
        }
        Failed
    }

    /// Passes `null` by, if it is next.
    ///
    /// # Errors
    /// It is not JSON.
    pub fn null(&mut self) -> Result<bool, Failed> {
        if !self.is_next(b'n') {
            return Ok(false);
        }
        self.lexer.literal("null").map(|()| true).map_err(|_| Failed)
    }

    /// True or false.
    ///
    /// # Errors
    /// The value that is next is neither.
    pub fn bool(&mut self) -> Result<bool, Failed> {
        let value = self.is_next(b't');
        if !value && !self.is_next(b'f') {
            return Err(self.expected("a boolean"));
        }
        self.lexer.literal(if value { "true" } else { "false" }).map(|()| value).map_err(|_| Failed)
    }

    /// A string.
    ///
    /// # Errors
    /// The value that is next is none.
    pub fn text(&mut self) -> Result<Text<'a>, Failed> {
        if !self.is_next(b'"') {
            return Err(self.expected("a string"));
        }
        self.string()
    }

    /// A number as it is written. `what` is expected.
    ///
    /// # Errors
    /// The value that is next is none.
    pub fn number(&mut self, what: &'static str) -> Result<&'a str, Failed> {
        self.lexer.skip_space();
        if !matches!(self.lexer.peek(), Some(b'-' | b'0'..=b'9')) {
            return Err(self.expected(what));
        }
        self.lexer.number().map_err(|_| Failed)
    }

    /// A whole number that is not below zero.
    ///
    /// # Errors
    /// The value that is next is none.
    pub fn whole(&mut self) -> Result<u64, Failed> {
        const EXPECTED: &str = "a whole number";
        self.convert(EXPECTED, |reader| Ok(reader.number(EXPECTED)?.parse().ok()))
    }

    /// Any number. `what` is expected.
    ///
    /// # Errors
    /// The value that is next is none.
    pub fn float(&mut self, what: &'static str) -> Result<f64, Failed> {
        let number = self.number(what)?.parse().ok();
        number.filter(|number: &f64| number.is_finite()).ok_or(Failed)
    }

    /// A count, however it is written: rounded down, and the nearest there is where it is none. `what` is expected.
    ///
    /// # Errors
    /// The value that is next is no number.
    pub fn count(&mut self, what: &'static str) -> Result<u64, Failed> {
        let number = self.number(what)?;
        if let Ok(count) = number.parse() {
            return Ok(count);
        }
        // The cast saturates at both ends.
        let number = number.parse().ok().filter(|number: &f64| number.is_finite());
        number.map(|number| number as u64).ok_or(Failed)
    }

    /// What `read` makes of the value that is next; where it makes nothing of it, `what` is expected.
    ///
    /// # Errors
    /// What `read` makes is an error, or nothing.
    pub fn convert<T>(
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
    ///
    /// # Errors
    /// It is not JSON.
    pub fn raw(&mut self) -> Result<Raw<'a>, Failed> {
        self.lexer.skip_space();
        let start = self.lexer.at;
        self.skip()?;
        Ok(Raw::read(self.lexer.since(start)))
    }

    /// Passes any value by. Does it [say anything](says_anything)?
    ///
    /// # Errors
    /// It is not JSON.
    pub fn skip(&mut self) -> Result<bool, Failed> {
        self.lexer.skip_space();
        match self.lexer.peek() {
            Some(b'"') => self.lexer.string(Halves::Anyhow).map(|_| true).map_err(|_| Failed),
            Some(b'-' | b'0'..=b'9') => self.lexer.number().map(|_| true).map_err(|_| Failed),
            Some(b'{' | b'[') => self.skip_container().map(says_anything),
            Some(b't' | b'f') => self.bool().map(|_| true),
            _ => {
                if self.null()? {
                    Ok(false)
                } else {
                    Err(Failed)
                }
            }
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

    pub(super) fn string(&mut self) -> Result<Text<'a>, Failed> {
        self.lexer.string(Halves::InPairs).map(Text::spelled).map_err(|_| Failed)
    }

    fn is_at_end(&mut self) -> bool {
        self.lexer.skip_space();
        self.lexer.rest().is_empty()
    }

    #[cold]
    fn error(&self) -> ReadError {
        let Some((offset, wrong)) = &self.wrong else { return ReadError::NotJson };
        // One byte further on is inside the value.
        let path = path_at(self.lexer.text, offset.saturating_add(1));
        match *wrong {
            Wrong::Expected(expected) => ReadError::Expected { path, expected },
            Wrong::Twice => ReadError::Twice { path },
        }
    }
}
