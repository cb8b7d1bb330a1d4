//! Finds where a run of ordinary characters in a string ends: the loop that most bytes pass through.

/// How many bytes are looked at together.
const WIDTH: usize = 16;

/// How many bytes from the start need no look: none is a quote, a backslash or a control character.
#[inline(always)]
pub(crate) fn plain_prefix(bytes: &[u8]) -> usize {
    let (chunks, rest) = bytes.as_chunks::<WIDTH>();
    for (index, chunk) in chunks.iter().enumerate() {
        if let Some(within) = first_special(chunk) {
            return index.saturating_mul(WIDTH).saturating_add(within);
        }
    }
    let within = rest.iter().position(is_special).unwrap_or(rest.len());
    bytes.len().saturating_sub(rest.len()).saturating_add(within)
}

/// Where the first byte is that needs a look.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
fn first_special(chunk: &[u8; WIDTH]) -> Option<usize> {
    use std::arch::wasm32::{u8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_splat, u64x2, v128_or};
    let [low, high] = halves(chunk);
    let bytes = u64x2(low, high);
    let quotes = v128_or(u8x16_eq(bytes, u8x16_splat(b'"')), u8x16_eq(bytes, u8x16_splat(b'\\')));
    let hits = u8x16_bitmask(v128_or(quotes, u8x16_lt(bytes, u8x16_splat(0x20))));
    (hits != 0).then(|| usize::try_from(hits.trailing_zeros()).unwrap_or(0))
}

/// Where the first byte is that needs a look, eight bytes at a time: a byte below `n` is one whose top bit is clear
/// and that borrows when `n` is taken from it. A borrow can reach into the bytes above, which is why only the lowest
/// hit is taken.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline(always)]
fn first_special(chunk: &[u8; WIDTH]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    let below = |word: u64, n: u64| word.wrapping_sub(ONES.wrapping_mul(n)) & !word;
    let hit = |word: u64| {
        // This puts the quote next to the control characters, which stay below 0x20.
        let quotes = word ^ ONES.wrapping_mul(u64::from(b'"' ^ 0x20));
        let backslashes = word ^ ONES.wrapping_mul(u64::from(b'\\'));
        let hits = (below(quotes, 0x21) | below(backslashes, 1)) & HIGHS;
        (hits != 0).then(|| usize::try_from(hits.trailing_zeros() / 8).unwrap_or(0))
    };
    let [low, high] = halves(chunk);
    hit(low).or_else(|| hit(high).map(|within| within.saturating_add(WIDTH / 2)))
}

#[inline(always)]
fn halves(chunk: &[u8; WIDTH]) -> [u64; 2] {
    let halves: &[[u8; 8]] = chunk.as_chunks().0;
    if let [low, high] = halves { [*low, *high].map(u64::from_le_bytes) } else { [0; 2] }
}

pub(crate) fn is_special(byte: &u8) -> bool {
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
                        assert_eq!(plain_prefix_near(bytes), slow(bytes), "{first} {second} at {at} of {length}");
                    }
                }
            }
        }
    }
}
