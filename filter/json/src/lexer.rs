//! The words of JSON: strings, numbers, literals, and the space between them.

use super::escape::{code_unit, is_half, join, short};
use super::plain::plain_prefix;
use std::fmt;

/// Where and why a text is not JSON. Says nothing of the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Bytes from the start of the text.
    pub offset: usize,
    /// What should stand there.
    pub expected: &'static str,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not JSON at byte {}: expected {}", self.offset, self.expected)
    }
}

/// What stands between the quotes of a string.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spelled<'a> {
    pub(crate) json: &'a str,
    /// Are there escapes in it?
    pub(crate) escaped: bool,
}

/// How halves of characters may stand in a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Halves {
    /// Alone, too, which JSON allows though it means nothing.
    Anyhow,
    /// Only both together.
    InPairs,
}

/// A place in a text that moves on over one word after the other.
#[derive(Debug)]
pub(crate) struct Lexer<'a> {
    pub(crate) text: &'a str,
    pub(crate) at: usize,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// A string whose opening quote stands at `at`.
    pub(crate) fn string(&mut self, halves: Halves) -> Result<Spelled<'a>, SyntaxError> {
        self.advance();
        let start = self.at;
        let mut escaped = false;
        loop {
            self.skip_plain();
            match self.peek() {
                Some(b'"') => {
                    let json = self.since(start);
                    self.advance();
                    return Ok(Spelled { json, escaped });
                }
                Some(b'\\') => self.escape(halves)?,
                _ => return Err(self.not_in_string()),
            }
            escaped = true;
        }
    }

    #[inline(always)]
    fn escape(&mut self, halves: Halves) -> Result<(), SyntaxError> {
        self.advance();
        match self.peek() {
            Some(b'u') => {
                self.advance();
                let unit = self.code_unit()?;
                if is_half(unit) && halves == Halves::InPairs { self.second_half(unit) } else { Ok(()) }
            }
            Some(byte) if short(byte).is_some() => {
                self.advance();
                Ok(())
            }
            _ => Err(self.error("an escape sequence")),
        }
    }

    #[cold]
    fn second_half(&mut self, first: u16) -> Result<(), SyntaxError> {
        self.literal("\\u")?;
        let second = self.code_unit()?;
        join(first, second).map(|_| ()).ok_or_else(|| self.error("both halves of a character"))
    }

    fn code_unit(&mut self) -> Result<u16, SyntaxError> {
        let unit = code_unit(self.rest()).ok_or_else(|| self.error("four hexadecimal digits"))?;
        self.at = self.at.saturating_add(4);
        Ok(unit)
    }

    fn skip_plain(&mut self) {
        self.at = self.at.saturating_add(plain_prefix(self.rest()));
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn not_in_string(&self) -> SyntaxError {
        self.error(match self.peek() {
            Some(_) => "control characters in a string to be escaped",
            None => "the end of a string",
        })
    }

    pub(crate) fn literal(&mut self, word: &'static str) -> Result<(), SyntaxError> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.error(word));
        }
        self.at = self.at.saturating_add(word.len());
        Ok(())
    }

    pub(crate) fn number(&mut self) -> Result<&'a str, SyntaxError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.advance();
        }
        if self.peek() == Some(b'0') {
            self.advance();
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.advance();
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.advance();
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.advance();
            }
            self.digits()?;
        }
        Ok(self.since(start))
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        if !self.peek().is_some_and(|b| b.is_ascii_digit()) {
            return Err(self.error("a digit"));
        }
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.advance();
        }
        Ok(())
    }

    pub(crate) fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.advance();
        }
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(crate) fn advance(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    pub(crate) fn error(&self, expected: &'static str) -> SyntaxError {
        SyntaxError { offset: self.at, expected }
    }
}
