//! A stream comes out the same wherever it is cut, whatever is in it, and its size is bounded.

use crate::bodies::{Change, changed, changes};
use crate::seeds::{STREAMS, Seed, events};
use crate::translation::exchange;
use crate::{check, dialects};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::de::IgnoredAny;
use serde_json::Value;
use tollgate_dialects::{Dialect, StreamBytes};

/// A stream is written in at most so many bytes for each byte that was read, and so many more.
///
/// Every event of Chat Completions repeats the answer's id and model: with real ones the least events
/// become four times as long, and with 256 characters of each that must be escaped, which is the most
/// that is repeated, less than fifty times.
const STREAM_BOUND: (usize, usize) = (50, 16_384);

/// What a client gets of a stream that comes in these pieces.
fn run(stream: &[u8], cuts: &[Index], client: Dialect, provider: Dialect) -> (Vec<u8>, bool) {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).chain([0, stream.len()]).collect();
    cuts.sort_unstable();
    let mut translation = exchange(client, provider, true).stream(1);
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

fn assert_same(stream: &[u8], cuts: &[Index], client: Dialect, provider: Dialect) -> Result<(), TestCaseError> {
    let whole = run(stream, &[], client, provider);
    let pieces = run(stream, cuts, client, provider);
    prop_assert!(pieces == whole, "{}\n--- but whole:\n{}", show(&pieces.0), show(&whole.0));
    let (times, more) = STREAM_BOUND;
    prop_assert!(whole.0.len() <= times * stream.len() + more, "{} bytes of {}", whole.0.len(), stream.len());
    if client != provider {
        for line in show(&whole.0).lines().filter_map(|line| line.strip_prefix("data: ")) {
            let json = line == "[DONE]" || serde_json::from_str::<IgnoredAny>(line).is_ok();
            prop_assert!(json, "not JSON: {line}");
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

/// A text stream with other ends of lines.
fn with_line_ends(stream: Vec<u8>, end: &str) -> Vec<u8> {
    match String::from_utf8(stream) {
        Ok(text) => text.replace('\n', end).into_bytes(),
        Err(binary) => binary.into_bytes(),
    }
}

fn line_ends() -> impl Strategy<Value = &'static str> {
    select(vec!["\n", "\n", "\r\n", "\r"])
}

/// Events of one provider, in any order, some of them changed, with some bytes changed.
fn streams() -> impl Strategy<Value = (Dialect, Vec<u8>)> {
    let seeds = || select(STREAMS.iter().collect::<Vec<&Seed>>());
    let event = (any::<Index>(), any::<Index>(), prop::collection::vec((any::<Index>(), changes()), 0..2), 0..6usize);
    let noise = prop::collection::vec((any::<Index>(), any::<u8>()), 0..2);
    (seeds(), prop::collection::vec(event, 0..12), noise, line_ends()).prop_map(|(seed, picks, noise, end)| {
        let family: Vec<&Seed> = STREAMS.iter().filter(|other| other.dialect == seed.dialect).collect();
        let mut stream = if picks.is_empty() { seed.bytes.clone() } else { Vec::new() };
        for (of, at, changes, again) in picks {
            let events = events(&of.get(&family).bytes);
            if !events.is_empty() {
                let event = change_event(&events[at.index(events.len())], &changes, again % 3 == 0);
                (0..=again / 3).for_each(|_| stream.extend_from_slice(&event));
            }
        }
        stream = with_line_ends(stream, end);
        if !stream.is_empty() {
            noise.iter().for_each(|(at, byte)| {
                let at = at.index(stream.len());
                stream[at] = *byte;
            });
        }
        (seed.dialect, stream)
    })
}

/// A changed event, its data in one line or in several.
fn change_event(event: &str, changes: &[(Index, Change)], lines: bool) -> Vec<u8> {
    let changed = event.split_once("data: ").and_then(|(head, data)| {
        let data: Value =
            serde_json::from_slice(&changed(serde_json::from_str(data.trim_end()).ok()?, changes)).ok()?;
        let data = if lines { serde_json::to_string_pretty(&data).ok()? } else { data.to_string() };
        Some(format!("{head}data: {}\n\n", data.replace('\n', "\ndata: ")).into_bytes())
    });
    changed.unwrap_or_else(|| event.as_bytes().to_vec())
}

#[test]
fn every_golden_stream_is_the_same_wherever_it_is_cut() {
    for seed in &*STREAMS {
        for &(_, client) in Dialect::ALL {
            check(6, (cuts(), line_ends()), |(cuts, end)| {
                assert_same(&with_line_ends(seed.bytes.clone(), end), &cuts, client, seed.dialect)
            });
        }
    }
}

#[test]
fn any_stream_is_the_same_wherever_it_is_cut() {
    check(700, (dialects(), streams(), cuts()), |(client, (provider, stream), cuts)| {
        assert_same(&stream, &cuts, client, provider)
    });
}

/// An event with names as long as they are repeated, or longer.
fn absurd(event: &str) -> String {
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
    let absurd = event.split_once("data: ").and_then(|(head, data)| {
        let mut data = serde_json::from_str(data.trim_end()).ok()?;
        lengthen(&mut data);
        Some(format!("{head}data: {data}\n\n"))
    });
    absurd.unwrap_or_else(|| event.to_owned())
}

#[test]
fn the_least_events_make_bounded_ones() {
    for seed in STREAMS.iter().filter(|seed| !events(&seed.bytes).is_empty()) {
        let events = events(&seed.bytes);
        let start = absurd(&events[0]);
        for event in &events {
            let stream = [start.as_bytes(), event.repeat(100).as_bytes()].concat();
            for &(_, client) in Dialect::ALL {
                assert_same(&stream, &[], client, seed.dialect).unwrap();
            }
        }
    }
}
