//! `logprobs`: pieces of text, each with the log probabilities of the tokens that it is made of.

use crate::json::{Failed, Parse, Raw, Reader, Text, Writer, parse, shape};
use crate::neutral::{Candidate, TokenLogprob};

shape! { Piece { text: Text<'a>, token_ids: Vec<u64>, logprobs: Vec<f64> } }

/// A piece is made of no more tokens than it has bytes, beside so many that show nothing.
const MOST_SILENT: usize = 8;

/// Tokens, made of pieces one by one: see `List`.
#[derive(Debug, Default)]
struct Pieces<'a>(Vec<TokenLogprob<'a>>);

impl<'a> Parse<'a> for Pieces<'a> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        let mut tokens = Vec::new();
        reader.array(&mut |reader| {
            Piece::parse(reader)?.read(&mut tokens);
            Ok(())
        })?;
        Ok(Self(tokens))
    }
}

impl<'a> Piece<'a> {
    /// A piece of several tokens is the text of the last: none of them shows before it is whole.
    fn read(self, tokens: &mut Vec<TokenLogprob<'a>>) {
        let mut text = self.text.unwrap_or_default();
        let mut ids = self.token_ids.into_iter().flatten();
        let logprobs = self.logprobs.filter(|list| list.len() <= text.len().saturating_add(MOST_SILENT));
        let mut logprobs = logprobs.into_iter().flatten().peekable();
        while let Some(logprob) = logprobs.next() {
            let token = if logprobs.peek().is_none() { std::mem::take(&mut text) } else { Text::default() };
            tokens.push(TokenLogprob {
                drawn: Candidate { token, logprob, id: ids.next(), bytes: None },
                top: Vec::new(),
            });
        }
    }
}

/// Reads the tokens of a whole answer; what cannot be read is none.
pub(super) fn read(pieces: Option<Raw<'_>>) -> Vec<TokenLogprob<'_>> {
    pieces.and_then(|json| parse::<Pieces<'_>>(json.get()).ok()).unwrap_or_default().0
}

/// Reads the tokens of a piece of a stream.
pub(super) fn read_piece(piece: Option<Raw<'_>>) -> Vec<TokenLogprob<'_>> {
    let mut tokens = Vec::new();
    if let Some(piece) = piece.and_then(|json| parse::<Piece<'_>>(json.get()).ok()) {
        piece.read(&mut tokens);
    }
    tokens
}

/// The pieces of text that `tokens` make: tokens without a text belong to the next one with some.
pub(super) fn pieces<'t, 'a>(tokens: &'t [TokenLogprob<'a>]) -> impl Iterator<Item = &'t [TokenLogprob<'a>]> {
    tokens.split_inclusive(|token| !token.drawn.token.is_empty())
}

/// Writes a piece. Where the provider tells no ids, there are none.
pub(super) fn write_piece(w: &mut Writer<'_>, text: &str, tokens: &[TokenLogprob<'_>]) {
    w.object(|w| {
        w.key("text").string(text);
        let ids = tokens.iter().filter_map(|token| token.drawn.id);
        w.key("token_ids").array(|w| ids.for_each(|id| w.unsigned(id)));
        w.key("logprobs").array(|w| tokens.iter().for_each(|token| w.float(token.drawn.logprob)));
    });
}

/// The text of a piece.
pub(super) fn text_of<'t>(piece: &'t [TokenLogprob<'_>]) -> &'t str {
    piece.last().map_or("", |token| &*token.drawn.token)
}
