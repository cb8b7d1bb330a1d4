//! The content of answers. OpenAI's own is a string; other servers of this API also send parts, with
//! the thoughts among them.

use crate::json::{OneOrMany, StringOr, Text, shape};
use crate::neutral::Part;

shape! {
    AnswerPart {
        text: Text<'a>,
        refusal: Text<'a>,
        thinking: OneOrMany<'a, ThoughtPart<'a>>,
    }
}
shape! { ThoughtPart { text: Text<'a> } }

/// Hands on what is said in `content`, in order, and nothing that is empty.
pub(super) fn read_answer_content<'a>(content: OneOrMany<'a, AnswerPart<'a>>, sink: &mut dyn FnMut(Part<'a>)) {
    let said = |text: &Text<'_>| !text.is_empty();
    let parts = match content {
        StringOr::Text(text) => return Some(text).filter(said).map(Part::Text).into_iter().for_each(sink),
        StringOr::Other(parts) => parts,
    };
    for part in parts {
        match part.thinking {
            None => {}
            Some(StringOr::Text(text)) => think(Some(text), sink),
            Some(StringOr::Other(thoughts)) => thoughts.into_iter().for_each(|thought| think(thought.text, sink)),
        }
        if let Some(text) = part.text.filter(said) {
            sink(Part::Text(text));
        }
        if let Some(text) = part.refusal.filter(said) {
            sink(Part::Refusal(text));
        }
    }
}

fn think<'a>(text: Option<Text<'a>>, sink: &mut dyn FnMut(Part<'a>)) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        sink(Part::Thinking { text, signature: None });
    }
}
