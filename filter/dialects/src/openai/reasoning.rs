//! How much a model is to reason, in the words it takes.

use super::models::{ReasoningOff, nearest_effort, reasoning_off, rests, rests_for_tools, takes_reasoning_effort};
use super::servers::Off;
use crate::json::RequestError;
use crate::neutral::{Losses, Reasoning, Request, Thoughts};
use crate::upstream::Target;

/// The word with which a model is told not to reason.
pub(super) const NONE: &str = "none";

/// The effort that `target` is told, if it is told one. What it cannot be told is noted.
pub(crate) fn effort_word(request: &Request<'_>, target: &Target<'_>, losses: &mut Losses) -> Option<&'static str> {
    let asked = request.reasoning?;
    if let Reasoning::Off { .. } = asked {
        asked.report_effort(losses);
        return off(target, losses);
    }
    asked.report_budget(losses);
    let tells_thoughts = target.upstream.server.is_some_and(|server| server.thoughts.is_some());
    match request.thoughts {
        Thoughts::Asked if !tells_thoughts => losses.add("reasoning.summary"),
        Thoughts::Hidden if tells_thoughts => losses.add("thinking.display"),
        _ => {}
    }
    // As the model sees fit is what it does by itself.
    let effort = asked.effort()?;
    if !takes_reasoning_effort(target.model) {
        losses.add("thinking");
        return None;
    }
    let nearest = nearest_effort(target.model, effort);
    if nearest != effort {
        losses.add("reasoning_effort");
    }
    Some(nearest.word())
}

/// The effort that goes with the request's tools, where `effort` would not.
///
/// # Errors
/// The model takes no tools in this API.
pub(super) fn beside_tools(
    request: &Request<'_>,
    target: &Target<'_>,
    effort: Option<&'static str>,
    losses: &mut Losses,
) -> Result<Option<&'static str>, RequestError> {
    let model = target.model;
    let goes = request.tools.is_empty() || target.upstream.server.is_some() || !rests_for_tools(model);
    if goes || rests(model, effort) {
        return Ok(effort);
    }
    if reasoning_off(model) != ReasoningOff::Said {
        let message = "this model takes tools in the Responses API only; the provider's dialect must be responses";
        return Err(RequestError::unsupported("tools", message));
    }
    losses.add_if(request.reasoning, "reasoning_effort");
    Ok(Some(NONE))
}

fn off(target: &Target<'_>, losses: &mut Losses) -> Option<&'static str> {
    let off = match target.upstream.server.map(|server| server.off) {
        None => reasoning_off(target.model),
        // These have a word of their own, in the place of this one.
        Some(Off::Effort | Off::Member(..) | Off::Needed(..)) => return Some(NONE),
        Some(Off::EffortOf(models)) if models.iter().any(|name| target.model.contains(name)) => return Some(NONE),
        Some(Off::EffortOf(_)) => ReasoningOff::Unknown,
    };
    match off {
        ReasoningOff::Unsaid => None,
        ReasoningOff::Said => Some(NONE),
        ReasoningOff::Nearest(effort) => {
            losses.add("reasoning_effort");
            Some(effort.word())
        }
        ReasoningOff::Unknown => {
            losses.add("reasoning_effort");
            None
        }
    }
}
