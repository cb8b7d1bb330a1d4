//! Which known name a misspelt one may have been.

/// Names longer than this are not compared: the work grows with the product of the lengths.
const LONGEST: usize = 64;

/// The nearest of `names`, if it is near enough to have been meant: at most a third of its
/// letters differ, three at the very most. Capitals do not count.
pub(super) fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if word.len() > LONGEST {
        return None;
    }
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let near = names.into_iter().filter_map(|name| {
        let allowed = (name.chars().count() / 3).clamp(1, 3);
        let distance = distance(&word, &name.to_lowercase());
        (distance <= allowed && name.len() <= LONGEST).then_some((distance, name))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// The fewest insertions, deletions and replacements of letters from one to the other.
fn distance(word: &[char], name: &str) -> usize {
    // `row` holds the distances from every beginning of `word` to the part of `name` seen so far.
    let mut row: Vec<usize> = (0..=word.len()).collect();
    for letter in name.chars() {
        let mut diagonal = 0_usize;
        let mut left = 0_usize;
        for (index, cell) in row.iter_mut().enumerate() {
            let above = *cell;
            let other = index.checked_sub(1).and_then(|before| word.get(before));
            *cell = match other {
                None => above.saturating_add(1),
                Some(other) => {
                    let replaced = diagonal.saturating_add(usize::from(*other != letter));
                    above.min(left).saturating_add(1).min(replaced)
                }
            };
            (diagonal, left) = (above, *cell);
        }
    }
    row.last().copied().unwrap_or_default()
}
