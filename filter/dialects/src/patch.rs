//! Changes a body in a few places and leaves every other byte as it was.

use crate::json::Span;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A change of some bytes of an object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// Other bytes take the place of these; an empty span inserts.
    Replace { span: Span, with: Cow<'static, str> },
    /// A member, from its key to the end of its value, goes, and a comma with it.
    Remove { member: Span },
}

impl Edit {
    fn span(&self) -> Span {
        match self {
            Self::Replace { span, .. } => *span,
            Self::Remove { member } => *member,
        }
    }
}

/// `body` with all `edits`. They must not overlap, but a member may be removed more than once.
pub(crate) fn apply(body: &str, edits: Vec<Edit>) -> Vec<u8> {
    let body = body.as_bytes();
    let grown: usize =
        edits.iter().map(|edit| if let Edit::Replace { with, .. } = edit { with.len() } else { 0 }).sum();
    let mut out = Vec::with_capacity(body.len().saturating_add(grown));
    let mut copied = 0;
    // Those at one place in the order in which they are given.
    let places = edits.iter().enumerate().map(|(index, edit)| Reverse((edit.span().start, index)));
    let mut places: BinaryHeap<_> = places.collect();
    while let Some(Reverse((_, index))) = places.pop() {
        let Some(edit) = edits.get(index) else { break };
        // It has gone already: two members may both say that a third must go.
        if matches!(edit, Edit::Remove { member } if member.start < copied) {
            continue;
        }
        let (span, with) = match edit {
            Edit::Replace { span, with } => (*span, with.as_bytes()),
            Edit::Remove { member } => (with_comma(body, *member, copied), &[][..]),
        };
        out.extend_from_slice(body.get(copied..span.start).unwrap_or_default());
        out.extend_from_slice(with);
        copied = span.end;
    }
    out.extend_from_slice(body.get(copied..).unwrap_or_default());
    out
}

/// The comma before a member goes with it. For the first one, and where that comma has gone already
/// (it ends at `copied`), it is the comma behind.
fn with_comma(body: &[u8], member: Span, copied: usize) -> Span {
    let before = body.get(copied..member.start).unwrap_or_default().trim_ascii_end();
    if let Some((b',', kept)) = before.split_last() {
        return Span { start: copied.saturating_add(kept.len()), end: member.end };
    }
    let behind = body.get(member.end..).unwrap_or_default();
    match behind.trim_ascii_start().strip_prefix(b",") {
        Some(rest) => {
            let space = rest.len().saturating_sub(rest.trim_ascii_start().len());
            let end = body.len().saturating_sub(rest.len()).saturating_add(space);
            Span { start: member.start, end }
        }
        None => member,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn only_the_named_bytes_change() {
        let edit = |start, end, with| Edit::Replace { span: Span { start, end }, with: Cow::Borrowed(with) };
        assert_eq!(apply("abcdef", vec![edit(4, 5, "E!"), edit(1, 1, "-")]), b"a-bcdE!f");
        assert_eq!(apply("abc", Vec::new()), b"abc");
    }

    #[test]
    fn a_member_goes_once() {
        let body = r#"{"a":1,"b":2,"c":3}"#;
        for (start, end, left) in
            [(1, 6, r#"{"b":2,"c":3}"#), (7, 12, r#"{"a":1,"c":3}"#), (13, 18, r#"{"a":1,"b":2}"#)]
        {
            let twice = [start, start].map(|start| Edit::Remove { member: Span { start, end } });
            assert_eq!(apply(body, twice.into()), left.as_bytes());
        }
    }

    #[test]
    fn any_members_can_go_and_an_object_is_left() {
        let members = ["\"a\" : 1", "\"b\":[2, 3]", "\"c\":{\"d\":4}"];
        for comma in [",", " , ", "\n,\n"] {
            let body = format!("{{ {} }}", members.join(comma));
            for gone in 0..8usize {
                let stays = |index: usize| gone & (1 << index) == 0;
                let removed = members.iter().enumerate().filter(|(index, _)| !stays(*index)).map(|(_, member)| {
                    let start = body.find(member).unwrap();
                    Edit::Remove { member: Span { start, end: start + member.len() } }
                });
                let out = String::from_utf8(apply(&body, removed.collect())).unwrap();
                let left: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}"));
                let keys: Vec<bool> = ["a", "b", "c"].iter().map(|key| left.get(key).is_some()).collect();
                assert_eq!(keys, [stays(0), stays(1), stays(2)], "{out}");
            }
        }
    }
}
