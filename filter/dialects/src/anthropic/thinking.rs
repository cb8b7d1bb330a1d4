//! How much a model is to think, in the form its generation takes.

use super::models::{Model, ThinkingForm, ThinkingOff};
use super::turns::Turn;
use crate::json::Writer;
use crate::neutral::{Effort, Losses, Part, Reasoning, Request, Role};

/// The least `thinking.budget_tokens`.
const MIN_BUDGET: u64 = 1024;

/// What a request says of thinking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Thinking {
    switch: Option<Switch>,
    /// `output_config.effort`.
    pub(crate) effort: Option<Effort>,
}

/// `thinking`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Switch {
    Budget(u64),
    Adaptive,
    Off(&'static str),
}

impl Thinking {
    fn switched(switch: Switch) -> Self {
        Self { switch: Some(switch), effort: None }
    }

    pub(crate) fn is_on(&self) -> bool {
        matches!(self.switch, Some(Switch::Budget(_) | Switch::Adaptive))
    }

    /// Is there a switch to write?
    pub(crate) fn is_switched(&self) -> bool {
        self.switch.is_some()
    }

    pub(crate) fn write(&self, w: &mut Writer<'_>) {
        let Some(switch) = self.switch else { return };
        w.key("thinking").object(|w| match switch {
            Switch::Budget(budget) => {
                w.key("type").string("enabled");
                w.key("budget_tokens").unsigned(budget);
            }
            Switch::Adaptive => w.key("type").string("adaptive"),
            Switch::Off(word) => w.key("type").string(word),
        });
    }
}

/// What was asked for as far as `model` can do it; what it cannot is noted.
pub(crate) fn think(
    request: &Request<'_>,
    model: &Model<'_>,
    max_tokens: u64,
    turns: &[Turn<'_, '_>],
    losses: &mut Losses,
) -> Thinking {
    let Some(asked) = request.reasoning else { return Thinking::default() };
    let lost = |losses: &mut Losses| {
        losses.add("reasoning_effort");
        Thinking::default()
    };
    match (asked, model.thinking()) {
        (Reasoning::Off, _) => match model.thinking_off() {
            ThinkingOff::Unsaid => Thinking::default(),
            ThinkingOff::Said(word) => Thinking::switched(Switch::Off(word)),
            ThinkingOff::Never => lost(losses),
        },
        (asked, ThinkingForm::Adaptive) => {
            let wanted = match asked {
                Reasoning::Effort(effort) => Some(effort),
                Reasoning::Budget(budget) => Some(Effort::of_budget(budget)),
                Reasoning::Off | Reasoning::Adaptive => None,
            };
            let effort = wanted.map(|effort| model.nearest_effort(effort));
            // No tool can be forced while thinking; the effort counts without it too.
            let switch = request.forced_tool().is_none().then_some(Switch::Adaptive);
            if effort != wanted || switch.is_none() {
                losses.add("reasoning_effort");
            }
            Thinking { switch, effort }
        }
        (asked, ThinkingForm::Budget) if request.forced_tool().is_none() && may_open_with_thoughts(turns) => {
            let wanted = match asked {
                Reasoning::Budget(budget) => budget,
                Reasoning::Effort(Effort::Minimal | Effort::Low) => 2048,
                Reasoning::Effort(Effort::High | Effort::ExtraHigh | Effort::Max) => 16_384,
                _ => 8192,
            };
            // Thoughts count towards max_tokens: a quarter stays for the answer.
            let budget = wanted.min(max_tokens.saturating_sub(max_tokens.div_ceil(4)));
            if budget < MIN_BUDGET {
                return lost(losses);
            }
            // An effort is no number of tokens, but a budget is.
            if asked == Reasoning::Budget(wanted) && budget != wanted {
                losses.add("reasoning_effort");
            }
            Thinking::switched(Switch::Budget(budget))
        }
        (_, ThinkingForm::Budget | ThinkingForm::Never) => lost(losses),
    }
}

/// With a budget, the assistant's last turn must open with thoughts if it called tools. A turn goes on
/// over tool results.
fn may_open_with_thoughts(turns: &[Turn<'_, '_>]) -> bool {
    let only_results = |turn: &Turn<'_, '_>| turn.parts.iter().all(|part| matches!(part, Part::ToolResult(_)));
    let goes_on = |turn: &&Turn<'_, '_>| turn.role == Role::Assistant || only_results(turn);
    let last_turn = || turns.iter().rev().take_while(goes_on).filter(|turn| turn.role == Role::Assistant);
    let calls = |turn: &Turn<'_, '_>| turn.parts.iter().any(|part| matches!(part, Part::ToolCall(_)));
    let opening = last_turn().last().and_then(|turn| turn.parts.first());
    !last_turn().any(calls) || matches!(opening, Some(Part::Thinking { .. } | Part::RedactedThinking(_)))
}
