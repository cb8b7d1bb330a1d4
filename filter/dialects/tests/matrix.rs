//! What each pair of dialects carries, one feature at a time, and that nothing is lost in silence.
//!
//! `matrix/CLIENT.json` says how a client asks for a feature, `matrix/features.json` what a provider's body
//! holds where the feature has arrived. The table of this in the README is written by this test:
//! `UPDATE_GOLDEN=1 cargo test -p tollgate-dialects --test matrix`.

#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod translation;

use serde_json::{Map, Value};
use std::fmt::Write as _;
use tollgate_dialects::{Dialect, Peek};
use translation::asked;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const FEATURES: &str = include_str!("matrix/features.json");
const CLIENTS: [(&str, &str); 6] = [
    ("openai", include_str!("matrix/openai.json")),
    ("responses", include_str!("matrix/responses.json")),
    ("anthropic", include_str!("matrix/anthropic.json")),
    ("gemini", include_str!("matrix/gemini.json")),
    ("bedrock", include_str!("matrix/bedrock.json")),
    ("cohere", include_str!("matrix/cohere.json")),
];

/// A model of each provider that can do most.
const MODELS: [(&str, &str); 6] = [
    ("openai", "gpt-5.4"),
    ("responses", "gpt-5.4"),
    ("anthropic", "claude-sonnet-4-5"),
    ("gemini", "gemini-2.5-pro"),
    ("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("cohere", "command-a-reasoning-08-2025"),
];

/// What becomes of a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// It arrives, and there is nothing to say about it.
    Carried,
    /// It arrives in another form, and the answer's headers say so.
    Adapted,
    /// It does not arrive, and the answer's headers say so.
    Lost,
    /// The request is refused with a 400 that names it.
    Refused,
}

impl Fate {
    fn word(self) -> &'static str {
        match self {
            Self::Carried => "yes",
            Self::Adapted => "adapted",
            Self::Lost => "reported",
            Self::Refused => "refused",
        }
    }
}

fn dialect(name: &str) -> Dialect {
    Dialect::ALL.iter().find(|(known, _)| *known == name).map_or_else(|| panic!("{name}"), |&(_, dialect)| dialect)
}

/// The request of a client for one feature.
fn request(client: &Map<String, Value>, feature: &str) -> Option<String> {
    let mut body = client["base"].as_object().unwrap().clone();
    for (key, value) in client.get(feature)?.as_object().unwrap() {
        body.insert(key.clone(), value.clone());
    }
    Some(serde_json::to_string(&body).unwrap())
}

/// What becomes of a request, or how it was lost in silence.
fn fate(client: &str, provider: &str, body: &str, marks: &Value) -> Result<Fate, String> {
    let model = MODELS.iter().find(|(name, _)| *name == provider).unwrap().1;
    let peek = Peek::new(asked(dialect(client), false), body.as_bytes()).unwrap();
    let prepared = match peek.prepare(dialect(provider), model) {
        Ok(prepared) => prepared,
        Err(error) if error.param.is_some() => return Ok(Fate::Refused),
        Err(error) => return Err(format!("is refused without a field: {error}")),
    };
    let written = prepared.body.map_or_else(|| body.to_owned(), |body| String::from_utf8(body).unwrap());
    let marks = marks.get(provider).or_else(|| marks.get("*")).and_then(Value::as_array);
    let arrived = marks.is_some_and(|marks| marks.iter().all(|mark| written.contains(mark.as_str().unwrap())));
    match (arrived, prepared.losses.is_empty()) {
        (true, true) => Ok(Fate::Carried),
        (true, false) => Ok(Fate::Adapted),
        (false, false) => Ok(Fate::Lost),
        (false, true) => Err(format!("is lost in silence: {written}")),
    }
}

/// One word for all clients, or the most frequent and who fares otherwise.
fn cell(fates: &[(&str, Fate)]) -> String {
    let count = |fate: Fate| fates.iter().filter(|(_, other)| *other == fate).count();
    let Some(&(_, usual)) = fates.iter().max_by_key(|(_, fate)| (count(*fate), std::cmp::Reverse(*fate))) else {
        return String::new();
    };
    let mut cell = usual.word().to_owned();
    for (client, fate) in fates.iter().filter(|(_, fate)| *fate != usual) {
        let _ = write!(cell, "; from {client}: {}", fate.word());
    }
    cell
}

#[test]
fn every_pair_carries_a_feature_or_says_that_it_does_not() {
    let features: Map<String, Value> = serde_json::from_str(FEATURES).unwrap();
    let clients = CLIENTS.map(|(name, file)| (name, serde_json::from_str::<Map<String, Value>>(file).unwrap()));
    for (name, client) in &clients {
        let known = |feature: &String| feature == "base" || features.contains_key(feature);
        assert!(client.keys().all(known), "{name} has a feature that features.json has not");
    }
    let mut wrong = Vec::new();
    let mut table = String::from("| a client's | to openai | responses | anthropic | gemini | bedrock | cohere |\n");
    table.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
    for (feature, marks) in &features {
        let _ = write!(table, "| {feature} |");
        for (provider, _) in MODELS {
            let mut fates = Vec::new();
            for (name, client) in clients.iter().filter(|(name, _)| *name != provider) {
                let Some(body) = request(client, feature) else { continue };
                match fate(name, provider, &body, marks) {
                    Ok(fate) => fates.push((*name, fate)),
                    Err(problem) => wrong.push(format!("{feature}, {name} to {provider}: {problem}")),
                }
            }
            let _ = write!(table, " {} |", cell(&fates));
        }
        table.push('\n');
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    compare_with_readme(&table);
}

#[cfg(target_arch = "wasm32")]
fn compare_with_readme(_: &str) {}

#[cfg(not(target_arch = "wasm32"))]
fn compare_with_readme(table: &str) {
    const START: &str = "<!-- matrix: written by filter/dialects/tests/matrix.rs -->\n";
    const END: &str = "<!-- end of matrix -->\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(START).expect("the README has a place for the matrix");
    let (written, after) = rest.split_once(END).expect("the README says where the matrix ends");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, [before, START, table, END, after].concat()).unwrap();
        return;
    }
    assert!(written == table, "the matrix in the README is not what is so. It is:\n{table}");
}
