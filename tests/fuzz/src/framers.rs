//! Streams between two sides of one dialect: what goes through is what came, however it is cut. A second reader of
//! server-sent events, as simple as can be, says what is in them.

use crate::choices::Choices;
use crate::sides::{DIALECTS, UPSTREAMS};
use crate::stream::{CLIENTS, Client, GIVEN, provided, run};
use serde_json::value::RawValue;
use tollgate_dialects::{Dialect, Platform, Upstream};

pub fn check(data: &[u8]) {
    let mut choices = Choices::of(data);
    let provider = choices.one_of(&UPSTREAMS);
    let (array, include_usage, given) = (choices.flag(), choices.flag(), choices.one_of(&GIVEN));
    let stride = usize::from(choices.byte()) + 2;
    let stream = provided(choices.rest(), provider, given);
    let client = client_of(provider.dialect, array);
    let exchange = client.exchange(provider, include_usage);
    let whole = run(&stream, stream.len(), &exchange);
    for size in [1, stride] {
        let pieces = run(&stream, size, &exchange);
        assert!(pieces == whole, "{size} at a time:\n{pieces:?}\nbut whole:\n{whole:?}");
    }
    let passes_all = provider.platform != Platform::Aws
        && provider.dialect != Dialect::Bedrock
        && client != Client::GeminiArray
        && (include_usage || provider.dialect != Dialect::OpenAi);
    if passes_all {
        assert!(whole.bytes[..whole.before_end] == stream, "not a byte is changed");
    }
    if client == Client::GeminiArray && whole.complete {
        assert_same_events(&stream, &whole.bytes);
    }
    if provider == Upstream::from(Dialect::OpenAi) && !include_usage {
        assert_taken_out_only(&stream, &whole.bytes[..whole.before_end]);
    }
}

fn client_of(dialect: Dialect, array: bool) -> Client {
    match dialect {
        Dialect::Gemini if array => Client::GeminiArray,
        dialect => CLIENTS[DIALECTS.iter().position(|it| *it == dialect).expect("a dialect")],
    }
}

/// The data of all events, by the grammar of the HTML standard.
fn events(stream: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(stream).replace("\r\n", "\n").replace('\r', "\n");
    let mut events = Vec::new();
    for event in text.split("\n\n") {
        let data = event.split('\n').filter_map(|line| match line.split_once(':') {
            Some(("data", value)) => Some(value.strip_prefix(' ').unwrap_or(value)),
            None if line == "data" => Some(""),
            _ => None,
        });
        let data: Vec<&str> = data.collect();
        if !data.is_empty() {
            events.push(data.join("\n"));
        }
    }
    events
}

/// The items of an array are the events of the stream that it was made of; what broke off at its end is none.
fn assert_same_events(stream: &[u8], array: &[u8]) {
    // As they are spelled: half a character in a string means nothing, and may stand there.
    let items: Vec<&RawValue> = serde_json::from_slice(array).expect("an array");
    let items: Vec<&str> = items.into_iter().map(RawValue::get).collect();
    let mut said: Vec<String> = events(stream).into_iter().filter(|data| !data.is_empty()).collect();
    if said.len() == items.len() + 1 && !stream.ends_with(b"\n\n") {
        said.pop();
    }
    let said: Vec<&str> = said.iter().map(|data| data.trim_ascii()).collect();
    assert_eq!(items, said);
}

/// What comes out is what went in, without some events.
fn assert_taken_out_only(stream: &[u8], out: &[u8]) {
    let mut all = events(stream).into_iter();
    for event in events(out) {
        assert!(all.any(|it| it == event), "{event} was not in it");
    }
}
