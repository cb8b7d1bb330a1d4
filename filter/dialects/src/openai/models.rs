//! What is known of OpenAI's models by their names.

use crate::neutral::Effort;

/// Families that do not reason and refuse `reasoning_effort`.
const NOT_REASONING: [&str; 4] = ["gpt-4", "gpt-3.5", "chatgpt-4o", "ft:gpt-4"];

/// May `reasoning_effort` be sent? Names that are not known may.
pub(crate) fn takes_reasoning_effort(model: &str) -> bool {
    !NOT_REASONING.iter().any(|family| model.starts_with(family))
}

/// Is this a model that reasons? Names that are not known may be anybody's.
pub(crate) fn reasons(model: &str) -> bool {
    let generation = |name: &str| name.split(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse::<u32>().ok());
    let model = model.strip_prefix("ft:").unwrap_or(model);
    match model.strip_prefix("gpt-") {
        Some(rest) => generation(rest).is_some_and(|generation| generation >= 5) && !rest.contains("chat"),
        None => model.starts_with("codex") || model.strip_prefix('o').and_then(generation).is_some(),
    }
}

/// Does it tell log probabilities when asked to reason like this? Models that reason do while they are told not
/// to, which some are by themselves (<https://developers.openai.com/api/docs/guides/latest-model>); the others
/// refuse the request.
pub(crate) fn takes_logprobs(model: &str, effort: Option<Effort>) -> bool {
    const AT_REST: [&str; 4] = ["gpt-5.1", "gpt-5.2", "gpt-5.3", "gpt-5.4"];
    let model = model.strip_prefix("ft:").unwrap_or(model);
    let rests = AT_REST.iter().any(|family| model.starts_with(family));
    let works = model.contains("codex") || model.contains("pro");
    !reasons(model) || (rests && !works && effort.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn models_that_reason_are_known_by_their_names() {
        for model in [
            "o1",
            "o3-mini",
            "o4-mini-2025-04-16",
            "gpt-5",
            "gpt-5.6-sol",
            "gpt-6-astra",
            "ft:gpt-5:acme",
            "codex-mini-latest",
        ] {
            assert!(reasons(model) && takes_reasoning_effort(model), "{model}");
        }
        for model in ["gpt-4.1", "gpt-4o", "gpt-3.5-turbo", "gpt-5-chat-latest", "omni", "my-deployment", ""] {
            assert!(!reasons(model), "{model}");
        }
    }

    #[test]
    fn log_probabilities_are_told_by_models_that_do_not_reason_now() {
        for model in ["gpt-4.1", "gpt-5-chat-latest", "gpt-5.4", "gpt-5.1-2025-11-13", "my-deployment"] {
            assert!(takes_logprobs(model, None), "{model}");
        }
        for model in ["o3", "gpt-5", "gpt-5-mini", "gpt-5.6-sol", "gpt-5.2-pro", "gpt-5.1-codex-max"] {
            assert!(!takes_logprobs(model, None), "{model}");
        }
        assert!(!takes_logprobs("gpt-5.4", Some(Effort::Low)));
        assert!(takes_logprobs("gpt-4.1", Some(Effort::Low)));
    }
}
