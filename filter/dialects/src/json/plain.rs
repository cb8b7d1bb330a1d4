//! Finds where a run of ordinary characters in a JSON string ends: the loop that most bytes pass
//! through.

use crate::wide::{WIDTH, first_special};

/// How many bytes from the start need no look: none is a quote, a backslash or a control character.
#[inline(always)]
pub(super) fn plain_prefix(bytes: &[u8]) -> usize {
    let (chunks, rest) = bytes.as_chunks::<WIDTH>();
    for (index, chunk) in chunks.iter().enumerate() {
        if let Some(within) = first_special(chunk) {
            return index.saturating_mul(WIDTH).saturating_add(within);
        }
    }
    let within = rest.iter().position(|&byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(rest.len());
    bytes.len().saturating_sub(rest.len()).saturating_add(within)
}

/// Appends a run of ordinary characters to `out`.
#[inline(always)]
pub(super) fn push_plain(out: &mut Vec<u8>, run: &[u8]) {
    // Escapes are close together in code; calling on to copy a few bytes costs more than the bytes.
    if run.len() > 8 {
        return out.extend_from_slice(run);
    }
    for &byte in run {
        out.push(byte);
    }
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
                    assert_eq!(plain_prefix(&bytes), slow(&bytes), "{first} {second} at {at}");
                }
            }
        }
        assert_eq!(plain_prefix(b""), 0);
    }
}
