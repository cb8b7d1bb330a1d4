//! Sixteen bytes at a time: in one step where the processor can, eight by eight where not.

/// How many bytes are looked at together.
pub(crate) const WIDTH: usize = 16;

/// Where the first byte of a JSON string is that needs a look: a quote, a backslash or a control character.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
pub(crate) fn first_special(chunk: &[u8; WIDTH]) -> Option<usize> {
    use std::arch::wasm32::{u8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_splat, u64x2, v128_or};
    let [low, high] = halves(chunk);
    let bytes = u64x2(low, high);
    let quotes = v128_or(u8x16_eq(bytes, u8x16_splat(b'"')), u8x16_eq(bytes, u8x16_splat(b'\\')));
    let hits = u8x16_bitmask(v128_or(quotes, u8x16_lt(bytes, u8x16_splat(0x20))));
    (hits != 0).then(|| usize::try_from(hits.trailing_zeros()).unwrap_or(0))
}

/// Where the first byte of a JSON string is that needs a look: a quote, a backslash or a control character.
///
/// A byte below `n` is one whose top bit is clear and that borrows when `n` is taken from it. A borrow can reach into
/// the bytes above, which is why only the lowest hit is taken.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline(always)]
pub(crate) fn first_special(chunk: &[u8; WIDTH]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    let below = |word: u64, n: u64| word.wrapping_sub(ONES.wrapping_mul(n)) & !word;
    let is = |word: u64, byte: u8| below(word ^ ONES.wrapping_mul(u64::from(byte)), 1);
    let hit = |word: u64| {
        let hits = (below(word, 0x20) | is(word, b'"') | is(word, b'\\')) & HIGHS;
        (hits != 0).then(|| usize::try_from(hits.trailing_zeros() / 8).unwrap_or(0))
    };
    let [low, high] = halves(chunk);
    hit(low).or_else(|| hit(high).map(|within| within.saturating_add(WIDTH / 2)))
}

/// How many bytes are not ASCII: each has its top bit set.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
pub(crate) fn beyond_ascii(chunk: &[u8; WIDTH]) -> u32 {
    use std::arch::wasm32::{u8x16_bitmask, u64x2};
    let [low, high] = halves(chunk);
    u8x16_bitmask(u64x2(low, high)).count_ones()
}

/// How many bytes are not ASCII: each has its top bit set.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline(always)]
pub(crate) fn beyond_ascii(chunk: &[u8; WIDTH]) -> u32 {
    const HIGHS: u64 = (u64::MAX / 255) << 7;
    let [low, high] = halves(chunk).map(|half| (half & HIGHS).count_ones());
    low.saturating_add(high)
}

#[inline(always)]
fn halves(chunk: &[u8; WIDTH]) -> [u64; 2] {
    let halves: &[[u8; 8]] = chunk.as_chunks().0;
    if let [low, high] = halves { [*low, *high].map(u64::from_le_bytes) } else { [0; 2] }
}
