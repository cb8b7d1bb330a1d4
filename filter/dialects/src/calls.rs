//! Ids of tool calls as several APIs want them: of certain characters, and not too long.

use std::borrow::Cow;
use std::fmt::Write as _;

/// An id of letters, digits, `_` and `-`, and never empty. Every other byte becomes `_` and its hex
/// digits, so that different ids stay different and a result still finds its call.
pub(crate) fn plain_id(id: &str) -> Cow<'_, str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    if id.is_empty() {
        return Cow::Borrowed("_");
    }
    if id.bytes().all(plain) {
        return Cow::Borrowed(id);
    }
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "_{byte:02x}");
        }
    }
    Cow::Owned(out)
}

/// An id of at least one and at most `most` characters. What is cut off goes into a hash (FNV-1a), so that different
/// ids stay different and a result still finds its call.
pub(crate) fn short_id(id: Cow<'_, str>, most: usize) -> Cow<'_, str> {
    if id.is_empty() {
        return Cow::Borrowed("_");
    }
    if id.chars().count() <= most {
        return id;
    }
    let hash = fnv1a(&id);
    // An underscore and sixteen digits.
    let start: String = id.chars().take(most.saturating_sub(17)).collect();
    Cow::Owned(format!("{start}_{hash:016x}"))
}

/// A hash that is the same on every machine and in every version.
pub(crate) fn fnv1a(text: &str) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, mix)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn different_ids_stay_different() {
        assert_eq!(plain_id("toolu_01-x"), "toolu_01-x");
        assert_eq!(plain_id("a.b:c"), "a_2eb_3ac");
        assert_eq!(plain_id(""), "_");
        let long = |last: char| format!("{}{last}", "x".repeat(80));
        let short = |id: &str| short_id(Cow::Borrowed(id), 64).into_owned();
        assert_eq!(short(&long('a')).len(), 64);
        assert_ne!(short(&long('a')), short(&long('b')));
        assert_eq!(short("short"), "short");
        assert_eq!(short(""), "_");
    }
}
