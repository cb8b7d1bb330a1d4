//! How much a model is to reason, in the words it takes.

use super::models::{ReasoningOff, reasoning_off, takes_reasoning_effort};
use super::servers::Off;
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
    Some(effort.word())
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
