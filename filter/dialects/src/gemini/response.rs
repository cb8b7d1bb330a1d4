//! `functionResponse.response`, an object, to and from the text that results are elsewhere.
//!
//! By its documentation the key `output` holds what a function gave and `error` why it failed; with
//! neither the whole object is the output. Google's SDK writes `result` for functions that it calls itself.

use crate::json::{Quotable, Raw, RequestError, Scanner, Text, Token, Writer, parse, unescape};

/// What a result says, and whether it tells of a failure.
pub(super) fn read(response: Raw<'_>) -> Result<(Text<'_>, bool), RequestError> {
    if !response.get().starts_with('{') {
        return Err(RequestError::shape("response", "expected an object"));
    }
    let said = only_member(response).and_then(|(key, value)| Some((parse::<Text<'_>>(value).ok()?, key)));
    Ok(match said {
        Some((error, key)) if key == "error" => (error, true),
        Some((output, key)) if key == "output" || key == "result" => (output, false),
        _ => (response.get().into(), false),
    })
}

/// The key and the value of an object that has one member.
fn only_member(object: Raw<'_>) -> Option<(std::borrow::Cow<'_, str>, &str)> {
    let mut scanner = Scanner::new(object.get());
    let (_, _) = scanner.next().ok()??;
    let (Token::Key(key), _) = scanner.next().ok()?? else { return None };
    let (Token::String(_), span) = scanner.next().ok()?? else { return None };
    let (Token::ObjectEnd, _) = scanner.next().ok()?? else { return None };
    Some((unescape(key), object.get().get(span.start..span.end)?))
}

/// Writes what `texts` say together.
pub(super) fn write(w: &mut Writer<'_>, texts: &[&Text<'_>], is_error: bool) {
    match texts {
        [text] if !is_error && is_plain_object(text) => w.literal(text.trim()),
        texts => w.object(|w| {
            let between: Vec<_> = texts.iter().flat_map(|text| ["\n".quoted(), text.quoted()]).skip(1).collect();
            w.key(if is_error { "error" } else { "output" }).concat(&between);
        }),
    }
}

/// Is this an object that would be read as itself, with none of the keys that mean something?
fn is_plain_object(text: &Text<'_>) -> bool {
    if text.first_visible() != Some('{') {
        return false;
    }
    let mut scanner = Scanner::new(text);
    loop {
        match scanner.next() {
            Ok(Some((Token::Key(key), _))) if scanner.depth() == 1 => {
                if matches!(&*unescape(key), "output" | "error" | "result") {
                    return false;
                }
            }
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn written(texts: &[&str], is_error: bool) -> String {
        let mut out = Vec::new();
        let texts: Vec<Text<'_>> = texts.iter().map(|&text| text.into()).collect();
        write(&mut Writer::new(&mut out), &texts.iter().collect::<Vec<_>>(), is_error);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_text_survives_the_way_there_and_back() {
        let objects = [r#"{"a":1,"b":{"output":2}}"#, r#"{"output":"x"}"#, r#"{"error":"x","a":1}"#, "{}", "{"];
        for text in ["", "20 °C", "[1,2]", "\"quoted\""].into_iter().chain(objects) {
            for is_error in [false, true] {
                let raw = written(&[text], is_error);
                let raw: Raw<'_> = parse(&raw).unwrap();
                let (read, failed) = read(raw).unwrap();
                assert_eq!((&*read, failed), (text, is_error), "{text}");
            }
        }
    }

    #[test]
    fn an_object_is_the_result_itself() {
        assert_eq!(written(&[r#" {"celsius":20} "#], false), r#"{"celsius":20}"#);
        assert_eq!(written(&["a", "b"], false), r#"{"output":"a\nb"}"#);
        assert_eq!(written(&[], false), r#"{"output":""}"#);
        let read = |json| read(parse(json).unwrap()).unwrap();
        assert_eq!(read(r#"{"result":"20"}"#), ("20".into(), false));
        assert_eq!(read(r#"{"output":20}"#), (r#"{"output":20}"#.into(), false));
        assert_eq!(read(r#"{"error":{"code":5}}"#), (r#"{"error":{"code":5}}"#.into(), false));
    }
}
