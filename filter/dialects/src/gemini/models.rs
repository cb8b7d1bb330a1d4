//! What is known of Gemini models by their names. A name without a version, such as an alias for the
//! latest, is taken for the newest kind.

use crate::neutral::Effort;

/// A model, by its name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Model<'m> {
    name: &'m str,
    /// Major and minor; `None` when the name does not tell.
    version: Option<(u32, u32)>,
}

/// How a model is asked to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ThinkingForm {
    /// Not at all.
    Never,
    /// `thinkingBudget`, between two numbers of tokens; some models can be told not to think.
    Budget { least: u64, most: u64, can_stop: bool },
    /// `thinkingLevel`, one of these.
    Level(&'static [Effort]),
}

use Effort::{High, Low, Medium, Minimal};

impl<'m> Model<'m> {
    pub(super) fn named(name: &'m str) -> Self {
        let after = name.split_once("gemini-").map_or("", |(_, after)| after);
        let mut numbers = after.split('-').next().unwrap_or_default().split('.').map(str::parse);
        let version = match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Some((major, minor)),
            (Some(Ok(major)), None) => Some((major, 0)),
            _ => None,
        };
        Self { name, version }
    }

    fn since(&self, major: u32, minor: u32) -> bool {
        self.version.is_none_or(|version| version >= (major, minor))
    }

    fn is(&self, kind: &str) -> bool {
        self.name.contains(kind)
    }

    /// <https://ai.google.dev/gemini-api/docs/thinking>: budgets in 2.5, levels since 3. Thinking can
    /// be lowered since, and not turned off.
    pub(super) fn thinking(&self) -> ThinkingForm {
        match self {
            _ if self.is("gemma") || self.is("image") || !self.since(2, 5) => ThinkingForm::Never,
            _ if !self.since(3, 0) && self.is("pro") => {
                ThinkingForm::Budget { least: 128, most: 32_768, can_stop: false }
            }
            _ if !self.since(3, 0) && self.is("lite") => {
                ThinkingForm::Budget { least: 512, most: 24_576, can_stop: true }
            }
            _ if !self.since(3, 0) => ThinkingForm::Budget { least: 1, most: 24_576, can_stop: true },
            _ if !self.since(3, 1) && self.is("pro") => ThinkingForm::Level(&[Low, High]),
            _ if !self.since(3, 6) && self.is("flash") => ThinkingForm::Level(&[Minimal, Low, Medium, High]),
            _ => ThinkingForm::Level(&[Low, Medium, High]),
        }
    }

    /// Must the first call of each step in the current turn be signed?
    pub(super) fn wants_signatures(&self) -> bool {
        self.since(3, 0) && !self.is("gemma")
    }

    /// Can results of functions hold images and documents?
    pub(super) fn takes_media_in_results(&self) -> bool {
        self.since(3, 0) && !self.is("gemma")
    }

    /// Models since 3.6 draw their own way, whatever they are told.
    pub(super) fn takes_sampling(&self) -> bool {
        self.is("gemma") || self.version.is_some() && !self.since(3, 6)
    }

    /// Newer models do not tell log probabilities, and refuse to be asked for them
    /// (<https://github.com/GoogleCloudPlatform/generative-ai/issues/2947>).
    pub(super) fn takes_logprobs(&self) -> bool {
        self.version.is_some() && !self.since(3, 0)
    }

    /// Does the API fetch what is on the web for this model?
    pub(super) fn takes_urls(&self) -> bool {
        self.since(2, 5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn versions_are_read_from_names() {
        for (name, version) in [
            ("gemini-2.5-flash", Some((2, 5))),
            ("gemini-3-pro-preview", Some((3, 0))),
            ("gemini-3.1-pro-preview", Some((3, 1))),
            ("gemini-4-argon", Some((4, 0))),
            ("gemini-flash-latest", None),
            ("models/gemini-2.0-flash-001", Some((2, 0))),
            ("my-tuned-model", None),
        ] {
            assert_eq!(Model::named(name).version, version, "{name}");
        }
    }

    #[test]
    fn each_generation_is_asked_in_the_form_it_takes() {
        let form = |name| Model::named(name).thinking();
        assert_eq!(form("gemini-2.0-flash"), ThinkingForm::Never);
        assert_eq!(form("gemini-2.5-flash-image"), ThinkingForm::Never);
        assert_eq!(form("gemini-2.5-pro"), ThinkingForm::Budget { least: 128, most: 32_768, can_stop: false });
        assert_eq!(form("gemini-2.5-flash-lite"), ThinkingForm::Budget { least: 512, most: 24_576, can_stop: true });
        assert_eq!(form("gemini-3-pro-preview"), ThinkingForm::Level(&[Low, High]));
        assert_eq!(form("gemini-3-flash-preview"), ThinkingForm::Level(&[Minimal, Low, Medium, High]));
        assert_eq!(form("gemini-3.8-flash"), ThinkingForm::Level(&[Low, Medium, High]));
        assert_eq!(form("gemini-4-argon"), ThinkingForm::Level(&[Low, Medium, High]));
        assert!(Model::named("gemini-3.1-pro-preview").takes_sampling());
        assert!(!Model::named("gemini-3.8-flash").takes_sampling());
        assert!(!Model::named("gemini-2.5-pro").wants_signatures());
        assert!(Model::named("gemini-flash-latest").wants_signatures());
    }
}
