//! JSON as protocol buffers read it, which is more than they write: numbers also as strings, and one
//! value where there may be several (<https://protobuf.dev/programming-guides/json/>).

use crate::json::{Item, List, RequestError};
use crate::neutral::Losses;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// A number, or a string that is one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number(pub(super) f64);

impl Number {
    /// The number, if it is a count.
    pub(super) fn whole(self, field: &'static str) -> Result<u64, RequestError> {
        if self.0 < 0.0 || self.0.fract() != 0.0 {
            return Err(RequestError::shape(field, "expected a whole number"));
        }
        // Saturates, as a cast from float does.
        Ok(self.0 as u64)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberVisitor;
        impl Visitor<'_> for NumberVisitor {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Number, E> {
                Ok(Number(number as f64))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Number, E> {
                Ok(Number(number as f64))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Number, E> {
                Ok(Number(number))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Number, E> {
                let number = text.parse().ok().filter(|number: &f64| number.is_finite());
                number.map(Number).ok_or_else(|| E::invalid_type(serde::de::Unexpected::Str(""), &self))
            }
        }
        deserializer.deserialize_any(NumberVisitor)
    }
}

/// An array, or its only item.
#[derive(Debug)]
pub(crate) struct Repeated<T: Item>(List<T>);

impl<T: Item> Repeated<T> {
    /// What was kept. `name` is the field's, for an error's path.
    pub(super) fn take(self, name: &str, losses: &mut Losses) -> Result<Vec<T::Kept>, RequestError> {
        self.0.take(name, losses)
    }
}

impl<'de, T: Item + Deserialize<'de>> Deserialize<'de> for Repeated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore<T>(PhantomData<T>);
        impl<'de, T: Item + Deserialize<'de>> Visitor<'de> for OneOrMore<T> {
            type Value = Repeated<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                List::deserialize(SeqAccessDeserializer::new(seq)).map(Repeated)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|item| Repeated(List::of_one(item)))
            }
        }
        deserializer.deserialize_any(OneOrMore(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn numbers_come_in_every_form() {
        let number = |json| parse::<Number>(json).map(|number| number.0);
        assert_eq!(number("40").unwrap(), 40.0);
        assert_eq!(number("40.0").unwrap(), 40.0);
        assert_eq!(number("\"40\"").unwrap(), 40.0);
        assert_eq!(number("-1").unwrap(), -1.0);
        for wrong in ["\"x\"", "\"NaN\"", "true", "{}"] {
            assert_eq!(number(wrong).unwrap_err().message, "expected a number.", "{wrong}");
        }
        assert_eq!(Number(40.0).whole("topK"), Ok(40));
        assert!(Number(40.5).whole("topK").is_err());
        assert!(Number(-1.0).whole("topK").is_err());
    }
}
