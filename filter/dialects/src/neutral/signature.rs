//! Proofs that thoughts are a model's own, on their way through clients that cannot read them.
//!
//! A signature, or thoughts that only their provider can read, must come back to the provider that
//! made it, byte for byte; any other provider refuses it. A client of another API keeps it in the
//! place that its API has for signatures, marked with where it is from, so that it is neither lost
//! nor shown to the wrong provider.

use crate::json::Text;
use std::borrow::Cow;

/// Whose models can check a signature. Claude's are the same on every platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Anthropic,
    OpenAi,
    Gemini,
}

const MARKS: [(&str, Origin); 3] = [
    ("tollgate.anthropic.", Origin::Anthropic),
    ("tollgate.openai.", Origin::OpenAi),
    ("tollgate.gemini.", Origin::Gemini),
];

/// A signature, or encrypted thoughts, and where they are from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signature<'a> {
    origin: Origin,
    text: Text<'a>,
}

impl<'a> Signature<'a> {
    /// What every mark begins with.
    pub(crate) const MARK: &'static str = "tollgate.";

    /// One that a provider gave, without a mark.
    pub(crate) fn given(origin: Origin, text: Text<'a>) -> Self {
        Self { origin, text }
    }

    /// One that a client shows: of the origin that it is marked with, otherwise of `home`, which is
    /// where its own API's signatures are from.
    pub(crate) fn shown(home: Origin, text: Text<'a>) -> Self {
        let Some(&(mark, origin)) = MARKS.iter().find(|(mark, _)| text.starts_with(mark)) else {
            return Self { origin: home, text };
        };
        let text = match text.into_cow() {
            Cow::Borrowed(text) => text.strip_prefix(mark).unwrap_or_default().into(),
            Cow::Owned(text) => text.strip_prefix(mark).unwrap_or_default().to_owned().into(),
        };
        Self { origin, text }
    }

    /// Does `text` carry the mark of another API's signature?
    pub(crate) fn is_marked(text: &str) -> bool {
        MARKS.iter().any(|(mark, _)| text.starts_with(mark))
    }

    /// What a client is given to keep: marked unless it is from `home`.
    pub(crate) fn to_show(&self, home: Origin) -> Cow<'_, str> {
        match MARKS.iter().find(|(_, origin)| *origin == self.origin && *origin != home) {
            Some((mark, _)) => Cow::Owned([mark, &*self.text].concat()),
            None => Cow::Borrowed(&self.text),
        }
    }

    /// What a provider whose signatures are from `origin` is sent, if it can be this one.
    pub(crate) fn for_provider(&self, origin: Origin) -> Option<&str> {
        (self.origin == origin && !self.text.is_empty()).then_some(&*self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn goes_through_a_client_of_another_api_and_back() {
        let given = Signature::given(Origin::Gemini, "AbC=".into());
        let kept = given.to_show(Origin::Anthropic).into_owned();
        assert_eq!(kept, "tollgate.gemini.AbC=");
        let shown = Signature::shown(Origin::Anthropic, kept.into());
        assert_eq!(shown, given);
        assert_eq!(shown.for_provider(Origin::Gemini), Some("AbC="));
        assert_eq!(shown.for_provider(Origin::Anthropic), None);
    }

    #[test]
    fn is_not_marked_at_home() {
        let given = Signature::given(Origin::Anthropic, "EpQB".into());
        assert_eq!(given.to_show(Origin::Anthropic), "EpQB");
        assert_eq!(Signature::shown(Origin::Anthropic, "EpQB".into()), given);
    }
}
