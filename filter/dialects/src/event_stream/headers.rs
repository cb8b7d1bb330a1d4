//! The headers of a message. Those that matter are strings; the others are stepped over.

use super::EXCEPTION;
use crate::framer::Unframed;

/// What the headers of a message say of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Headers<'h> {
    message_type: &'h str,
    event_type: &'h str,
    exception_type: &'h str,
    error_code: &'h str,
    pub(super) error_message: Option<&'h str>,
}

/// How long a header's value is.
enum Size {
    Fixed(usize),
    /// Two bytes say it.
    Given,
}

/// By the type byte: true, false, byte, short, integer, long, bytes, string, timestamp, uuid.
const SIZES: [Size; 10] = [
    Size::Fixed(0),
    Size::Fixed(0),
    Size::Fixed(1),
    Size::Fixed(2),
    Size::Fixed(4),
    Size::Fixed(8),
    Size::Given,
    Size::Given,
    Size::Fixed(8),
    Size::Fixed(16),
];
const STRING: u8 = 7;

impl<'h> Headers<'h> {
    pub(super) fn read(mut bytes: &'h [u8]) -> Result<Self, Unframed> {
        let mut headers = Self::default();
        while let Some((&length, rest)) = bytes.split_first() {
            let (name, rest) = rest.split_at_checked(usize::from(length)).ok_or(Unframed)?;
            let (&kind, rest) = rest.split_first().ok_or(Unframed)?;
            let (size, rest) = match SIZES.get(usize::from(kind)).ok_or(Unframed)? {
                Size::Fixed(size) => (*size, rest),
                Size::Given => {
                    let (size, rest) = rest.split_first_chunk().ok_or(Unframed)?;
                    (usize::from(u16::from_be_bytes(*size)), rest)
                }
            };
            let (value, rest) = rest.split_at_checked(size).ok_or(Unframed)?;
            if kind == STRING {
                headers.take(name, std::str::from_utf8(value).map_err(|_| Unframed)?);
            }
            bytes = rest;
        }
        Ok(headers)
    }

    fn take(&mut self, name: &[u8], value: &'h str) {
        match name {
            b":message-type" => self.message_type = value,
            b":event-type" => self.event_type = value,
            b":exception-type" => self.exception_type = value,
            b":error-code" => self.error_code = value,
            b":error-message" => self.error_message = Some(value),
            _ => {}
        }
    }

    /// The name of an event. No API has one that is called as exceptions are here.
    pub(super) fn event(&self) -> Option<&'h str> {
        let name = if self.event_type.starts_with(EXCEPTION) { "" } else { self.event_type };
        (self.message_type == "event").then_some(name)
    }

    /// The name of an exception, which an API declares, or of an error, which it does not.
    pub(super) fn exception(&self) -> &'h str {
        if self.exception_type.is_empty() { self.error_code } else { self.exception_type }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn header(name: &str, kind: u8, value: &[u8]) -> Vec<u8> {
        let length = u8::try_from(name.len()).unwrap();
        [&[length][..], name.as_bytes(), &[kind], value].concat()
    }

    #[test]
    fn every_type_of_value_is_stepped_over() {
        let event = [header(":message-type", 7, b"\0\x05event"), header(":event-type", 7, b"\0\x01a")].concat();
        let values: [&[u8]; 10] =
            [b"", b"", b"1", b"12", b"1234", b"12345678", b"\0\x03abc", b"\0\x03abc", b"12345678", b"1234567890123456"];
        for (kind, value) in (0u8..).zip(values) {
            let bytes = [header("x", kind, value), event.clone()].concat();
            assert_eq!(Headers::read(&bytes).unwrap().event(), Some("a"), "{kind}");
            // A name that means something must be a string to mean it.
            if kind != STRING {
                let bytes = [event.clone(), header(":event-type", kind, value)].concat();
                assert_eq!(Headers::read(&bytes).unwrap().event(), Some("a"), "{kind}");
            }
            let short = bytes.get(..3).unwrap().to_vec();
            if kind > 1 {
                assert_eq!(Headers::read(&short), Err(Unframed), "{kind}");
            }
        }
        assert_eq!(Headers::read(&header("x", 10, b"1")), Err(Unframed));
    }

    #[test]
    fn exceptions_and_errors_are_no_events() {
        let exception = [header(":message-type", 7, b"\0\x09exception"), header(":exception-type", 7, b"\0\x01a")];
        let exception = exception.concat();
        let headers = Headers::read(&exception).unwrap();
        assert_eq!((headers.event(), headers.exception()), (None, "a"));
        let error = [
            header(":message-type", 7, b"\0\x05error"),
            header(":error-code", 7, b"\0\x01b"),
            header(":error-message", 7, b"\0\x01c"),
        ]
        .concat();
        let headers = Headers::read(&error).unwrap();
        assert_eq!((headers.event(), headers.exception(), headers.error_message), (None, "b", Some("c")));
    }
}
