//! What is known of Cohere's models by their names.

/// Families that do not reason: <https://docs.cohere.com/docs/models>.
const NOT_REASONING: [&str; 7] = [
    "command-r",
    "command-a-03",
    "command-a-vision",
    "command-a-translate",
    "command-light",
    "c4ai-",
    "command-nightly",
];

/// May `thinking` be sent? Names that are not known may.
pub(super) fn takes_thinking(model: &str) -> bool {
    model != "command" && !NOT_REASONING.iter().any(|family| model.starts_with(family))
}
