//! The golden inputs, which are named `<feature>.<dialect>.<ending>`, and what they are made of.

use crate::translation::{asked, event_stream};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use tollgate_dialects::{Dialect, Peek, Platform, Upstream};

/// One golden input. Binary streams are text here: see [`event_stream`].
#[derive(Clone, Debug)]
pub(crate) struct Seed {
    pub(crate) name: String,
    pub(crate) dialect: Dialect,
    pub(crate) bytes: Vec<u8>,
}

/// One event of a stream: what its envelope says before the data, and the data. An event of server-sent
/// events that has no data is all head.
#[derive(Clone, Debug)]
pub(crate) struct StreamEvent {
    pub(crate) head: String,
    pub(crate) data: Option<String>,
}

impl StreamEvent {
    /// Its bytes in a stream of `provider`.
    pub(crate) fn bytes(&self, provider: Upstream<'_>) -> Vec<u8> {
        match (&self.data, provider) {
            (Some(data), Upstream { platform: Platform::Aws, .. }) => {
                event_stream::message("chunk", event_stream::chunk(data).as_bytes())
            }
            (None, Upstream { platform: Platform::Aws, .. }) => Vec::new(),
            (Some(data), Upstream { dialect: Dialect::Bedrock, .. }) => {
                event_stream::message(&self.head, data.as_bytes())
            }
            (None, _) => format!("{}\n\n", self.head).into_bytes(),
            (Some(data), _) => format!("{}data: {}\n\n", self.head, data.replace('\n', "\ndata: ")).into_bytes(),
        }
    }
}

pub(crate) static REQUESTS: LazyLock<Vec<Seed>> = LazyLock::new(|| read("requests"));
pub(crate) static RESPONSES: LazyLock<Vec<Seed>> = LazyLock::new(|| read("responses"));
pub(crate) static STREAMS: LazyLock<Vec<Seed>> = LazyLock::new(|| read("streams"));

/// Every name and every short value that the inputs hold, for others to be made of.
pub(crate) static WORDS: LazyLock<Words> = LazyLock::new(Words::collect);

fn read(folder: &str) -> Vec<Seed> {
    let folder = format!("{}/tests/golden/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut seeds: Vec<Seed> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let dialect = Dialect::ALL.iter().find(|(word, _)| name.split('.').nth(1) == Some(word));
        if let Some(&(_, dialect)) = dialect {
            seeds.push(Seed { name, dialect, bytes: std::fs::read(path).unwrap() });
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
        let data = STREAMS.iter().flat_map(Seed::events).filter_map(|event| event.data);
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

impl Seed {
    /// The providers that send a stream of this dialect.
    pub(crate) fn providers(&self) -> Vec<Upstream<'static>> {
        let direct = Upstream::from(self.dialect);
        let behind_invoke = Upstream { platform: Platform::Aws, ..direct };
        if Platform::serves("aws", self.dialect) { vec![direct, behind_invoke] } else { vec![direct] }
    }

    /// A stream as `provider` sends it.
    pub(crate) fn stream(&self, provider: Upstream<'_>) -> Vec<u8> {
        match provider {
            Upstream { platform: Platform::Aws, .. } => {
                self.events().iter().flat_map(|event| event.bytes(provider)).collect()
            }
            Upstream { dialect: Dialect::Bedrock, .. } => event_stream::encode(self.text()),
            _ => self.bytes.clone(),
        }
    }

    /// The events of a stream.
    pub(crate) fn events(&self) -> Vec<StreamEvent> {
        let (end, data) = if self.dialect == Dialect::Bedrock { ("\n", " ") } else { ("\n\n", "data: ") };
        let event = |event: &str| match event.split_once(data) {
            Some((head, data)) => StreamEvent { head: head.to_owned(), data: Some(data.to_owned()) },
            None => StreamEvent { head: event.to_owned(), data: None },
        };
        self.text().split(end).map(|text| text.trim_matches('\n')).filter(|text| !text.is_empty()).map(event).collect()
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }
}
