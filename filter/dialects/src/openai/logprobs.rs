//! Log probabilities, as both of OpenAI's APIs word them.

use crate::json::{Failed, Parse, Raw, Reader, Text, Writer, parse, shape};
use crate::neutral::{Candidate, TokenLogprob};

/// The most `top_logprobs` that can be asked for.
pub(crate) const MAX_TOP_LOGPROBS: u64 = 20;

shape! {
    /// `logprobs` of a choice. Together has two lists of its own. Those of a refusal have no place elsewhere.
    ChoiceLogprobs { content: Tokens<'a>, tokens: Vec<Text<'a>>, token_logprobs: Vec<f64> }
}
shape! { TokenShape { token: Text<'a>, logprob: f64, bytes: Raw<'a>, top_logprobs: Tokens<'a> } }

/// The tokens of a list, without those that lack what makes them one.
#[derive(Debug, Default)]
pub(crate) struct Tokens<'a>(Vec<TokenLogprob<'a>>);

impl<'a> Parse<'a> for Tokens<'a> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        let mut tokens = Vec::new();
        // Made smaller one by one: see `List`.
        reader.array(&mut |reader| {
            tokens.extend(TokenShape::parse(reader)?.read());
            Ok(())
        })?;
        Ok(Self(tokens))
    }
}

impl<'a> TokenShape<'a> {
    fn read(self) -> Option<TokenLogprob<'a>> {
        let bytes = self.bytes.filter(|bytes| bytes.get().starts_with('['));
        let drawn = Candidate { token: self.token?, logprob: self.logprob?, id: None, bytes };
        let top = self.top_logprobs.unwrap_or_default().0;
        Some(TokenLogprob { drawn, top: top.into_iter().map(|token| token.drawn).collect() })
    }
}

/// Reads `logprobs` of a choice. Servers have forms of their own; what cannot be read is none.
pub(super) fn read_choice(logprobs: Option<Raw<'_>>) -> Vec<TokenLogprob<'_>> {
    let Some(read) = logprobs.and_then(|json| parse::<ChoiceLogprobs<'_>>(json.get()).ok()) else { return Vec::new() };
    let listed = read.tokens.into_iter().flatten().zip(read.token_logprobs.into_iter().flatten());
    let listed = listed.map(|(token, logprob)| TokenLogprob {
        drawn: Candidate { token, logprob, ..Candidate::default() },
        top: Vec::new(),
    });
    read.content.map_or_else(|| listed.collect(), |content| content.0)
}

/// Reads a list of tokens; what is none has none.
pub(crate) fn read_tokens(list: Option<Raw<'_>>) -> Vec<TokenLogprob<'_>> {
    // Almost every event has an empty list.
    let list = list.filter(|list| list.get() != "[]");
    list.and_then(|list| parse::<Tokens<'_>>(list.get()).ok()).unwrap_or_default().0
}

/// Writes `logprobs` of a choice.
pub(super) fn write_choice(w: &mut Writer<'_>, tokens: &[TokenLogprob<'_>]) {
    w.key("logprobs").object(|w| {
        w.key("content").array(|w| write_tokens(w, tokens, "null"));
        w.key("refusal").null();
    });
}

/// Writes tokens. `unknown` stands for bytes that are not known.
pub(crate) fn write_tokens(w: &mut Writer<'_>, tokens: &[TokenLogprob<'_>], unknown: &'static str) {
    for token in tokens {
        w.object(|w| {
            write_candidate(w, &token.drawn, unknown);
            w.key("top_logprobs").array(|w| {
                for candidate in &token.top {
                    w.object(|w| write_candidate(w, candidate, unknown));
                }
            });
        });
    }
}

fn write_candidate(w: &mut Writer<'_>, candidate: &Candidate<'_>, unknown: &'static str) {
    w.key("token").string(&candidate.token);
    w.key("logprob").float(candidate.logprob);
    let w = w.key("bytes");
    match (candidate.bytes, candidate.shown_bytes()) {
        (Some(bytes), _) => w.raw(bytes),
        (None, Some(bytes)) => w.array(|w| bytes.iter().for_each(|byte| w.unsigned(u64::from(*byte)))),
        (None, None) => w.literal(unknown),
    }
}
