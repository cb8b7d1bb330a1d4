//! Bytes of a string looked at together: which of them are of a kind, a bit for each, the first in the lowest.

use wide::{u8x16, u8x64};

/// How many bytes are looked at together where there are escapes.
pub(crate) const WIDTH: usize = 64;

/// What must be looked at in a block that does not begin inside an escape sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Escapes {
    /// The backslashes that begin an escape sequence.
    pub(crate) starts: u64,
    /// What stands behind them.
    pub(crate) behind: u64,
    /// Quotes and control characters that are not escaped.
    pub(crate) ends: u64,
}

impl Escapes {
    #[inline(always)]
    pub(crate) fn of(block: &[u8; WIDTH]) -> Self {
        let bytes = u8x64::from(*block);
        let (starts, behind) = sequences(bytes.simd_eq(u8x64::splat(b'\\')).to_bitmask());
        let controls = bytes.simd_eq(bytes.min(u8x64::splat(0x1f)));
        let ends = (bytes.simd_eq(u8x64::splat(b'"')) | controls).to_bitmask() & !behind;
        Self { starts, behind, ends }
    }

    /// Does the last byte begin a sequence?
    #[inline(always)]
    pub(crate) fn is_cut(self) -> bool {
        self.starts >> (WIDTH - 1) != 0
    }
}

/// The bytes that are no ordinary characters: quotes, backslashes and control characters.
#[inline(always)]
pub(crate) fn special(bytes: &[u8; 16]) -> u32 {
    let bytes = u8x16::from(*bytes);
    let controls = bytes.simd_eq(bytes.min(u8x16::splat(0x1f)));
    (bytes.simd_eq(u8x16::splat(b'\\')) | bytes.simd_eq(u8x16::splat(b'"')) | controls).to_bitmask()
}

/// The same in a block.
#[inline(always)]
pub(crate) fn specials(block: &[u8; WIDTH]) -> u64 {
    block.as_chunks().0.iter().rev().fold(0, |bits, bytes| bits << 16 | u64::from(special(bytes)))
}

/// The bytes that are an escape sequence together with a backslash before them.
#[inline(always)]
pub(crate) fn short(block: &[u8; WIDTH]) -> u64 {
    let bytes = u8x64::from(*block);
    let are = |byte| bytes.simd_eq(u8x64::splat(byte));
    let signs = are(b'"') | are(b'\\') | are(b'/');
    let letters = are(b'n') | are(b't') | are(b'r') | are(b'b') | are(b'f');
    (signs | letters).to_bitmask()
}

/// Which of these backslashes begin an escape sequence, and what stands behind those. In a row of them every second one
/// is escaped: a subtraction borrows through each row, and where the row began tells which of its bits to turn.
#[inline(always)]
fn sequences(backslashes: u64) -> (u64, u64) {
    const ODD: u64 = 0xAAAA_AAAA_AAAA_AAAA;
    let turned = ((backslashes << 1) | ODD).wrapping_sub(backslashes) ^ ODD;
    (turned & backslashes, turned ^ backslashes)
}

/// The place of the first bit.
#[inline(always)]
pub(crate) fn first(bits: u64) -> usize {
    usize::try_from(bits.trailing_zeros()).unwrap_or(WIDTH)
}

/// What is too short for a block, with zeros behind it, which are control characters.
#[inline(always)]
pub(crate) fn padded<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut block = [0; N];
    for (place, byte) in block.iter_mut().zip(bytes) {
        *place = *byte;
    }
    block
}

/// Bytes that are copied in one go.
pub(crate) const RUN: usize = 16;

/// Copies `length` bytes, of which more than [`RUN`] are rare, and what is there to make it whole runs: calling on to copy
/// a few bytes costs more than the bytes. All but the last run of either side is a power of two, so that no place needs a
/// check.
#[inline(always)]
pub(crate) fn copy_run<const A: usize, const B: usize>(
    from: &[u8; A],
    at: usize,
    to: &mut [u8; B],
    place: usize,
    length: usize,
) {
    const { assert!((A - RUN).is_power_of_two() && (B - RUN).is_power_of_two()) };
    let within = |at: usize, size: usize| at & size.wrapping_sub(RUN).wrapping_sub(1);
    let mut copied = 0usize;
    loop {
        let run = from.get(within(at.wrapping_add(copied), A)..).and_then(<[u8]>::first_chunk::<RUN>);
        let place = to.get_mut(within(place.wrapping_add(copied), B)..).and_then(<[u8]>::first_chunk_mut::<RUN>);
        if let (Some(run), Some(place)) = (run, place) {
            *place = *run;
        }
        copied = copied.wrapping_add(RUN);
        if copied >= length {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_byte_is_of_its_kind_wherever_it_stands() {
        for byte in 0..=255u8 {
            for at in 0..WIDTH {
                let block: [u8; WIDTH] = std::array::from_fn(|place| if place == at { byte } else { b'x' });
                let only = |is: bool| u64::from(is) << at;
                let is_end = matches!(byte, b'"' | 0..0x20);
                assert_eq!(Escapes::of(&block).ends, only(is_end), "{byte} at {at}");
                assert_eq!(short(&block), only(b"\"\\/bfnrt".contains(&byte)), "{byte} at {at}");
                if let Some(bytes) = block.first_chunk().filter(|bytes| at < bytes.len()) {
                    assert_eq!(u64::from(special(bytes)), only(is_end || byte == b'\\'), "{byte} at {at}");
                }
            }
        }
    }

    #[test]
    fn every_second_backslash_of_a_row_is_escaped() {
        for bits in 0..1u64 << 16 {
            for backslashes in [bits, bits << 30, bits << 48, bits | bits << 48, !bits] {
                let (mut starts, mut behind, mut is_escaped) = (0u64, 0u64, false);
                for at in 0..WIDTH {
                    let bit = 1u64 << at;
                    let is_start = !is_escaped && backslashes & bit != 0;
                    behind |= if is_escaped { bit } else { 0 };
                    starts |= if is_start { bit } else { 0 };
                    is_escaped = is_start;
                }
                assert_eq!(sequences(backslashes), (starts, behind), "{backslashes:b}");
            }
        }
    }
}
