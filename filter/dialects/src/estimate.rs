//! How many tokens a text will be, roughly, without a tokenizer.
//!
//! A token of today's vocabularies is about four ASCII characters, or three bytes of anything else.
//! Nothing is calibrated yet: expect errors of a quarter on prose and more on code.

use crate::wide;

/// Tokens that an image or a document is taken for.
pub(crate) const MEDIA_TOKENS: u64 = 1_600;
/// Tokens around each message.
pub(crate) const MESSAGE_TOKENS: u64 = 4;

/// Twelfths of a token, so that short strings do not round away.
pub(crate) fn twelfths(text: &str) -> u64 {
    let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
    let others = beyond_ascii(text.as_bytes());
    bytes.saturating_sub(others).saturating_mul(3).saturating_add(others.saturating_mul(4))
}

fn beyond_ascii(bytes: &[u8]) -> u64 {
    let (chunks, rest) = bytes.as_chunks();
    // No text has as many bytes as would wrap.
    let whole = chunks.iter().fold(0, |count: u32, chunk| count.wrapping_add(wide::beyond_ascii(chunk)));
    rest.iter().fold(u64::from(whole), |count, byte| count.saturating_add(u64::from(byte >> 7)))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn ascii_is_a_quarter_of_a_token_and_other_bytes_a_third() {
        for length in (0..20).chain(120..140) {
            let ascii = "a".repeat(length);
            let text = format!("{ascii}é{ascii}");
            let length = length as u64;
            assert_eq!(twelfths(&ascii), 3 * length);
            assert_eq!(twelfths(&text), 6 * length + 8);
        }
    }
}
