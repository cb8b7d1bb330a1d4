//! The golden inputs, which are named `<feature>.<dialect>.<ending>`, and what they are made of.

use crate::translation::asked;
use crate::translation::event_stream::encode;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use tollgate_dialects::{Dialect, Peek};

/// One golden input.
#[derive(Clone, Debug)]
pub(crate) struct Seed {
    pub(crate) name: String,
    pub(crate) dialect: Dialect,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) static REQUESTS: LazyLock<Vec<Seed>> = LazyLock::new(|| read("requests"));
pub(crate) static RESPONSES: LazyLock<Vec<Seed>> = LazyLock::new(|| read("responses"));
pub(crate) static STREAMS: LazyLock<Vec<Seed>> = LazyLock::new(|| read("streams"));

/// Every name and every short value that the inputs hold, for others to be made of.
pub(crate) static WORDS: LazyLock<Words> = LazyLock::new(Words::collect);

fn read(folder: &str) -> Vec<Seed> {
    let is_stream = folder == "streams";
    let folder = format!("{}/tests/golden/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut seeds: Vec<Seed> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let dialect = Dialect::ALL.iter().find(|(word, _)| name.split('.').nth(1) == Some(word));
        if let Some(&(_, dialect)) = dialect {
            let text = std::fs::read(path).unwrap();
            let bytes = match dialect {
                Dialect::Bedrock if is_stream => encode(std::str::from_utf8(&text).unwrap()),
                _ => text,
            };
            seeds.push(Seed { name, dialect, bytes });
        }
    }
    seeds.sort_by(|one, other| one.name.cmp(&other.name));
    for (word, dialect) in Dialect::ALL {
        assert!(seeds.iter().any(|seed| seed.dialect == *dialect), "{word} has no golden input");
    }
    seeds
}

/// Does a request's body name the model? With some APIs the path does.
pub(crate) fn body_names_model(dialect: Dialect) -> bool {
    Peek::new(asked(dialect, false), br#"{"model":"probe"}"#).is_ok_and(|peek| peek.model() == "probe")
}

/// The pieces of the golden inputs.
pub(crate) struct Words {
    pub(crate) keys: Vec<String>,
    pub(crate) values: Vec<Value>,
}

impl Words {
    fn collect() -> Self {
        let (mut keys, mut values) = (BTreeSet::new(), BTreeSet::new());
        let bodies = REQUESTS.iter().chain(&*RESPONSES).map(|seed| String::from_utf8_lossy(&seed.bytes).into_owned());
        let streams = STREAMS.iter().flat_map(|seed| events(&seed.bytes));
        let data = streams.filter_map(|event| event.rsplit_once("data: ").map(|(_, data)| data.trim().to_owned()));
        for value in bodies.chain(data).filter_map(|text| serde_json::from_str(&text).ok()) {
            gather(&value, &mut keys, &mut values);
        }
        let values = values.into_iter().map(|text| serde_json::from_str(&text).unwrap()).collect();
        Self { keys: keys.into_iter().collect(), values }
    }
}

fn gather(value: &Value, keys: &mut BTreeSet<String>, values: &mut BTreeSet<String>) {
    let text = value.to_string();
    if text.len() < 400 {
        values.insert(text);
    }
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                keys.insert(key.clone());
                gather(value, keys, values);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, keys, values)),
        _ => {}
    }
}

/// The events of a stream, each with the blank line that ends it. Binary streams have none.
pub(crate) fn events(stream: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(stream).unwrap_or_default();
    text.split_inclusive("\n\n").map(str::to_owned).collect()
}
