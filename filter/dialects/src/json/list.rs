//! Reads arrays one item at a time.
//!
//! An item in the shape it is read in takes up to a hundred times the least text it can be read from.
//! One at a time, that does not matter; a list of them would let `[{},{},...]` exhaust the memory.

use super::{Failed, Ignored, Parse, Reader, RequestError};
use crate::neutral::Losses;
use std::fmt;

/// The shape of an item, and what is kept of it.
pub(crate) trait Item: Sized {
    type Kept;

    /// What is kept of the item, if anything; what is lost is noted. An error's path starts at the
    /// item.
    fn read(self, index: usize, losses: &mut Losses) -> Result<Option<Self::Kept>, RequestError>;
}

/// What is kept of an array's items.
pub(crate) struct List<T: Item> {
    kept: Vec<T::Kept>,
    losses: Losses,
    refused: Option<Box<RequestError>>,
}

impl<T: Item> List<T> {
    /// What is kept of the only item, from an API that takes one where it takes several.
    pub(crate) fn of_one(item: T) -> Self {
        let mut losses = Losses::default();
        let (kept, refused) = match item.read(0, &mut losses) {
            Ok(kept) => (kept.into_iter().collect(), None),
            Err(error) => (Vec::new(), Some(Box::new(error))),
        };
        Self { kept, losses, refused }
    }

    /// What was kept. `name` is the array's, for an error's path.
    pub(crate) fn take(self, name: &str, losses: &mut Losses) -> Result<Vec<T::Kept>, RequestError> {
        losses.add_all(self.losses);
        match self.refused {
            Some(error) => Err(error.under(name)),
            None => Ok(self.kept),
        }
    }
}

impl<T: Item> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List").field("length", &self.kept.len()).finish_non_exhaustive()
    }
}

impl<'a, T: Item + Parse<'a>> Parse<'a> for List<T> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        // Most arrays hold one item; a Vec that grows by itself starts with four.
        let mut list = Self { kept: Vec::with_capacity(1), losses: Losses::default(), refused: None };
        let mut index: usize = 0;
        reader.array(&mut |reader| {
            if list.refused.is_some() {
                Ignored::parse(reader)?;
                return Ok(());
            }
            match T::parse(reader)?.read(index, &mut list.losses) {
                Ok(kept) => list.kept.extend(kept),
                Err(error) => list.refused = Some(Box::new(error.under(&format!("[{index}]")))),
            }
            index = index.saturating_add(1);
            Ok(())
        })?;
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse, required, shape};
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    shape! { Number { is: u64 } }
    shape! { Numbers { list: List<Number<'a>> } }

    impl<'a> Item for Number<'a> {
        type Kept = u64;

        fn read(self, index: usize, losses: &mut Losses) -> Result<Option<u64>, RequestError> {
            losses.add_unknown("list", &self.unknown);
            let number = required(self.is, "is")?;
            Ok((number != index as u64).then_some(number))
        }
    }

    thread_local! { static HELD: std::cell::Cell<(i32, i32)> = const { std::cell::Cell::new((0, 0)) }; }

    /// Counts how many of it there are at a time.
    struct Counted;

    impl Parse<'_> for Counted {
        fn parse(reader: &mut Reader<'_>) -> Result<Self, Failed> {
            let (now, most) = HELD.get();
            HELD.set((now.saturating_add(1), most.max(now.saturating_add(1))));
            Ignored::parse(reader).map(|_| Self)
        }
    }

    impl Drop for Counted {
        fn drop(&mut self) {
            let (now, most) = HELD.get();
            HELD.set((now.saturating_sub(1), most));
        }
    }

    impl Item for Counted {
        type Kept = ();

        fn read(self, _: usize, _: &mut Losses) -> Result<Option<()>, RequestError> {
            Ok(Some(()))
        }
    }

    #[test]
    fn only_one_item_is_held_in_the_shape_it_came_in() {
        let list: List<Counted> = parse("[{},{},{},{}]").unwrap();
        assert_eq!(list.take("list", &mut Losses::default()).unwrap().len(), 4);
        assert_eq!(HELD.get(), (0, 1));
    }

    fn read(json: &str) -> Result<(Vec<u64>, String), RequestError> {
        let mut losses = Losses::default();
        let numbers: Numbers<'_> = parse(json)?;
        let list = required(numbers.list, "list")?.take("list", &mut losses)?;
        Ok((list, losses.to_header()))
    }

    #[test]
    fn items_are_kept_or_not_and_losses_are_noted() {
        let json = r#"{"list":[{"is":7},{"is":1},{"is":9,"odd":true}]}"#;
        assert_eq!(read(json), Ok((vec![7, 9], "list.odd".to_owned())));
        assert_eq!(read(r#"{"list":[]}"#), Ok((vec![], String::new())));
    }

    #[test]
    fn an_item_that_is_refused_is_named_by_its_place() {
        let message = |json| read(json).unwrap_err().message;
        assert_eq!(message(r#"{"list":[{"is":7},{},{"is":8}]}"#), "list[1].is: is required.");
        assert_eq!(message(r#"{"list":[{"is":7},{"is":"x"}]}"#), "list[1].is: expected a whole number.");
        assert_eq!(message(r#"{"list":{}}"#), "list: expected an array.");
    }
}
