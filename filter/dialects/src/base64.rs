//! Base64 as the APIs have binary data in JSON: the standard alphabet, padded.

const ALPHABET: [u8; 64] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Is `text` base64, and more than nothing?
pub(crate) fn is_base64(text: &str) -> bool {
    let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    let is_digit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    !digits.is_empty() && text.len().is_multiple_of(4) && digits.bytes().all(is_digit)
}

/// What `text` encodes.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    if !is_base64(text) {
        return None;
    }
    let digits = text.trim_end_matches('=').as_bytes();
    let mut out = Vec::with_capacity(text.len());
    for group in digits.chunks(4) {
        let bits = group.iter().try_fold(0u32, |bits, digit| Some((bits << 6) | value(*digit)?))?;
        let [_, bytes @ ..] = match group.len() {
            4 => bits.to_be_bytes(),
            3 => (bits << 6).to_be_bytes(),
            _ => (bits << 12).to_be_bytes(),
        };
        out.extend(bytes.iter().take(group.len().saturating_sub(1)));
    }
    Some(out)
}

fn value(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit.wrapping_sub(b'A'),
        b'a'..=b'z' => digit.wrapping_sub(b'a').wrapping_add(26),
        b'0'..=b'9' => digit.wrapping_sub(b'0').wrapping_add(52),
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// `bytes`, encoded.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        for (at, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let digit = usize::try_from((bits >> shift) & 63).unwrap_or(0);
            let digit = ALPHABET.get(digit).copied().filter(|_| at <= group.len()).unwrap_or(b'=');
            out.push(char::from(digit));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_vectors_of_the_standard() {
        let vectors = [("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")];
        for (text, encoded) in vectors {
            assert_eq!(encode(text.as_bytes()), encoded);
            assert_eq!(decode(encoded).as_deref(), Some(text.as_bytes()));
        }
        let every_byte: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&every_byte)), Some(every_byte));
        assert_eq!(encode(b""), "");
    }

    #[test]
    fn what_is_not_base64_is_told() {
        for text in ["", "=", "====", "Zg", "Zg=", "Z===", "Zm9v\n", "Zm 9", "Zm9_", "Zm=v", "é==="] {
            assert!(!is_base64(text), "{text:?}");
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
