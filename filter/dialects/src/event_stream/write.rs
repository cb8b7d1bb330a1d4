//! Writes messages straight into a buffer; lengths and checksums are filled in when they are known.

use super::checksum::checksum;
use super::{PRELUDE, TRAILER};

/// Appends an event whose payload is JSON.
pub(crate) fn write_event(out: &mut Vec<u8>, name: &str, payload: impl FnOnce(&mut Vec<u8>)) {
    let start = open(out, ":event-type", name, "event");
    payload(out);
    close(out, start);
}

/// Appends an exception, which ends a stream.
pub(crate) fn write_exception(out: &mut Vec<u8>, name: &str, payload: impl FnOnce(&mut Vec<u8>)) {
    let start = open(out, ":exception-type", name, "exception");
    payload(out);
    close(out, start);
}

/// Where the parts of a message begin.
#[derive(Clone, Copy)]
struct Start {
    message: usize,
    payload: usize,
}

fn open(out: &mut Vec<u8>, name_header: &str, name: &str, message_type: &str) -> Start {
    let message = out.len();
    out.extend_from_slice(&[0; PRELUDE]);
    string_header(out, name_header, name);
    string_header(out, ":content-type", "application/json");
    string_header(out, ":message-type", message_type);
    Start { message, payload: out.len() }
}

fn string_header(out: &mut Vec<u8>, name: &str, value: &str) {
    out.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
    out.extend_from_slice(name.as_bytes());
    out.push(7);
    out.extend_from_slice(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend_from_slice(value.as_bytes());
}

fn close(out: &mut Vec<u8>, start: Start) {
    let headers = start.payload.saturating_sub(start.message).saturating_sub(PRELUDE);
    let total = out.len().saturating_sub(start.message).saturating_add(TRAILER);
    let message = out.get_mut(start.message..).unwrap_or_default();
    let numbers = [total, headers].map(|length| u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()).concat();
    let sum = checksum(&numbers).to_be_bytes();
    for (place, byte) in message.iter_mut().zip(numbers.into_iter().chain(sum)) {
        *place = byte;
    }
    let sum = checksum(message);
    out.extend_from_slice(&sum.to_be_bytes());
}
