//! An object, or the first of an array of them: some streams have either in the same place.

use super::{Failed, Ignored, Parse, Reader};

/// The object, if there is one.
#[derive(Clone, Debug, Default)]
pub struct First<T>(Option<T>);

impl<T> First<T> {
    /// The object, if there is one.
    pub fn take(self) -> Option<T> {
        self.0
    }
}

impl<'a, T: Parse<'a>> Parse<'a> for First<T> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        let mut first = None;
        if reader.is_next(b'{') {
            first = Some(T::parse(reader)?);
        } else if reader.is_next(b'[') {
            reader.array(&mut |reader| {
                match first {
                    None => first = Some(T::parse(reader)?),
                    Some(_) => _ = Ignored::parse(reader)?,
                }
                Ok(())
            })?;
        } else {
            return Err(reader.expected("an object or an array of objects"));
        }
        Ok(Self(first))
    }
}
