//! Bytes of a string looked at together: which of them are of a kind, a bit for each, the first in the lowest.

use std::hint::black_box;
use wide::u8x16;

/// How many bytes are looked at together where there are escapes.
pub(crate) const WIDTH: usize = 64;
/// How many are looked at at once.
pub(crate) const LANES: usize = 16;

/// What must be looked at in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Escapes {
    /// The backslashes that begin an escape sequence.
    pub(crate) starts: u64,
    /// What stands behind them.
    pub(crate) behind: u64,
    /// Quotes and control characters that are not escaped.
    pub(crate) ends: u64,
}

/// What is looked for in every string, in all lanes of a vector.
#[derive(Clone, Copy)]
pub(crate) struct Marks {
    backslash: u8x16,
    quote: u8x16,
    /// The last control character.
    control: u8x16,
}

impl Marks {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self { backslash: every(b'\\'), quote: every(b'"'), control: every(0x1f) }
    }

    /// The bytes that are no ordinary characters: quotes, backslashes and control characters.
    #[inline(always)]
    pub(crate) fn special(self, bytes: &[u8; LANES]) -> u32 {
        let bytes = u8x16::from(*bytes);
        (bytes.simd_eq(self.backslash) | self.ends(bytes)).to_bitmask()
    }

    /// The same in a block.
    #[inline(always)]
    pub(crate) fn specials(self, block: &[u8; WIDTH]) -> u64 {
        each(block, |bytes| self.special(bytes))
    }

    #[inline(always)]
    pub(crate) fn escapes(self, block: &[u8; WIDTH], before: Cut) -> Escapes {
        let backslashes = each(block, |bytes| u8x16::from(*bytes).simd_eq(self.backslash).to_bitmask());
        let (starts, behind) = sequences(backslashes, before.0);
        let ends = each(block, |bytes| self.ends(u8x16::from(*bytes)).to_bitmask()) & !behind;
        Escapes { starts, behind, ends }
    }

    #[inline(always)]
    fn ends(self, bytes: u8x16) -> u8x16 {
        bytes.simd_eq(self.quote) | bytes.simd_eq(bytes.min(self.control))
    }
}

/// What makes an escape sequence together with a backslash before it.
#[derive(Clone, Copy)]
pub(crate) struct Short {
    marks: Marks,
    slash: u8x16,
    t: u8x16,
    /// Letters that differ in one bit: which bits to look at, and what they are.
    b_and_r: [u8x16; 2],
    f_and_n: [u8x16; 2],
}

impl Short {
    #[inline(always)]
    pub(crate) fn new(marks: Marks) -> Self {
        let both = |one: u8, other: u8| [every(!(one ^ other)), every(one & other)];
        Self { marks, slash: every(b'/'), t: every(b't'), b_and_r: both(b'b', b'r'), f_and_n: both(b'f', b'n') }
    }

    #[inline(always)]
    pub(crate) fn of(self, block: &[u8; WIDTH]) -> u64 {
        each(block, |bytes| {
            let bytes = u8x16::from(*bytes);
            let either = |[bits, letter]: [u8x16; 2]| (bytes & bits).simd_eq(letter);
            let signs =
                bytes.simd_eq(self.marks.quote) | bytes.simd_eq(self.marks.backslash) | bytes.simd_eq(self.slash);
            (signs | bytes.simd_eq(self.t) | either(self.b_and_r) | either(self.f_and_n)).to_bitmask()
        })
    }
}

/// A byte in every lane. V8 makes a constant anew wherever it is used, which takes longer than to use it; what it cannot
/// see through it keeps in a register.
#[inline(always)]
fn every(byte: u8) -> u8x16 {
    u8x16::splat(if cfg!(target_arch = "wasm32") { black_box(byte) } else { byte })
}

#[inline(always)]
fn each(block: &[u8; WIDTH], look: impl Fn(&[u8; LANES]) -> u32) -> u64 {
    block.as_chunks().0.iter().rev().fold(0, |bits, bytes| bits << LANES | u64::from(look(bytes)))
}

impl Escapes {
    /// What the next block has to know.
    #[inline(always)]
    pub(crate) fn cut(self) -> Cut {
        Cut(self.starts >> (WIDTH - 1))
    }
}

/// Did the block before end inside an escape sequence? One or zero.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cut(u64);

/// Which of these backslashes begin an escape sequence, and what stands behind those, or behind one that stands `before`.
/// In a row of them every second one is escaped: a subtraction borrows through each row, and where the row began tells
/// which of its bits to turn.
#[inline(always)]
fn sequences(backslashes: u64, before: u64) -> (u64, u64) {
    const ODD: u64 = 0xAAAA_AAAA_AAAA_AAAA;
    let rows = backslashes & !before;
    let turned = ((rows << 1) | ODD).wrapping_sub(rows) ^ ODD;
    (turned & backslashes, turned ^ (backslashes | before))
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
        let marks = Marks::new();
        let short = Short::new(marks);
        for byte in 0..=255u8 {
            for at in 0..WIDTH {
                let block: [u8; WIDTH] = std::array::from_fn(|place| if place == at { byte } else { b'x' });
                let only = |is: bool| u64::from(is) << at;
                let is_end = matches!(byte, b'"' | 0..0x20);
                assert_eq!(marks.escapes(&block, Cut::default()).ends, only(is_end), "{byte} at {at}");
                assert_eq!(short.of(&block), only(b"\"\\/bfnrt".contains(&byte)), "{byte} at {at}");
                if let Some(bytes) = block.first_chunk().filter(|bytes| at < bytes.len()) {
                    assert_eq!(u64::from(marks.special(bytes)), only(is_end || byte == b'\\'), "{byte} at {at}");
                }
            }
        }
    }

    #[test]
    fn every_second_backslash_of_a_row_is_escaped() {
        for bits in 0..1u64 << 16 {
            for backslashes in [bits, bits << 30, bits << 48, bits | bits << 48, !bits] {
                for before in [0, 1] {
                    let (mut starts, mut behind, mut is_escaped) = (0u64, 0u64, before == 1);
                    for at in 0..WIDTH {
                        let bit = 1u64 << at;
                        let is_start = !is_escaped && backslashes & bit != 0;
                        behind |= if is_escaped { bit } else { 0 };
                        starts |= if is_start { bit } else { 0 };
                        is_escaped = is_start;
                    }
                    assert_eq!(sequences(backslashes, before), (starts, behind), "{backslashes:b} {before}");
                }
            }
        }
    }
}
