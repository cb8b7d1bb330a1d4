//! Properties of strings on their way from JSON into JSON, however they are spelled. `serde_json` is the judge.

#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used)]

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tollgate_json::{Quotable, Text, Writer, parse, unescape};

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
