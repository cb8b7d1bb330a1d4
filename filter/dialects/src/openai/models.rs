//! What is known of OpenAI's models by their names.

use super::reasoning::NONE;
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

/// How a model is told not to reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReasoningOff {
    /// It does not reason.
    Unsaid,
    /// By the effort `none`.
    Said,
    /// It always reasons, and the least by this effort.
    Nearest(Effort),
    /// It is not known.
    Unknown,
}

/// Families that take `none`. Those before 5.1 do not, and neither do Astra and Sol since 6.1
/// (<https://developers.openai.com/api/docs/guides/latest-model>).
const TAKES_NONE: [&str; 9] =
    ["gpt-5.1", "gpt-5.2", "gpt-5.3", "gpt-5.4", "gpt-5.5", "gpt-5.6", "gpt-6-sol", "gpt-6-luna", "gpt-6.1-terra"];

/// <https://developers.openai.com/api/docs/guides/reasoning>
pub(crate) fn reasoning_off(model: &str) -> ReasoningOff {
    let model = model.strip_prefix("ft:").unwrap_or(model);
    match model {
        _ if !takes_reasoning_effort(model) || (model.starts_with("gpt-5") && model.contains("chat")) => {
            ReasoningOff::Unsaid
        }
        _ if !reasons(model) => ReasoningOff::Unknown,
        _ if !never_rests(model) && TAKES_NONE.iter().any(|family| model.starts_with(family)) => ReasoningOff::Said,
        _ => ReasoningOff::Nearest(nearest_effort(model, Effort::Minimal)),
    }
}

/// Is it one of those of a family that always reason?
fn never_rests(model: &str) -> bool {
    model.contains("codex") || model.contains("-pro")
}

/// The least and the most that families take beside `none`, by how their names begin; of several, the first counts.
/// <https://developers.openai.com/api/docs/guides/reasoning>, and each model's own page.
const EFFORTS: [(&str, Effort, Effort); 16] = [
    ("o", Effort::Low, Effort::High),
    ("codex", Effort::Low, Effort::High),
    ("gpt-5-pro", Effort::High, Effort::High),
    ("gpt-5-codex", Effort::Low, Effort::High),
    ("gpt-5.1-codex-max", Effort::Low, Effort::ExtraHigh),
    ("gpt-5.1", Effort::Low, Effort::High),
    ("gpt-5.2-pro", Effort::Medium, Effort::ExtraHigh),
    ("gpt-5.2", Effort::Low, Effort::ExtraHigh),
    ("gpt-5.3", Effort::Low, Effort::ExtraHigh),
    ("gpt-5.4-pro", Effort::Medium, Effort::ExtraHigh),
    ("gpt-5.4", Effort::Low, Effort::ExtraHigh),
    ("gpt-5.5-pro", Effort::Medium, Effort::ExtraHigh),
    ("gpt-5.5", Effort::Low, Effort::ExtraHigh),
    ("gpt-5.", Effort::Low, Effort::Max),
    ("gpt-5", Effort::Minimal, Effort::High),
    ("gpt-", Effort::Low, Effort::Max),
];

/// The effort that is nearest to `effort` among those that the model takes. One that is not known may take all.
pub(super) fn nearest_effort(model: &str, effort: Effort) -> Effort {
    if !reasons(model) {
        return effort;
    }
    let model = model.strip_prefix("ft:").unwrap_or(model);
    let range = EFFORTS.iter().find(|(family, ..)| model.starts_with(family));
    range.map_or(effort, |&(_, least, most)| effort.clamp(least, most))
}

/// Does it answer without reasoning when it is told this effort? Models that reason do while they are told to, which
/// some are by themselves. The others refuse to be told how to sample, and to tell log probabilities
/// (<https://developers.openai.com/api/docs/guides/latest-model>).
pub(crate) fn rests(model: &str, effort: Option<&str>) -> bool {
    const AT_REST: [&str; 4] = ["gpt-5.1", "gpt-5.2", "gpt-5.3", "gpt-5.4"];
    let is_told = match effort {
        Some(effort) => effort == NONE,
        None => {
            let model = model.strip_prefix("ft:").unwrap_or(model);
            !never_rests(model) && AT_REST.iter().any(|family| model.starts_with(family))
        }
    };
    is_told || !reasons(model)
}

/// Families that take functions in Chat Completions only while they do not reason. What their API says: "To use function
/// tools, use /v1/responses or set reasoning_effort to 'none'."
const REST_FOR_TOOLS: [&str; 4] = ["gpt-5.4", "gpt-5.5", "gpt-5.6", "gpt-6"];

/// Must it rest to take functions in Chat Completions?
pub(super) fn rests_for_tools(model: &str) -> bool {
    let model = model.strip_prefix("ft:").unwrap_or(model);
    REST_FOR_TOOLS.iter().any(|family| model.starts_with(family))
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
    fn an_effort_is_brought_into_what_the_model_takes() {
        for (model, least, most) in [
            ("o3", Effort::Low, Effort::High),
            ("gpt-5-mini", Effort::Minimal, Effort::High),
            ("gpt-5-pro", Effort::High, Effort::High),
            ("gpt-5.1", Effort::Low, Effort::High),
            ("gpt-5.1-codex-max", Effort::Low, Effort::ExtraHigh),
            ("gpt-5.4-pro", Effort::Medium, Effort::ExtraHigh),
            ("ft:gpt-5.4-mini:acme", Effort::Low, Effort::ExtraHigh),
            ("gpt-5.6-terra", Effort::Low, Effort::Max),
            ("gpt-6.1-sol", Effort::Low, Effort::Max),
            ("my-deployment", Effort::Minimal, Effort::Max),
        ] {
            let nearest = [Effort::Minimal, Effort::Max].map(|effort| nearest_effort(model, effort));
            assert_eq!(nearest, [least, most], "{model}");
        }
    }

    #[test]
    fn models_rest_that_do_not_reason_now() {
        for model in ["gpt-4.1", "gpt-5-chat-latest", "gpt-5.4", "gpt-5.1-2025-11-13", "my-deployment"] {
            assert!(rests(model, None), "{model}");
        }
        for model in ["o3", "gpt-5", "gpt-5-mini", "gpt-5.6-sol", "gpt-5.2-pro", "gpt-5.1-codex-max"] {
            assert!(!rests(model, None), "{model}");
        }
        assert!(rests("gpt-5.6-sol", Some("none")));
        assert!(!rests("gpt-5.4", Some("low")));
        assert!(rests("gpt-4.1", Some("low")));
    }
}
