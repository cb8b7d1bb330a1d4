//! What a Claude model takes of how the next token is drawn.

use super::models::Model;
use crate::neutral::{Losses, Sampling};

/// As much of `asked` as `model` takes when it thinks or does not; the rest is noted.
pub(crate) fn fit(asked: &Sampling, model: &Model<'_>, thinks: bool, losses: &mut Losses) -> Sampling {
    // 1 is what every Claude does by itself.
    let temperature = asked.temperature.filter(|temperature| *temperature != 1.0);
    let top_p = asked.top_p.filter(|top_p| *top_p != 1.0);
    // Thinking models draw their own way: https://platform.claude.com/docs/en/build-with-claude/thinking
    if !model.takes_sampling() || thinks {
        losses.add_if(temperature, "temperature");
        losses.add_if(top_p, "top_p");
        losses.add_if(asked.top_k, "top_k");
        return Sampling::default();
    }
    losses.add_if(temperature.filter(|temperature| *temperature > 1.0), "temperature");
    let one_of_both = temperature.is_some() && !model.takes_both_temperature_and_top_p();
    losses.add_if(top_p.filter(|_| one_of_both), "top_p");
    Sampling {
        temperature: temperature.map(|temperature| temperature.min(1.0)),
        top_p: top_p.filter(|_| !one_of_both),
        top_k: asked.top_k,
        ..Sampling::default()
    }
}

/// Notes what no Claude knows, nor any model by way of Bedrock.
pub(crate) fn report_unknown(asked: &Sampling, losses: &mut Losses) {
    losses.add_if(asked.frequency_penalty.filter(|penalty| *penalty != 0.0), "frequency_penalty");
    losses.add_if(asked.presence_penalty.filter(|penalty| *penalty != 0.0), "presence_penalty");
    losses.add_if(asked.seed, "seed");
}
