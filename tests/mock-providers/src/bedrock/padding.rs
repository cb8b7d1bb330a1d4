//! The member `p` of every event: padding of some length, so that the sizes of encrypted events do not
//! give away what they say. Readers ignore it.

use crate::sse::Event;
use serde_json::Value;

const PADDING: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// An event with padding, whose length looks random and is the same for the same event.
pub fn event(name: &'static str, mut data: Value) -> Event {
    let length = crc32fast::hash(data.to_string().as_bytes()) as usize % PADDING.len() + 1;
    data["p"] = PADDING[..length].into();
    Event::Data { name: Some(name), data: data.to_string() }
}
