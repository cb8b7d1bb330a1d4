//! How many tokens a text will be, roughly, without a tokenizer.
//!
//! A token of today's vocabularies is about four ASCII characters, or three bytes of anything else.
//! Nothing is calibrated yet: expect errors of a quarter on prose and more on code.

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

/// How many bytes are not ASCII, eight at a time: each has its top bit set.
fn beyond_ascii(bytes: &[u8]) -> u64 {
    const HIGHS: u64 = (u64::MAX / 255) << 7;
    let (chunks, rest) = bytes.as_chunks::<8>();
    let whole: u64 = chunks.iter().map(|chunk| u64::from((u64::from_le_bytes(*chunk) & HIGHS).count_ones())).sum();
    let left = rest.iter().filter(|byte| !byte.is_ascii()).count();
    whole.saturating_add(u64::try_from(left).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn ascii_is_a_quarter_of_a_token_and_other_bytes_a_third() {
        for length in 0..20 {
            let ascii = "a".repeat(length);
            let text = format!("{ascii}é{ascii}");
            let length = length as u64;
            assert_eq!(twelfths(&ascii), 3 * length);
            assert_eq!(twelfths(&text), 6 * length + 8);
        }
    }
}
