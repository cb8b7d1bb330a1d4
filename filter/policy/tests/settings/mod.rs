//! Configurations for tests: a small sound one, and ways to change it.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use serde_json::{Value, json};
use tollgate_policy::{Config, ConfigErrors, Configuration, Limits, Surroundings, Table, Timestamp};

use crate::memory::Memory;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Dialect {
    OpenAi,
    Anthropic,
}

pub const DIALECTS: &[(&str, Dialect)] = &[("openai", Dialect::OpenAi), ("anthropic", Dialect::Anthropic)];

const KNOWN: Surroundings<'_, Dialect> = Surroundings {
    dialects: DIALECTS,
    serves: |platform, dialect| match dialect {
        Dialect::OpenAi => platform == "azure",
        Dialect::Anthropic => platform != "azure",
    },
    servers: &[("vllm", Dialect::OpenAi)],
    env: &env,
};

pub fn env(name: &str) -> Option<String> {
    let key = match name {
        "OPENAI_API_KEY" => "sk-from-env",
        "EMPTY" => "",
        "TWO_LINES" => "sk-top-secret\n",
        _ => return None,
    };
    Some(key.into())
}

pub fn parse(bytes: &[u8]) -> Result<Config<Dialect>, ConfigErrors> {
    Config::parse(bytes, &KNOWN)
}

/// `None`: it is another filter's.
pub fn configuration(bytes: &[u8]) -> Result<Option<Config<Dialect>>, ConfigErrors> {
    Configuration::parse(bytes, &KNOWN).map(|configuration| match configuration {
        Configuration::Own(config) => Some(config),
        Configuration::FromListener => None,
    })
}

/// Two providers, one model.
pub fn base() -> Value {
    json!({
        "providers": {
            "openai": {"dialect": "openai", "cluster": "openai"},
            "anthropic": {"dialect": "anthropic", "cluster": "anthropic"}
        },
        "models": {"assistant": {"targets": [{"provider": "openai"}]}}
    })
}

/// The base with one field set; `pointer` is a JSON pointer, `json` is JSON text.
pub fn base_with(pointer: &str, json: &str) -> Value {
    let mut config = base();
    let (parent, field) = pointer.rsplit_once('/').expect("a pointer");
    let parent = config.pointer_mut(parent).expect("a parent");
    let value = serde_json::from_str(json).expect("JSON");
    parent.as_object_mut().expect("an object").insert(field.into(), value);
    config
}

pub fn config_with(pointer: &str, json: &str) -> Config<Dialect> {
    match parse(base_with(pointer, json).to_string().as_bytes()) {
        Ok(config) => config,
        Err(errors) => panic!("{errors}"),
    }
}

/// All errors of the base with one field set, one per line.
pub fn errors_with(pointer: &str, json: &str) -> String {
    let text = base_with(pointer, json).to_string();
    parse(text.as_bytes()).expect_err(&text).to_string()
}

/// A fresh table of one bucket or more, and the limits that are written as JSON.
pub fn limits(store: &Memory, slots: u32, json: &str) -> Limits {
    let config = config_with("/limits", json);
    let geometry = tollgate_policy::Geometry::new(slots);
    let table = Table::prepare(geometry, store, [7; 16]).expect("a table");
    config.limits_on(table)
}

pub const SECOND: u64 = 1_000_000_000;
pub const START: u64 = 1_700_000_000 * SECOND;

/// So many nanoseconds after the tests' start.
pub fn after(nanos: u64) -> Timestamp {
    Timestamp::from_nanos(START + nanos)
}
