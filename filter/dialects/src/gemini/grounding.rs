//! `groundingMetadata`: the pages and documents that an answer is from, and which part of it is from
//! which. Parts of a text are counted in bytes here, and in characters elsewhere.

use crate::json::{Few, Ignored, Text, Writer, shape};
use crate::neutral::{Citation, Part, Piece, Said};

shape! {
    Grounding {
        chunks as "groundingChunks": Few<Chunk<'a>>,
        supports as "groundingSupports": Few<Support<'a>>,
        // Google wants it shown, and no other API has a place for HTML.
        entry_point as "searchEntryPoint": Ignored,
    }
}
shape! {
    Chunk { web: Found<'a>, retrieved as "retrievedContext": Found<'a>, maps: Found<'a>, image: Found<'a> }
}
shape! {
    /// A page, a passage of a document, a place on a map, or an image on a page.
    Found { uri: Text<'a>, source_uri as "sourceUri": Text<'a>, title: Text<'a>, text: Text<'a> }
}
shape! { Support { segment: Segment<'a>, chunks as "groundingChunkIndices": Few<usize> } }
shape! { Segment { start as "startIndex": usize, end as "endIndex": usize } }

/// More parts of an answer are not told apart: each is looked for in all of the text.
const MOST_SUPPORTS: usize = 256;

impl<'a> Grounding<'a> {
    /// Hands on the sources, in order. Where `text` is all that was said, each comes with the parts of it
    /// that are meant.
    pub(super) fn read(self, text: Option<&str>, sink: &mut dyn FnMut(Piece<'a>)) {
        if self.entry_point.is_some() {
            sink(Err("searchEntryPoint".into()));
        }
        let mut spans: Vec<(usize, (u64, u64))> = Vec::new();
        for support in self.supports.into_iter().flatten().take(MOST_SUPPORTS) {
            let Some(span) = text.and_then(|text| support.segment?.characters(text)) else { continue };
            let left = MOST_SUPPORTS.saturating_sub(spans.len());
            spans.extend(support.chunks.into_iter().flatten().take(left).map(|chunk| (chunk, span)));
        }
        for (index, chunk) in self.chunks.into_iter().flatten().enumerate() {
            let Some(found) = chunk.web.or(chunk.retrieved).or(chunk.maps).or(chunk.image) else {
                sink(Err("citation".into()));
                continue;
            };
            let citation = Citation { title: found.title, quote: found.text, ..Citation::default() };
            let citation = citation.from(found.uri.or(found.source_uri));
            let mut cite = |span| sink(Ok(Part::Citation(Citation { span, ..citation.clone() })));
            let mut meant = spans.iter().filter(|(chunk, _)| *chunk == index).map(|&(_, span)| Some(span)).peekable();
            if meant.peek().is_none() {
                cite(None);
            }
            meant.for_each(cite);
        }
    }
}

impl Segment<'_> {
    fn characters(self, text: &str) -> Option<(u64, u64)> {
        let count = |end: usize| u64::try_from(text.get(..end)?.chars().count()).ok();
        Some((count(self.start.unwrap_or(0))?, count(self.end?)?))
    }
}

shape! {
    /// What an answer repeats word for word, and where that stands: `citationSources` at Gemini's own API and
    /// `citations` at Vertex AI's.
    Recited { sources as "citationSources": Few<RecitedPage<'a>>, citations: Few<RecitedPage<'a>> }
}
shape! { RecitedPage { start as "startIndex": usize, end as "endIndex": usize, uri: Text<'a>, title: Text<'a> } }

impl<'a> Recited<'a> {
    pub(super) fn read(self, text: Option<&str>, sink: &mut dyn FnMut(Piece<'a>)) {
        for page in self.sources.into_iter().chain(self.citations).flatten().take(MOST_SUPPORTS) {
            let segment = Segment { start: page.start, end: page.end, ..Segment::default() };
            let span = text.and_then(|text| segment.characters(text));
            let citation = Citation { title: page.title, span, ..Citation::default() };
            sink(Ok(Part::Citation(citation.from(page.uri))));
        }
    }
}

/// All that `parts` say, if it is one text.
pub(super) fn only_text<'p>(parts: &'p [Part<'_>]) -> Option<&'p str> {
    let mut texts = parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(&**text),
        _ => None,
    });
    texts.next().filter(|_| texts.next().is_none())
}

/// Writes sources as this API gives those of a search; `text` is all that was said, if it is one text.
pub(super) fn write(w: &mut Writer<'_>, citations: &[&Citation<'_>], text: Option<&str>) {
    w.key("groundingMetadata").object(|w| {
        w.key("groundingChunks").array(|w| citations.iter().for_each(|citation| write_source(w, citation)));
        let is_meant = |citation: &&Citation<'_>| citation.span.is_some();
        let Some(text) = text.filter(|_| citations.iter().any(is_meant)) else { return };
        let mut said = Said::default();
        said.push(text);
        w.key("groundingSupports").array(|w| {
            for (index, citation) in citations.iter().enumerate() {
                if let Some(span) = citation.span {
                    write_support(w, index, span, &mut said);
                }
            }
        });
    });
}

fn write_support(w: &mut Writer<'_>, index: usize, (start, end): (u64, u64), said: &mut Said) {
    let (start, end) = (said.byte(start), said.byte(end));
    w.object(|w| {
        w.key("segment").object(|w| {
            w.key("startIndex").unsigned(start as u64);
            w.key("endIndex").unsigned(end as u64);
            if let Some(text) = said.quote(start, end) {
                w.key("text").string(text);
            }
        });
        w.key("groundingChunkIndices").array(|w| w.unsigned(index as u64));
    });
}

/// A page, or a passage of what the request gave.
fn write_source(w: &mut Writer<'_>, citation: &Citation<'_>) {
    w.object(|w| match &citation.url {
        Some(url) => w.key("web").object(|w| {
            w.key("uri").string(url);
            write_words(w, "title", citation.title.as_ref());
        }),
        None => w.key("retrievedContext").object(|w| {
            write_words(w, "title", citation.title.as_ref().or(citation.source.as_ref()));
            write_words(w, "text", citation.quote.as_ref());
        }),
    });
}

fn write_words(w: &mut Writer<'_>, key: &'static str, words: Option<&Text<'_>>) {
    if let Some(words) = words {
        w.key(key).string(words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn parts_of_a_text_are_found_in_bytes_and_written_in_bytes() {
        let json = r#"{"groundingChunks":[{"web":{"uri":"https://a","title":"A"}},{"web":{"uri":"https://b"}}],"groundingSupports":[{"segment":{"startIndex":3,"endIndex":6,"text":"dé"},"groundingChunkIndices":[0]}]}"#;
        let read = |text| {
            let mut spans = Vec::new();
            let grounding: Grounding<'_> = crate::json::parse(json).unwrap();
            grounding.read(text, &mut |piece| {
                let Ok(Part::Citation(citation)) = piece else { panic!("no citation") };
                spans.push((citation.url.unwrap().to_string(), citation.span));
            });
            spans
        };
        let (a, b) = ("https://a".to_owned(), "https://b".to_owned());
        assert_eq!(read(Some("é dé x")), [(a.clone(), Some((2, 4))), (b.clone(), None)]);
        assert_eq!(read(Some("é")), [(a.clone(), None), (b.clone(), None)], "a place outside of the text is none");
        assert_eq!(read(None), [(a.clone(), None), (b, None)]);

        let citation = Citation { url: Some(a.into()), span: Some((2, 4)), ..Citation::default() };
        let mut out = Vec::new();
        Writer::new(&mut out).object(|w| write(w, &[&citation], Some("é dé x")));
        let written = r#"{"groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a"}}],"groundingSupports":[{"segment":{"startIndex":3,"endIndex":6,"text":"dé"},"groundingChunkIndices":[0]}]}}"#;
        assert_eq!(String::from_utf8(out).unwrap(), written);
    }
}
