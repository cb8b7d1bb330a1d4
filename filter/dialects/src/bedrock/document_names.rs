//! Names of documents, which this API requires, wants without most punctuation, and wants unique in a
//! request: <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html>.

use std::collections::BTreeSet;

/// The most characters of a name.
const MOST: usize = 200;

/// The names that a request has given out.
#[derive(Debug, Default)]
pub(super) struct DocumentNames {
    given: BTreeSet<String>,
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
        let mut unique = name.to_owned();
        let mut number: u32 = 1;
        while !self.given.insert(unique.to_ascii_lowercase()) {
            number = number.saturating_add(1);
            let suffix = format!(" ({number})");
            let kept = MOST.saturating_sub(suffix.len());
            unique = name.chars().take(kept).chain(suffix.chars()).collect();
        }
        unique
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
    }
}
