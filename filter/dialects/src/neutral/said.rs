//! What an answer has said, by characters: that is how citations count.

/// The place of every so many-th character is kept.
const STEP: usize = 256;
/// Citations quote at most so many times what was said. Where they overlap more, most of an answer
/// would be their words, and a short answer could become one of any length.
const MOST_QUOTED: usize = 8;

/// The texts of an answer so far.
#[derive(Debug, Default)]
pub(crate) struct Said {
    text: String,
    characters: usize,
    /// Where each [`STEP`]th character begins.
    marks: Vec<usize>,
    /// How many bytes may still be quoted.
    left: usize,
}

impl Said {
    pub(crate) fn push(&mut self, more: &str) {
        for (at, _) in more.char_indices() {
            if self.characters.is_multiple_of(STEP) {
                self.marks.push(self.text.len().saturating_add(at));
            }
            self.characters = self.characters.saturating_add(1);
        }
        self.text.push_str(more);
        self.left = self.left.saturating_add(more.len().saturating_mul(MOST_QUOTED));
    }

    /// How many characters there are.
    pub(crate) fn characters(&self) -> u64 {
        self.characters as u64
    }

    /// The byte at which a character begins; the end, where there are fewer.
    pub(crate) fn byte(&self, character: u64) -> usize {
        let nth = usize::try_from(character).unwrap_or(usize::MAX);
        let place = self.marks.get(nth / STEP).and_then(|&mark| {
            let (at, _) = self.text.get(mark..)?.char_indices().nth(nth % STEP)?;
            mark.checked_add(at)
        });
        place.unwrap_or(self.text.len())
    }

    /// What was said from one byte to another. `None` when too much has been quoted already.
    pub(crate) fn quote(&mut self, from: usize, to: usize) -> Option<&str> {
        let text = self.text.get(from..to).unwrap_or_default();
        self.left = self.left.checked_sub(text.len())?;
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_character_is_found() {
        let text: String = (0..1000u32).filter_map(|n| char::from_u32(0x50 + n * 7)).collect();
        let mut said = Said::default();
        let (first, rest) = text.split_at(text.char_indices().nth(300).map_or(0, |(at, _)| at));
        said.push(first);
        said.push(rest);
        for (nth, (at, _)) in text.char_indices().enumerate() {
            assert_eq!(said.byte(nth as u64), at, "character {nth}");
        }
        assert_eq!((said.characters(), said.byte(1000), said.byte(u64::MAX)), (1000, text.len(), text.len()));
        assert_eq!(said.quote(0, 1), Some("P"));
        assert_eq!(said.quote(2, 1), Some(""));
    }

    #[test]
    fn no_more_is_quoted_than_in_proportion() {
        let mut said = Said::default();
        said.push("four");
        let quotes = (0..9).map(|_| said.quote(0, 4).is_some()).filter(|quoted| *quoted).count();
        assert_eq!(quotes, MOST_QUOTED);
    }
}
