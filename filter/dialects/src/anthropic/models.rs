//! What is known of Claude models by their names. A name that is not a Claude's is taken for the
//! newest kind: whoever serves it under this API follows the current one.

use crate::neutral::Effort;

/// A model's family and generation, read from names like `claude-3-7-sonnet-20250219`,
/// `claude-sonnet-4-5` or `eu.anthropic.claude-opus-4-1-20250805-v1:0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Model<'m> {
    family: &'m str,
    /// Major and minor; `None` when the name does not tell.
    generation: Option<(u32, u32)>,
}

/// How a model is asked to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ThinkingForm {
    /// Not at all.
    Never,
    /// `{"type": "enabled", "budget_tokens": N}`.
    Budget,
    /// `{"type": "adaptive"}` and `output_config.effort`.
    Adaptive,
}

/// How a model is told not to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ThinkingOff {
    /// It does not unless asked.
    Unsaid,
    /// `{"type": WORD}`.
    Said(&'static str),
    /// It always thinks.
    Never,
}

impl<'m> Model<'m> {
    pub(crate) fn named(name: &'m str) -> Self {
        let after = name.split_once("claude-").map_or("", |(_, after)| after);
        let words = || after.split(['-', '@', ':', '.']);
        let is_number = |word: &&str| !word.is_empty() && word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit());
        let family = words().find(|word| word.bytes().all(|b| b.is_ascii_alphabetic())).unwrap_or("");
        let mut numbers = words().skip_while(|word| !is_number(word)).take_while(is_number);
        let mut number = || numbers.next().and_then(|word| word.parse().ok());
        let generation = number().map(|major| (major, number().unwrap_or(0)));
        Self { family, generation }
    }

    /// Is it of this generation or a newer one, as far as its name tells?
    pub(crate) fn since(&self, major: u32, minor: u32) -> bool {
        self.generation.is_none_or(|generation| generation >= (major, minor))
    }

    /// <https://platform.claude.com/docs/en/build-with-claude/thinking>: budgets until 4.5, both in
    /// 4.6, adaptive only since.
    pub(crate) fn thinking(&self) -> ThinkingForm {
        match self {
            _ if self.since(4, 6) => ThinkingForm::Adaptive,
            _ if self.since(3, 7) => ThinkingForm::Budget,
            _ => ThinkingForm::Never,
        }
    }

    /// Models since 5 think unless told otherwise, and some of them whatever they are told:
    /// <https://platform.claude.com/docs/en/models/opus-5-5/whats-new-opus-5-5>.
    pub(crate) fn thinking_off(&self) -> ThinkingOff {
        match self.family {
            _ if !self.since(5, 0) => ThinkingOff::Unsaid,
            _ if self.generation.is_none() => ThinkingOff::Never,
            "opus" if self.since(5, 5) => ThinkingOff::Never,
            "sonnet" if self.since(5, 5) => ThinkingOff::Said("between_tools"),
            "opus" | "sonnet" | "haiku" => ThinkingOff::Said("disabled"),
            _ => ThinkingOff::Never,
        }
    }

    /// Can it be made to call a tool? The newest cannot:
    /// <https://platform.claude.com/docs/en/models/opus-5-5/whats-new-opus-5-5#forced-tool-use-is-not-supported>, the same
    /// page of Sonnet 5.5, and <https://platform.claude.com/docs/en/models/fable-5-1/migration-guide>.
    pub(crate) fn can_be_forced(&self) -> bool {
        let refuses_since = match self.family {
            "opus" | "sonnet" => (5, 5),
            "fable" | "mythos" => (5, 1),
            _ => return true,
        };
        self.generation.is_none_or(|generation| generation < refuses_since)
    }

    /// Does it leave the text of its thoughts out unless it is asked for? So do models since 4.7:
    /// <https://platform.claude.com/docs/en/build-with-claude/thinking#controlling-thinking-display>.
    pub(crate) fn hides_thoughts(&self) -> bool {
        self.since(4, 7)
    }

    /// The step of effort that is nearest to `effort` among those this API has; `xhigh` came with 4.7.
    pub(crate) fn nearest_effort(&self, effort: Effort) -> Effort {
        match effort {
            Effort::Minimal => Effort::Low,
            Effort::ExtraHigh if !self.since(4, 7) => Effort::High,
            effort => effort,
        }
    }

    /// Models since 4.7 refuse `temperature`, `top_p` and `top_k`.
    pub(crate) fn takes_sampling(&self) -> bool {
        self.generation.is_none() || !self.since(4, 7)
    }

    /// Models since 4.1 take `temperature` or `top_p`, and not both.
    pub(crate) fn takes_both_temperature_and_top_p(&self) -> bool {
        self.generation.is_none() || !self.since(4, 1)
    }

    /// <https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages>
    pub(crate) fn takes_system_messages(&self) -> bool {
        self.since(4, 8) && (self.family, self.generation) != ("sonnet", Some((5, 0)))
    }

    /// What `max_tokens`, which this API requires, is when the client set no cap: within what every
    /// model of the generation can give.
    pub(crate) fn default_max_tokens(&self) -> u64 {
        match self {
            _ if self.since(4, 0) => 32_000,
            _ if self.since(3, 5) => 8_192,
            _ => 4_096,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn generations_are_read_from_every_form_of_the_name() {
        let names = [
            ("claude-3-haiku-20240307", "haiku", Some((3, 0))),
            ("claude-3-7-sonnet-20250219", "sonnet", Some((3, 7))),
            ("claude-sonnet-4-20250514", "sonnet", Some((4, 0))),
            ("claude-sonnet-4-5", "sonnet", Some((4, 5))),
            ("claude-haiku-4-5-20251001", "haiku", Some((4, 5))),
            ("claude-sonnet-5", "sonnet", Some((5, 0))),
            ("eu.anthropic.claude-opus-4-1-20250805-v1:0", "opus", Some((4, 1))),
            ("claude-opus-4@20250514", "opus", Some((4, 0))),
            ("claude-mythos-preview", "mythos", None),
            ("glm-4.6", "", None),
        ];
        for (name, family, generation) in names {
            assert_eq!(Model::named(name), Model { family, generation }, "{name}");
        }
    }

    #[test]
    fn each_generation_is_asked_in_the_form_it_takes() {
        let form = |name| Model::named(name).thinking();
        assert_eq!(form("claude-3-5-haiku-20241022"), ThinkingForm::Never);
        assert_eq!(form("claude-sonnet-4-5"), ThinkingForm::Budget);
        assert_eq!(form("claude-opus-4-6"), ThinkingForm::Adaptive);
        assert_eq!(form("some-other-model"), ThinkingForm::Adaptive);
        let off = |name| Model::named(name).thinking_off();
        assert_eq!(off("claude-opus-4-8"), ThinkingOff::Unsaid);
        assert_eq!(off("claude-opus-5"), ThinkingOff::Said("disabled"));
        assert_eq!(off("claude-haiku-5-5"), ThinkingOff::Said("disabled"));
        assert_eq!(off("claude-sonnet-5-5"), ThinkingOff::Said("between_tools"));
        assert_eq!(off("claude-opus-5-5"), ThinkingOff::Never);
        assert_eq!(off("claude-fable-5"), ThinkingOff::Never);
        assert_eq!(off("some-other-model"), ThinkingOff::Never);
        assert_eq!(Model::named("claude-sonnet-4-6").nearest_effort(Effort::ExtraHigh), Effort::High);
        assert_eq!(Model::named("claude-opus-4-7").nearest_effort(Effort::ExtraHigh), Effort::ExtraHigh);
        assert!(Model::named("claude-opus-4-8").takes_system_messages());
        assert!(!Model::named("claude-sonnet-5").takes_system_messages());
        assert!(Model::named("claude-sonnet-5-5").takes_system_messages());
        assert!(Model::named("claude-sonnet-4-6").takes_sampling());
        for model in ["claude-opus-5", "claude-sonnet-4-6", "claude-haiku-5-5", "claude-mythos-preview", "glm-4.6"] {
            assert!(Model::named(model).can_be_forced(), "{model}");
        }
        for model in ["claude-opus-5-5", "claude-sonnet-5-5", "claude-fable-5-1", "us.anthropic.claude-fable-5-2"] {
            assert!(!Model::named(model).can_be_forced(), "{model}");
        }
        assert!(!Model::named("claude-opus-4-7").takes_sampling());
    }
}
