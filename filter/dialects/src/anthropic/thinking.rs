//! How much a model is to think, in the form its generation takes.

use super::models::{Model, ThinkingForm, ThinkingOff};
use super::turns::Turn;
use crate::json::Writer;
use crate::neutral::{Effort, Losses, Part, Reasoning, Request, Role, Thoughts};

/// The least `thinking.budget_tokens`.
const MIN_BUDGET: u64 = 1024;

/// What a request says of thinking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Thinking {
    switch: Option<Switch>,
    /// `thinking.display`.
    display: Option<&'static str>,
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
                self.write_display(w);
            }
            Switch::Adaptive => {
                w.key("type").string("adaptive");
                self.write_display(w);
            }
            Switch::Off(word) => w.key("type").string(word),
        });
    }

    fn write_display(&self, w: &mut Writer<'_>) {
        if let Some(display) = self.display {
            w.key("display").string(display);
        }
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
    let display = match request.thoughts {
        Thoughts::Unsaid => None,
        Thoughts::Welcome | Thoughts::Asked => model.hides_thoughts().then_some("summarized"),
        Thoughts::Hidden => Some("omitted"),
    };
    let switched = |switch| Thinking { switch: Some(switch), display, effort: None };
    match (asked, model.thinking()) {
        (Reasoning::Off { effort: wanted }, form) => {
            // Steps above `high` are for thoughts.
            let effort = wanted
                .filter(|_| form == ThinkingForm::Adaptive)
                .map(|effort| model.nearest_effort(effort).min(Effort::High));
            if effort != wanted {
                losses.add("reasoning_effort");
            }
            match model.thinking_off() {
                ThinkingOff::Unsaid => Thinking { effort, ..Thinking::default() },
                ThinkingOff::Said(word) => Thinking { effort, ..switched(Switch::Off(word)) },
                ThinkingOff::Never => Thinking { effort, ..lost(losses) },
            }
        }
        (asked, ThinkingForm::Adaptive) => {
            asked.report_budget(losses);
            let wanted = asked.effort();
            let effort = wanted.map(|effort| model.nearest_effort(effort));
            // No tool can be forced while thinking; the effort counts without it too.
            let switch = request.forced_tool().is_none().then_some(Switch::Adaptive);
            if effort != wanted || switch.is_none() {
                losses.add("reasoning_effort");
            }
            Thinking { switch, display, effort }
        }
        (asked, ThinkingForm::Budget) if request.forced_tool().is_none() && may_open_with_thoughts(turns) => {
            let wanted = match asked {
                Reasoning::Budget { tokens, .. } => tokens,
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
            if matches!(asked, Reasoning::Budget { .. }) && budget != wanted {
                losses.add("reasoning_effort");
            }
            asked.report_effort(losses);
            switched(Switch::Budget(budget))
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
