//! The texts of `tests/corpus`, what they are, and how many tokens they truly have.

use std::path::Path;
use tiktoken_rs::CoreBPE;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/corpus");

/// A file of the corpus.
pub(crate) struct Text {
    /// Its folder.
    pub(crate) kind: String,
    pub(crate) name: String,
    whole: String,
}

/// A piece of a text, and how many tokens it has.
pub(crate) struct Piece<'a> {
    pub(crate) text: &'a str,
    pub(crate) tokens: usize,
}

pub(crate) fn read() -> Vec<Text> {
    let mut texts = Vec::new();
    for folder in names(Path::new(FOLDER)) {
        for file in names(&Path::new(FOLDER).join(&folder)) {
            let whole = std::fs::read_to_string(Path::new(FOLDER).join(&folder).join(&file)).unwrap();
            let name = file.trim_end_matches(".txt").to_owned();
            texts.push(Text { kind: folder.clone(), name, whole });
        }
    }
    texts
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap());
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.contains('.') || name.ends_with(".txt"));
    names.sort();
    names
}

impl Text {
    /// What the table is fitted to: the first half, all of what is plain talk, and nothing of what is kept unseen.
    pub(crate) fn training(&self) -> &str {
        match self.kind.as_str() {
            "everyday" => &self.whole,
            "unseen" => "",
            _ => &self.whole[..self.middle()],
        }
    }

    /// What the table is judged by.
    pub(crate) fn held_out(&self) -> &str {
        match self.kind.as_str() {
            "everyday" => "",
            "unseen" => &self.whole,
            _ => &self.whole[self.middle()..],
        }
    }

    /// The line's end after half of it.
    fn middle(&self) -> usize {
        let half = self.whole.floor_char_boundary(self.whole.len() / 2);
        half + self.whole[half..].find('\n').map_or(0, |end| end + 1)
    }
}

/// Where each token of `text` begins.
pub(crate) fn starts(tokenizer: &CoreBPE, text: &str) -> Vec<usize> {
    let mut at = 0;
    let tokens = tokenizer.encode_ordinary(text).into_iter();
    let starts = tokens.map(|token| {
        let start = at;
        at += tokenizer.decode_bytes(&[token]).unwrap().len();
        start
    });
    let starts = starts.collect();
    assert_eq!(at, text.len());
    starts
}

/// `text` in pieces of `size` tokens, or a few more where a character would be cut. What is left over is not a piece.
pub(crate) fn pieces<'a>(tokenizer: &CoreBPE, text: &'a str, size: usize) -> Vec<Piece<'a>> {
    let starts = starts(tokenizer, text);
    let mut pieces = Vec::new();
    let mut first = 0;
    while let Some(end) = (first + size..starts.len()).find(|&end| text.is_char_boundary(starts[end])) {
        pieces.push(Piece { text: &text[starts[first]..starts[end]], tokens: end - first });
        first = end;
    }
    pieces
}
