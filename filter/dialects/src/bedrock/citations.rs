//! Citations, whole and in streams.

use super::blocks::{CitationShape, Cited, Location, Range, join};
use crate::json::Writer;
use crate::neutral::{Citation, Part, Piece, Place, PlaceUnit};

/// Reads cited text: the text, and where it is from.
pub(super) fn read_cited<'a>(cited: Cited<'a>, take: &mut dyn FnMut(Piece<'a>)) {
    let text = join(cited.content.into_iter().flatten());
    let is_text = !text.is_empty();
    if is_text {
        take(Ok(Part::Text(text)));
    }
    for citation in cited.citations.into_iter().flatten() {
        take(if is_text { Ok(Part::Citation(read_citation(citation))) } else { Err("citation".into()) });
    }
}

/// Reads one citation.
pub(super) fn read_citation(citation: CitationShape<'_>) -> Citation<'_> {
    let mut location = citation.location.unwrap_or_default();
    let web = location.web.take().and_then(|web| web.url);
    let quote = citation.quote.map(|quote| join(quote.into_iter())).filter(|quote| !quote.is_empty());
    Citation { title: citation.title, quote, place: location.place(), ..Citation::default() }
        .from(web.or(citation.source))
}

impl Location<'_> {
    fn place(self) -> Option<Place> {
        let ranges = [
            (self.characters, PlaceUnit::Characters),
            (self.pages, PlaceUnit::Pages),
            (self.blocks, PlaceUnit::Blocks),
            (self.found, PlaceUnit::SearchResult),
        ];
        let (range, unit) = ranges.into_iter().find_map(|(range, unit)| Some((range?, unit)))?;
        let Range { document, found, start, end, .. } = range;
        Some(Place { unit, index: document.or(found)?, start: start?, end: end? })
    }
}

/// Writes one citation.
pub(super) fn write_citation(w: &mut Writer<'_>, citation: &Citation<'_>) {
    w.object(|w| {
        if let Some(title) = &citation.title {
            w.key("title").string(title);
        }
        if let Some(source) = citation.source.as_ref().or(citation.url.as_ref().filter(|_| citation.place.is_some())) {
            w.key("source").string(source);
        }
        if let Some(quote) = &citation.quote {
            w.key("sourceContent").array(|w| w.object(|w| w.key("text").string(quote)));
        }
        match (&citation.place, &citation.url) {
            (Some(place), _) => w.key("location").object(|w| write_place(w, place)),
            (None, Some(url)) => w.key("location").object(|w| w.key("web").object(|w| w.key("url").string(url))),
            (None, None) => {}
        }
    });
}

fn write_place(w: &mut Writer<'_>, place: &Place) {
    let (member, index) = match place.unit {
        PlaceUnit::Characters => ("documentChar", "documentIndex"),
        PlaceUnit::Pages => ("documentPage", "documentIndex"),
        PlaceUnit::Blocks => ("documentChunk", "documentIndex"),
        PlaceUnit::SearchResult => ("searchResultLocation", "searchResultIndex"),
    };
    w.key(member).object(|w| {
        w.key(index).unsigned(place.index);
        w.key("start").unsigned(place.start);
        w.key("end").unsigned(place.end);
    });
}
