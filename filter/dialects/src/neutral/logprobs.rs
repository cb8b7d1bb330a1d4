//! How likely the tokens of an answer's text were.

use crate::json::{Raw, Text};

/// A token of the answer, and the most likely ones in its place, most likely first.
#[derive(Clone, Debug)]
pub(crate) struct TokenLogprob<'a> {
    pub(crate) drawn: Candidate<'a>,
    pub(crate) top: Vec<Candidate<'a>>,
}

/// A token that could be drawn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Candidate<'a> {
    pub(crate) token: Text<'a>,
    /// The natural logarithm of its probability.
    pub(crate) logprob: f64,
    /// Its number in the model's vocabulary, where the API tells it.
    pub(crate) id: Option<u64>,
    /// Its bytes, as a JSON array, where the API tells them: a token can be a part of a character, which no
    /// text can show.
    pub(crate) bytes: Option<Raw<'a>>,
}

/// What stands in a text for bytes that are no character.
const NO_CHARACTER: char = '\u{fffd}';

impl Candidate<'_> {
    /// Its bytes as far as its text shows them.
    pub(crate) fn shown_bytes(&self) -> Option<&[u8]> {
        (!self.token.contains(NO_CHARACTER)).then_some(self.token.as_bytes())
    }
}

/// The first of `tokens`, as many as say `length` bytes of text; the others stay.
pub(crate) fn take_said<'t, 'a>(tokens: &mut &'t [TokenLogprob<'a>], length: usize) -> &'t [TokenLogprob<'a>] {
    let mut said: usize = 0;
    let is_rest = |token: &TokenLogprob<'_>| {
        let is_rest = said >= length;
        said = said.saturating_add(token.drawn.token.len());
        is_rest
    };
    let end = tokens.iter().position(is_rest).unwrap_or(tokens.len());
    let (first, rest) = tokens.split_at_checked(end).unwrap_or((tokens, &[]));
    *tokens = rest;
    first
}
