//! `logprobsResult`: the tokens of an answer in one list, the most likely ones of each place in another.

use crate::json::{Failed, Parse, Raw, Reader, Text, Writer, parse, shape};
use crate::neutral::{Candidate, TokenLogprob};

/// The most of the most likely tokens that can be asked for in each place.
pub(super) const MAX_LOGPROBS: u64 = 20;

shape! { LogprobsResult { chosen as "chosenCandidates": Candidates<'a>, top as "topCandidates": Places<'a> } }
shape! { PlaceShape { candidates: Candidates<'a> } }
shape! { CandidateShape { token: Text<'a>, id as "tokenId": u64, probability as "logProbability": f64 } }

/// Tokens, each made smaller as it is read: see `List`.
#[derive(Debug, Default)]
pub(crate) struct Candidates<'a>(Vec<Candidate<'a>>);

impl<'a> Parse<'a> for Candidates<'a> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        let mut candidates = Vec::new();
        reader.array(&mut |reader| {
            let CandidateShape { token, id, probability, .. } = CandidateShape::parse(reader)?;
            if token.is_none() && id.is_none() && probability.is_none() {
                return Err(reader.expected("a token"));
            }
            // What is zero or empty may be left out.
            let (token, logprob) = (token.unwrap_or_default(), probability.unwrap_or_default());
            candidates.push(Candidate { token, logprob, id, bytes: None });
            Ok(())
        })?;
        Ok(Self(candidates))
    }
}

/// The most likely tokens of each place.
#[derive(Debug, Default)]
pub(crate) struct Places<'a>(Vec<Candidates<'a>>);

impl<'a> Parse<'a> for Places<'a> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        let mut places = Vec::new();
        reader.array(&mut |reader| {
            let place = PlaceShape::parse(reader)?;
            places.push(place.candidates.ok_or_else(|| reader.expected("a place"))?);
            Ok(())
        })?;
        Ok(Self(places))
    }
}

/// Reads tokens; what cannot be read is none.
pub(super) fn read(result: Option<Raw<'_>>) -> Vec<TokenLogprob<'_>> {
    let Some(read) = result.and_then(|json| parse::<LogprobsResult<'_>>(json.get()).ok()) else { return Vec::new() };
    let mut top = read.top.unwrap_or_default().0.into_iter();
    let tokens = read.chosen.unwrap_or_default().0.into_iter();
    tokens.map(|drawn| TokenLogprob { drawn, top: top.next().unwrap_or_default().0 }).collect()
}

/// Writes tokens, and the most likely ones if any are known.
pub(super) fn write(w: &mut Writer<'_>, tokens: &[TokenLogprob<'_>]) {
    w.key("logprobsResult").object(|w| {
        write_list(w.key("chosenCandidates"), &mut tokens.iter().map(|token| &token.drawn));
        if tokens.iter().any(|token| !token.top.is_empty()) {
            w.key("topCandidates").array(|w| {
                for token in tokens {
                    w.object(|w| write_list(w.key("candidates"), &mut token.top.iter()));
                }
            });
        }
    });
}

fn write_list<'c>(w: &mut Writer<'_>, candidates: &mut dyn Iterator<Item = &'c Candidate<'c>>) {
    w.array(|w| {
        for candidate in candidates {
            w.object(|w| {
                w.key("token").string(&candidate.token);
                if let Some(id) = candidate.id {
                    w.key("tokenId").unsigned(id);
                }
                w.key("logProbability").float(candidate.logprob);
            });
        }
    });
}

/// The mean over the tokens of an answer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mean {
    sum: f64,
    tokens: u32,
}

impl Mean {
    pub(super) fn add(&mut self, tokens: &[TokenLogprob<'_>]) {
        for token in tokens {
            self.sum += token.drawn.logprob;
            self.tokens = self.tokens.saturating_add(1);
        }
    }

    /// Writes it, if there are tokens.
    pub(super) fn write(self, w: &mut Writer<'_>) {
        if self.tokens > 0 {
            w.key("avgLogprobs").float(self.sum / f64::from(self.tokens));
        }
    }
}
