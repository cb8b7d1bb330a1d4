//! What a request's steps took, beside what its target takes.

use crate::host::publish_number;
use tollgate_dialects::Usage;
use tollgate_policy::{NanoUsd, Tokens};

/// What was taken for a request before it went to its target.
#[derive(Clone, Copy, Default)]
pub(in super::super) struct Spent {
    /// What limits elsewhere should charge.
    pub(in super::super) charged: u64,
    /// What it cost, where the models have prices.
    pub(in super::super) cost: Option<NanoUsd>,
    input: u64,
    output: u64,
}

impl Spent {
    /// Adds a step, and tells what all of them took until now: the request may end here.
    pub(super) fn add(&mut self, charged: Tokens, usage: Option<&Usage>, cost: Option<NanoUsd>) {
        self.charged = self.charged.saturating_add(charged.0);
        self.cost = self.with(cost);
        if let Some(usage) = usage {
            self.input = self.input.saturating_add(usage.input);
            self.output = self.output.saturating_add(usage.output);
        }
        let figures = [
            ("charged_tokens", Some(self.charged)),
            ("cost_nanousd", self.cost.map(|cost| cost.0)),
            ("step_input_tokens", Some(self.input)),
            ("step_output_tokens", Some(self.output)),
        ];
        for (name, figure) in figures {
            if let Some(figure) = figure {
                publish_number(name, figure);
            }
        }
    }

    /// The cost of all together; `None` where nothing has a price.
    pub(in super::super) fn with(&self, cost: Option<NanoUsd>) -> Option<NanoUsd> {
        match (self.cost, cost) {
            (Some(before), Some(cost)) => Some(NanoUsd(before.0.saturating_add(cost.0))),
            (before, cost) => before.or(cost),
        }
    }
}
