//! Ranks documents by how many of the query's words they have.

use std::collections::HashSet;

/// The documents' numbers and scores between 0 and 1, best first.
pub fn of(query: &str, documents: &[&str]) -> Vec<(usize, f64)> {
    let words = |text: &str| -> HashSet<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let asked = words(query);
    let score = |document: &str| {
        let found = words(document).intersection(&asked).count() as f64;
        // Never quite 0 or 1, like a model's.
        ((found + 0.1) / (asked.len() as f64 + 0.2) * 1e4).round() / 1e4
    };
    let mut ranked: Vec<_> = documents.iter().map(|document| score(document)).enumerate().collect();
    ranked.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    ranked
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn shared_words_count() {
        let ranked = of("capital of France", &["Berlin", "Paris is the capital of France.", "A capital"]);
        assert_eq!(ranked.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 2, 0]);
        assert!(ranked.iter().all(|(_, score)| (0.0..1.0).contains(score)));
    }
}
