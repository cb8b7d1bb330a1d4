//! Within one dialect only what is named changes, and every other byte stays.

use crate::choices::Choices;
use crate::sides::{UPSTREAMS, asked};
use crate::written::{assert_body, assert_error, assert_losses, has_halves, show};
use tollgate_dialects::{Dialect, Peek, Upstream};
use tollgate_json::{Scanner, Token, unescape};

const NEW: &str = "another \"model\" \u{e9}";

/// Members that another platform, or a stream whose usage is wanted, has otherwise.
const MAY_CHANGE: [&str; 4] = ["model", "stream", "stream_options", "anthropic_version"];

pub fn check(data: &[u8]) {
    let mut choices = Choices::of(data);
    let upstream = choices.one_of(&UPSTREAMS);
    let body = choices.rest();
    let dialect = upstream.dialect;
    let Ok(peek) = Peek::new(asked(dialect, false), body) else { return };
    let text = std::str::from_utf8(body).expect("what could be read");
    let prepared = match peek.prepare(upstream, NEW) {
        Ok(prepared) => prepared,
        Err(error) => {
            assert_error(&error);
            assert!(upstream != Upstream::from(dialect), "nothing is refused in its own dialect: {error}");
            return;
        }
    };
    assert_losses(&prepared.losses);
    let out = prepared.body.as_deref().unwrap_or(body);
    assert_body(out, body);
    let out = std::str::from_utf8(out).expect("text");
    if upstream.server.is_some() || !prepared.losses.is_empty() || has_halves(body) {
        return;
    }
    let kept = |text| members(text).into_iter().filter(|(name, _)| !MAY_CHANGE.contains(&&**name)).collect::<Vec<_>>();
    assert!(kept(out) == kept(text), "{text}\nbecame {out}");
    let streams_usage = dialect == Dialect::OpenAi && peek.stream();
    if upstream == Upstream::from(dialect) && !streams_usage {
        assert!(out == renamed(text, dialect), "{text}\nbecame {out}");
    }
}

/// The outermost members as they are written, by name.
fn members(text: &str) -> Vec<(String, &str)> {
    let mut scanner = Scanner::new(text);
    let mut members = Vec::new();
    let mut name = None;
    while let Some((token, span)) = scanner.next().unwrap_or_else(|error| panic!("{error}: {}", show(text.as_bytes())))
    {
        if scanner.depth() == 1
            && let Token::Key(key) = token
        {
            name = Some(unescape(key).into_owned());
        } else if let Some(name) = name.take() {
            scanner.skip(token).expect("its end");
            members.push((name, &text[span.start..scanner.position()]));
        }
    }
    members
}

/// The text with the model's new name where it had the old one, if it had one.
fn renamed(text: &str, dialect: Dialect) -> String {
    let names_model = !matches!(dialect, Dialect::Gemini | Dialect::Bedrock);
    let old = members(text).into_iter().find(|(name, _)| names_model && name == "model");
    let Some((_, old)) = old else { return text.to_owned() };
    let start = old.as_ptr() as usize - text.as_ptr() as usize;
    let new = serde_json::to_string(NEW).expect("a string");
    [&text[..start], &new, &text[start + old.len()..]].concat()
}
