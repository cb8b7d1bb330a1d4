//! What must be said past the API, to the model: `additionalModelRequestFields`.
//!
//! Only what a model's family is documented to take is said; the rest is noted.

use super::models::Family;
use super::write_tools::ClaudeChoice;
use crate::anthropic::sampling::{fit, report_unknown};
use crate::anthropic::thinking::{Thinking, think};
use crate::anthropic::turns::Turn;
use crate::json::Writer;
use crate::neutral::{Effort, Losses, Reasoning, Request, Sampling, Thoughts};

/// The parameters of a model, and of the API where the model decides what it takes of them.
#[derive(Debug, Default)]
pub(super) struct ModelFields<'r> {
    /// Of Claude. Its effort has a place in the API.
    pub(super) thinking: Thinking,
    /// Of Nova and gpt-oss.
    effort: Option<&'static str>,
    /// The temperature and `top_p` have places in the API.
    pub(super) sampling: Sampling,
    pub(super) choice: Option<ClaudeChoice<'r>>,
}

impl ModelFields<'_> {
    pub(super) fn fit(request: &Request<'_>, family: &Family<'_>, turns: &[Turn<'_, '_>], losses: &mut Losses) -> Self {
        report_unknown(&request.sampling, losses);
        if let Some(claude) = family.claude() {
            let max_tokens = request.max_output.unwrap_or_else(|| claude.default_max_tokens());
            let thinking = think(request, claude, max_tokens, turns, losses);
            let sampling = fit(&request.sampling, claude, thinking.is_on(), losses);
            return Self { thinking, sampling, ..Self::default() };
        }
        let effort = request.reasoning.and_then(|reasoning| effort(reasoning, request, family, losses));
        Self { effort, sampling: fit_sampling(&request.sampling, family, losses), ..Self::default() }
    }

    /// The effort that has a place in the API. Without thinking, steps above `high` are refused.
    pub(super) fn effort_in_api(&self) -> Option<Effort> {
        let effort = self.thinking.effort?;
        Some(if self.thinking.is_on() { effort } else { effort.min(Effort::High) })
    }

    /// Writes them, if there are any.
    pub(super) fn write(&self, w: &mut Writer<'_>, family: &Family<'_>) {
        let top_k = self.sampling.top_k;
        if !self.thinking.is_switched() && self.effort.is_none() && top_k.is_none() && self.choice.is_none() {
            return;
        }
        let is_claude = family.claude().is_some();
        w.key("additionalModelRequestFields").object(|w| {
            self.thinking.write(w);
            match (self.effort, family) {
                (Some(effort), Family::GptOss) => w.key("reasoning_effort").string(effort),
                (Some(effort), _) => w.key("reasoningConfig").object(|w| {
                    w.key("type").string("enabled");
                    w.key("maxReasoningEffort").string(effort);
                }),
                (None, _) => {}
            }
            match top_k {
                Some(top_k) if is_claude => w.key("top_k").unsigned(top_k),
                Some(top_k) => w.key("inferenceConfig").object(|w| w.key("topK").unsigned(top_k)),
                None => {}
            }
            if let Some(choice) = &self.choice {
                choice.write(w);
            }
        });
    }
}

/// Nova 2 and gpt-oss know three steps:
/// <https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html>,
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html>.
fn effort(asked: Reasoning, request: &Request<'_>, family: &Family<'_>, losses: &mut Losses) -> Option<&'static str> {
    asked.report_budget(losses);
    let wanted = match asked {
        Reasoning::Off { .. } => {
            asked.report_effort(losses);
            // Nova does not think unless asked to.
            losses.add_if((*family != Family::Nova2).then_some(()), "reasoning_effort");
            return None;
        }
        asked => asked.effort().unwrap_or(Effort::Medium),
    };
    let hidden = request.thoughts == Thoughts::Hidden;
    losses.add_if(hidden.then_some(()), "thinking.display");
    let nearest = match wanted {
        Effort::Minimal | Effort::Low => Effort::Low,
        Effort::Medium => Effort::Medium,
        // Nova takes its highest effort only where neither length nor sampling is given.
        _ if *family == Family::Nova2 && says_how(request) => Effort::Medium,
        _ => Effort::High,
    };
    let says_steps = matches!(family, Family::Nova2 | Family::GptOss);
    if !says_steps || nearest != wanted {
        losses.add("reasoning_effort");
    }
    says_steps.then(|| nearest.word())
}

fn says_how(request: &Request<'_>) -> bool {
    let sampling = &request.sampling;
    request.max_output.is_some() || sampling.temperature.is_some() || sampling.top_p.is_some()
}

fn fit_sampling(asked: &Sampling, family: &Family<'_>, losses: &mut Losses) -> Sampling {
    report_unknown(asked, losses);
    losses.add_if(asked.temperature.filter(|temperature| *temperature > 1.0), "temperature");
    let takes_top_k = matches!(family, Family::Nova | Family::Nova2);
    losses.add_if(asked.top_k.filter(|_| !takes_top_k), "top_k");
    Sampling {
        temperature: asked.temperature.map(|temperature| temperature.min(1.0)),
        top_p: asked.top_p,
        top_k: asked.top_k.filter(|_| takes_top_k),
        ..Sampling::default()
    }
}
