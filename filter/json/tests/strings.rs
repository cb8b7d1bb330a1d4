//! Properties of strings on their way from JSON into JSON, however they are spelled. `serde_json` is the judge.

#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::unwrap_used)]

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tollgate_json::{Quotable, Scanner, Text, Token, Writer, copy_meaning, object, parse, unescape};

/// What may stand between the quotes of a string, and what may not: characters, escapes, halves of characters.
fn spelling() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[ -!#-\\[\\]-~]{1,20}",
        4 => r#"\\["\\/bfnrt]"#,
        2 => any::<char>().prop_filter("needs an escape", |c| *c >= ' ' && !matches!(c, '"' | '\\')).prop_map(String::from),
        2 => any::<char>().prop_map(numbered),
        2 => "[ \u{a0}\u{2028}\u{3000}]{1,3}|\\\\u(0020|00[aA]0|2028|3000|000[aA])",
        1 => any::<u16>().prop_map(|unit| format!("\\u{unit:04X}")),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// What may break a string as well.
fn broken() -> impl Strategy<Value = String> {
    (spelling(), r#"[\\"u\x00-\x1f0-9a-gA-G]{0,6}"#, spelling()).prop_map(|(a, b, c)| a + &b + &c)
}

/// What a string is by the letter, byte by byte: where it ends, or where it is wrong and what should stand there.
fn by_the_letter(json: &str) -> Result<usize, (usize, &'static str)> {
    let mut at = 1;
    loop {
        let mut behind = json.bytes().skip(at);
        at += match (behind.next(), behind.next()) {
            (None, _) => return Err((at, "the end of a string")),
            (Some(b'"'), _) => return Ok(at + 1),
            (Some(b'\\'), Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => 2,
            (Some(b'\\'), Some(b'u')) => {
                if behind.take(4).filter(u8::is_ascii_hexdigit).count() < 4 {
                    return Err((at + 2, "four hexadecimal digits"));
                }
                6
            }
            (Some(b'\\'), _) => return Err((at + 1, "an escape sequence")),
            (Some(..0x20), _) => return Err((at, "control characters in a string to be escaped")),
            _ => 1,
        };
    }
}

/// A character as numbers.
fn numbered(character: char) -> String {
    character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

fn written(write: impl FnOnce(&mut Writer<'_>)) -> String {
    let mut out = Vec::new();
    write(&mut Writer::new(&mut out));
    String::from_utf8(out).unwrap()
}

fn meaning(json: &str) -> String {
    serde_json::from_str(json).unwrap()
}

/// The cases are the same in every run; `PROPTEST_CASES=100000` asks for more of them.
fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_string_is_read_as_serde_json_reads_it(inside in prop_oneof![spelling(), broken()]) {
        let json = format!("\"{inside}\"");
        let text = parse::<Text<'_>>(&json).ok().map(|text| text.to_string());
        prop_assert_eq!(text, serde_json::from_str::<String>(&json).ok());
    }

    #[test]
    fn a_string_ends_or_is_wrong_where_each_byte_says_so(inside in prop_oneof![spelling(), broken()], cut in 0..40usize) {
        let json = format!("\"{inside}\"");
        let json = json.get(..json.len().saturating_sub(cut).max(1)).unwrap_or(&json);
        let mut scanner = Scanner::new(json);
        let scanned = match scanner.next() {
            Ok(Some((Token::String(_), span))) => Ok(span.end),
            Ok(_) => return Err(TestCaseError::fail("no string")),
            Err(error) => Err((error.offset, error.expected)),
        };
        prop_assert_eq!(scanned, by_the_letter(json), "{}", json);
    }

    #[test]
    fn a_part_of_a_string_means_a_part(inside in spelling(), cut in 0..200usize, space in 0..400usize) {
        let json = format!("\"{inside}\"");
        let Ok(text) = parse::<Text<'_>>(&json) else { return Ok(()) };
        let part = inside.as_bytes().get(..cut).unwrap_or(inside.as_bytes());
        let mut out = vec![0; space];
        let (read, written) = copy_meaning(part, &mut out);
        // It ends where a sequence is cut, of which the longest has twelve bytes, or for want of space.
        prop_assert!(part.len() - read < 12 || space < written + 144, "{} of {}", read, part.len());
        prop_assert_eq!(text.as_bytes().get(..written), out.get(..written));
        if let Ok(read) = std::str::from_utf8(part.get(..read).unwrap()) {
            let meant = unescape(read);
            prop_assert_eq!(Some(meant.as_bytes()), out.get(..written));
        }
    }

    #[test]
    fn an_object_in_a_string_is_what_the_string_means(inside in prop_oneof![spelling(), broken()]) {
        let json = written(|w| w.string(&format!("{{\"a\":\"{inside}\"}}")));
        let text = parse::<Text<'_>>(&json).unwrap();
        let meant: String = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(object(&text), object(&meant));
        let is_object = by_the_letter(&format!("\"{inside}\"")) == Ok(inside.len() + 2);
        prop_assert!(!is_object || object(&meant) == Some(&*meant));
    }

    #[test]
    fn what_nobody_looks_at_is_written_as_it_was_read(inside in spelling()) {
        let json = format!("\"{inside}\"");
        let Ok(text) = parse::<Text<'_>>(&json) else { return Ok(()) };
        prop_assert_eq!(written(|w| w.string(&text)), &*json);
        let _ = text.len();
        prop_assert_eq!(written(|w| w.string(&text)), json);
    }

    #[test]
    fn a_copy_means_what_the_characters_mean(inside in spelling()) {
        let json = format!("\"{inside}\"");
        let Ok(text) = parse::<Text<'_>>(&json) else { return Ok(()) };
        let characters = text.clone().into_cow().into_owned();
        prop_assert_eq!(meaning(&written(|w| w.string(&text))), &*characters);
        prop_assert_eq!(meaning(&written(|w| w.string(&characters))), &*characters);
        prop_assert_eq!(&*unescape(&inside), &*characters);
        prop_assert_eq!(Text::from(characters), text);
    }

    #[test]
    fn what_is_said_of_a_text_without_looking_is_so(inside in spelling()) {
        let json = format!("\"{inside}\"");
        let Ok(text) = parse::<Text<'_>>(&json) else { return Ok(()) };
        let characters = text.clone().into_cow().into_owned();
        prop_assert_eq!(text.is_empty(), characters.is_empty());
        prop_assert_eq!(text.is_blank(), characters.trim().is_empty());
        prop_assert_eq!(text.first_visible(), characters.trim_start().chars().next());
        prop_assert_eq!(text.characters(), characters.chars().count() as u64);
    }

    #[test]
    fn whatever_is_written_is_json_on_one_line(inside in spelling(), characters in any::<String>()) {
        let json = format!("\"{inside}\"");
        let text = parse::<Text<'_>>(&json).unwrap_or_default();
        let one = written(|w| w.concat(&[text.quoted(), "\"\n\u{1}".quoted(), characters.quoted()]));
        prop_assert!(one.bytes().all(|byte| byte >= b' '));
        prop_assert_eq!(meaning(&one), [&*text, "\"\n\u{1}", &*characters].concat());
    }

    #[test]
    fn texts_are_compared_by_what_they_mean(one in any::<String>(), other in any::<String>()) {
        let spelled = |text: &str| format!("\"{}\"", text.chars().map(numbered).collect::<String>());
        let (json, another) = (spelled(&one), spelled(&other));
        let (text, another): (Text<'_>, Text<'_>) = (parse(&json).unwrap(), parse(&another).unwrap());
        prop_assert_eq!(&text, &Text::from(&*one));
        prop_assert_eq!(text.cmp(&another), one.cmp(&other));
    }
}
