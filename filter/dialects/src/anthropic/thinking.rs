//! How much a model is to think, in the form its generation takes.

use super::models::{Model, ThinkingForm};
use super::turns::Turn;
use crate::neutral::{Effort, Losses, Part, Reasoning, Request, Role, ToolChoice};

/// The least `thinking.budget_tokens`.
const MIN_BUDGET: u64 = 1024;

/// How the model is to think, in the one form it takes.
#[derive(Clone, Copy)]
pub(super) enum Thinking {
    Budget(u64),
    Adaptive(Option<Effort>),
}

/// What was asked for as far as `model` can do it; what it cannot is noted.
pub(super) fn think(
    request: &Request<'_>,
    model: &Model<'_>,
    max_tokens: u64,
    turns: &[Turn<'_, '_>],
    losses: &mut Losses,
) -> Option<Thinking> {
    let asked = match request.reasoning? {
        Reasoning::Off => return None,
        asked => asked,
    };
    let effort = match asked {
        Reasoning::Effort(effort) => Some(effort),
        _ => None,
    };
    match model.thinking() {
        ThinkingForm::Adaptive => {
            if effort == Some(Effort::Minimal) {
                losses.add("reasoning_effort");
            }
            Some(Thinking::Adaptive(effort.map(|effort| effort.max(Effort::Low))))
        }
        ThinkingForm::Budget if may_think_by_budget(request, turns) => {
            let wanted = match asked {
                Reasoning::Budget(budget) => budget,
                Reasoning::Effort(Effort::Minimal | Effort::Low) => 2048,
                Reasoning::Effort(Effort::High | Effort::ExtraHigh | Effort::Max) => 16_384,
                _ => 8192,
            };
            // Thoughts count towards max_tokens: a quarter stays for the answer.
            let budget = wanted.min(max_tokens.saturating_sub(max_tokens.div_ceil(4)));
            if budget < MIN_BUDGET {
                losses.add("reasoning_effort");
                return None;
            }
            Some(Thinking::Budget(budget))
        }
        ThinkingForm::Budget | ThinkingForm::Never => {
            losses.add("reasoning_effort");
            None
        }
    }
}

/// With a budget, no tool can be forced, and a turn that called tools must open with its thoughts.
fn may_think_by_budget(request: &Request<'_>, turns: &[Turn<'_, '_>]) -> bool {
    let forced = matches!(request.tool_choice, Some(ToolChoice::Any | ToolChoice::Named(_)));
    let last = turns.iter().rev().find(|turn| turn.role == Role::Assistant);
    let calls = |turn: &Turn<'_, '_>| turn.parts.iter().any(|part| matches!(part, Part::ToolCall(_)));
    let opens_with_thoughts =
        |turn: &Turn<'_, '_>| matches!(turn.parts.first(), Some(Part::Thinking { .. } | Part::RedactedThinking(_)));
    !forced && last.is_none_or(|turn| !calls(turn) || opens_with_thoughts(turn))
}
