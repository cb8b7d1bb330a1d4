//! JSON as protocol buffers read it, which is more than they write: numbers also as strings, and one
//! value where there may be several (<https://protobuf.dev/programming-guides/json/>).

use crate::json::{Failed, Item, List, Parse, Reader, RequestError, Text};
use crate::neutral::Losses;

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

impl Parse<'_> for Number {
    fn parse(reader: &mut Reader<'_>) -> Result<Self, Failed> {
        const EXPECTED: &str = "a number";
        if !reader.is_next(b'"') {
            return reader.float(EXPECTED).map(Self);
        }
        let parse = |text: Text<'_>| text.parse().ok().filter(|number: &f64| number.is_finite());
        reader.convert(EXPECTED, |reader| reader.text().map(parse)).map(Self)
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

impl<'a, T: Item + Parse<'a>> Parse<'a> for Repeated<T> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        if reader.is_next(b'{') { T::parse(reader).map(List::of_one) } else { List::parse(reader) }.map(Self)
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
