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
    let ascii = text.bytes().filter(u8::is_ascii).count();
    let ascii = u64::try_from(ascii).unwrap_or(u64::MAX);
    ascii.saturating_mul(3).saturating_add(bytes.saturating_sub(ascii).saturating_mul(4))
}
