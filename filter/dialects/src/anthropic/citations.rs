//! Sources that an answer names: pages, and parts of what the request gave.

use crate::json::{Few, Text, Writer, shape};
use crate::neutral::{Citation, Part, Place, PlaceUnit};

shape! {
    CitationShape {
        kind as "type": Text<'a>,
        url: Text<'a>,
        source: Text<'a>,
        title: Text<'a>,
        document_title: Text<'a>,
        cited_text: Text<'a>,
        document_index: u64,
        search_result_index: u64,
        start_char_index: u64,
        end_char_index: u64,
        start_page_number: u64,
        end_page_number: u64,
        start_block_index: u64,
        end_block_index: u64,
    }
}

/// A kind of place, and what the members are called that say where it is.
const PLACES: [(&str, PlaceUnit, [&str; 3]); 4] = [
    ("char_location", PlaceUnit::Characters, ["document_index", "start_char_index", "end_char_index"]),
    ("page_location", PlaceUnit::Pages, ["document_index", "start_page_number", "end_page_number"]),
    ("content_block_location", PlaceUnit::Blocks, ["document_index", "start_block_index", "end_block_index"]),
    (SEARCH_RESULT, PlaceUnit::SearchResult, ["search_result_index", "start_block_index", "end_block_index"]),
];
const SEARCH_RESULT: &str = "search_result_location";

impl<'a> CitationShape<'a> {
    /// What is cited of the part of the answer's text that is `span`, if this version knows its kind.
    pub(super) fn read(self, span: (u64, u64)) -> Option<Citation<'a>> {
        let known = PLACES.iter().find(|(kind, ..)| self.kind.as_deref() == Some(*kind));
        let index = self.document_index.or(self.search_result_index);
        let start = self.start_char_index.or(self.start_page_number).or(self.start_block_index);
        let end = self.end_char_index.or(self.end_page_number).or(self.end_block_index);
        let place = match (known, index, start, end) {
            (Some(&(_, unit, _)), Some(index), Some(start), Some(end)) => Some(Place { unit, index, start, end }),
            _ => None,
        };
        let is_known = place.is_some() || self.url.is_some();
        let title = self.title.or(self.document_title);
        let citation = Citation { title, quote: self.cited_text, span: Some(span), place, ..Citation::default() };
        is_known.then(|| citation.from(self.url.or(self.source)))
    }
}

/// The citations of a block, as a whole answer has them.
pub(super) type Cited<'a> = Few<CitationShape<'a>>;

/// Writes a text block with the citations that follow it among `after`.
pub(super) fn write_cited(w: &mut Writer<'_>, text: &Text<'_>, after: &[Part<'_>]) {
    let citations = after.iter().map_while(|part| match part {
        Part::Citation(citation) => Some(citation),
        _ => None,
    });
    w.object(|w| {
        w.key("type").string("text");
        w.key("text").string(text);
        w.key("citations").array(|w| citations.for_each(|citation| write_citation(w, citation)));
    });
}

/// Writes one citation; this API's own proof of a page does not exist.
pub(super) fn write_citation(w: &mut Writer<'_>, citation: &Citation<'_>) {
    let place = citation.place.and_then(|place| {
        PLACES.iter().find(|(_, unit, _)| *unit == place.unit).map(|(kind, _, keys)| (*kind, *keys, place))
    });
    let title = citation.title.as_deref();
    let source = citation.url.as_deref().or(citation.source.as_deref()).unwrap_or_default();
    let quote = citation.quote.as_deref().unwrap_or_default();
    w.object(|w| match place {
        Some((kind, keys, Place { index, start, end, .. })) => {
            w.key("type").string(kind);
            w.key("cited_text").string(quote);
            for (key, number) in keys.into_iter().zip([index, start, end]) {
                w.key(key).unsigned(number);
            }
            if kind == SEARCH_RESULT {
                w.key("source").string(source);
                w.key("title").string_or_null(title);
            } else {
                w.key("document_title").string_or_null(title);
                w.key("file_id").null();
            }
        }
        None => {
            w.key("type").string("web_search_result_location");
            w.key("url").string(source);
            w.key("title").string_or_null(title);
            w.key("cited_text").string(quote);
            w.key("encrypted_index").string("");
        }
    });
}
