//! Where a fuzzer begins: the golden inputs of the dialects, as each target takes them, and the words they are made of.

use crate::choices::choosing;
use crate::operations::{ANSWERS, REQUESTS};
use crate::sides::{DIALECTS, UPSTREAMS};
use crate::stream::CLIENTS;
use crate::table;
use std::collections::BTreeSet;
use std::path::Path;
use tollgate_dialects::{Dialect, Platform, Upstream};
use tollgate_json::{Scanner, Token};

/// An input for a target.
pub struct Seed {
    pub target: &'static str,
    pub name: String,
    pub bytes: Vec<u8>,
}

/// One golden input; its name is `<feature>.<dialect>.<ending>`.
struct Golden {
    name: String,
    dialect: usize,
    bytes: Vec<u8>,
}

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn golden(folder: &str) -> Vec<Golden> {
    let files = files(format!("{ROOT}/filter/dialects/tests/golden/{folder}"));
    let golden = files.into_iter().filter_map(|(name, bytes)| {
        let word = name.split('.').nth(1)?;
        let dialect = DIALECTS.iter().position(|dialect| dialect.name() == word)?;
        Some(Golden { name, dialect, bytes })
    });
    golden.collect()
}

/// The files of a folder, by name.
pub fn files(folder: impl AsRef<Path>) -> Vec<(String, Vec<u8>)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_file());
    let mut files: Vec<_> = paths
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (name, bytes)
        })
        .collect();
    files.sort();
    files
}

/// Gathers them. Each begins with the bytes by which its target chooses.
#[derive(Default)]
struct Seeds(Vec<Seed>);

impl Seeds {
    fn add(&mut self, target: &'static str, name: &str, choices: &[u8], bytes: &[u8]) {
        let name = format!("{name}.{}", self.0.len());
        self.0.push(Seed { target, name, bytes: [choices, bytes].concat() });
    }
}

/// Every seed.
pub fn all() -> Vec<Seed> {
    let mut seeds = Seeds::default();
    conversations(&mut seeds);
    for Golden { name, dialect, bytes } in golden("streams") {
        streams(&name, dialect, &bytes, &mut seeds);
    }
    operations(&mut seeds);
    policy(&mut seeds);
    seeds.0
}

fn conversations(seeds: &mut Seeds) {
    let count = DIALECTS.len();
    for Golden { name, dialect, bytes } in golden("requests") {
        let (client, away) = (choosing(dialect, count), choosing((dialect + 1) % count, count));
        seeds.add("read_request", &name, &[client, b'0', b'0', b'0'], &bytes);
        seeds.add("peek", &name, &[client, b'0', b'0', b'0'], &bytes);
        seeds.add("patch", &name, &[choosing(dialect, UPSTREAMS.len())], &bytes);
        seeds.add("json", &name, b"0", &bytes);
        seeds.add("round_trip", &name, &[client, away], &bytes);
    }
    for Golden { name, dialect, bytes } in golden("responses") {
        seeds.add("read_answer", &name, &[choosing(dialect, UPSTREAMS.len()), b'0', b'0'], &bytes);
    }
}

fn streams(name: &str, dialect: usize, bytes: &[u8], seeds: &mut Seeds) {
    let count = UPSTREAMS.len();
    let provider = choosing(dialect, count);
    for client in [(dialect + 1) % 6, (dialect + 4) % 6] {
        seeds.add("stream", name, &[choosing(client, CLIENTS.len()), provider, b'0', b'0', b'?'], bytes);
    }
    seeds.add("framers", name, &[provider, b'0', b'0', b'0', b'?'], bytes);
    seeds.add("framers", name, &[provider, b'1', b'1', b'0', b'?'], bytes);
    if DIALECTS[dialect] == Dialect::Bedrock {
        seeds.add("event_stream", name, b"?--------0", bytes);
    }
    let behind_invoke = |it: &Upstream<'_>| it.platform == Platform::Aws && it.dialect == DIALECTS[dialect];
    if let Some(at) = UPSTREAMS.iter().position(behind_invoke) {
        let text = String::from_utf8_lossy(bytes);
        let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
        let chunks: String = data.map(|data| format!("chunk {data}\n")).collect();
        seeds.add("stream", name, &[b'1', choosing(at, count), b'0', b'0', b'?'], chunks.as_bytes());
        seeds.add("framers", name, &[choosing(at, count), b'0', b'0', b'0', b'?'], chunks.as_bytes());
    }
}

fn operations(seeds: &mut Seeds) {
    for (at, (path, request)) in REQUESTS.iter().enumerate() {
        let choices = [choosing(at, REQUESTS.len()), b'0', b'0', choosing(0, 2)];
        seeds.add("operations", "request", &choices, request.as_bytes());
        let lines = format!("POST\n{path}\nmultipart/form-data; boundary=b\nm/n");
        seeds.add("paths", "path", b"0", lines.as_bytes());
    }
    for (at, answer) in ANSWERS.iter().enumerate() {
        let choices = [choosing(at, REQUESTS.len()), b'0', b'0', choosing(1, 2)];
        seeds.add("operations", "answer", &choices, answer.as_bytes());
    }
}

fn policy(seeds: &mut Seeds) {
    let examples = files(format!("{ROOT}/examples")).into_iter().filter(|(name, _)| name.ends_with(".json"));
    for (name, bytes) in examples.chain([("policy.json".to_owned(), table::CONFIGURATION.to_vec())]) {
        seeds.add("protobuf", &name, &[choosing(0, 2)], &bytes);
        seeds.add("configuration", &name, &[], &bytes);
    }
    for (at, name) in table::MODELS.iter().enumerate() {
        let model = choosing(at, table::MODELS.len());
        seeds.add("identity", name, &[model], b"chance..foo\nann\nbob\n10.0.0.1\nfirst");
        seeds.add("identity", name, &[model], b"chance..\n\nbob\n10.0.0.1\n");
        for form in [choosing(0, 2), choosing(1, 2)] {
            let choices = [&[model, form][..], b"chance..", &[choosing(0, 2)]].concat();
            // A bucket of one entry, and when it was written.
            seeds.add("table", name, &choices, &[&[3, 1][..], &[0; 8], &[7; 32]].concat());
        }
    }
}

/// What is between quotes in the golden inputs, where it is short, as a dictionary of `libFuzzer`'s.
pub fn dictionary() -> String {
    let mut words: BTreeSet<String> =
        ["{", "}", "[", "]", ":", ",", "null", "true", "\\x0a\\x0adata: ", "\\\\u00e9", "\\\\ud83d\\\\ude00"]
            .map(str::to_owned)
            .into();
    for Golden { bytes, .. } in ["requests", "responses", "streams"].into_iter().flat_map(golden) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for json in text.lines().filter_map(|line| line.find('{').and_then(|at| line.get(at..))).chain([&*text]) {
            let mut scanner = Scanner::new(json);
            while let Ok(Some((token, _))) = scanner.next() {
                match token {
                    Token::Key(key) if is_word(key) => words.insert(format!("\\\"{key}\\\":")),
                    Token::String(text) if is_word(text) => words.insert(format!("\\\"{text}\\\"")),
                    _ => false,
                };
            }
        }
    }
    words.into_iter().map(|word| format!("\"{word}\"\n")).collect()
}

fn is_word(text: &str) -> bool {
    (2..=32).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte))
}
