//! Whether a step has said one of a few words.

/// What models put around a word that they were asked for alone.
const AROUND: [char; 8] = ['"', '\'', '`', '*', '.', '!', '“', '”'];

/// The words alone: without white space, quotes, stars and full stops around them, in lower case.
pub(crate) fn plain(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || AROUND.contains(&c)).to_lowercase()
}

/// Is an output one of these, which are [`plain`]?
pub(crate) fn is_said(values: &[Box<str>], output: &str) -> bool {
    let output = plain(output);
    values.iter().any(|value| **value == *output)
}
