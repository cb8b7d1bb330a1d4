//! Reads a whole answer.

use super::answer::{Answer, Watched, read_finish};
use super::grounding::only_text;
use super::{logprobs, proof};
use crate::json::{RequestError, parse};
use crate::neutral::{Finish, Outcome, Part, Response};

/// Reads an answer. What tools that Google runs said has no place elsewhere.
pub(crate) fn read_response(body: &str) -> Result<Response<'_>, RequestError> {
    let mut answer: Answer<'_> = parse(body)?;
    let usage = answer.usage.as_ref().map(|usage| usage.to_usage()).unwrap_or_default();
    let mut said = Response::default();
    let id = answer.id.take().unwrap_or_default();
    let finish = match answer.take_candidate() {
        Some(mut candidate) => {
            let mut calls = 0;
            said.logprobs = logprobs::read(candidate.logprobs);
            candidate.take_parts(&mut calls, &mut |piece, proof| match piece {
                Ok(part) => proof::push(&mut said.parts, part, proof),
                Err(kind) => {
                    said.losses.add_of_answer(&kind);
                    said.parts.extend(proof);
                }
            });
            let mut citations = Vec::new();
            let Response { parts, losses, .. } = &mut said;
            candidate.take_citations(only_text(parts), &mut |piece| match piece {
                Ok(citation) => citations.push(citation),
                Err(kind) => losses.add_of_answer(&kind),
            });
            said.cite(citations);
            let finish = read_finish(candidate.finish_reason, calls > 0).unwrap_or(Finish::Stop);
            if finish == Finish::ContentFilter {
                said.parts.extend(candidate.finish_message.map(Part::Refusal));
            }
            finish
        }
        None => {
            let refusal = answer.feedback.and_then(|feedback| feedback.refusal());
            said.parts.push(Part::Refusal(
                refusal.ok_or_else(|| RequestError::shape("candidates", "must hold a candidate"))?,
            ));
            Finish::Refusal
        }
    };
    let model = answer.model.unwrap_or_default();
    Ok(Response { id, model, finish, usage, ..said })
}

/// Reads only what must be known of an answer that is passed on as it is.
pub(crate) fn read_outcome(body: &str) -> Result<Outcome, RequestError> {
    let watched: Watched<'_> = parse(body)?;
    if watched.error.is_some() {
        return Err(RequestError::shape("error", "is no answer"));
    }
    Ok(Outcome { usage: watched.usage.as_ref().map(|usage| usage.to_usage()), finish: finish_of(watched) })
}

/// How the first candidate ended, if it has, or that there is none.
pub(super) fn finish_of(watched: Watched<'_>) -> Option<Finish> {
    let mut candidates = watched.candidates.into_iter().flatten();
    match candidates.find(|candidate| candidate.index.unwrap_or(0) == 0) {
        Some(first) => read_finish(first.finish_reason, false),
        None => watched.feedback.and_then(|feedback| feedback.reason).map(|_| Finish::Refusal),
    }
}
