//! A strict JSON scanner that yields tokens with their byte spans and keeps nothing.
//!
//! It accepts exactly RFC 8259 and at most [`MAX_DEPTH`] levels, so that what passes here cannot
//! exhaust a stack further on. It allocates nothing: containers are bits in one integer.

use super::lexer::{Halves, Lexer, SyntaxError};

/// Objects and arrays inside each other, at most. As deep as `serde_json` reads.
pub(crate) const MAX_DEPTH: u32 = 127;

/// A range of bytes in the scanned text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The first byte behind it.
    pub end: usize,
}

/// One token. Strings are what stands between the quotes, escapes and all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "JSON's own words")]
pub enum Token<'a> {
    ObjectStart,
    ObjectEnd,
    ArrayStart,
    ArrayEnd,
    Key(&'a str),
    String(&'a str),
    Number(&'a str),
    True,
    False,
    Null,
}

#[derive(Clone, Copy, Debug)]
enum Expect {
    Value,
    FirstKeyOrEnd,
    Key,
    FirstItemOrEnd,
    CommaOrEnd,
    Nothing,
}

/// Pulls tokens out of a text, one call at a time.
#[derive(Debug)]
pub struct Scanner<'a> {
    lexer: Lexer<'a>,
    depth: u32,
    /// Bit `d` is set when the container at depth `d` is an object.
    objects: u128,
    /// The innermost container's bit, which is looked at for every token.
    in_object: bool,
    expect: Expect,
}

impl<'a> Scanner<'a> {
    /// At the start of `text`.
    pub fn new(text: &'a str) -> Self {
        Self { lexer: Lexer::new(text), depth: 0, objects: 0, in_object: false, expect: Expect::Value }
    }

    /// Containers open at this point. A token at depth 1 is a direct member of the outermost object.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// Where the last token ended.
    pub fn position(&self) -> usize {
        self.lexer.at
    }

    /// Passes over the value whose first token has been read. `None`: it has no end.
    pub fn skip(&mut self, first: Token<'_>) -> Option<()> {
        if matches!(first, Token::ObjectStart | Token::ArrayStart) {
            let depth = self.depth;
            while self.depth >= depth {
                self.next().ok()??;
            }
        }
        Some(())
    }

    /// The next token and where it stands, or `None` after the one value that JSON text is.
    ///
    /// # Errors
    /// The text is not JSON.
    #[allow(clippy::should_implement_trait, reason = "an iterator has no errors to pass on")]
    pub fn next(&mut self) -> Result<Option<(Token<'a>, Span)>, SyntaxError> {
        loop {
            self.lexer.skip_space();
            let start = self.lexer.at;
            let Some(byte) = self.lexer.peek() else {
                return match self.expect {
                    Expect::Nothing => Ok(None),
                    _ => Err(self.lexer.error("more: the text ends too early")),
                };
            };
            match (self.expect, byte) {
                (Expect::Nothing, _) => return Err(self.lexer.error("nothing after the value")),
                (Expect::CommaOrEnd, b',') => {
                    self.lexer.advance();
                    self.expect = if self.in_object { Expect::Key } else { Expect::Value };
                }
                (Expect::CommaOrEnd | Expect::FirstKeyOrEnd, b'}') if self.in_object => {
                    return Ok(Some(self.close(Token::ObjectEnd, start)));
                }
                (Expect::CommaOrEnd | Expect::FirstItemOrEnd, b']') if !self.in_object => {
                    return Ok(Some(self.close(Token::ArrayEnd, start)));
                }
                (Expect::CommaOrEnd, _) => return Err(self.lexer.error("a comma or the end of the container")),
                (Expect::Key | Expect::FirstKeyOrEnd, b'"') => {
                    let key = self.string()?;
                    let span = Span { start, end: self.lexer.at };
                    self.lexer.skip_space();
                    if self.lexer.peek() != Some(b':') {
                        return Err(self.lexer.error("a colon"));
                    }
                    self.lexer.advance();
                    self.expect = Expect::Value;
                    return Ok(Some((Token::Key(key), span)));
                }
                (Expect::Key | Expect::FirstKeyOrEnd, _) => return Err(self.lexer.error("a key in quotes")),
                (Expect::Value | Expect::FirstItemOrEnd, _) => return self.value(byte, start).map(Some),
            }
        }
    }

    fn value(&mut self, byte: u8, start: usize) -> Result<(Token<'a>, Span), SyntaxError> {
        let token = match byte {
            b'{' => return self.open(true, start),
            b'[' => return self.open(false, start),
            b'"' => Token::String(self.string()?),
            b't' => self.literal("true", Token::True)?,
            b'f' => self.literal("false", Token::False)?,
            b'n' => self.literal("null", Token::Null)?,
            b'-' | b'0'..=b'9' => Token::Number(self.lexer.number()?),
            _ => return Err(self.lexer.error("a value")),
        };
        self.after_value();
        Ok((token, Span { start, end: self.lexer.at }))
    }

    fn string(&mut self) -> Result<&'a str, SyntaxError> {
        self.lexer.string(Halves::Anyhow).map(|string| string.json)
    }

    fn literal(&mut self, word: &'static str, token: Token<'a>) -> Result<Token<'a>, SyntaxError> {
        self.lexer.literal(word).map(|()| token)
    }

    fn open(&mut self, object: bool, start: usize) -> Result<(Token<'a>, Span), SyntaxError> {
        if self.depth >= MAX_DEPTH {
            return Err(self.lexer.error("less nesting: at most 127 levels"));
        }
        self.lexer.advance();
        self.depth = self.depth.saturating_add(1);
        let bit = 1u128.checked_shl(self.depth).unwrap_or(0);
        if object {
            self.objects |= bit;
        } else {
            self.objects &= !bit;
        }
        self.in_object = object;
        self.expect = if object { Expect::FirstKeyOrEnd } else { Expect::FirstItemOrEnd };
        let token = if object { Token::ObjectStart } else { Token::ArrayStart };
        Ok((token, Span { start, end: self.lexer.at }))
    }

    fn close(&mut self, token: Token<'a>, start: usize) -> (Token<'a>, Span) {
        self.lexer.advance();
        self.depth = self.depth.saturating_sub(1);
        self.in_object = self.objects & 1u128.checked_shl(self.depth).unwrap_or(0) != 0;
        self.after_value();
        (token, Span { start, end: self.lexer.at })
    }

    fn after_value(&mut self) {
        self.expect = if self.depth == 0 { Expect::Nothing } else { Expect::CommaOrEnd };
    }
}

/// The object that `text` is, without the space around it. `None`: it is none.
pub fn object(text: &str) -> Option<&str> {
    let mut scanner = Scanner::new(text);
    let (first, span) = scanner.next().ok()?.filter(|(token, _)| *token == Token::ObjectStart)?;
    scanner.skip(first)?;
    let object = text.get(span.start..scanner.position())?;
    scanner.next().is_ok_and(|more| more.is_none()).then_some(object)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::string_slice)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn scan(text: &str) -> Result<usize, SyntaxError> {
        let mut scanner = Scanner::new(text);
        let mut tokens = 0;
        while scanner.next()?.is_some() {
            tokens += 1;
        }
        Ok(tokens)
    }

    #[test]
    fn accepts_and_refuses_what_serde_json_does() {
        let cases = [
            "{}",
            "[]",
            "null",
            " true ",
            "-0.5e+3",
            "\"\\u00e9\\n\"",
            "[1,2,[{}]]",
            "{\"a\":{\"b\":[]}}",
            "",
            " ",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{a:1}",
            "{\"a\" 1}",
            "01",
            "1.",
            "-",
            "1e",
            "tru",
            "nul",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"a",
            "[1 2]",
            "{}{}",
            "[}",
            "{]",
            "\"\u{1}\"",
            "+1",
            ".5",
            "[,]",
            "{,}",
            "{\"a\":}",
        ];
        for case in cases {
            let expected = serde_json::from_str::<serde::de::IgnoredAny>(case).is_ok();
            assert_eq!(scan(case).is_ok(), expected, "{case:?}");
        }
    }

    #[test]
    fn spans_point_at_the_bytes_of_each_token() {
        let text = r#" {"model" : "gpt" } "#;
        let mut scanner = Scanner::new(text);
        let mut seen = Vec::new();
        while let Some((_, span)) = scanner.next().unwrap() {
            seen.push(&text[span.start..span.end]);
        }
        assert_eq!(seen, ["{", "\"model\"", "\"gpt\"", "}"]);
    }

    #[test]
    fn an_object_is_told_from_everything_else() {
        assert_eq!(object(" {\"a\":[{}]}\n"), Some("{\"a\":[{}]}"));
        for other in ["", "[]", "\"{}\"", "{", "{} {}", "{}]", "{\"a\"}", "1"] {
            assert_eq!(object(other), None, "{other}");
        }
    }

    #[test]
    fn nesting_ends_at_the_cap_and_not_in_a_stack_overflow() {
        assert!(scan(&("[".repeat(127) + &"]".repeat(127))).is_ok());
        assert!(scan(&("[".repeat(128) + &"]".repeat(128))).is_err());
        assert!(scan(&"{\"a\":".repeat(1_000_000)).is_err());
    }
}
