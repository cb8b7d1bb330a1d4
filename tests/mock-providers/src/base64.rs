//! Tells valid base64 from the rest, as the providers refuse images and files that do not decode;
//! and writes it.

/// Whether `text` is standard, padded, non-empty base64.
pub fn is_valid(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    !digits.is_empty()
        && text.len().is_multiple_of(4)
        && padding <= 2
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

/// Bytes in standard, padded base64.
pub fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS[bits >> (18 - 6 * place) & 63];
            text.push(if place > group.len() { '=' } else { char::from(digit) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{encode, is_valid};

    #[test]
    fn bytes_are_written_as_base64() {
        for (bytes, text) in [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("\u{ff}?", "w78/")] {
            assert_eq!(encode(bytes.as_bytes()), text);
        }
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
