//! Base64, in the standard alphabet and in that of URLs (RFC 4648).

use std::borrow::Cow;

const ALPHABET: [u8; 64] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Is `text` what most APIs take: the standard alphabet, padded, and more than nothing?
pub(crate) fn is_base64(text: &str) -> bool {
    let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    let is_digit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    !digits.is_empty() && text.len().is_multiple_of(4) && digits.bytes().all(is_digit)
}

/// `bytes` in the standard alphabet, padded.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for (index, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let digit = usize::try_from(group >> shift & 63).ok().and_then(|digit| ALPHABET.get(digit));
            out.push(if index > chunk.len() { '=' } else { digit.map_or('=', |&digit| char::from(digit)) });
        }
    }
    out
}

/// What `text` encodes, in either alphabet, padded or not. `None` if it is not base64.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=').as_bytes();
    let mut out = Vec::with_capacity(text.len().div_ceil(4).saturating_mul(3));
    for chunk in text.chunks(4) {
        let mut group = 0u32;
        for index in 0..4 {
            let digit = chunk.get(index).map_or(Some(0), |&byte| value_of(byte))?;
            group = group << 6 | u32::from(digit);
        }
        let [_, first, second, third] = group.to_be_bytes();
        match chunk.len() {
            4 => out.extend([first, second, third]),
            3 => out.extend([first, second]),
            2 => out.push(first),
            _ => return None,
        }
    }
    Some(out)
}

fn value_of(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => byte.checked_sub(b'A'),
        b'a'..=b'z' => byte.checked_sub(b'a')?.checked_add(26),
        b'0'..=b'9' => byte.checked_sub(b'0')?.checked_add(52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// The same data in the standard alphabet and padded, which is all that most APIs take.
pub(crate) fn standard(data: Cow<'_, str>) -> Cow<'_, str> {
    let is_padded = data.len().is_multiple_of(4);
    if is_padded && memchr::memchr2(b'-', b'_', data.as_bytes()).is_none() {
        return data;
    }
    let mut out: String = data
        .chars()
        .map(|character| match character {
            '-' => '+',
            '_' => '/',
            character => character,
        })
        .collect();
    while !out.len().is_multiple_of(4) {
        out.push('=');
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn comes_back_as_it_was() {
        let pairs =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("é?>", "w6k/Pg==")];
        for (text, encoded) in pairs {
            assert_eq!(encode(text.as_bytes()), encoded);
            assert_eq!(decode(encoded).as_deref(), Some(text.as_bytes()));
            assert_eq!(decode(encoded.trim_end_matches('=')).as_deref(), Some(text.as_bytes()));
        }
        assert_eq!(decode("w6k_Pg"), decode("w6k/Pg=="));
        for wrong in ["A", "AB*D", "A=BC", "é"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_alphabet_of_urls_becomes_the_standard_one() {
        assert_eq!(standard("w6k_Pg".into()), "w6k/Pg==");
        assert!(matches!(standard("w6k/Pg==".into()), Cow::Borrowed(_)));
    }

    #[test]
    fn what_is_not_base64_is_told() {
        for text in ["", "=", "====", "Zg", "Zg=", "Z===", "Zm9v\n", "Zm 9", "Zm9_", "Zm=v", "é==="] {
            assert!(!is_base64(text), "{text:?}");
        }
        assert!(is_base64("Zg=="));
    }
}
