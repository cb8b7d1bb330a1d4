//! A reasoning item's proof, as one text.
//!
//! To go on from its thoughts a provider wants two things back: the item's id and its encrypted content.
//! Other APIs keep one text for a signature, so here it is `ID:CONTENT`.

use crate::json::Text;
use crate::neutral::{Origin, Signature};

/// Joins what a provider gave.
pub(super) fn given<'a>(id: Option<Text<'_>>, encrypted: &str) -> Signature<'a> {
    // An id with a colon is none of OpenAI's, and could not be told from the content.
    let id = id.filter(|id| !id.contains(':')).unwrap_or_default();
    Signature::given(Origin::OpenAi, [&*id, ":", encrypted].concat().into())
}

/// What a client shows: another provider's signature, or OpenAI's id and content.
pub(super) fn shown<'a>(id: Option<Text<'_>>, encrypted: Text<'a>) -> Signature<'a> {
    let signature = Signature::shown(Origin::OpenAi, encrypted);
    match signature.for_provider(Origin::OpenAi) {
        Some(encrypted) => given(id, encrypted),
        None => signature,
    }
}

/// The id, which may be empty, and the content, if they are OpenAI's.
pub(super) fn parts<'s>(signature: &'s Signature<'_>) -> Option<(&'s str, &'s str)> {
    signature.for_provider(Origin::OpenAi)?.split_once(':').filter(|(_, encrypted)| !encrypted.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_item_goes_through_a_client_of_another_api_and_back() {
        let given = given(Some("rs_1".into()), "gAAA==");
        let kept = given.to_show(Origin::Anthropic).into_owned();
        assert_eq!(kept, "tollgate.openai.rs_1:gAAA==");
        assert_eq!(parts(&Signature::shown(Origin::Anthropic, kept.into())), Some(("rs_1", "gAAA==")));
    }

    #[test]
    fn what_is_not_openais_stays_what_it_is() {
        let signature = shown(Some("rs_1".into()), "tollgate.anthropic.Ep:Q".into());
        assert_eq!(signature, Signature::given(Origin::Anthropic, "Ep:Q".into()));
        assert_eq!(parts(&signature), None);
        assert_eq!(parts(&shown(None, "gA".into())), Some(("", "gA")));
        assert_eq!(parts(&given(Some("a:b".into()), "c")), Some(("", "c")));
    }
}
