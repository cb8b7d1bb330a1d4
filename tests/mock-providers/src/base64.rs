//! Standard base64: the providers refuse images and files that do not decode, and Bedrock wraps bytes
//! in it.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Whether `text` is standard, padded, non-empty base64.
pub fn is_valid(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    !digits.is_empty()
        && text.len().is_multiple_of(4)
        && padding <= 2
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

/// Encodes bytes, padded.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= chunk.len() { digit.into() } else { '=' });
        }
    }
    text
}

/// Decodes a text, if it [`is_valid`].
pub fn decode(text: &str) -> Option<Vec<u8>> {
    if !is_valid(text) {
        return None;
    }
    let digits = text.trim_end_matches('=').bytes();
    let digits: Vec<u32> =
        digits.filter_map(|digit| DIGITS.iter().position(|one| *one == digit)).map(|value| value as u32).collect();
    let bytes = digits.chunks(4).flat_map(|chunk| {
        let bits = (0..4).fold(0, |bits, at| bits << 6 | chunk.get(at).copied().unwrap_or(0));
        bits.to_be_bytes()[1..].iter().copied().take(chunk.len() * 3 / 4).collect::<Vec<u8>>()
    });
    Some(bytes.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_it_encodes() {
        for (plain, encoded) in [("h", "aA=="), ("hi", "aGk="), ("hi!", "aGkh"), ("a\u{ff}\u{3fe}", "YcO/z74=")] {
            assert_eq!(encode(plain.as_bytes()), encoded);
            assert_eq!(decode(encoded).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(encode(b""), "");
        assert_eq!(decode("aGk"), None);
    }

    #[test]
    fn only_padded_standard_base64_is_valid() {
        for good in ["aGk=", "aGkh", "YQ==", "+/+/"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["", "====", "aGk", "a===", "aG k", "aGk-", "aGk=\n", "a=Gk"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
