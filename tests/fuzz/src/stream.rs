//! A provider's stream, whole and in pieces, for a client of any dialect and form.

use crate::choices::Choices;
use crate::messages;
use crate::sides::{DIALECTS, NOW, UPSTREAMS, asked, asked_for_array, exchange};
use crate::written::{assert_json, assert_losses, show};
use serde_json::Value;
use tollgate_dialects::{Dialect, Exchange, Platform, StreamBytes, StreamFailure, Upstream};

/// A stream is written in at most so many bytes for each byte that was read, and so many more: as in the properties of
/// the dialects, where it says why.
const STREAM_BOUND: (usize, usize) = (50, 16_384);

/// Who asks for a stream. Google's clients have two forms of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Client {
    Of(Dialect),
    GeminiArray,
}

pub const CLIENTS: [Client; 7] = [
    Client::Of(DIALECTS[0]),
    Client::Of(DIALECTS[1]),
    Client::Of(DIALECTS[2]),
    Client::Of(DIALECTS[3]),
    Client::Of(DIALECTS[4]),
    Client::Of(DIALECTS[5]),
    Client::GeminiArray,
];

/// How the bytes of an input become a provider's stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Given {
    /// They are one.
    Raw,
    /// Where the stream is binary they are text: a line for each message, its name before its payload.
    Lines,
}

pub const GIVEN: [Given; 2] = [Given::Lines, Given::Raw];

pub fn check(data: &[u8]) {
    let mut choices = Choices::of(data);
    let (client, provider) = (choices.one_of(&CLIENTS), choices.one_of(&UPSTREAMS));
    let (include_usage, given) = (choices.flag(), choices.one_of(&GIVEN));
    let stride = usize::from(choices.byte()) + 2;
    let stream = provided(choices.rest(), provider, given);
    let exchange = client.exchange(provider, include_usage);
    let whole = run(&stream, stream.len(), &exchange);
    for size in [1, stride] {
        let pieces = run(&stream, size, &exchange);
        assert!(pieces == whole, "{size} at a time:\n{pieces:?}\nbut whole:\n{whole:?}");
    }
    let (times, more) = STREAM_BOUND;
    assert!(whole.bytes.len() <= times * stream.len() + more, "{} bytes of {}", whole.bytes.len(), stream.len());
    if exchange.translates() {
        assert_ends_once(client, &whole);
    } else if client == Client::GeminiArray {
        assert_json(&whole.bytes);
    }
}

/// The stream that these bytes stand for.
pub fn provided(bytes: &[u8], provider: Upstream<'_>, given: Given) -> Vec<u8> {
    let is_binary = provider.platform == Platform::Aws || provider.dialect == Dialect::Bedrock;
    if given == Given::Raw || !is_binary {
        return bytes.to_vec();
    }
    let mut stream = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let at = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
        let (name, payload) = (String::from_utf8_lossy(&line[..at]), line.get(at + 1..).unwrap_or_default());
        let chunk = || messages::chunk(&String::from_utf8_lossy(payload)).into_bytes();
        let payload = if provider.platform == Platform::Aws && name == "chunk" { chunk() } else { payload.to_vec() };
        stream.extend(messages::message(&name, &payload));
    }
    stream
}

/// What came of a stream.
#[derive(PartialEq)]
pub struct Ran {
    pub bytes: Vec<u8>,
    /// How many of them there were before the provider's end.
    pub before_end: usize,
    pub complete: bool,
    pub failure: Option<StreamFailure>,
    pub losses: String,
    pub outcome: String,
}

impl std::fmt::Debug for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { before_end, complete, failure, losses, outcome, .. } = self;
        write!(f, "{}\n{before_end} {complete} {failure:?} {losses} {outcome}", show(&self.bytes))
    }
}

/// Brings a stream that comes in pieces of `size` to its client.
pub fn run(stream: &[u8], size: usize, exchange: &Exchange) -> Ran {
    let mut running = exchange.stream(NOW);
    let mut bytes = Vec::new();
    for piece in stream.chunks(size.max(1)) {
        match running.push(piece) {
            StreamBytes::AsTheyAre => bytes.extend_from_slice(piece),
            StreamBytes::Replaced(other) => bytes.extend(other),
        }
    }
    let before_end = bytes.len();
    bytes.extend(running.finish());
    assert!(running.finish().is_empty(), "it ends once");
    assert_losses(running.losses());
    let (complete, failure) = (running.is_complete(), running.failure());
    assert!(!(complete && failure.is_some()));
    assert_eq!(failure.is_some(), running.failure_in_words().is_some());
    let (losses, outcome) = (running.losses().to_header(), format!("{:?}", running.outcome()));
    Ran { bytes, before_end, complete, failure, losses, outcome }
}

impl Client {
    pub fn dialect(self) -> Dialect {
        match self {
            Self::Of(dialect) => dialect,
            Self::GeminiArray => Dialect::Gemini,
        }
    }

    pub fn exchange(self, provider: Upstream<'static>, include_usage: bool) -> Exchange {
        let asked = if self == Self::GeminiArray { asked_for_array() } else { asked(self.dialect(), true) };
        exchange(asked, self.dialect(), provider, include_usage)
    }

    /// Every event's name, where it has one outside of its data, and its data.
    fn events(self, out: &[u8]) -> Vec<(String, String)> {
        if self == Self::GeminiArray {
            let items: Vec<Value> =
                serde_json::from_slice(out).unwrap_or_else(|error| panic!("{error}: {}", show(out)));
            return items.iter().map(|item| (String::new(), item.to_string())).collect();
        }
        let (text, before) = match self.dialect() {
            Dialect::Bedrock => (messages::decode(out), " "),
            _ => (String::from_utf8(out.to_vec()).expect("text"), "data: "),
        };
        if self.dialect() == Dialect::Bedrock {
            assert!(messages::encode(&text) == out, "what is written is what it says");
        }
        let events = text.lines().filter_map(|line| line.split_once(before));
        events.map(|(name, data)| (name.to_owned(), data.to_owned())).collect()
    }

    /// What an event is, if it ends a stream.
    fn end<'e>(self, name: &'e str, data: &'e str) -> Option<&'e str> {
        if data == "[DONE]" {
            return Some(data);
        }
        let value: Value = serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}"));
        let kind = value["type"].as_str().unwrap_or_default();
        let known = ENDS.iter().flat_map(|(dialect, ends)| ends.iter().filter(|_| *dialect == self.dialect()));
        let said = |word: &str| match self.dialect() {
            Dialect::Bedrock => name == word || (word == "!" && name.starts_with('!')),
            Dialect::OpenAi | Dialect::Gemini => value.get(word).is_some(),
            _ => kind == word,
        };
        known.flat_map(|end| end.iter()).find(|word| said(word)).copied()
    }
}

/// How a stream of each dialect may end: by which events, the others before.
const ENDS: [(Dialect, &[&[&str]]); 6] = [
    (Dialect::OpenAi, &[&["[DONE]"], &["error"]]),
    (
        Dialect::Responses,
        &[&["response.completed"], &["response.incomplete"], &["error"], &["error", "response.failed"]],
    ),
    (Dialect::Anthropic, &[&["message_stop"], &["error"]]),
    // The last event of an answer is none of its own.
    (Dialect::Gemini, &[&[], &["error"]]),
    (Dialect::Bedrock, &[&["metadata"], &["!"]]),
    (Dialect::Cohere, &[&["message-end", "[DONE]"], &["message-end"]]),
];

/// A translated stream is JSON, event by event, and ends once: with what ends an answer, or with an error.
fn assert_ends_once(client: Client, ran: &Ran) {
    let events = client.events(&ran.bytes);
    let ends: Vec<_> = events.iter().map(|(name, data)| client.end(name, data)).collect();
    let last: Vec<&str> =
        ends.iter().skip_while(|end| end.is_none()).map(|end| end.unwrap_or("something else")).collect();
    let may_be = ENDS.iter().any(|(dialect, ends)| *dialect == client.dialect() && ends.contains(&&*last));
    assert!(may_be, "{client:?} ends with {last:?}:\n{ran:?}");
    assert!(ran.complete || ran.failure.is_some(), "it is over:\n{ran:?}");
}
