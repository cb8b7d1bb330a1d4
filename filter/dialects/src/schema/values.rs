//! Which values of a keyword a provider takes. Each test is given the value's JSON.

use crate::json::{Scanner, Token, unescape};

/// Formats of texts that Claude and OpenAI take alike.
const FORMATS: [&str; 9] = ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];

pub(super) fn is_openais_format(json: &str) -> bool {
    FORMATS.contains(&quoted(json))
}

pub(super) fn is_claudes_format(json: &str) -> bool {
    is_openais_format(json) || quoted(json) == "uri"
}

pub(super) fn is_geminis_format(json: &str) -> bool {
    ["date-time", "date", "time", "int32", "int64", "float", "double"].contains(&quoted(json))
}

pub(super) fn is_coheres_format(json: &str) -> bool {
    ["date-time", "uuid", "date", "time"].contains(&quoted(json))
}

/// Neither what looks around nor what looks back, no boundaries of words, and no long repetitions.
pub(super) fn is_claudes_pattern(json: &str) -> bool {
    let pattern = unescape(quoted(json));
    let mut characters = pattern.chars();
    let mut digits = 0u32;
    while let Some(character) = characters.next() {
        digits = if character.is_ascii_digit() { digits.saturating_add(1) } else { 0 };
        let looks = match character {
            '\\' => characters.next().is_none_or(|escaped| matches!(escaped, 'b' | 'B' | 'k' | '1'..='9')),
            '(' => characters.as_str().starts_with('?'),
            ',' | '}' => false,
            _ => digits > 2,
        };
        if looks {
            return false;
        }
    }
    true
}

pub(super) fn is_coheres_pattern(json: &str) -> bool {
    let pattern = unescape(quoted(json));
    !["^", "$", "?=", "?!"].iter().any(|sign| pattern.contains(sign))
}

pub(super) fn is_none_or_one(json: &str) -> bool {
    matches!(json, "0" | "1")
}

pub(super) fn is_scalar(json: &str) -> bool {
    !json.starts_with(['{', '['])
}

/// A list without lists and objects in it.
pub(super) fn are_scalars(json: &str) -> bool {
    are(json, |token| !matches!(token, Token::ObjectStart | Token::ArrayStart))
}

/// None of them is yes or no, either. Nothing at all may be among them, as for all that can be null.
pub(super) fn are_texts_or_numbers(json: &str) -> bool {
    are(json, |token| matches!(token, Token::String(_) | Token::Number(_) | Token::Null))
}

fn are(json: &str, takes: fn(Token<'_>) -> bool) -> bool {
    let mut scanner = Scanner::new(json);
    if !matches!(scanner.next(), Ok(Some((Token::ArrayStart, _)))) {
        return false;
    }
    loop {
        match scanner.next() {
            Ok(Some((Token::ArrayEnd, _))) => return true,
            Ok(Some((token, _))) if takes(token) => {}
            _ => return false,
        }
    }
}

/// A string without its quotes.
fn quoted(json: &str) -> &str {
    json.strip_prefix('"').and_then(|json| json.strip_suffix('"')).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn patterns_that_look_around_or_repeat_for_long_are_not_claudes() {
        for simple in [r#""^[a-z]{1,20}$""#, r#""\\d+(a|b)?""#, r#""a\u005c\u005cb""#] {
            assert!(is_claudes_pattern(simple), "{simple}");
        }
        for other in [r#""(?=a)""#, r#""\\bword\\b""#, r#""(a)\\1""#, r#""a{1,1000}""#, r#""(?:a)""#, r#""\\""#] {
            assert!(!is_claudes_pattern(other), "{other}");
        }
    }

    #[test]
    fn lists_of_values_are_looked_into() {
        assert!(are_scalars(r#"["[",1,null,true]"#) && are_scalars("[]"));
        assert!(!are_scalars(r#"["a",{}]"#) && !are_scalars("[[]]") && !are_scalars(r#""a""#));
        assert!(are_texts_or_numbers(r#"["a",1,null]"#) && !are_texts_or_numbers("[true]"));
    }
}
