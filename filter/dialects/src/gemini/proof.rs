//! `thoughtSignature`: proofs that thoughts are a model's own, on the parts that they belong to.
//!
//! <https://ai.google.dev/gemini-api/docs/thought-signatures>. The neutral model has a thought for each,
//! perhaps an empty one, before the call or behind the text that it stands on here. A proof of another
//! provider is kept in the same field, marked; as the field is base64, so is the mark.

use crate::base64;
use crate::json::Text;
use crate::neutral::{Origin, Part, Signature};

/// What every mark begins with, in base64: `tollgate.`
const MARKED: &str = "dG9sbGdhdGUu";
/// What stands before the mark of thoughts that only their provider can read.
const REDACTED: &str = "tollgate.redacted.";

/// The thought that a client's `thoughtSignature` stands for.
pub(super) fn shown(text: Text<'_>) -> Part<'_> {
    let unwrapped = Some(&*text)
        .filter(|text| text.starts_with(MARKED))
        .and_then(base64::decode)
        .and_then(|bytes| String::from_utf8(bytes).ok());
    match unwrapped {
        None => signed(Signature::given(Origin::Gemini, text)),
        Some(marked) => match marked.strip_prefix(REDACTED) {
            Some(redacted) => Part::RedactedThinking(Signature::shown(Origin::Gemini, redacted.to_owned().into())),
            None => signed(Signature::shown(Origin::Gemini, marked.into())),
        },
    }
}

/// The thought that a provider's `thoughtSignature` stands for.
pub(super) fn given(text: Text<'_>) -> Part<'_> {
    signed(Signature::given(Origin::Gemini, text))
}

fn signed(signature: Signature<'_>) -> Part<'_> {
    Part::Thinking { text: Text::default(), signature: Some(signature) }
}

/// What a client is given to keep of a thought's signature.
pub(super) fn to_show(signature: &Signature<'_>) -> String {
    let text = signature.to_show(Origin::Gemini);
    match signature.for_provider(Origin::Gemini) {
        Some(own) => own.to_owned(),
        None => base64::encode(text.as_bytes()),
    }
}

/// What a client is given to keep of thoughts that only their provider can read.
pub(super) fn redacted_to_show(data: &Signature<'_>) -> String {
    base64::encode([REDACTED, &data.to_show(Origin::Gemini)].concat().as_bytes())
}

/// Appends `part` and the thought that `proof` is, in the order of the neutral model. Thoughts that came
/// in pieces become one.
pub(super) fn push<'a>(parts: &mut Vec<Part<'a>>, part: Part<'a>, proof: Option<Part<'a>>) {
    match part {
        Part::Thinking { text, .. } => {
            think(parts, text);
            proof.into_iter().for_each(|proof| sign(parts, proof));
        }
        Part::ToolCall(_) => {
            proof.into_iter().for_each(|proof| sign(parts, proof));
            parts.push(part);
        }
        part => {
            if !matches!(&part, Part::Text(text) if text.is_empty()) {
                parts.push(part);
            }
            parts.extend(proof);
        }
    }
}

fn think<'a>(parts: &mut Vec<Part<'a>>, text: Text<'a>) {
    match parts.last_mut() {
        _ if text.is_empty() => {}
        Some(Part::Thinking { text: before, signature: None }) => before.push_str(&text),
        _ => parts.push(Part::Thinking { text, signature: None }),
    }
}

/// Thoughts without a signature take the one that comes next.
fn sign<'a>(parts: &mut Vec<Part<'a>>, proof: Part<'a>) {
    match (parts.last_mut(), proof) {
        (Some(Part::Thinking { signature: signature @ None, .. }), Part::Thinking { signature: Some(given), .. }) => {
            *signature = Some(given);
        }
        (_, proof) => parts.push(proof),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn signature(part: Part<'_>) -> Signature<'_> {
        match part {
            Part::Thinking { signature: Some(signature), .. } | Part::RedactedThinking(signature) => signature,
            _ => panic!("no signature"),
        }
    }

    #[test]
    fn a_foreign_signature_is_base64_and_comes_back() {
        let given = Signature::given(Origin::Anthropic, "EpQB+/=".into());
        let kept = to_show(&given);
        assert!(base64::decode(&kept).is_some());
        for kept in [kept.clone(), kept.replace('+', "-").replace('/', "_")] {
            let part = shown(kept.into());
            assert!(matches!(part, Part::Thinking { .. }));
            assert_eq!(signature(part), given);
        }
        let part = shown(redacted_to_show(&given).into());
        assert!(matches!(part, Part::RedactedThinking(_)));
        assert_eq!(signature(part), given);
    }

    #[test]
    fn its_own_signature_is_not_touched() {
        let given = Signature::given(Origin::Gemini, "AbC_-w==".into());
        assert_eq!(to_show(&given), "AbC_-w==");
        assert_eq!(signature(shown("AbC_-w==".into())), given);
    }
}
