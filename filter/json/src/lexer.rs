//! The words of JSON: strings, numbers, literals, and the space between them.

use super::block::{Cut, Marks, Short, WIDTH, first, padded};
use super::escape::{code_unit, is_half, join};
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
        self.at = start.saturating_add(plain_prefix(self.rest()));
        let escaped = self.peek() == Some(b'\\');
        if escaped {
            self.pass_escapes(halves)?;
        }
        match self.peek() {
            Some(b'"') => {
                let json = self.since(start);
                self.advance();
                Ok(Spelled { json, escaped })
            }
            Some(b'\\') => {
                self.advance();
                Err(self.error("an escape sequence"))
            }
            Some(_) => Err(self.error("control characters in a string to be escaped")),
            None => Err(self.error("the end of a string")),
        }
    }

    /// Passes what can stand in a string.
    fn pass_escapes(&mut self, halves: Halves) -> Result<(), SyntaxError> {
        loop {
            let rest = self.characters(halves)?;
            let (passed, is_end) = short_sequences(rest);
            self.at = self.at.saturating_add(passed);
            if is_end || !self.rest().starts_with(b"\\u") {
                return Ok(());
            }
        }
    }

    /// Passes characters that are written as their numbers, which are many if there is one. Returns what comes then.
    #[inline(always)]
    fn characters(&mut self, halves: Halves) -> Result<&'a [u8], SyntaxError> {
        let mut rest = self.rest();
        while let [b'\\', b'u', digits @ ..] = rest {
            let unit = code_unit(digits);
            if unit.is_some_and(|unit| halves == Halves::Anyhow || !is_half(unit)) {
                rest = digits.get(4..).unwrap_or_default();
                continue;
            }
            self.stand_before(digits);
            self.character(halves)?;
            rest = self.rest();
        }
        self.stand_before(rest);
        Ok(rest)
    }

    /// A character's number, or the numbers of its two halves.
    #[cold]
    fn character(&mut self, halves: Halves) -> Result<(), SyntaxError> {
        let unit = self.code_unit()?;
        if is_half(unit) && halves == Halves::InPairs { self.second_half(unit) } else { Ok(()) }
    }

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

    pub(crate) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Moves to where `rest`, which is the end of the text, begins.
    fn stand_before(&mut self, rest: &[u8]) {
        self.at = self.text.len().saturating_sub(rest.len());
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

/// How many bytes from the start are ordinary characters and short escape sequences, and whether the string ends there or
/// an escape sequence is another. Where the next escape is cannot be guessed, and where a block begins depends on nothing
/// that is found in the one before.
fn short_sequences(bytes: &[u8]) -> (usize, bool) {
    let marks = Marks::new();
    let short = Short::new(marks);
    let (blocks, rest) = bytes.as_chunks();
    let mut blocks = blocks.iter();
    let (mut passed, mut cut) = (0usize, Cut::default());
    loop {
        let end;
        let block = match blocks.next() {
            Some(block) => block,
            // The zeros behind it are a reason to stop.
            None => {
                end = padded(rest);
                &end
            }
        };
        let escapes = marks.escapes(block, cut);
        let mut stops = escapes.ends;
        if escapes.behind != 0 {
            stops |= escapes.behind & !short.of(block);
        }
        if stops != 0 {
            let is_end = escapes.ends & stops & stops.wrapping_neg() != 0;
            // An escape's backslash stands before what is wrong with it.
            return (passed.saturating_add(first(stops)).saturating_sub(usize::from(!is_end)), is_end);
        }
        cut = escapes.cut();
        passed = passed.saturating_add(WIDTH);
    }
}
