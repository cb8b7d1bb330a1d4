//! What is known of the models on Bedrock by their names, where the API leaves things to the model.

use crate::anthropic::models::Model as Claude;

/// Whose model it is. Names are ids like `us.anthropic.claude-sonnet-4-5-20250929-v1:0` or ARNs that
/// end in one, or in nothing that tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family<'m> {
    Claude(Claude<'m>),
    Nova,
    /// Nova that thinks.
    Nova2,
    GptOss,
    /// A profile, deployment or router of the account's own: any of these, or none.
    Opaque,
    Other,
}

/// What is found in a name, and the family. Claude's generation is read from the name.
const FAMILIES: [(&str, Family<'static>); 7] = [
    ("amazon.nova-2", Family::Nova2),
    ("amazon.nova", Family::Nova),
    ("openai.gpt-oss", Family::GptOss),
    (":application-inference-profile/", Family::Opaque),
    (":provisioned-model/", Family::Opaque),
    (":custom-model-deployment/", Family::Opaque),
    ("prompt-router/", Family::Opaque),
];

impl<'m> Family<'m> {
    pub(super) fn of(model: &'m str) -> Self {
        if model.contains("claude") {
            return Self::Claude(Claude::named(model));
        }
        FAMILIES.iter().find(|(part, _)| model.contains(part)).map_or(Self::Other, |&(_, family)| family)
    }

    pub(super) fn claude(&self) -> Option<&Claude<'m>> {
        match self {
            Self::Claude(claude) => Some(claude),
            _ => None,
        }
    }

    /// Can it be a Claude, whose signed thoughts it wants back?
    pub(super) fn may_be_claude(&self) -> bool {
        matches!(self, Self::Claude(_) | Self::Opaque)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn families_are_read_from_ids_and_arns() {
        let claude = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-6-v1";
        assert_eq!(Family::of(claude), Family::Claude(Claude::named("claude-opus-4-6")));
        assert_eq!(Family::of("us.amazon.nova-2-lite-v1:0"), Family::Nova2);
        assert_eq!(Family::of("eu.amazon.nova-pro-v1:0"), Family::Nova);
        assert_eq!(Family::of("openai.gpt-oss-120b-1:0"), Family::GptOss);
        assert_eq!(Family::of("meta.llama3-1-70b-instruct-v1:0"), Family::Other);
        let opaque = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123";
        assert_eq!(Family::of(opaque), Family::Opaque);
    }
}
