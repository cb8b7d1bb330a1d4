//! Sources that an answer names, as far as they are pages.

use crate::json::{Few, Text, Writer, shape};
use crate::neutral::{Citation, Part};

shape! {
    /// Of the kinds of this API only those with a page's address mean something elsewhere.
    CitationShape { url: Text<'a>, title: Text<'a>, cited_text: Text<'a> }
}

/// Hands on the pages among `citations`, of the part of the answer's text that is `span`.
pub(super) fn read_citations<'a>(
    citations: impl IntoIterator<Item = CitationShape<'a>>,
    span: (u64, u64),
    sink: &mut dyn FnMut(Citation<'a>),
) {
    for citation in citations {
        if citation.url.is_some() {
            sink(Citation { url: citation.url, title: citation.title, quote: citation.cited_text, span: Some(span) });
        }
    }
}

/// The citations of a block, as a whole answer has them.
pub(super) type Cited<'a> = Few<CitationShape<'a>>;

/// Writes a text block with the citations that follow it among `after`.
pub(super) fn write_cited(w: &mut Writer<'_>, text: &Text<'_>, after: &[Part<'_>]) {
    w.object(|w| {
        w.key("type").string("text");
        w.key("text").string(text);
        w.key("citations").array(|w| {
            for part in after {
                match part {
                    Part::Citation(citation) if citation.url.is_some() => write_citation(w, citation),
                    Part::Citation(_) => {}
                    _ => break,
                }
            }
        });
    });
}

/// Writes one citation; this API's own proof of it does not exist.
pub(super) fn write_citation(w: &mut Writer<'_>, citation: &Citation<'_>) {
    w.object(|w| {
        w.key("type").string("web_search_result_location");
        w.key("url").string(citation.url.as_deref().unwrap_or_default());
        match &citation.title {
            Some(title) => w.key("title").string(title),
            None => w.key("title").null(),
        }
        w.key("cited_text").string(citation.quote.as_deref().unwrap_or_default());
        w.key("encrypted_index").string("");
    });
}
