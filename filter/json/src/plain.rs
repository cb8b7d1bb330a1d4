//! Finds where a run of ordinary characters in a string ends: the loop that most bytes pass through.

use super::block::{LANES, Marks, first};

/// How many bytes from the start need no look: none is a quote, a backslash or a control character.
#[inline(always)]
pub(crate) fn plain_prefix(bytes: &[u8]) -> usize {
    let marks = Marks::new();
    let (blocks, rest) = bytes.as_chunks::<LANES>();
    for (index, block) in blocks.iter().enumerate() {
        let special = marks.special(block);
        if special != 0 {
            return index.saturating_mul(LANES).saturating_add(first(u64::from(special)));
        }
    }
    let within = rest.iter().position(is_special).unwrap_or(rest.len());
    bytes.len().saturating_sub(rest.len()).saturating_add(within)
}

fn is_special(byte: &u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..0x20)
}

/// Appends a run of ordinary characters to `out`.
pub(crate) fn push_plain(out: &mut Vec<u8>, run: &[u8]) {
    // Escapes are close together in code; calling on to copy a few bytes costs more than the bytes.
    if run.len() > 8 {
        return out.extend_from_slice(run);
    }
    for &byte in run {
        out.push(byte);
    }
}

/// Are two names the same? Names are short: calling on to compare them costs more than their bytes, most of which are
/// never looked at.
#[inline]
pub fn same_name(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).all(|(one, other)| one == other)
}

/// Is a name one of these? Not inlined, so that it is built for speed wherever it is asked.
#[inline(never)]
pub fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| same_name(known, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn agrees_with_looking_at_every_byte() {
        let slow = |bytes: &[u8]| bytes.iter().take_while(|&&b| b >= 0x20 && b != b'"' && b != b'\\').count();
        for first in 0..=255u8 {
            for second in [0, 0x1f, 0x20, b'"', b'#', b'\\', 0x7f, 0x80, 0xff] {
                for at in 0..36 {
                    let mut bytes = [b'x'; 37];
                    for (place, byte) in bytes.iter_mut().skip(at).zip([first, second]) {
                        *place = byte;
                    }
                    for length in [0, 1, 3, 4, 5, 12, 21] {
                        let bytes = bytes.get(..length).unwrap();
                        assert_eq!(plain_prefix(bytes), slow(bytes), "{first} {second} at {at} of {length}");
                    }
                }
            }
        }
    }
}
