//! Arrays of an answer, which are short.

use super::{Failed, Parse, Reader};

/// More items than this no answer has. An item takes up to a hundred times the least text it can be
/// read from, so an array without end could exhaust the memory.
const MOST: usize = 16_384;

/// The items of an array, as long as there are not too many.
#[derive(Clone, Debug, Default)]
pub struct Few<T>(Vec<T>);

impl<T> IntoIterator for Few<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T: Parse<'a>> Parse<'a> for Few<T> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        let mut items = Vec::new();
        reader.array(&mut |reader| {
            if items.len() >= MOST {
                return Err(reader.expected("fewer items"));
            }
            items.push(T::parse(reader)?);
            Ok(())
        })?;
        Ok(Self(items))
    }
}
