//! Tells valid base64 from the rest: the providers refuse images and files that do not decode.

/// Whether `text` is standard, padded, non-empty base64.
pub fn is_valid(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    !digits.is_empty()
        && text.len().is_multiple_of(4)
        && padding <= 2
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

#[cfg(test)]
mod tests {
    use super::is_valid;

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
