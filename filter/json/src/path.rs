//! Finds which field stands at an offset, for an error that names it.

use super::{Scanner, Token, unescape};

enum Step {
    Key(String),
    Index(usize),
}

/// The path of the value at `offset`, like `messages[2].content`; empty for the outermost value.
///
/// Runs only when an error is about to be answered. Names that a client made up are cut to what is
/// safe to repeat.
pub fn path_at(text: &str, offset: usize) -> String {
    let mut scanner = Scanner::new(text);
    let mut steps: Vec<Step> = Vec::new();
    while let Ok(Some((token, span))) = scanner.next() {
        let is_value = !matches!(token, Token::Key(_) | Token::ObjectEnd | Token::ArrayEnd);
        if is_value && let Some(Step::Index(index)) = steps.last_mut() {
            *index = index.wrapping_add(1);
        }
        match token {
            Token::Key(key) => {
                if let Some(Step::Key(name)) = steps.last_mut() {
                    *name = safe_name(&unescape(key));
                }
            }
            Token::ObjectStart => steps.push(Step::Key(String::new())),
            Token::ArrayStart => steps.push(Step::Index(usize::MAX)),
            Token::ObjectEnd | Token::ArrayEnd if span.end < offset => {
                steps.pop();
            }
            _ => {}
        }
        if span.end >= offset {
            break;
        }
    }
    render(&steps)
}

fn render(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Key(name) if name.is_empty() => {}
            Step::Key(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
            Step::Index(usize::MAX) => {}
            Step::Index(index) => {
                path.push('[');
                path.push_str(&index.to_string());
                path.push(']');
            }
        }
    }
    path
}

/// A field's name as it may be repeated: short and plain, or `?`.
fn safe_name(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { "?".to_owned() }
}

/// May a field's name that a client made up be repeated, in an error or a header?
pub fn is_plain(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    !name.is_empty() && name.len() <= 64 && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn names_the_field_an_offset_falls_into() {
        let text = r#"{"model":"m","messages":[{"role":"user"},{"role":"user","content":[{"type":5}]}],"n":1}"#;
        let at = |needle: &str| path_at(text, text.find(needle).unwrap() + 1);
        assert_eq!(at("\"m\""), "model");
        assert_eq!(at("5}"), "messages[1].content[0].type");
        assert_eq!(at("1}"), "n");
        assert_eq!(path_at(text, 0), "");
    }

    #[test]
    fn a_name_that_is_not_plain_is_not_repeated() {
        assert_eq!(safe_name("max_tokens"), "max_tokens");
        assert_eq!(safe_name("a\r\nx-evil: 1"), "?");
        assert_eq!(safe_name(&"a".repeat(65)), "?");
    }
}
