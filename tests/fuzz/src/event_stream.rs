//! AWS's binary framing: what is sound goes through as it is, and what has one wrong bit does not.

use crate::choices::Choices;
use crate::messages;
use crate::sides::UPSTREAMS;
use crate::stream::{Client, run};
use tollgate_dialects::{Dialect, StreamFailure};

pub fn check(data: &[u8]) {
    let mut choices = Choices::of(data);
    let (stride, place, bit) = (usize::from(choices.byte()) + 1, choices.number() as usize, choices.byte() % 8);
    let messages = messages(choices.rest());
    let mut stream = messages.concat();
    let bedrock = UPSTREAMS[4];
    assert_eq!(bedrock.dialect, Dialect::Bedrock);
    let exchange = Client::Of(Dialect::Bedrock).exchange(bedrock, false);
    let ran = run(&stream, stride, &exchange);
    assert!(ran.bytes[..ran.before_end] == stream, "not a byte is changed");
    if stream.is_empty() {
        return;
    }
    let wrong = place % stream.len();
    stream[wrong] ^= 1 << bit;
    let ran = run(&stream, stride, &exchange);
    let mut sound = 0;
    for message in &messages {
        if sound + message.len() > wrong {
            break;
        }
        sound += message.len();
    }
    assert!(ran.bytes[..sound] == stream[..sound], "what is sound goes through");
    assert!(ran.failure == Some(StreamFailure::Broken) || ran.complete, "what is not does not");
    assert!(!ran.bytes[sound..].starts_with(&stream[sound..=wrong]) || wrong < sound + 8, "{wrong} {sound} {ran:?}");
    // What the client is told instead can be read.
    messages::decode(&ran.bytes[sound..]);
}

/// A line for each message, its name before its payload; an exception is the last.
fn messages(text: &[u8]) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let at = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
        let name = String::from_utf8_lossy(&line[..at]);
        messages.push(messages::message(&name, line.get(at + 1..).unwrap_or_default()));
        if name.starts_with('!') {
            break;
        }
    }
    messages
}
