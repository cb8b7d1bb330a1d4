//! Names of documents, which this API requires, wants without most punctuation, and wants unique in a
//! request: <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html>.

use std::collections::{BTreeMap, BTreeSet};

/// The most characters of a name.
const MOST: usize = 200;
/// Names that begin with so many of the same characters may become the same when they are numbered.
const TELLING: usize = 180;

/// The names that a request has given out.
#[derive(Debug, Default)]
pub(super) struct DocumentNames {
    given: BTreeSet<String>,
    /// The highest number after names that begin so: to count up from 1 each time would take longer and
    /// longer.
    numbers: BTreeMap<String, u32>,
}

impl DocumentNames {
    /// A name for a document of this `title`, and whether the title had to be changed for it. The
    /// format says what a file's extension does.
    pub(super) fn name(&mut self, title: Option<&str>, format: &str) -> (String, bool) {
        let title = title.unwrap_or_default();
        let stem = title.strip_suffix(format).and_then(|stem| stem.strip_suffix('.')).unwrap_or(title);
        let plain = plain(stem);
        let name = if plain.is_empty() { "document" } else { &plain };
        let unique = self.unique(name);
        let changed = !title.is_empty() && unique != stem;
        (unique, changed)
    }

    fn unique(&mut self, name: &str) -> String {
        if self.given.insert(name.to_ascii_lowercase()) {
            return name.to_owned();
        }
        let beginning = name.chars().take(TELLING).collect::<String>().to_ascii_lowercase();
        let number = self.numbers.entry(beginning).or_insert(1);
        loop {
            *number = number.saturating_add(1);
            let suffix = format!(" ({number})");
            let kept = MOST.saturating_sub(suffix.len());
            let unique: String = name.chars().take(kept).chain(suffix.chars()).collect();
            if self.given.insert(unique.to_ascii_lowercase()) {
                return unique;
            }
        }
    }
}

/// Letters, digits, single spaces, hyphens, parentheses and brackets; a hyphen for what is not.
fn plain(title: &str) -> String {
    let words = title.split_whitespace().map(|word| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '(' | ')' | '[' | ']');
        word.chars().map(|c| if allowed(c) { c } else { '-' }).collect::<String>()
    });
    let joined = words.collect::<Vec<_>>().join(" ");
    joined.chars().take(MOST).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn names_are_plain_and_unique() {
        let mut names = DocumentNames::default();
        let mut name = |title: &str| names.name(Some(title).filter(|title| !title.is_empty()), "pdf");
        assert_eq!(name("Report (2) [a-b]"), ("Report (2) [a-b]".to_owned(), false));
        assert_eq!(name("terms.pdf"), ("terms".to_owned(), false));
        assert_eq!(name("a_b  c\n.d"), ("a-b c -d".to_owned(), true));
        assert_eq!(name("TERMS"), ("TERMS (2)".to_owned(), true));
        assert_eq!(name(""), ("document".to_owned(), false));
        assert_eq!(name(""), ("document (2)".to_owned(), false));
        let long = "x".repeat(300);
        assert_eq!(name(&long), ("x".repeat(200), true));
        assert_eq!(name(&long), (format!("{} (2)", "x".repeat(196)), true));
        assert_eq!(name("terms (3)"), ("terms (3)".to_owned(), false));
        assert_eq!(name("terms"), ("terms (4)".to_owned(), true));
    }

    /// Counted up from 1 for each, these would take a minute.
    #[test]
    fn any_number_of_names_is_found_in_time() {
        let mut names = DocumentNames::default();
        let long = "x".repeat(196);
        let last = (0..10_000).map(|n| names.name(Some(&format!("{long}{:04}", n / 4)), "pdf").0).last();
        assert_eq!(last, Some(format!("{} (7501)", "x".repeat(193))));
        let last = (0..10_000).map(|_| names.name(None, "pdf").0).last();
        assert_eq!(last.as_deref(), Some("document (10000)"));
    }
}
