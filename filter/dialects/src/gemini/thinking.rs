//! How much a model is to think, in the form its generation takes.

use super::models::{Model, ThinkingForm};
use crate::json::Writer;
use crate::neutral::{Effort, Losses, Reasoning, Thoughts};

/// `thinkingConfig`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Thinking {
    amount: Amount,
    /// Are thoughts to be seen?
    shown: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Amount {
    /// As the model sees fit.
    Own,
    /// -1: as the model sees fit.
    Budget(i64),
    Level(Effort),
}

impl Thinking {
    pub(super) fn write(self, w: &mut Writer<'_>) {
        w.key("thinkingConfig").object(|w| {
            match self.amount {
                Amount::Own => {}
                Amount::Budget(budget) => w.key("thinkingBudget").signed(budget),
                Amount::Level(effort) => w.key("thinkingLevel").string(&effort.word().to_ascii_uppercase()),
            }
            if self.shown {
                w.key("includeThoughts").bool(true);
            }
        });
    }
}

/// What was asked for as far as `model` can do it; what it cannot is noted.
pub(super) fn think(
    asked: Reasoning,
    thoughts: Thoughts,
    model: &Model<'_>,
    max_output: Option<u64>,
    losses: &mut Losses,
) -> Option<Thinking> {
    let amount = amount(asked, model.thinking(), max_output.unwrap_or(u64::MAX), losses)?;
    let shown = thoughts != Thoughts::Hidden && !matches!(asked, Reasoning::Off { .. });
    (shown || amount != Amount::Own).then_some(Thinking { amount, shown })
}

fn amount(asked: Reasoning, form: ThinkingForm, max_output: u64, losses: &mut Losses) -> Option<Amount> {
    let lost = |losses: &mut Losses| losses.add("reasoning_effort");
    match form {
        ThinkingForm::Never | ThinkingForm::Budget { .. } => asked.report_effort(losses),
        ThinkingForm::Level(_) if matches!(asked, Reasoning::Off { .. }) => asked.report_effort(losses),
        ThinkingForm::Level(_) => asked.report_budget(losses),
    }
    match (asked, form) {
        (Reasoning::Off { .. }, ThinkingForm::Never) => None,
        (_, ThinkingForm::Never) => {
            lost(losses);
            None
        }
        (Reasoning::Adaptive, ThinkingForm::Budget { .. }) => Some(Amount::Budget(-1)),
        (Reasoning::Adaptive, ThinkingForm::Level(_)) => Some(Amount::Own),
        (Reasoning::Off { .. }, ThinkingForm::Budget { can_stop: true, .. }) => Some(Amount::Budget(0)),
        (asked, ThinkingForm::Budget { least, most, .. }) => {
            let wanted = match asked {
                Reasoning::Off { .. } | Reasoning::Adaptive => 0,
                Reasoning::Budget { tokens, .. } => tokens,
                Reasoning::Effort(effort) => {
                    // Thoughts count towards the cap: a quarter stays for the answer.
                    let most = max_output.saturating_sub(max_output.div_ceil(4));
                    budget_of(effort).min(most).max(least)
                }
            };
            let budget = wanted.clamp(least, most);
            if budget != wanted {
                lost(losses);
            }
            Some(Amount::Budget(i64::try_from(budget).unwrap_or(i64::MAX)))
        }
        (asked, ThinkingForm::Level(levels)) => {
            let wanted = asked.effort();
            let level = nearest(wanted.unwrap_or(Effort::Minimal), levels);
            if wanted != Some(level) {
                lost(losses);
            }
            Some(Amount::Level(level))
        }
    }
}

/// As Google's own API for OpenAI's clients has it.
fn budget_of(effort: Effort) -> u64 {
    match effort {
        Effort::Minimal | Effort::Low => 1024,
        Effort::Medium => 8192,
        Effort::High | Effort::ExtraHigh | Effort::Max => 24_576,
    }
}

/// The level that is nearest to `effort`; of two, the higher.
fn nearest(effort: Effort, levels: &[Effort]) -> Effort {
    let step = |effort: Effort| effort as u8;
    let by_distance = |level: &&Effort| step(**level).abs_diff(step(effort));
    levels.iter().rev().min_by_key(by_distance).copied().unwrap_or(effort)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_a_model_cannot_do_is_noted_and_comes_as_near_as_can_be() {
        let asked = |model, reasoning| {
            let mut losses = Losses::default();
            let thinking = think(reasoning, Thoughts::Unsaid, &Model::named(model), None, &mut losses)
                .map(|thinking| thinking.amount);
            (thinking, losses.is_empty())
        };
        let level = |effort| Some(Amount::Level(effort));
        let budget = |tokens| Some(Amount::Budget(tokens));
        for (model, reasoning, expected, kept) in [
            ("gemini-2.5-flash", Reasoning::OFF, budget(0), true),
            ("gemini-2.5-pro", Reasoning::OFF, budget(128), false),
            ("gemini-2.5-pro", Reasoning::Effort(Effort::Medium), budget(8192), true),
            ("gemini-2.5-pro", Reasoning::Adaptive, budget(-1), true),
            ("gemini-2.5-flash", Reasoning::budget(60_000), budget(24_576), false),
            ("gemini-3-flash-preview", Reasoning::OFF, level(Effort::Minimal), false),
            ("gemini-3-pro-preview", Reasoning::Effort(Effort::Medium), level(Effort::High), false),
            ("gemini-3.8-flash", Reasoning::Effort(Effort::Minimal), level(Effort::Low), false),
            ("gemini-3.8-flash", Reasoning::Effort(Effort::Max), level(Effort::High), false),
            ("gemini-3.8-flash", Reasoning::Effort(Effort::High), level(Effort::High), true),
            ("gemini-4-argon", Reasoning::budget(8192), level(Effort::Medium), true),
            ("gemini-4-argon", Reasoning::Adaptive, Some(Amount::Own), true),
            ("gemini-2.0-flash", Reasoning::OFF, None, true),
            ("gemini-2.0-flash", Reasoning::Adaptive, None, false),
        ] {
            assert_eq!(asked(model, reasoning), (expected, kept), "{model} {reasoning:?}");
        }
    }
}
