//! What has been to another dialect and back once can go there again: the other side is told the same, and nothing that
//! is said is gone, unless a loss is reported.

use crate::choices::Choices;
use crate::normal::normal;
use crate::sides::{DIALECTS, asked};
use crate::written::{has_halves, show};
use serde_json::Value;
use tollgate_dialects::{Dialect, Peek};

pub fn check(data: &[u8]) {
    let mut choices = Choices::of(data);
    let (home, away) = (choices.one_of(&DIALECTS), choices.one_of(&DIALECTS));
    let body = choices.rest();
    if home == away || has_halves(body) {
        return;
    }
    // Losses may be met on the first way.
    let prepare =
        |body: &[u8], from, to| Peek::new(asked(from, false), body).ok()?.prepare(to, model_of(to)).ok()?.body;
    let Some(there) = prepare(body, home, away) else { return };
    let Some(once) = prepare(&there, away, home) else { return };
    let Some(there) = lossless(&once, home, away) else { return };
    let Some(twice) = lossless(&there, away, home) else { return };
    let Some(again) = lossless(&twice, home, away) else { return };
    let shown = || format!("{}\nwas {}\nand became {}", show(&once), show(&there), show(&twice));
    assert!(normal(&again) == normal(&there), "{}\nwhich is {}", shown(), show(&again));
    // Texts that follow each other may have become one, and nothing of them is gone.
    assert!(texts(&twice) == texts(&once), "{}", shown());
}

/// All that is said, one after the other.
fn texts(body: &[u8]) -> String {
    fn gather(value: &Value, said: &mut String) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| match value {
                Value::String(text) if matches!(&**name, "text" | "content") => said.push_str(text),
                value => gather(value, said),
            }),
            Value::Array(items) => items.iter().for_each(|item| gather(item, said)),
            _ => {}
        }
    }
    let mut said = String::new();
    gather(&serde_json::from_slice(body).expect("what is written is JSON"), &mut said);
    said
}

/// A model of each dialect that takes most of what can be asked.
fn model_of(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::OpenAi | Dialect::Responses => "gpt-5.6-sol",
        Dialect::Anthropic => "claude-sonnet-4-5",
        Dialect::Gemini => "gemini-2.5-flash",
        Dialect::Bedrock => "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        Dialect::Cohere => "command-a-reasoning-08-2025",
    }
}

/// `None`: refused, or something was lost and said to be.
fn lossless(body: &[u8], from: Dialect, to: Dialect) -> Option<Vec<u8>> {
    let prepared = Peek::new(asked(from, false), body).ok()?.prepare(to, model_of(to)).ok()?;
    prepared.body.filter(|_| prepared.losses.is_empty())
}
