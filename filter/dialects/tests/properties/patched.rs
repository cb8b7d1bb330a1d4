//! Within one dialect only what is named changes: the model, and whether usage is streamed.

use crate::bodies::{Change, changed, values};
use crate::check;
use crate::seeds::{REQUESTS, body_names_model};
use crate::translation::asked;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;
use tollgate_dialects::{Dialect, Peek};

const NEW: &str = "another \"model\" é";

/// A body in three pieces: what stands before the model's name, the name, and the rest.
type Pieces = (String, String, String);

/// Members of any name and value, with white space wherever it may be.
fn pieces() -> impl Strategy<Value = Pieces> {
    let space = || select(vec!["", "", " ", "\n  ", "\t", "\r\n"]);
    let key = select(vec!["x", "future", "n\\u0061me", "metadata", "é"]);
    let member = (key, values(), space(), space())
        .prop_map(|(key, value, before, after)| {
            let value =
                if after.is_empty() { value.to_string() } else { serde_json::to_string_pretty(&value).unwrap() };
            format!("{before}\"{key}\"{after}:{before}{value}{after}")
        })
        .boxed();
    let stream = select(vec!["", "\"stream\":true", "\"stream\" : false", "\"stream\":null"]);
    let options = select(vec![
        "",
        "\"stream_options\":null",
        "\"stream_options\": {}",
        "\"stream_options\":{\"include_usage\":false, \"y\":1}",
        "\"stream_options\":{\"z\":[{}],\"include_usage\" : true}",
    ]);
    let model = select(vec!["\"old\"", "\"o\\u006cd\"", "\"\""]);
    let members = || prop::collection::vec(member.clone(), 0..3);
    (members(), members(), stream, options, model, space(), space()).prop_map(
        |(before, after, stream, options, model, inner, outer)| {
            let join =
                |members: Vec<String>| members.into_iter().filter(|member| !member.is_empty()).collect::<Vec<_>>();
            let before: String = join(before).iter().map(|member| format!("{member},")).collect();
            let after: String = join([after, vec![stream.to_owned(), options.to_owned()]].concat())
                .iter()
                .map(|m| format!(",{m}"))
                .collect();
            (
                format!("{outer}{{{before}{inner}\"model\"{inner}:{outer}"),
                model.to_owned(),
                format!("{inner}{after}}}{outer}"),
            )
        },
    )
}

/// How many bytes two texts have in common at their start, and at their end.
fn common(one: &[u8], other: &[u8]) -> (usize, usize) {
    let start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let end = one[start..].iter().rev().zip(other[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    (start, end)
}

fn without_stream_options(body: &[u8]) -> Value {
    let mut body: Value = serde_json::from_slice(body).unwrap();
    body.as_object_mut().unwrap().shift_remove("stream_options");
    body
}

fn assert_patched(dialect: Dialect, (before, model, after): &Pieces) -> Result<(), TestCaseError> {
    let body = [&**before, model, after].concat();
    let Ok(peek) = Peek::new(asked(dialect, false), body.as_bytes()) else { return Ok(()) };
    let prepared = peek.prepare(dialect, NEW).unwrap();
    prop_assert!(prepared.losses.is_empty());
    let out = prepared.body.unwrap_or_else(|| body.clone().into_bytes());
    let new = if body_names_model(dialect) { serde_json::to_string(NEW).unwrap() } else { model.clone() };
    let expected = [&**before, &new, after].concat().into_bytes();
    if out != expected {
        prop_assert!(peek.stream(), "{}", String::from_utf8_lossy(&out));
        let (start, end) = common(&out, &expected);
        let (written, replaced) = (&out[start..out.len() - end], &expected[start..expected.len() - end]);
        prop_assert!(written.len() <= 48 && replaced.len() <= 5, "{}", String::from_utf8_lossy(&out));
        prop_assert_eq!(without_stream_options(&out), without_stream_options(&expected));
    }
    Ok(())
}

#[test]
fn every_other_byte_stays() {
    for &(_, dialect) in Dialect::ALL {
        check(150, pieces(), |pieces| assert_patched(dialect, &pieces));
    }
}

/// Does a body hold thoughts that this gateway has marked as another provider's?
fn is_marked(body: &[u8]) -> bool {
    ["\"tollgate.", "\"dG9sbGdhdGUu"].iter().any(|mark| String::from_utf8_lossy(body).contains(mark))
}

/// Wherever marks are, taking out what bears them leaves a body that can be read.
#[test]
fn without_foreign_thoughts_a_body_is_still_json() {
    let marks = || select(vec!["tollgate.gemini.AQ==", "dG9sbGdhdGUuZ2VtaW5pLkFR", "redacted_thinking"]);
    let seed = select(REQUESTS.iter().collect::<Vec<_>>());
    check(500, (seed, prop::collection::vec((any::<Index>(), marks()), 0..4)), |(seed, marks)| {
        let marks: Vec<_> = marks.into_iter().map(|(at, mark)| (at, Change::Replace(mark.into()))).collect();
        let Ok(body) = serde_json::from_slice(&seed.bytes) else { return Ok(()) };
        let body = changed(body, &marks);
        let Ok(peek) = Peek::new(asked(seed.dialect, false), &body) else { return Ok(()) };
        let prepared = peek.prepare(seed.dialect, NEW).unwrap();
        let out = prepared.body.unwrap_or_else(|| body.clone());
        prop_assert!(serde_json::from_slice::<Value>(&out).is_ok(), "{}", String::from_utf8_lossy(&out));
        prop_assert!(prepared.losses.is_empty() || is_marked(&body));
        Ok(())
    });
}

#[test]
fn golden_requests_keep_every_member_but_the_model() {
    for seed in REQUESTS.iter() {
        let peek = Peek::new(asked(seed.dialect, false), &seed.bytes).unwrap();
        let prepared = peek.prepare(seed.dialect, NEW).unwrap();
        let out = prepared.body.unwrap_or_else(|| seed.bytes.clone());
        if !prepared.losses.is_empty() {
            assert!(is_marked(&seed.bytes) && !is_marked(&out), "{}", seed.name);
            continue;
        }
        let mut expected = without_stream_options(&seed.bytes);
        if body_names_model(seed.dialect) {
            expected["model"] = NEW.into();
        }
        assert_eq!(without_stream_options(&out), expected, "{}", seed.name);
    }
}
