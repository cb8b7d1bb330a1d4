//! What is known of OpenAI's models by their names.

/// Families that do not reason and refuse `reasoning_effort`.
const NOT_REASONING: [&str; 4] = ["gpt-4", "gpt-3.5", "chatgpt-4o", "ft:gpt-4"];

/// May `reasoning_effort` be sent? Names that are not known may.
pub(super) fn takes_reasoning_effort(model: &str) -> bool {
    !NOT_REASONING.iter().any(|family| model.starts_with(family))
}
