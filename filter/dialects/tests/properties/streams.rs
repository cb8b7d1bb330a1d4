//! A stream comes out the same wherever it is cut, whatever is in it, and its size is bounded.

use crate::bodies::{Change, changed, changes};
use crate::check;
use crate::seeds::{STREAMS, Seed, StreamEvent};
use crate::translation::{asked, event_stream, exchange_asked};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::de::IgnoredAny;
use serde_json::Value;
use std::sync::LazyLock;
use tollgate_dialects::{Asked, Dialect, Exchange, Platform, StreamBytes, Upstream};

/// A stream is written in at most so many bytes for each byte that was read, and so many more.
///
/// Every event of Chat Completions repeats the answer's id and model: with real ones the least events
/// become four times as long, and with 256 characters of each that must be escaped, which is the most
/// that is repeated, less than fifty times.
const STREAM_BOUND: (usize, usize) = (50, 16_384);

/// Who asks for a stream: its dialect, and the path where the dialect alone does not tell how the stream
/// is cut into events.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Client {
    dialect: Dialect,
    path: Option<&'static str>,
}

static CLIENTS: LazyLock<Vec<Client>> = LazyLock::new(|| {
    let plain = Dialect::ALL.iter().map(|&(_, dialect)| Client { dialect, path: None });
    plain.chain([GEMINI_ARRAY]).collect()
});

/// Google's clients get one JSON array unless they ask for server-sent events.
const GEMINI_ARRAY: Client = Client { dialect: Dialect::Gemini, path: Some("/v1beta/models/m:streamGenerateContent") };

impl Client {
    fn exchange(self, provider: Upstream<'static>) -> Exchange {
        let asked = match self.path {
            Some(path) => Asked::of(b"POST", path.as_bytes()).unwrap(),
            None => asked(self.dialect, true),
        };
        exchange_asked(asked, self.dialect, provider, true)
    }

    /// Are a provider's bytes put into other words, or at least into other envelopes?
    fn is_written_to(self, provider: Upstream<'static>) -> bool {
        self.dialect != provider.dialect || self.path.is_some() || provider.platform == Platform::Aws
    }

    /// The data of every event, or the end of an error: JSON, with nothing around it that is not the API's.
    fn data(self, out: &[u8]) -> Vec<String> {
        if self == GEMINI_ARRAY {
            let items: Vec<Value> =
                serde_json::from_slice(out).unwrap_or_else(|error| panic!("{error}: {}", show(out)));
            return items.iter().map(Value::to_string).collect();
        }
        let (text, before) = match self.dialect {
            Dialect::Bedrock => (event_stream::decode(out), " "),
            _ => (String::from_utf8(out.to_vec()).unwrap(), "data: "),
        };
        let lines = text.lines().filter_map(|line| line.split_once(before));
        lines.map(|(_, data)| data.to_owned()).filter(|data| data != "[DONE]").collect()
    }
}

fn clients() -> impl Strategy<Value = Client> {
    select(CLIENTS.clone())
}

/// What a client gets of a stream that comes in these pieces.
fn run(stream: &[u8], cuts: &[Index], exchange: Exchange) -> (Vec<u8>, bool) {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).chain([0, stream.len()]).collect();
    cuts.sort_unstable();
    let mut translation = exchange.stream(1);
    let mut out = Vec::new();
    for ends in cuts.windows(2) {
        let bytes = &stream[ends[0]..ends[1]];
        match translation.push(bytes) {
            StreamBytes::AsTheyAre => out.extend_from_slice(bytes),
            StreamBytes::Replaced(bytes) => out.extend(bytes),
        }
    }
    out.extend(translation.finish());
    (out, translation.is_complete())
}

/// Whole or in pieces, the same comes out, of bounded size.
fn assert_same(
    stream: &[u8],
    cuts: &[Index],
    client: Client,
    provider: Upstream<'static>,
) -> Result<(), TestCaseError> {
    let exchange = client.exchange(provider);
    let whole = run(stream, &[], exchange);
    let pieces = run(stream, cuts, exchange);
    prop_assert!(pieces == whole, "{}\n--- but whole:\n{}", show(&pieces.0), show(&whole.0));
    assert_bounded(stream, &whole.0)?;
    assert_json(&whole.0, client, provider)
}

fn assert_bounded(stream: &[u8], out: &[u8]) -> Result<(), TestCaseError> {
    let (times, more) = STREAM_BOUND;
    prop_assert!(out.len() <= times * stream.len() + more, "{} bytes of {}", out.len(), stream.len());
    Ok(())
}

fn assert_json(out: &[u8], client: Client, provider: Upstream<'static>) -> Result<(), TestCaseError> {
    if client.is_written_to(provider) {
        for data in client.data(out) {
            prop_assert!(serde_json::from_str::<IgnoredAny>(&data).is_ok(), "not JSON: {data}");
        }
    }
    Ok(())
}

fn show(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn cuts() -> impl Strategy<Value = Vec<Index>> {
    prop::collection::vec(any::<Index>(), 0..12)
}

/// A stream with other ends of lines, where it has lines.
fn with_line_ends(stream: Vec<u8>, end: &str, provider: Upstream<'static>) -> Vec<u8> {
    match provider {
        Upstream { dialect: Dialect::Bedrock, .. } | Upstream { platform: Platform::Aws, .. } => stream,
        _ => String::from_utf8(stream).unwrap().replace('\n', end).into_bytes(),
    }
}

fn line_ends() -> impl Strategy<Value = &'static str> {
    select(vec!["\n", "\n", "\r\n", "\r"])
}

/// Events of one provider, in any order, some of them changed, with some bytes changed.
fn streams() -> impl Strategy<Value = (Upstream<'static>, Vec<u8>)> {
    let seeds = || select(STREAMS.iter().collect::<Vec<&Seed>>());
    let event = (any::<Index>(), any::<Index>(), prop::collection::vec((any::<Index>(), changes()), 0..2), 0..6usize);
    let noise = prop::collection::vec((any::<Index>(), any::<u8>()), 0..2);
    let seed = (seeds(), any::<Index>());
    (seed, prop::collection::vec(event, 0..12), noise, line_ends()).prop_map(|((seed, at), picks, noise, end)| {
        let provider = *at.get(&seed.providers());
        let family: Vec<&Seed> = STREAMS.iter().filter(|other| other.dialect == seed.dialect).collect();
        let mut stream = if picks.is_empty() { seed.stream(provider) } else { Vec::new() };
        for (of, at, changes, again) in picks {
            let events = of.get(&family).events();
            let event = change_event(&events[at.index(events.len())], &changes, again % 3 == 0).bytes(provider);
            (0..=again / 3).for_each(|_| stream.extend_from_slice(&event));
        }
        stream = with_line_ends(stream, end, provider);
        if !stream.is_empty() {
            noise.iter().for_each(|(at, byte)| {
                let at = at.index(stream.len());
                stream[at] = *byte;
            });
        }
        (provider, stream)
    })
}

/// A changed event, its data in one line or in several.
fn change_event(event: &StreamEvent, changes: &[(Index, Change)], lines: bool) -> StreamEvent {
    let change = |data: &String| {
        let data: Value = serde_json::from_slice(&changed(serde_json::from_str(data).ok()?, changes)).ok()?;
        if lines { serde_json::to_string_pretty(&data).ok() } else { Some(data.to_string()) }
    };
    let data = event.data.as_ref().map(|data| change(data).unwrap_or_else(|| data.clone()));
    StreamEvent { head: event.head.clone(), data }
}

/// Every golden stream, and who sends it.
fn providers() -> impl Iterator<Item = (&'static Seed, Upstream<'static>)> {
    STREAMS.iter().flat_map(|seed| seed.providers().into_iter().map(move |provider| (seed, provider)))
}

#[test]
fn every_golden_stream_is_the_same_wherever_it_is_cut() {
    for (seed, provider) in providers() {
        let stream = seed.stream(provider);
        for &client in &*CLIENTS {
            check(6, (cuts(), line_ends()), |(cuts, end)| {
                assert_same(&with_line_ends(stream.clone(), end, provider), &cuts, client, provider)
            });
        }
    }
}

#[test]
fn any_stream_is_the_same_wherever_it_is_cut() {
    check(700, (clients(), streams(), cuts()), |(client, (provider, stream), cuts)| {
        assert_same(&stream, &cuts, client, provider)
    });
}

/// An event with names as long as they are repeated, or longer.
fn absurd(event: &StreamEvent) -> StreamEvent {
    fn lengthen(value: &mut Value) {
        match value {
            Value::Object(members) => members.iter_mut().for_each(|(key, value)| match value {
                Value::String(name) if matches!(&**key, "id" | "model" | "responseId" | "modelVersion") => {
                    *name = "\u{1}".repeat(300);
                }
                value => lengthen(value),
            }),
            Value::Array(items) => items.iter_mut().for_each(lengthen),
            _ => {}
        }
    }
    let absurd = event.data.as_ref().and_then(|data| {
        let mut data = serde_json::from_str(data).ok()?;
        lengthen(&mut data);
        Some(data.to_string())
    });
    StreamEvent { head: event.head.clone(), data: absurd.or_else(|| event.data.clone()) }
}

#[test]
fn the_least_events_make_bounded_ones() {
    for (seed, provider) in providers() {
        let events = seed.events();
        let start = absurd(&events[0]).bytes(provider);
        // The longer an event is, the less is what is repeated with it.
        let is_short = |event: &&StreamEvent| event.data.as_ref().is_none_or(|data| data.len() < 200);
        for event in events.iter().filter(is_short) {
            let stream = [start.clone(), event.bytes(provider).repeat(100)].concat();
            for &client in &*CLIENTS {
                let (out, _) = run(&stream, &[], client.exchange(provider));
                assert_bounded(&stream, &out).unwrap_or_else(|error| panic!("{} to {client:?}: {error}", seed.name));
            }
        }
    }
}
