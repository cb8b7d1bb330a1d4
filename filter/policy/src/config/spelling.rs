//! Which known name a misspelt one may have been.

/// Names longer than this are not compared: the work grows with the product of the lengths.
const LONGEST: usize = 64;

/// The nearest of `names`, if it is near enough to have been meant: at most a third of its
/// letters differ, three at the very most. Capitals do not count.
pub(super) fn nearest<'n>(word: &str, names: &[&'n str]) -> Option<&'n str> {
    if word.len() > LONGEST {
        return None;
    }
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let near = names.iter().filter_map(|&name| {
        let allowed = (name.chars().count() / 3).clamp(1, 3);
        let distance = distance(&word, &name.to_lowercase());
        (distance <= allowed && name.len() <= LONGEST).then_some((distance, name))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// The fewest insertions, deletions, replacements and swaps of neighbours from one to the other.
fn distance(word: &[char], name: &str) -> usize {
    let name: Vec<char> = name.chars().collect();
    // Each row holds the distances from every beginning of `word` to one beginning of `name`.
    let mut rows: Vec<Vec<usize>> = vec![(0..=word.len()).collect()];
    let cell = |rows: &[Vec<usize>], row: usize, column: usize| {
        rows.get(row).and_then(|row| row.get(column)).copied().unwrap_or(usize::MAX)
    };
    for (above, letter) in name.iter().enumerate() {
        let mut row = vec![above.saturating_add(1)];
        for (left, other) in word.iter().enumerate() {
            let changed = cell(&rows, above, left).saturating_add(usize::from(letter != other));
            let added = cell(&rows, above, left.saturating_add(1)).saturating_add(1);
            let removed = row.last().copied().unwrap_or(usize::MAX).saturating_add(1);
            let mut best = changed.min(added).min(removed);
            if let (Some(up), Some(back)) = (above.checked_sub(1), left.checked_sub(1))
                && name.get(up) == Some(other)
                && word.get(back) == Some(letter)
            {
                best = best.min(cell(&rows, up, back).saturating_add(1));
            }
            row.push(best);
        }
        rows.push(row);
    }
    cell(&rows, name.len(), word.len())
}
