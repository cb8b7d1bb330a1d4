//! Which call a result is of.

use std::collections::BTreeMap;

/// The calls that have been made so far by their ids, and what is to be known of each.
///
/// Results mostly come in the order of their calls. As long as they do, nothing is looked up.
#[derive(Debug)]
pub(crate) struct Calls<'r, T> {
    made: Vec<(&'r str, T)>,
    /// The call behind the last that was found.
    next: usize,
    /// Where in `made` each id stands, up to `placed`.
    places: BTreeMap<&'r str, usize>,
    placed: usize,
}

impl<T> Default for Calls<'_, T> {
    fn default() -> Self {
        Self { made: Vec::new(), next: 0, places: BTreeMap::new(), placed: 0 }
    }
}

impl<'r, T> Calls<'r, T> {
    /// Another call is made.
    pub(crate) fn add(&mut self, id: &'r str, known: T) {
        self.made.push((id, known));
    }

    /// What is known of the call that `id` is the result of.
    pub(crate) fn find(&mut self, id: &str) -> Option<&T> {
        let place =
            if self.made.get(self.next).is_some_and(|(next, _)| *next == id) { self.next } else { self.place(id)? };
        self.next = place.saturating_add(1);
        self.made.get(place).map(|(_, known)| known)
    }

    fn place(&mut self, id: &str) -> Option<usize> {
        let more = self.made.iter().enumerate().skip(self.placed);
        self.places.extend(more.map(|(place, (id, _))| (*id, place)));
        self.placed = self.made.len();
        self.places.get(id).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn results_find_their_calls_in_any_order() {
        let mut calls = Calls::default();
        assert_eq!(calls.find("a"), None);
        calls.add("a", 1);
        calls.add("b", 2);
        assert_eq!(["a", "b", "a", "c"].map(|id| calls.find(id).copied()), [Some(1), Some(2), Some(1), None]);
        calls.add("c", 3);
        calls.add("d", 4);
        assert_eq!(["d", "c", "b", "d"].map(|id| calls.find(id).copied()), [Some(4), Some(3), Some(2), Some(4)]);
        // An id that is given again is the newer call's.
        calls.add("a", 5);
        assert_eq!(["a", "a"].map(|id| calls.find(id).copied()), [Some(5), Some(5)]);
    }
}
