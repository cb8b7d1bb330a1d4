//! Where a piece of an answer is from.

use crate::json::Text;

/// A source that an answer names, as far as the APIs agree on one: a page or a document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Citation<'a> {
    pub(crate) url: Option<Text<'a>>,
    pub(crate) title: Option<Text<'a>>,
    /// The source's own words.
    pub(crate) quote: Option<Text<'a>>,
    /// The part of the answer's text that is meant, in characters from its start: first, and one
    /// past the last. Absent: the text just before.
    pub(crate) span: Option<(u64, u64)>,
}
