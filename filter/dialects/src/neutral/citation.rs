//! Where a piece of an answer is from.

use crate::json::Text;

/// A source that an answer names, as far as the APIs agree on one: a page, or a part of what the request gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Citation<'a> {
    pub(crate) url: Option<Text<'a>>,
    pub(crate) title: Option<Text<'a>>,
    /// What a request calls a search result of its own, where that is no page's address.
    pub(crate) source: Option<Text<'a>>,
    pub(crate) place: Option<Place>,
    /// The source's own words.
    pub(crate) quote: Option<Text<'a>>,
    /// The part of the answer's text that is meant, in characters from its start: first, and one
    /// past the last. Absent: the text just before.
    pub(crate) span: Option<(u64, u64)>,
}

impl<'a> Citation<'a> {
    /// The same, from what its API calls the source: a page's address, or a name of the request's own.
    pub(crate) fn from(self, source: Option<Text<'a>>) -> Self {
        match source {
            Some(url) if url.starts_with("https://") || url.starts_with("http://") => Self { url: Some(url), ..self },
            source => Self { source, ..self },
        }
    }
}

/// A range in a document or a search result of the request. The first of each has index 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) unit: PlaceUnit,
    pub(crate) index: u64,
    pub(crate) start: u64,
    /// One past the last.
    pub(crate) end: u64,
}

/// What a range is of, and counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlaceUnit {
    Characters,
    /// From 1.
    Pages,
    /// Blocks of a document that was given in blocks.
    Blocks,
    /// Blocks of a search result.
    SearchResult,
}
