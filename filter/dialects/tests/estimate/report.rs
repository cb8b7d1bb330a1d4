//! The errors of the estimate, and tables of them.

use crate::corpus::{self, Piece, Text};
use std::fmt::{self, Display, Write as _};
use tiktoken_rs::CoreBPE;
use tollgate_dialects::{Asked, Dialect, RequestBody};

/// Sizes that texts are cut into, in tokens.
const SIZES: [usize; 3] = [200, 1_000, 5_000];

/// Relative errors: above zero where the estimate is too high.
#[derive(Clone, Default)]
pub(crate) struct Errors(Vec<f64>);

/// The errors on one text.
pub(crate) struct Row {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) size: usize,
    pub(crate) errors: Errors,
}

impl<'a> FromIterator<&'a Errors> for Errors {
    fn from_iter<I: IntoIterator<Item = &'a Errors>>(errors: I) -> Self {
        Self(errors.into_iter().flat_map(|errors| errors.0.iter().copied()).collect())
    }
}

impl Errors {
    /// The error that so many per cent of all are below.
    fn signed(&self, percent: usize) -> f64 {
        nth(self.0.clone(), percent)
    }

    /// The same, whichever way it is wrong.
    pub(crate) fn absolute(&self, percent: usize) -> f64 {
        nth(self.0.iter().map(|error| error.abs()).collect(), percent)
    }
}

fn nth(mut errors: Vec<f64>, percent: usize) -> f64 {
    errors.sort_by(f64::total_cmp);
    let last = errors.len().saturating_sub(1);
    errors.get((last * percent + 50) / 100).copied().unwrap_or(f64::NAN)
}

impl Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p5, p50, p95] = [5, 50, 95].map(|percent| self.signed(percent) * 100.0);
        let absolute = self.absolute(95) * 100.0;
        write!(f, "{:>6} {p5:>8.1} {p50:>8.1} {p95:>8.1} {absolute:>8.1}", self.0.len())
    }
}

/// What a request is estimated at that says nothing but `text`.
pub(crate) fn estimate(text: &str) -> u64 {
    let body = format!(r#"{{"model":"m","input":{}}}"#, serde_json::to_string(text).unwrap());
    let asked = Asked::of(b"POST", b"/v1/embeddings").unwrap();
    RequestBody::new(asked, body.as_bytes()).unwrap().input_estimate(Dialect::OpenAi, "m").total()
}

/// The errors on what was held out of every text, in pieces of every size. What was written for this and never fitted
/// to is taken whole.
pub(crate) fn errors(tokenizer: &CoreBPE, texts: &[Text]) -> Vec<Row> {
    let mut rows = Vec::new();
    for text in texts {
        let held_out = text.held_out();
        for size in SIZES {
            let pieces = corpus::pieces(tokenizer, held_out, size);
            let errors = pieces.iter().map(|Piece { text, tokens }| estimate(text) as f64 / *tokens as f64 - 1.0);
            let errors = Errors(errors.collect());
            rows.push(Row { kind: text.kind.clone(), name: text.name.clone(), size, errors });
        }
    }
    rows.retain(|row| !row.errors.0.is_empty());
    rows
}

/// All there is to say.
pub(crate) fn all(tokenizer: &CoreBPE, texts: &[Text], title: &str) -> String {
    let rows = errors(tokenizer, texts);
    let mut out = format!("{title}\n\n");
    let head = format!("{:<28} {:>6} {:>8} {:>8} {:>8} {:>8}", "error in %", "texts", "p5", "p50", "p95", "|p95|");
    let mut kinds: Vec<_> = rows.iter().map(|row| row.kind.as_str()).collect();
    kinds.dedup();
    let _ = writeln!(out, "{head}");
    for kind in &kinds {
        let of_kind = || rows.iter().filter(|row| row.kind == *kind);
        for size in SIZES {
            let errors: Errors = of_kind().filter(|row| row.size == size).map(|row| &row.errors).collect();
            if !errors.0.is_empty() {
                let _ = writeln!(out, "{:<28} {errors}", format!("{kind}, {size} tokens"));
            }
        }
        let errors: Errors = of_kind().map(|row| &row.errors).collect();
        let _ = writeln!(out, "{:<28} {errors}", format!("{kind}, all sizes"));
    }
    let _ = writeln!(out, "\n{head}");
    let mut names: Vec<_> = rows.iter().map(|row| (row.kind.as_str(), row.name.as_str())).collect();
    names.dedup();
    for (kind, name) in names {
        let errors: Errors =
            rows.iter().filter(|row| row.kind == kind && row.name == name).map(|row| &row.errors).collect();
        let _ = writeln!(out, "{:<28} {errors}", format!("{kind}, {name}"));
    }
    out
}

/// What the README calls a part of the corpus.
struct Part {
    title: &'static str,
    has: fn(&Row) -> bool,
}

const PARTS: [Part; 9] = [
    Part { title: "English prose", has: |row| row.kind == "prose" && row.name.starts_with("en-") },
    Part { title: "prose in 26 other languages", has: |row| row.kind == "prose" && !row.name.starts_with("en-") },
    Part { title: "code in 7 languages", has: |row| row.kind == "code" },
    Part { title: "Markdown, HTML, XML", has: |row| row.kind == "markup" },
    Part { title: "JSON", has: |row| row.kind == "json" },
    Part { title: "logs", has: |row| row.kind == "logs" },
    Part { title: "tables and CSV", has: |row| row.kind == "figures" },
    Part { title: "base64, hex, UUIDs", has: |row| row.kind == "encoded" },
    Part {
        title: "plain talk and code in 18 languages, of no source that was fitted to",
        has: |row| row.kind == "unseen",
    },
];

/// The table of the README.
pub(crate) fn in_short(rows: &[Row]) -> String {
    /// A single text has too few pieces to say more of it than of its kind.
    const FEW: usize = 4;
    let mut out =
        String::from("| text | 200 tokens | 1,000 tokens | worse than 10 % by itself |\n| --- | --- | --- | --- |\n");
    for Part { title, has } in &PARTS {
        let of_part = || rows.iter().filter(|row| has(row));
        let _ = write!(out, "| {title} |");
        for size in [200, 1_000] {
            let errors: Errors = of_part().filter(|row| row.size == size).map(|row| &row.errors).collect();
            let _ = match errors.0.len() {
                0 => write!(out, " |"),
                _ => write!(out, " {:.0} % |", errors.absolute(95) * 100.0),
            };
        }
        let mut names: Vec<_> = of_part().map(|row| row.name.as_str()).collect();
        names.dedup();
        let worse = names.into_iter().filter_map(|name| {
            let errors: Errors = of_part().filter(|row| row.name == name).map(|row| &row.errors).collect();
            let error = errors.absolute(95);
            (errors.0.len() >= FEW && error > 0.1).then(|| format!("{name} {:.0} %", error * 100.0))
        });
        let worse: Vec<_> = worse.collect();
        let _ = writeln!(out, " {} |", worse.join(", "));
    }
    out
}
