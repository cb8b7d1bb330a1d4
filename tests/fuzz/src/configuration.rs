//! A configuration of any bytes is read, or refused with what is wrong with it and without its keys.

use std::fmt::Write as _;
use tollgate_dialects::{Dialect, Platform};
use tollgate_policy::{Config, ConfigErrors, Configuration, Surroundings};

/// What providers' keys hold here, and no message may.
pub const KEY: &str = "sk-not-for-any-eye";

pub fn check(data: &[u8]) {
    match parse(data) {
        Ok(configuration) => assert_serves(&configuration),
        Err(errors) => assert_says(&errors, data.len()),
    }
}

pub fn parse(bytes: &[u8]) -> Result<Configuration<Dialect>, ConfigErrors> {
    let env = |name: &str| name.starts_with('O').then(|| KEY.to_owned());
    let servers = [("vllm", Dialect::OpenAi), ("groq", Dialect::OpenAi)];
    let known = Surroundings { dialects: Dialect::ALL, serves: Platform::serves, servers: &servers, env: &env };
    Configuration::parse(bytes, &known)
}

pub fn assert_says(errors: &ConfigErrors, read: usize) {
    let said = errors.to_string();
    assert!(!said.is_empty() && !said.contains(KEY), "{said}");
    assert!(said.lines().all(|line| !line.is_empty() && !line.contains(char::is_control)), "{said:?}");
    assert!(said.len() <= 256 * read + 4096, "{} bytes about {read}", said.len());
}

fn assert_serves(configuration: &Configuration<Dialect>) {
    let mut said = String::new();
    write!(said, "{configuration:?}").expect("it can be shown");
    assert!(!said.contains(KEY), "{said}");
    let Configuration::Own(config) = configuration else { return };
    assert!(!config.providers().is_empty());
    assert!(config.geometry().slots() > 0);
    look_up(config);
}

fn look_up(config: &Config<Dialect>) {
    for model in ["m", "gpt-4o", "", "*", "assistant"] {
        if let Some(model) = config.models().find(model) {
            assert!(!model.targets.is_empty());
        }
    }
    let said = |name: &str| Some(name.as_bytes().to_vec());
    let caller = config.identify(Some(b"key"), &said, &said);
    let _ = caller.map(|caller| caller.may_use("gpt-4o"));
}
