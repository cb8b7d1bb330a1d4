//! Changes a body in a few places and leaves every other byte as it was.

use crate::json::Span;

/// Replaces the bytes of a span; an empty span inserts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) span: Span,
    pub(crate) replacement: String,
}

/// `body` with all `edits`, which must not overlap.
pub(crate) fn apply(body: &str, mut edits: Vec<Edit>) -> Vec<u8> {
    edits.sort_by_key(|edit| edit.span.start);
    let grown: usize = edits.iter().map(|edit| edit.replacement.len()).sum();
    let mut out = Vec::with_capacity(body.len().saturating_add(grown));
    let mut copied = 0;
    for edit in &edits {
        out.extend_from_slice(body.as_bytes().get(copied..edit.span.start).unwrap_or_default());
        out.extend_from_slice(edit.replacement.as_bytes());
        copied = edit.span.end;
    }
    out.extend_from_slice(body.as_bytes().get(copied..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn only_the_named_bytes_change() {
        let edit = |start, end, text: &str| Edit { span: Span { start, end }, replacement: text.to_owned() };
        assert_eq!(apply("abcdef", vec![edit(4, 5, "E!"), edit(1, 1, "-")]), b"a-bcdE!f");
        assert_eq!(apply("abc", Vec::new()), b"abc");
    }
}
