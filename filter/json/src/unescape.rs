//! What a string with escapes means, copied block by block.

use super::block::{Cut, Marks, RUN, WIDTH, copy_run, first, padded};
use super::escape::{number, short};

/// A block, and what is read with it: what is copied may begin with its last byte.
pub(crate) const WINDOW: usize = WIDTH + RUN;
/// Space for what a block means, which is a byte more if its last byte begins an escape sequence.
pub(crate) const SPACE: usize = 2 * WIDTH + RUN;

/// What `json` means, which stands between the quotes of a string. `None`: it cannot stand there.
pub(crate) fn meaning(json: &str) -> Option<String> {
    // Nothing means more bytes than it is.
    let mut text = vec![0; json.len().checked_add(SPACE)?];
    let (read, written) = copy_meaning(json.as_bytes(), &mut text);
    text.truncate(written);
    if read == json.len() { String::from_utf8(text).ok() } else { None }
}

/// Writes what `json` means, which stands between the quotes of a string, to the start of `out`: up to what cannot stand
/// there, and as long as `out` has space for 144 bytes more. Returns how many bytes were read and how many written.
pub fn copy_meaning(json: &[u8], out: &mut [u8]) -> (usize, usize) {
    let marks = Marks::new();
    let (mut read, mut written) = (0usize, 0usize);
    while let Some(place) = out.get_mut(written..).and_then(<[u8]>::first_chunk_mut::<SPACE>) {
        let rest = json.get(read..).unwrap_or_default();
        // Where one character is written as its number, the next often is.
        let (passed, copied) = if rest.starts_with(b"\\u") {
            copy_characters(rest, place)
        } else {
            let end;
            copy_block(
                marks,
                match rest.first_chunk() {
                    Some(window) => window,
                    None => {
                        end = padded(rest);
                        &end
                    }
                },
                place,
            )
        };
        if passed == 0 {
            break;
        }
        (read, written) = (read.saturating_add(passed), written.saturating_add(copied));
    }
    (read, written)
}

/// Copies characters that are written as their numbers.
#[inline(always)]
fn copy_characters(json: &[u8], out: &mut [u8; SPACE]) -> (usize, usize) {
    let (mut rest, mut written) = (json, 0usize);
    while let [b'\\', b'u', digits @ ..] = rest
        && let Some(place) = out.get_mut(written..).and_then(<[u8]>::first_chunk_mut::<4>)
        && let Some((character, behind)) = number(digits)
    {
        written = written.wrapping_add(character.encode_utf8(place).len());
        rest = behind;
    }
    (json.len().wrapping_sub(rest.len()), written)
}

/// Copies a block, and what an escape sequence takes behind it, up to what is no short sequence.
#[inline(always)]
fn copy_block(marks: Marks, json: &[u8; WINDOW], out: &mut [u8; SPACE]) -> (usize, usize) {
    let Some(block) = json.first_chunk() else { return (0, 0) };
    let escapes = marks.escapes(block, Cut::default());
    // Those before the end.
    let mut starts = escapes.starts & !escapes.ends & escapes.ends.wrapping_sub(1);
    let (mut read, mut written) = (0usize, 0usize);
    while starts != 0 {
        let start = first(starts);
        starts &= starts.wrapping_sub(1);
        copy_run(json, read, out, written, start.wrapping_sub(read));
        written = written.wrapping_add(start.wrapping_sub(read));
        read = start;
        let means = json.get((start % WIDTH).wrapping_add(1)).copied().and_then(short);
        let (Some(means), Some(place)) = (means, out.get_mut(written)) else { return (read, written) };
        *place = means;
        (read, written) = (start.wrapping_add(2), written.wrapping_add(1));
    }
    let run = first(escapes.ends).saturating_sub(read);
    copy_run(json, read, out, written, run);
    (read.wrapping_add(run), written.wrapping_add(run))
}
