//! The loops that most bytes pass through: where a run of ordinary characters in a string ends, and which are ASCII.

const ONES: u64 = u64::MAX / 255;
const HIGHS: u64 = ONES << 7;

/// How many bytes from the start need no look: none is a quote, a backslash or a control character.
///
/// Eight at a time: a byte below `n` is one whose top bit is clear and that borrows when `n` is taken from it. A borrow
/// can reach into the bytes above, which is why only the lowest hit is taken.
#[inline(always)]
pub(crate) fn plain_prefix(bytes: &[u8]) -> usize {
    let (chunks, rest) = bytes.as_chunks::<8>();
    let below = |word: u64, n: u64| word.wrapping_sub(ONES.wrapping_mul(n)) & !word;
    for (index, chunk) in chunks.iter().enumerate() {
        let word = u64::from_le_bytes(*chunk);
        // This puts the quote next to the control characters, which stay below 0x20.
        let quotes = word ^ ONES.wrapping_mul(u64::from(b'"' ^ 0x20));
        let backslashes = word ^ ONES.wrapping_mul(u64::from(b'\\'));
        let hits = (below(quotes, 0x21) | below(backslashes, 1)) & HIGHS;
        if hits != 0 {
            let within = usize::try_from(hits.trailing_zeros() / 8).unwrap_or(0);
            return index.saturating_mul(8).saturating_add(within);
        }
    }
    let within = rest.iter().position(is_special).unwrap_or(rest.len());
    bytes.len().saturating_sub(rest.len()).saturating_add(within)
}

fn is_special(byte: &u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..0x20)
}

/// The same, quicker where it is short: behind an escape the next one is near. So the first few bytes are looked at one by
/// one, which a processor can guess ahead of. Out of line, because it is less code for the loops around it.
#[inline(never)]
pub(crate) fn plain_prefix_near(bytes: &[u8]) -> usize {
    const NEAR: usize = 4;
    match bytes.iter().take(NEAR).position(is_special) {
        Some(near) => near,
        None => bytes.get(NEAR..).map_or(bytes.len(), |rest| NEAR.saturating_add(plain_prefix(rest))),
    }
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

/// How many bytes are not ASCII, eight at a time: each has its top bit set.
///
/// Out of line: inlined, it would be built for size, as its caller is.
#[inline(never)]
pub fn beyond_ascii(bytes: &[u8]) -> u64 {
    let (chunks, rest) = bytes.as_chunks::<8>();
    let whole: u64 = chunks.iter().map(|chunk| u64::from((u64::from_le_bytes(*chunk) & HIGHS).count_ones())).sum();
    let left = rest.iter().filter(|byte| !byte.is_ascii()).count();
    whole.saturating_add(u64::try_from(left).unwrap_or(u64::MAX))
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
                for at in 0..20 {
                    let mut bytes = [b'x'; 21];
                    for (place, byte) in bytes.iter_mut().skip(at).zip([first, second]) {
                        *place = byte;
                    }
                    for length in [0, 1, 3, 4, 5, 12, 21] {
                        let bytes = bytes.get(..length).unwrap();
                        assert_eq!(plain_prefix(bytes), slow(bytes), "{first} {second} at {at} of {length}");
                        assert_eq!(plain_prefix_near(bytes), slow(bytes), "{first} {second} at {at} of {length}");
                    }
                }
            }
        }
    }
}
