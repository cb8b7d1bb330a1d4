//! What has been to another dialect and back once, the same way changes nothing more, unless a loss is reported.

use crate::choices::Choices;
use crate::normal::normal;
use crate::sides::{DIALECTS, asked};
use crate::written::show;
use serde_json::Value;
use tollgate_dialects::{Dialect, Peek};

pub fn check(data: &[u8]) {
    let mut choices = Choices::of(data);
    let (home, away) = (choices.one_of(&DIALECTS), choices.one_of(&DIALECTS));
    let body = choices.rest();
    if home == away {
        return;
    }
    // Losses may be met on the first way.
    let prepare =
        |body: &[u8], from, to| Peek::new(asked(from, false), body).ok()?.prepare(to, model_of(to)).ok()?.body;
    let Some(there) = prepare(body, home, away) else { return };
    let Some(once) = prepare(&there, away, home) else { return };
    let Some(there) = lossless(&once, home, away) else { return };
    let Some(twice) = lossless(&there, away, home) else { return };
    let said = |body: &[u8]| without_empty(normal(body));
    assert!(said(&twice) == said(&once), "{}\nwas {}\nand became {}", show(&once), show(&there), show(&twice));
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

/// Where nothing is set, a group of settings is the same as none.
fn without_empty(mut request: Value) -> Value {
    if let Some(members) = request.as_object_mut() {
        members.retain(|_, value| value.as_object().is_none_or(|group| !group.is_empty()));
    }
    request
}
