//! One vector, in the encoding it came in, and written in the one that is wanted.

use super::Encodings;
use crate::base64;
use crate::json::{Failed, Parse, Raw, Reader, RequestError, Text, Writer};

/// Numbers, as the provider wrote them.
#[derive(Debug)]
pub(super) enum Vector<'a> {
    /// An array.
    Floats(Raw<'a>),
    /// A string.
    Base64(Text<'a>),
}

impl<'a> Vector<'a> {
    pub(super) fn read(json: Raw<'a>) -> Result<Self, RequestError> {
        match json.get().as_bytes().first() {
            Some(b'[') => Ok(Self::Floats(json)),
            Some(b'"') => crate::json::parse(json.get()).map(Self::Base64),
            _ => Err(RequestError::shape("embedding", "expected an array or a string")),
        }
    }

    pub(super) fn write_floats(&self, w: &mut Writer<'_>) -> Result<(), RequestError> {
        match self {
            Self::Floats(json) => w.raw(*json),
            Self::Base64(text) => {
                let bytes = base64::decode(text).ok_or_else(|| RequestError::shape("embedding", "expected base64"))?;
                let (numbers, _) = bytes.as_chunks::<4>();
                w.array(|w| numbers.iter().for_each(|&number| w.float(f64::from(f32::from_le_bytes(number)))));
            }
        }
        Ok(())
    }

    pub(super) fn write_base64(&self, w: &mut Writer<'_>) -> Result<(), RequestError> {
        match self {
            Self::Floats(json) => {
                let Bytes(bytes) = crate::json::parse(json.get())?;
                w.string(&base64::encode(&bytes));
            }
            Self::Base64(text) => w.string(text),
        }
        Ok(())
    }

    /// Writes it in the one encoding that is wanted.
    pub(super) fn write(&self, encodings: Encodings, w: &mut Writer<'_>) -> Result<(), RequestError> {
        if encodings.base64 { self.write_base64(w) } else { self.write_floats(w) }
    }
}

/// The numbers of an array as 32-bit floats, least significant byte first.
struct Bytes(Vec<u8>);

impl Parse<'_> for Bytes {
    fn parse(reader: &mut Reader<'_>) -> Result<Self, Failed> {
        let mut bytes = Vec::new();
        reader.array(&mut |reader| {
            let number = reader.float("a number")?;
            bytes.extend_from_slice(&(number as f32).to_le_bytes());
            Ok(())
        })?;
        Ok(Self(bytes))
    }
}
