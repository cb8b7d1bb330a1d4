//! Translates what a file holds, and compares it with what another file holds.
//!
//! `INSTA_UPDATE=always cargo test -p tollgate-dialects --test golden` writes the outputs anew, `cargo insta review` shows
//! each difference and asks; read them before you commit.

#![allow(
    dead_code,
    missing_docs,
    unused_macros,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

pub(crate) mod event_stream;
pub(crate) mod normal;

use tollgate_dialects::{Asked, Dialect, Exchange, Losses, Peek, Server, StreamBytes, Told, Upstream};
pub(crate) const NOW: u64 = 1_790_000_000;

/// Declares tests: a check, its input file, the snapshot of what must come out, and how to translate.
#[allow(unused_macros)]
macro_rules! golden {
    ($($test:ident: $check:ident($input:literal => $expected:literal, $($argument:expr),*);)*) => {
        $(#[test]
        fn $test() {
            let actual = $crate::translation::$check(include_str!(concat!("golden/", $input)), $($argument),*);
            assert_golden!($expected, &actual);
        })*
    };
}

/// That `actual` is what the snapshot of this name holds.
#[cfg(not(target_arch = "wasm32"))]
#[allow(unused_macros)]
macro_rules! assert_golden {
    ($name:expr, $actual:expr) => {
        $crate::translation::compare($name, $actual)
    };
}

/// Where there are no files, snapshots are part of the test.
#[cfg(target_arch = "wasm32")]
macro_rules! assert_golden {
    ($name:expr, $actual:expr) => {
        assert_eq!($actual.trim_end(), snapshot!($name).trim_end(), "{}", $name)
    };
}

/// What a snapshot holds, without what insta writes above it, and without the blank lines at its end.
#[allow(unused_macros)]
macro_rules! snapshot {
    ($name:expr) => {
        $crate::translation::contents(include_str!(concat!("golden/", $name, ".snap")))
    };
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn compare(name: &str, actual: &str) {
    let (folder, file) = name.split_once('/').unwrap();
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(format!("../golden/{folder}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(file, actual));
}

pub(crate) fn contents(snapshot: &'static str) -> &'static str {
    snapshot.splitn(3, "---\n").nth(2).unwrap()
}

pub(crate) fn pretty(json: &[u8]) -> String {
    let value: serde_json::Value = serde_json::from_slice(json).expect("what is written is JSON");
    serde_json::to_string_pretty(&value).unwrap() + "\n"
}

pub(crate) fn request<'a>(input: &str, client: Dialect, provider: impl Into<Upstream<'a>>, model: &'a str) -> String {
    let prepared = Peek::new(asked(client, false), input.as_bytes()).and_then(|peek| peek.prepare(provider, model));
    match prepared {
        Ok(prepared) => format!("{}dropped: {}\n", pretty(&prepared.body.unwrap()), prepared.losses.to_header()),
        Err(error) => format!("400 {error}\n"),
    }
}

/// A server that speaks OpenAI's dialect.
pub(crate) fn upstream(name: &str) -> Upstream<'static> {
    let server = Server::named(name).unwrap_or_else(|| panic!("no server {name}"));
    Upstream { server: Some(server), ..Dialect::OpenAi.into() }
}

/// A request of `client`, whose path names the model where its API has it there.
pub(crate) fn asked(client: Dialect, stream: bool) -> Asked<'static> {
    let path: &[u8] = match (client, stream) {
        (Dialect::Gemini, false) => b"/v1beta/models/m:generateContent",
        (Dialect::Gemini, true) => b"/v1beta/models/m:streamGenerateContent?alt=sse",
        (Dialect::Bedrock, false) => b"/model/m/converse",
        (Dialect::Bedrock, true) => b"/model/m/converse-stream",
        _ => return client.into(),
    };
    Asked::of(b"POST", path).unwrap()
}

/// The way back for a streamed request of `client`.
pub(crate) fn exchange(client: Dialect, provider: Dialect, include_usage: bool) -> Exchange {
    exchange_asked(asked(client, true), client, provider, include_usage)
}

/// The same for a client whose path is its own.
pub(crate) fn exchange_asked(
    asked: Asked<'_>,
    client: Dialect,
    provider: impl Into<Upstream<'static>>,
    include_usage: bool,
) -> Exchange {
    let body = match client {
        Dialect::Gemini => r#"{"contents":[{"parts":[{"text":"x"}]}]}"#.to_owned(),
        Dialect::Bedrock => r#"{"messages":[{"role":"user","content":[{"text":"x"}]}]}"#.to_owned(),
        _ => format!(
            r#"{{"model":"m","max_tokens":9,"messages":[{{"role":"user","content":"x"}}],"input":"x","stream":true,"stream_options":{{"include_usage":{include_usage}}}}}"#
        ),
    };
    Peek::new(asked, body.as_bytes()).unwrap().prepare(provider, "m").unwrap().exchange
}

/// What is known of an answer beside its body.
fn told() -> Told<'static> {
    Told { now: NOW, model: "the-model", request: Some("the-request"), input_tokens: None }
}

pub(crate) fn response(input: &str, client: Dialect, provider: Dialect) -> String {
    let answer = exchange(client, provider, true).answer(input.as_bytes(), told()).unwrap();
    let said = match (answer.body, answer.refused) {
        (Some(body), None) => pretty(&body),
        (None, Some(failure)) => format!("{} {}", failure.status, pretty(&client.error_body(&failure))),
        other => panic!("{other:?}"),
    };
    said + &dropped("// ", &answer.losses)
}

/// What the client was not told, in a line that begins as a comment does.
fn dropped(comment: &str, losses: &Losses) -> String {
    if losses.is_empty() { String::new() } else { format!("{comment}dropped: {}\n", losses.to_header()) }
}

/// The least that is between two cuts when a stream is cut at every byte.
const STRIDE: usize = 509;

/// Streams that are binary are text here: see [`event_stream`].
pub(crate) fn stream(input: &str, client: Dialect, provider: Dialect) -> String {
    let bytes = match provider {
        Dialect::Bedrock => event_stream::encode(input),
        _ => input.as_bytes().to_vec(),
    };
    let exchange = exchange(client, provider, true);
    let whole = cut_stream(&bytes, exchange, &[]);
    for size in [1, 2, 3, 7, 64] {
        let cuts: Vec<usize> = (0..bytes.len()).step_by(size).collect();
        assert!(cut_stream(&bytes, exchange, &cuts) == whole, "{size} bytes at a time");
    }
    // At every byte, at several at once that have more than an event between them: one cut for each run
    // would take time that grows with the square of the stream.
    for first in 0..STRIDE.min(bytes.len()) {
        let cuts: Vec<usize> = (first..bytes.len()).step_by(STRIDE).collect();
        assert!(cut_stream(&bytes, exchange, &cuts) == whole, "cut at {cuts:?}");
    }
    if provider != Dialect::Bedrock {
        let crlf = input.replace('\n', "\r\n");
        assert!(cut_stream(crlf.as_bytes(), exchange, &[5, 6, 7, 100]) == whole, "with CRLF");
        let terse = input.replace("data: ", "data:");
        assert!(cut_stream(terse.as_bytes(), exchange, &[]) == whole, "without a space after data:");
    }
    let (whole, losses) = whole;
    let said = match client {
        Dialect::Bedrock => event_stream::decode(&whole),
        _ => String::from_utf8(whole).unwrap(),
    };
    // Snapshots are compared without the blank lines at their end.
    assert!(client == Dialect::Bedrock || said.ends_with("\n\n"), "an event ends with a blank line");
    said + &dropped(": ", &losses)
}

fn cut_stream(input: &[u8], exchange: Exchange, cuts: &[usize]) -> (Vec<u8>, Losses) {
    let mut stream = exchange.stream(told());
    let mut out = Vec::new();
    let mut from = 0;
    for &to in cuts.iter().chain([&input.len()]) {
        match stream.push(&input[from..to]) {
            StreamBytes::Replaced(bytes) => out.extend(bytes),
            StreamBytes::AsTheyAre => panic!("a translated stream is rewritten"),
        }
        from = to;
    }
    out.extend(stream.finish());
    (out, stream.losses().clone())
}
