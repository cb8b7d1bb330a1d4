//! What each pair of dialects carries, one feature at a time, there and back, and that nothing is lost in silence.
//!
//! `matrix/CLIENT.json` says how a client asks for a feature, `matrix/features.json` what a provider's body
//! holds where the feature has arrived (`newest`: where the newest models take it in another form; `!`: what it does not
//! hold), `matrix/answers.json` what providers answer, and what a client's body holds
//! where that has arrived. The tables of this in the README are written by these tests:
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

const ANSWERS: &str = include_str!("matrix/answers.json");
const FEATURES: &str = include_str!("matrix/features.json");
const CLIENTS: [(&str, &str); 6] = [
    ("openai", include_str!("matrix/openai.json")),
    ("responses", include_str!("matrix/responses.json")),
    ("anthropic", include_str!("matrix/anthropic.json")),
    ("gemini", include_str!("matrix/gemini.json")),
    ("bedrock", include_str!("matrix/bedrock.json")),
    ("cohere", include_str!("matrix/cohere.json")),
];

/// A model of each provider.
type Models = [(&'static str, &'static str); 6];

/// Those that can do most.
const MODELS: Models = [
    ("openai", "gpt-5.4"),
    ("responses", "gpt-5.4"),
    ("anthropic", "claude-sonnet-4-5"),
    ("gemini", "gemini-2.5-pro"),
    ("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("cohere", "command-a-reasoning-08-2025"),
];

/// The newest, of which some can be told less.
const NEWEST: Models = [
    ("openai", "gpt-6.1-sol"),
    ("responses", "gpt-6.1-sol"),
    ("anthropic", "claude-opus-5-5"),
    ("gemini", "gemini-4-argon"),
    ("bedrock", "us.anthropic.claude-opus-5-5"),
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
fn fate(client: &str, provider: &str, model: &str, body: &str, marks: &Value) -> Result<Fate, String> {
    let peek = Peek::new(asked(dialect(client), false), body.as_bytes()).unwrap();
    let prepared = match peek.prepare(dialect(provider), model) {
        Ok(prepared) => prepared,
        Err(error) if error.param.is_some() => return Ok(Fate::Refused),
        Err(error) => return Err(format!("is refused without a field: {error}")),
    };
    let written = prepared.body.map_or_else(|| body.to_owned(), |body| String::from_utf8(body).unwrap());
    let newest = marks.get("newest").filter(|marks| model_is_newest(provider, model) && marks.get(provider).is_some());
    judge(has_marks(newest.unwrap_or(marks), provider, &written), prepared.losses.is_empty(), &written)
}

/// What becomes of an answer on its way back, or how it was lost in silence.
fn fate_of_answer(provider: &str, client: &str, body: &str, marks: &Value) -> Result<Fate, String> {
    let exchange = translation::exchange(dialect(client), dialect(provider), true);
    let answer = exchange.answer(body.as_bytes(), 1).map_err(|error| format!("is no answer: {error:?}"))?;
    let written = answer.body.map_or_else(String::new, |body| String::from_utf8(body).unwrap());
    let arrived = has_marks(marks, client, &written);
    judge(arrived, answer.losses.is_empty(), &written)
}

fn has_marks(marks: &Value, of: &str, written: &str) -> bool {
    let marks = marks.get(of).or_else(|| marks.get("*")).and_then(Value::as_array);
    let holds = |mark: &str| match mark.strip_prefix('!') {
        Some(mark) => !written.contains(mark),
        None => written.contains(mark),
    };
    marks.is_some_and(|marks| marks.iter().all(|mark| holds(mark.as_str().unwrap())))
}

fn model_is_newest(provider: &str, model: &str) -> bool {
    NEWEST.iter().zip(MODELS).any(|(newest, other)| *newest == (provider, model) && *newest != other)
}

fn judge(arrived: bool, nothing_lost: bool, written: &str) -> Result<Fate, String> {
    match (arrived, nothing_lost) {
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

/// What becomes of each feature at the models of each provider; what is lost in silence is added to `wrong`.
fn rows(models: &Models, wrong: &mut Vec<String>) -> Vec<(String, [String; 6])> {
    let features: Map<String, Value> = serde_json::from_str(FEATURES).unwrap();
    let clients = CLIENTS.map(|(name, file)| (name, serde_json::from_str::<Map<String, Value>>(file).unwrap()));
    for (name, client) in &clients {
        let known = |feature: &String| feature == "base" || features.contains_key(feature);
        assert!(client.keys().all(known), "{name} has a feature that features.json has not");
    }
    let mut row = |feature: &str, marks: &Value| {
        models.map(|(provider, model)| {
            let mut fates = Vec::new();
            for (name, client) in clients.iter().filter(|(name, _)| *name != provider) {
                let Some(body) = request(client, feature) else { continue };
                match fate(name, provider, model, &body, marks) {
                    Ok(fate) => fates.push((*name, fate)),
                    Err(problem) => wrong.push(format!("{feature}, {name} to {provider}, {model}: {problem}")),
                }
            }
            cell(&fates)
        })
    };
    features.iter().map(|(feature, marks)| (feature.clone(), row(feature, marks))).collect()
}

/// A table with the models that it is about in its first row.
fn table(models: &Models, rows: &[(String, [String; 6])]) -> String {
    let mut table = String::from("| a client's | to openai | responses | anthropic | gemini | bedrock | cohere |\n");
    table.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
    let names = models.map(|(_, model)| format!("`{model}`"));
    for (name, cells) in [(&"*with the model*".to_owned(), &names)].into_iter().chain(rows.iter().map(|(n, c)| (n, c)))
    {
        let _ = writeln!(table, "| {name} | {} |", cells.join(" | "));
    }
    table
}

#[test]
fn every_pair_carries_a_feature_or_says_that_it_does_not() {
    let mut wrong = Vec::new();
    let most = rows(&MODELS, &mut wrong);
    let newest = rows(&NEWEST, &mut wrong);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Of the newest models only what they fare otherwise in.
    let differ = newest.into_iter().zip(&most).filter_map(|((feature, cells), (_, others))| {
        let mut others = others.iter();
        let cells = cells.map(|cell| if others.next() == Some(&cell) { String::new() } else { cell });
        cells.iter().any(|cell| !cell.is_empty()).then_some((feature, cells))
    });
    compare_with_readme("matrix", &table(&MODELS, &most));
    compare_with_readme("newest", &table(&NEWEST, &differ.collect::<Vec<_>>()));
}

#[test]
fn every_answer_carries_what_it_holds_or_says_that_it_does_not() {
    let features: Map<String, Value> = serde_json::from_str(ANSWERS).unwrap();
    let mut wrong = Vec::new();
    let mut table =
        String::from("| an answer's | for openai clients | responses | anthropic | gemini | bedrock | cohere |\n");
    table.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
    for (feature, bodies) in &features {
        let _ = write!(table, "| {feature} |");
        for (client, _) in MODELS {
            let mut fates = Vec::new();
            for (provider, body) in bodies.as_object().unwrap().iter().filter(|(name, _)| *name != "marks") {
                if provider == client {
                    continue;
                }
                match fate_of_answer(provider, client, &body.to_string(), &bodies["marks"]) {
                    Ok(fate) => fates.push((&**provider, fate)),
                    Err(problem) => wrong.push(format!("{feature}, {provider} to {client}: {problem}")),
                }
            }
            let _ = write!(table, " {} |", cell(&fates));
        }
        table.push('\n');
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    compare_with_readme("answers", &table);
}

#[cfg(target_arch = "wasm32")]
fn compare_with_readme(_: &str, _: &str) {}

#[cfg(not(target_arch = "wasm32"))]
fn compare_with_readme(name: &str, table: &str) {
    let start = format!("<!-- {name}: written by filter/dialects/tests/matrix.rs -->\n");
    let end = format!("<!-- end of {name} -->\n");
    // Two tests write into one file.
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(&*start).expect("the README has a place for the matrix");
    let (written, after) = rest.split_once(&*end).expect("the README says where the matrix ends");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, [before, &start, table, &end, after].concat()).unwrap();
        return;
    }
    assert!(written == table, "the table of {name} in the README is not what is so. It is:\n{table}");
}
