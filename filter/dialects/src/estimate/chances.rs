//! The chances between kinds of bytes, spread out over the bytes themselves.

use super::classes::{CLASS, CLASSES};
use super::pairs::PAIRS;
use std::sync::LazyLock;

/// The chance that a token begins between two bytes, for each two there are.
pub(super) type Chances = [i8; 1 << 16];

/// Made when it is first needed, on the heap: a module should not carry it. Kinds are what can be learned, but looking
/// up those of both bytes first takes twice as long.
pub(super) static CHANCES: LazyLock<Box<Chances>> =
    LazyLock::new(|| Box::new(std::array::from_fn(|pair| between(kind_of(pair & 0xff), kind_of(pair >> 8)))));

/// The chance that a token begins at the second byte behind the first.
#[inline(always)]
pub(super) fn chance(chances: &Chances, pair: [u8; 2]) -> i32 {
    i32::from(chances.get(usize::from(u16::from_le_bytes(pair))).copied().unwrap_or(0))
}

fn between(before: usize, kind: usize) -> i8 {
    PAIRS.get(before.saturating_mul(CLASSES).saturating_add(kind)).copied().unwrap_or(0)
}

fn kind_of(byte: usize) -> usize {
    CLASS.get(byte).map_or(0, |&kind| usize::from(kind))
}
