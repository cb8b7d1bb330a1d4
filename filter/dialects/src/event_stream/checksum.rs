//! CRC-32 as gzip and PNG have it.
//!
//! One table of a kilobyte. The `crc32fast` crate takes sixteen of them and a dependency, to be
//! faster than messages of a few hundred bytes need.

const POLYNOMIAL: u32 = 0xedb8_8320;

/// What each byte does to the checksum.
static TABLE: [u32; 256] = table();

/// Runs in the compiler only, where an overflow or a wrong index would be an error.
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing)]
const fn table() -> [u32; 256] {
    let mut table = [0u32; 256];
    let mut index = 0;
    let mut byte: u32 = 0;
    while index < table.len() {
        let mut entry = byte;
        let mut bit = 0;
        while bit < 8 {
            entry = (entry >> 1) ^ (POLYNOMIAL & (entry & 1).wrapping_neg());
            bit += 1;
        }
        table[index] = entry;
        index += 1;
        byte += 1;
    }
    table
}

/// The checksum of `bytes`.
pub(super) fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, &byte| {
        let [low, ..] = sum.to_le_bytes();
        let entry = TABLE.get(usize::from(low ^ byte)).copied().unwrap_or_default();
        entry ^ (sum >> 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn gives_the_published_check_values() {
        assert_eq!(checksum(b""), 0);
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
        assert_eq!(checksum(b"The quick brown fox jumps over the lazy dog"), 0x414f_a339);
    }
}
