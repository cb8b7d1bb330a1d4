//! The words of JSON: strings, numbers, literals, and the space between them.

use super::plain::{plain_prefix, push_plain};
use std::borrow::Cow;
use std::fmt;

/// Where and why a text is not JSON. Says nothing of the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    /// Bytes from the start of the text.
    pub(crate) offset: usize,
    pub(crate) expected: &'static str,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not JSON at byte {}: expected {}", self.offset, self.expected)
    }
}

/// A place in a text that moves on over one word after the other.
#[derive(Debug)]
pub(super) struct Lexer<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// A string whose opening quote stands at `at`, escapes and all.
    pub(super) fn string(&mut self) -> Result<&'a str, SyntaxError> {
        self.advance();
        let start = self.at;
        loop {
            self.skip_plain();
            match self.peek() {
                Some(b'"') => {
                    let string = self.since(start);
                    self.advance();
                    return Ok(string);
                }
                Some(b'\\') => self.escape()?,
                _ => return Err(self.not_in_string()),
            }
        }
    }

    /// What a string means whose opening quote stands at `at`. `scratch` is for any use.
    pub(super) fn text(&mut self, scratch: &mut Vec<u8>) -> Result<Cow<'a, str>, SyntaxError> {
        self.advance();
        let mut start = self.at;
        self.skip_plain();
        if self.peek() == Some(b'"') {
            let text = self.since(start);
            self.advance();
            return Ok(Cow::Borrowed(text));
        }
        scratch.clear();
        loop {
            push_plain(scratch, self.since(start).as_bytes());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.push_escaped(scratch)?,
                _ => return Err(self.not_in_string()),
            }
            start = self.at;
            self.skip_plain();
        }
        self.advance();
        // A copy is as long as the text; a string that grew takes up to twice that, or many times if it is short.
        let text = simdutf8::basic::from_utf8(scratch).map_err(|_| self.error("UTF-8"))?;
        Ok(Cow::Owned(text.to_owned()))
    }

    #[inline(always)]
    fn escape(&mut self) -> Result<(), SyntaxError> {
        self.advance();
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.advance(),
            Some(b'u') => {
                self.code_unit()?;
            }
            _ => return Err(self.error("an escape sequence")),
        }
        Ok(())
    }

    /// Appends the character that an escape sequence is.
    #[inline(always)]
    fn push_escaped(&mut self, text: &mut Vec<u8>) -> Result<(), SyntaxError> {
        self.advance();
        text.push(match self.peek() {
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'r') => b'\r',
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(itself @ (b'"' | b'\\' | b'/')) => itself,
            Some(b'u') => {
                let character = self.unicode()?;
                text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            _ => return Err(self.error("an escape sequence")),
        });
        self.advance();
        Ok(())
    }

    /// Characters beyond the first 65536 are two sequences.
    fn unicode(&mut self) -> Result<char, SyntaxError> {
        let unit = self.code_unit()?;
        if let Some(character) = char::from_u32(u32::from(unit)) {
            return Ok(character);
        }
        self.literal("\\")?;
        let pair = [unit, self.code_unit()?];
        char::decode_utf16(pair).next().and_then(Result::ok).ok_or_else(|| self.error("both halves of a character"))
    }

    /// The number behind the `u` that stands at `at`.
    fn code_unit(&mut self) -> Result<u16, SyntaxError> {
        let digits = self.rest().get(1..5).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let number = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        let number = number.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let number =
            number.filter(|_| self.peek() == Some(b'u')).ok_or_else(|| self.error("four hexadecimal digits"))?;
        self.at = self.at.saturating_add(5);
        Ok(number)
    }

    #[inline(always)]
    fn skip_plain(&mut self) {
        self.at = self.at.saturating_add(plain_prefix(self.rest()));
    }

    #[inline(always)]
    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn not_in_string(&self) -> SyntaxError {
        self.error(match self.peek() {
            Some(_) => "control characters in a string to be escaped",
            None => "the end of a string",
        })
    }

    #[inline(always)]
    pub(super) fn literal(&mut self, word: &'static str) -> Result<(), SyntaxError> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.error(word));
        }
        self.at = self.at.saturating_add(word.len());
        Ok(())
    }

    pub(super) fn number(&mut self) -> Result<&'a str, SyntaxError> {
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

    #[inline(always)]
    fn digits(&mut self) -> Result<(), SyntaxError> {
        if !self.peek().is_some_and(|b| b.is_ascii_digit()) {
            return Err(self.error("a digit"));
        }
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.advance();
        }
        Ok(())
    }

    #[inline(always)]
    pub(super) fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.advance();
        }
    }

    #[inline(always)]
    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    #[inline(always)]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline(always)]
    pub(super) fn advance(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    pub(super) fn error(&self, expected: &'static str) -> SyntaxError {
        SyntaxError { offset: self.at, expected }
    }
}
