//! Characters as they stand between the quotes of a string.

use super::block::{Marks, RUN, WIDTH, copy_run, first, padded};
use super::escape::HEX;
use super::plain::{plain_prefix, push_plain};

/// What one byte becomes at most: a backslash, a `u` and four digits.
const LONGEST: usize = 6;
/// Space for what a block becomes at most, and what is copied behind it.
const SPACE: usize = (WIDTH * LONGEST).next_power_of_two() + RUN;

/// What stands behind the backslash for a character that has a letter; zero: it has none.
static LETTERS: [u8; 128] = letters();

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "evaluated by the compiler")]
const fn letters() -> [u8; 128] {
    let (meant, written) = (b"\"\\\n\r\t", b"\"\\nrt");
    let mut letters = [0; 128];
    let mut index = 0;
    while index < meant.len() {
        letters[meant[index] as usize] = written[index];
        index += 1;
    }
    letters
}

/// Appends `text` as it stands between the quotes of a string.
pub(crate) fn push_escaped(out: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    loop {
        let (plain, after) = rest.split_at_checked(plain_prefix(rest)).unwrap_or((rest, &[]));
        push_plain(out, plain);
        if after.is_empty() {
            return;
        }
        rest = push_blocks(out, after);
    }
}

/// Appends block by block as long as there is something to escape in each. Returns what is left.
fn push_blocks<'t>(out: &mut Vec<u8>, mut rest: &'t [u8]) -> &'t [u8] {
    let marks = Marks::new();
    let mut escaped = [0; SPACE];
    loop {
        let end;
        let window: &[u8; WIDTH + RUN] = match rest.first_chunk() {
            Some(window) => window,
            None => {
                end = padded(rest);
                &end
            }
        };
        let length = rest.len().min(WIDTH);
        // Not the zeros behind the end.
        let here = u32::try_from(length).map_or(0, |length| !u64::MAX.unbounded_shl(length));
        let mut specials = window.first_chunk().map_or(0, |block| marks.specials(block)) & here;
        if specials == 0 {
            return rest;
        }
        let (mut read, mut written) = (0usize, 0usize);
        while specials != 0 {
            let stop = first(specials);
            specials &= specials.wrapping_sub(1);
            let run = stop.wrapping_sub(read);
            copy_run(window, read, &mut escaped, written, run);
            written = written.wrapping_add(run);
            let place = escaped.get_mut(written..).and_then(<[u8]>::first_chunk_mut);
            if let (Some(byte), Some(place)) = (window.get(stop), place) {
                written = written.wrapping_add(write_escape(*byte, place));
            }
            read = stop.wrapping_add(1);
        }
        let run = length.saturating_sub(read);
        copy_run(window, read, &mut escaped, written, run);
        written = written.wrapping_add(run);
        out.extend_from_slice(escaped.get(..written).unwrap_or_default());
        rest = rest.get(length..).unwrap_or_default();
    }
}

/// Writes the escape sequence of `byte`, and says how long it is.
#[inline(always)]
fn write_escape(byte: u8, place: &mut [u8; LONGEST]) -> usize {
    match LETTERS.get(usize::from(byte)) {
        Some(&letter) if letter != 0 => {
            let [first, second, ..] = place;
            (*first, *second) = (b'\\', letter);
            2
        }
        _ => {
            let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
            *place = [b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)];
            LONGEST
        }
    }
}
