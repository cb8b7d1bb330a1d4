//! Reads what a client says past the API, to the model: `additionalModelRequestFields`.
//!
//! These are the parameters of Claude, Nova and gpt-oss that other APIs have too; any others are noted.

use crate::anthropic::read_thinking;
use crate::json::{RequestError, Text, required, shape};
use crate::neutral::{Effort, Losses, Reasoning, Request, Thoughts, ToolChoice};

shape! {
    ModelFields {
        thinking: Thinking<'a>,
        reasoning_config: Thinking<'a>,
        output_config: OutputConfig<'a>,
        top_k: u64,
        tool_choice: Choice<'a>,
        nova as "reasoningConfig": NovaReasoning<'a>,
        reasoning_effort: Text<'a>,
        nova_inference as "inferenceConfig": NovaInference<'a>,
    }
}
shape! { Thinking { kind as "type": Text<'a>, budget_tokens: u64, display: Text<'a> } }
shape! { OutputConfig { effort: Text<'a> } }
shape! { Choice { kind as "type": Text<'a>, name: Text<'a>, disable_parallel_tool_use: bool } }
shape! { NovaReasoning { kind as "type": Text<'a>, effort as "maxReasoningEffort": Text<'a> } }
shape! { NovaInference { top_k as "topK": u64 } }

const PATH: &str = "additionalModelRequestFields";

/// Adds to `request` what `fields` say. `effort` is what the API itself was told.
pub(super) fn read_model_fields<'a>(
    fields: ModelFields<'a>,
    effort: Option<Text<'a>>,
    request: &mut Request<'a>,
) -> Result<(), RequestError> {
    note_unknown(&fields, &mut request.losses);
    let top_k = fields.nova_inference.and_then(|inference| inference.top_k);
    request.sampling.top_k = fields.top_k.or(top_k);
    if let Some(choice) = fields.tool_choice {
        request.parallel_calls = choice.disable_parallel_tool_use.map(|disabled| !disabled);
        request.tool_choice = read_choice(choice)?.or(request.tool_choice.take());
    }
    let nova = fields.nova.map(read_nova).transpose()?.flatten();
    let switch = fields.thinking.or(fields.reasoning_config).map(read_claude).transpose()?;
    let effort = effort.or(fields.output_config.and_then(|config| config.effort)).or(fields.reasoning_effort);
    let effort = effort.map(|effort| read_effort(&effort)).transpose()?;
    request.thoughts = switch.map(|(_, thoughts)| thoughts).unwrap_or_default();
    let switch = nova.or(switch.map(|(switch, _)| switch));
    request.reasoning = match effort {
        Some(Reasoning::Effort(effort)) => Reasoning::of(switch, Some(effort)),
        word => word.or(switch),
    };
    Ok(())
}

fn note_unknown(fields: &ModelFields<'_>, losses: &mut Losses) {
    losses.add_unknown(PATH, &fields.unknown);
    for thinking in fields.thinking.iter().chain(&fields.reasoning_config) {
        losses.add_unknown("additionalModelRequestFields.thinking", &thinking.unknown);
    }
    if let Some(config) = &fields.output_config {
        losses.add_unknown("additionalModelRequestFields.output_config", &config.unknown);
    }
    if let Some(inference) = &fields.nova_inference {
        losses.add_unknown("additionalModelRequestFields.inferenceConfig", &inference.unknown);
    }
}

fn read_claude(thinking: Thinking<'_>) -> Result<(Reasoning, Thoughts), RequestError> {
    read_thinking(thinking.kind, thinking.budget_tokens, thinking.display)
        .map_err(|error| error.under("thinking").under(PATH))
}

fn read_nova(reasoning: NovaReasoning<'_>) -> Result<Option<Reasoning>, RequestError> {
    match (reasoning.kind.as_deref(), reasoning.effort) {
        (Some("disabled"), _) => Ok(Some(Reasoning::OFF)),
        (_, Some(effort)) => read_effort(&effort).map(Some),
        (_, None) => Ok(None),
    }
}

fn read_effort(word: &str) -> Result<Reasoning, RequestError> {
    if word == "none" {
        return Ok(Reasoning::OFF);
    }
    let expected = "expected low, medium, high, xhigh or max";
    Effort::from_word(word).map(Reasoning::Effort).ok_or_else(|| RequestError::shape("outputConfig.effort", expected))
}

fn read_choice(choice: Choice<'_>) -> Result<Option<ToolChoice<'_>>, RequestError> {
    let read = || match choice.kind.as_deref() {
        None => Ok(None),
        Some("auto") => Ok(Some(ToolChoice::Auto)),
        Some("none") => Ok(Some(ToolChoice::None)),
        Some("any") => Ok(Some(ToolChoice::Any)),
        Some("tool") => required(choice.name, "name").map(ToolChoice::Named).map(Some),
        Some(_) => Err(RequestError::shape("type", "expected auto, any, tool or none")),
    };
    read().map_err(|error| error.under("tool_choice").under(PATH))
}
