//! Pages that an answer names, as `annotations` of its text.

use crate::json::{Text, Writer, shape};
use crate::neutral::Citation;

shape! { Annotation { url_citation: UrlCitation<'a> } }
shape! { UrlCitation { url: Text<'a>, title: Text<'a>, start_index: u64, end_index: u64 } }

impl<'a> Annotation<'a> {
    pub(super) fn read(self) -> Option<Citation<'a>> {
        let page = self.url_citation?;
        let span = page.start_index.zip(page.end_index);
        page.url.map(|url| Citation { url: Some(url), title: page.title, span, ..Citation::default() })
    }
}

/// Writes `annotations`. Where the part of the text that is meant is not known, it is the place `said`
/// characters from its start.
pub(super) fn write_annotations(w: &mut Writer<'_>, citations: &[&Citation<'_>], said: u64) {
    w.key("annotations").array(|w| {
        for citation in citations {
            let (start, end) = citation.span.unwrap_or((said, said));
            w.object(|w| {
                w.key("type").string("url_citation");
                w.key("url_citation").object(|w| {
                    w.key("start_index").unsigned(start);
                    w.key("end_index").unsigned(end);
                    w.key("title").string(citation.title.as_deref().unwrap_or_default());
                    w.key("url").string(citation.url.as_deref().unwrap_or_default());
                });
            });
        }
    });
}
