//! Citations, whole and in streams.

use super::blocks::{CitationShape, Cited, join};
use crate::json::{Text, Writer};
use crate::neutral::{Citation, Part};

/// Reads cited text: the text, and where it is from.
pub(super) fn read_cited<'a>(cited: Cited<'a>, take: &mut dyn FnMut(Part<'a>)) {
    let text = join(cited.content.into_iter().flatten());
    if !text.is_empty() {
        take(Part::Text(text));
    }
    cited.citations.into_iter().flatten().for_each(|citation| take(Part::Citation(read_citation(citation))));
}

/// Reads one citation. Places within a document mean nothing to other APIs.
pub(super) fn read_citation(citation: CitationShape<'_>) -> Citation<'_> {
    let is_url = |source: &Text<'_>| source.starts_with("https://") || source.starts_with("http://");
    let web = citation.location.and_then(|location| location.web).and_then(|web| web.url);
    Citation {
        url: web.or_else(|| citation.source.filter(is_url)),
        title: citation.title,
        quote: citation.quote.map(|quote| join(quote.into_iter())).filter(|quote| !quote.is_empty()),
        span: None,
    }
}

/// Writes one citation.
pub(super) fn write_citation(w: &mut Writer<'_>, citation: &Citation<'_>) {
    w.object(|w| {
        if let Some(title) = &citation.title {
            w.key("title").string(title);
        }
        if let Some(quote) = &citation.quote {
            w.key("sourceContent").array(|w| w.object(|w| w.key("text").string(quote)));
        }
        if let Some(url) = &citation.url {
            w.key("location").object(|w| w.key("web").object(|w| w.key("url").string(url)));
        }
    });
}
