//! What a configuration may say, and what is answered to one that makes no sense.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may say what they expect"
)]

mod memory;
mod settings;

use prost::Message as _;
use prost_types::{ListValue, Struct, Value as ProstValue, value::Kind};
use serde_json::{Value, json};
use settings::{Dialect, base, base_with, config_with, errors_with, parse};
use tollgate_policy::{
    Amount, Config, Consumption, Dimension, NanoUsd, OnLoss, Platform, Provider, ProviderKey, Tokens, UnknownPaths,
    WhenFull,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Everything that this version has.
fn full() -> Value {
    json!({
        "version": "2026-11-20.1",
        "on_loss": "reject",
        "expose": false,
        "unknown_paths": "reject",
        "providers": {
            "openai": {"dialect": "openai", "cluster": "outbound|443||openai", "host": "api.openai.com",
                       "base_path": "/v1", "key": {"env": "OPENAI_API_KEY"}},
            "anthropic": {"dialect": "anthropic", "cluster": "anthropic", "key": {"value": "sk-written"}},
            "own": {"dialect": "openai", "cluster": "own", "key": "passthrough"},
            "vllm": {"dialect": "openai", "cluster": "vllm", "host": "[::1]:8000"}
        },
        "models": {
            "gpt-4o": {"targets": [{"provider": "openai"}]},
            "claude-*": {"targets": [{"provider": "anthropic"}]},
            "assistant": {"strategy": "first", "targets": [
                {"name": "a", "provider": "anthropic", "model": "claude-sonnet-4-5"},
                {"provider": "openai"}
            ]}
        },
        "identity": {"from": ["api_key", {"header": "X-Consumer"}, {"jwt_claim": "sub"}], "required": false},
        "consumers": {"red": {"key_sha256": ["00".repeat(32)], "models": ["gpt-*"], "tags": {"tier": "gold"}}},
        "limits": [{"name": "tpm", "per": ["model", "consumer"], "tokens": 100000, "window": "1m",
                    "assume_output": 500},
                   {"name": "spend", "per": [], "usd": 12.5, "window": "1mo", "align": "calendar"}],
        "prices": {"gpt-*": {"input": 2.5, "cached_input": 1.25, "output": 10},
                   "anthropic/*": {"input": 3, "output": 15}, "assistant": {"input": 0, "output": 0.0375}},
        "shared": {"slots": 1000, "when_full": "allow"}
    })
}

fn to_struct(value: &Value) -> ProstValue {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(flag) => Kind::BoolValue(*flag),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap()),
        Value::String(text) => Kind::StringValue(text.clone()),
        Value::Array(items) => Kind::ListValue(ListValue { values: items.iter().map(to_struct).collect() }),
        Value::Object(fields) => Kind::StructValue(Struct {
            fields: fields.iter().map(|(key, value)| (key.clone(), to_struct(value))).collect(),
        }),
    };
    ProstValue { kind: Some(kind) }
}

fn struct_bytes(value: &Value) -> Vec<u8> {
    match to_struct(value).kind {
        Some(Kind::StructValue(fields)) => fields.encode_to_vec(),
        _ => panic!("not an object"),
    }
}

#[test]
fn everything_in_a_configuration_arrives_typed() {
    let config = parse(full().to_string().as_bytes()).unwrap();
    assert_eq!(config.version(), Some("2026-11-20.1"));
    assert_eq!(config.on_loss(), OnLoss::Reject);
    assert!(!config.expose());
    assert_eq!(config.unknown_paths(), UnknownPaths::Reject);
    assert_eq!((config.geometry().slots(), config.when_full()), (1024, WhenFull::Allow));

    let provider = |name| config.providers().iter().find(|provider| provider.name == name).unwrap();
    let openai = provider("openai");
    assert_eq!(openai.dialect, Dialect::OpenAi);
    assert_eq!(openai.cluster, "outbound|443||openai");
    assert_eq!(openai.host.as_deref(), Some("api.openai.com"));
    assert_eq!(openai.base_path.as_deref(), Some("/v1"));
    let secret = |name| match &provider(name).key {
        ProviderKey::Secret(secret) => secret.expose(),
        other => panic!("{other:?}"),
    };
    assert_eq!((secret("openai"), secret("anthropic")), ("sk-from-env", "sk-written"));
    assert_eq!(provider("own").key, ProviderKey::Passthrough);
    assert_eq!(provider("vllm").key, ProviderKey::None);

    let targets = &config.models().find("assistant").unwrap().targets;
    assert_eq!((targets[0].name.as_str(), targets[1].name.as_str()), ("a", "openai"));
    assert_eq!(targets[0].model.as_deref(), Some("claude-sonnet-4-5"));
    assert_eq!(targets[1].model, None);
    assert_eq!(targets[1].provider.name, "openai");

    let limit = &config.limits()[0];
    assert_eq!(&**limit.name(), "tpm");
    assert_eq!(limit.per(), [Dimension::Consumer, Dimension::Model]);
    assert_eq!(limit.capacity(), Amount::Tokens(Tokens(100_000)));
    assert_eq!(config.limits()[1].capacity(), Amount::Usd(NanoUsd(12_500_000_000)));
    let cost =
        |model| config.prices().cost("openai", model, &Consumption { input: 4, output: 2, ..Default::default() });
    assert_eq!(cost("gpt-4o"), Some(NanoUsd(4 * 2500 + 2 * 10_000)));
    assert_eq!(cost("assistant"), Some(NanoUsd(75)));
}

#[test]
fn a_struct_means_what_its_json_means() {
    let from_struct = parse(&struct_bytes(&full())).unwrap();
    let from_json = parse(full().to_string().as_bytes()).unwrap();
    assert_eq!(format!("{:?}", from_struct.limits()), format!("{:?}", from_json.limits()));
    // A Struct does not keep the order of its fields.
    let providers = |config: &Config<Dialect>| {
        let mut all: Vec<String> = config.providers().iter().map(|provider| format!("{provider:?}")).collect();
        all.sort();
        all
    };
    assert_eq!(providers(&from_struct), providers(&from_json));
    assert_eq!(format!("{:?}", from_struct.geometry()), format!("{:?}", from_json.geometry()));
    let tokens = Consumption { input: 3, output: 7, ..Default::default() };
    for model in ["gpt-4o", "assistant", "other"] {
        let cost = |config: &Config<Dialect>| config.prices().cost("anthropic", model, &tokens);
        assert_eq!(cost(&from_struct), cost(&from_json), "{model}");
    }
    assert_eq!(from_struct.version(), from_json.version());

    let fraction = base_with("/shared", r#"{"slots": 8.5}"#);
    let errors = parse(&struct_bytes(&fraction)).unwrap_err().to_string();
    assert_eq!(errors, "shared.slots: 8.5 is not an integer from 8 to 4194304");
}

#[test]
fn a_struct_whose_length_looks_like_a_brace_is_still_a_struct() {
    // The first entry's length follows 0x0A. One with a length of 123, '{', looks like JSON.
    let found = (0..200).any(|padding| {
        let mut config = base();
        config["consumers"] = json!({"x": {"tags": {"t": "y".repeat(padding)}}});
        let bytes = struct_bytes(&config);
        assert!(parse(&bytes).is_ok());
        bytes.starts_with(b"\n{")
    });
    assert!(found, "no padding gave the length that this test is about");
}

#[test]
fn json_may_begin_with_whitespace() {
    assert!(parse(format!("\n \t{}", base()).as_bytes()).is_ok());
}

#[test]
fn defaults_are_the_documented_ones() {
    let config = parse(base().to_string().as_bytes()).unwrap();
    assert_eq!(config.version(), None);
    assert_eq!(config.on_loss(), OnLoss::Report);
    assert!(config.expose());
    assert_eq!(config.unknown_paths(), UnknownPaths::Pass);
    assert_eq!(config.geometry().slots(), 65_536);
    assert!(config.limits().is_empty());
    assert_eq!(config.when_full(), WhenFull::Refuse);
}

#[test]
fn what_is_no_document_says_so() {
    let cases: &[(&[u8], &str)] = &[
        (b"", "the configuration is empty; expected at least providers and models"),
        (b" \n\t", "the configuration is empty; expected at least providers and models"),
        (b"{\"providers\": }", "the configuration is not JSON: expected a value at line 1 column 15"),
        (b"models:\n  a: b", "the configuration is not JSON: expected a value at line 1 column 1"),
        (b"xy", "the configuration is not JSON: expected a value at line 1 column 1"),
        (b"{} x", "the configuration is not JSON: expected nothing after the value at line 1 column 4"),
        (b"\n\xff\xff", "the configuration is not JSON: expected text in UTF-8 at line 2 column 1"),
        (b"{\n \"a\": 1e999}", "the configuration is not JSON: a number or a character in it cannot be"),
        (br#"{"a": "\ud83d"}"#, "the configuration is not JSON: a number or a character in it cannot be"),
        (b"[1]", "a list is not an object"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(parse(bytes).unwrap_err().to_string(), *expected);
    }
    let deep = "[".repeat(100_000);
    assert!(parse(deep.as_bytes()).is_err(), "depth is bounded");
}

#[test]
fn a_key_that_appears_twice_is_an_error_wherever_it_stands() {
    let text = base().to_string().replacen(r#""dialect":"openai""#, r#""dialect":"openai","dialect":"anthropic""#, 1);
    let errors = parse(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(errors, r#"providers.openai: "dialect" appears twice here; keep one"#);
    let text = r#"{"providers": {}, "models": {}, "models": {}}"#;
    let errors = parse(text.as_bytes()).unwrap_err().to_string();
    assert!(errors.contains(r#""models" appears twice here; keep one"#), "{errors}");
}

#[test]
fn all_errors_are_reported_at_once_each_with_its_path() {
    let mut config = base();
    config["modls"] = json!({});
    config["providers"]["openai"]["clutser"] = json!("x");
    config["models"]["assistant"]["targets"] = json!([{"provider": "openai"}, {"provider": "antropic"}]);
    config["models"]["gpt-4.1"] = json!({"targets": []});
    config["expose"] = json!("yes");
    let errors = parse(config.to_string().as_bytes()).unwrap_err();
    let lines = errors.to_string();
    let expected = [
        r#""modls" is not a field here; did you mean "models"?"#,
        r#"providers.openai: "clutser" is not a field here; did you mean "cluster"?"#,
        r#"models.assistant.targets[1].provider: "antropic" is not a provider; did you mean "anthropic"?"#,
        r#"models["gpt-4.1"].targets: has no entries; expected at least one target"#,
        r#"expose: "yes" is not true or false"#,
    ];
    assert_eq!(lines, expected.join("\n"));
    let third = errors.iter().nth(2).unwrap();
    assert_eq!(third.path(), "models.assistant.targets[1].provider");
}

#[test]
fn a_misspelt_name_names_the_nearest_known_one() {
    let cases = [
        ("/on_loss", r#""repport""#, r#"on_loss: "repport" is not known here; did you mean "report"?"#),
        (
            "/models/assistant/targets",
            r#"[{"provider": "openai", "modle": "x"}]"#,
            r#"models.assistant.targets[0]: "modle" is not a field here; did you mean "model"?"#,
        ),
        ("/on_loss", r#""zzz""#, r#"on_loss: "zzz" is not known here; expected one of "report", "reject""#),
        (
            "/providers/openai/dialect",
            r#""OpenAI""#,
            r#"providers.openai.dialect: "OpenAI" is not a dialect; did you mean "openai"?"#,
        ),
        (
            "/identity",
            r#"{"from": ["apikey"]}"#,
            r#"identity.from[0]: "apikey" is not a source; did you mean "api_key"?"#,
        ),
    ];
    for (pointer, json, expected) in cases {
        assert_eq!(errors_with(pointer, json), expected);
    }
}

fn openai(config: &Config<Dialect>) -> &Provider<Dialect> {
    config.providers().iter().find(|provider| provider.name == "openai").unwrap()
}

#[test]
fn a_platform_says_how_an_api_is_addressed() {
    let platform = |dialect: &str, platform: &str| {
        let mut config = base();
        config["providers"]["openai"] = json!({"dialect": dialect, "cluster": "c", "platform": null});
        config["providers"]["openai"]["platform"] = serde_json::from_str(platform).unwrap();
        parse(config.to_string().as_bytes())
            .map(|config| openai(&config).platform.clone())
            .map_err(|errors| errors.to_string())
    };
    let azure = Platform::Azure { api_version: "2025-04-01-preview".into() };
    assert_eq!(platform("openai", r#"{"azure": {"api_version": "2025-04-01-preview"}}"#), Ok(azure));
    let vertex = Platform::Vertex { project: "acme".into(), location: "us-east5".into() };
    assert_eq!(platform("anthropic", r#"{"vertex": {"project": "acme", "location": "us-east5"}}"#), Ok(vertex));
    assert_eq!(platform("anthropic", r#""aws""#), Ok(Platform::Aws));
    assert_eq!(platform("anthropic", r#"{"aws": {}}"#), Ok(Platform::Aws));

    let wrong = [
        ("openai", r#""aws""#, r#""aws" does not serve this dialect; it serves "anthropic""#),
        ("openai", r#"{"azrue": {}}"#, r#""azrue" is not a platform; did you mean "azure"?"#),
        ("openai", r#"{"azure": {}}"#, "is missing; expected"),
        ("openai", r#"{"azure": {"api_version": "a/b"}}"#, r#""a/b" is not fit for a path"#),
        ("openai", r#"{"azure": {"api_version": ".."}}"#, r#"".." is not fit for a path"#),
        ("openai", r#""azure""#, r#""azure" is not a platform; expected {"azure": {"api_version": "..."}}"#),
        ("openai", "1", "1 is not a platform"),
        ("anthropic", r#"{"vertex": {"project": "p"}}"#, "location: is missing"),
    ];
    for (dialect, json, expected) in wrong {
        let errors = platform(dialect, json).unwrap_err();
        assert!(errors.starts_with("providers.openai.platform") && errors.contains(expected), "{json}: {errors}");
    }
}

#[test]
fn a_server_is_one_that_is_known_and_speaks_the_dialect() {
    assert_eq!(openai(&config_with("/providers/openai/server", r#""vllm""#)).server, Some("vllm"));
    assert_eq!(
        errors_with("/providers/openai/server", r#""vlm""#),
        r#"providers.openai.server: "vlm" is not a server that is known here; did you mean "vllm"?"#
    );
    assert_eq!(
        errors_with("/providers/anthropic/server", r#""vllm""#),
        r#"providers.anthropic.server: "vllm" does not speak this dialect"#
    );
}

#[test]
fn a_dialect_that_is_known_to_the_build_is_available() {
    let config = config_with("/providers/openai/dialect", r#""anthropic""#);
    assert_eq!(config.models().find("assistant").unwrap().targets[0].provider.dialect, Dialect::Anthropic);
}

#[test]
fn a_value_that_cannot_be_right_is_refused_where_it_stands() {
    let digest = "ab".repeat(32);
    let two_keys = format!(
        r#"{{"blue": {{"key_sha256": ["{digest}"]}}, "red": {{"key_sha256": ["{}"]}}}}"#,
        digest.to_uppercase()
    );
    let others_key = format!(r#"{{"*": {{"key_sha256": ["{digest}"]}}}}"#);
    let cases: &[(&str, &str, &str)] = &[
        ("/version", r#""a b""#, "version: \"a b\" is not a version"),
        ("/version", "1", "version: 1 is not a version"),
        ("/expose", "null", "expose: null is not true or false"),
        ("/providers", "{}", "providers: has no entries; expected at least one provider"),
        (
            "/providers/a;b",
            r#"{"dialect": "openai", "cluster": "c"}"#,
            "providers[\"a;b\"]: the provider's key is not a name",
        ),
        ("/providers/x", r#"{"cluster": "c"}"#, "providers.x.dialect: is missing; expected the name of a dialect"),
        (
            "/providers/x",
            r#"{"dialect": "openai"}"#,
            "providers.x.cluster: is missing; expected the name of an Envoy cluster",
        ),
        ("/providers/openai/cluster", r#""""#, "providers.openai.cluster: \"\" is not the name of an Envoy cluster"),
        ("/providers/openai/cluster", r#""a\nb""#, "providers.openai.cluster: \"a\\nb\" is not"),
        (
            "/providers/openai/host",
            r#""api.openai.com/v1""#,
            "providers.openai.host: \"api.openai.com/v1\" is not a host",
        ),
        ("/providers/openai/host", r#""a b""#, "providers.openai.host: "),
        ("/providers/openai/base_path", r#""v1""#, "providers.openai.base_path: \"v1\" is not a base path"),
        ("/providers/openai/base_path", r#""/v1/""#, "providers.openai.base_path: "),
        ("/providers/openai/base_path", r#""/v1?a=b""#, "providers.openai.base_path: "),
        ("/models", "{}", "models: has no entries; expected at least one model"),
        (
            "/models/a*b",
            r#"{"targets": [{"provider": "openai"}]}"#,
            "models.a*b: \"a*b\" is not a pattern; a * can stand at the end only",
        ),
        ("/models/**", r#"{"targets": [{"provider": "openai"}]}"#, "models.**: \"**\" is not a pattern"),
        ("/models/", r#"{"targets": [{"provider": "openai"}]}"#, "models[\"\"]: \"\" is not a model's name"),
        ("/models/assistant", "{}", "models.assistant.targets: is missing; expected a list with at least one target"),
        (
            "/models/assistant/targets",
            r#"[{"provider": "openai"}, {"provider": "openai"}]"#,
            "models.assistant.targets[1]: another target here is called \"openai\"; give each its own \"name\"",
        ),
        ("/models/a;b", r#"{"targets": [{"provider": "openai"}]}"#, "models[\"a;b\"]: \"a;b\" is not a model's name"),
        ("/models/a=b", r#"{"targets": [{"provider": "openai"}]}"#, "models[\"a=b\"]: \"a=b\" is not a model's name"),
        (
            "/models/a",
            r#"{"targets": [{"provider": "openai", "model": ""}]}"#,
            "models.a.targets[0].model: \"\" is not",
        ),
        (
            "/models/a",
            r#"{"targets": [{"provider": "openai", "name": "a b"}]}"#,
            "models.a.targets[0].name: \"a b\" is not a name",
        ),
        ("/consumers", r#"{"": {}}"#, "consumers[\"\"]: \"\" is not a consumer's name"),
        ("/consumers", "{\"a\\nb\": {}}", "consumers[\"a\\nb\"]: \"a\\nb\" is not a consumer's name"),
        ("/identity", r#"{"from": []}"#, "identity.from: names no source"),
        (
            "/identity",
            r#"{"from": [{"header": "x y"}]}"#,
            "identity.from[0].header: \"x y\" is not the name of a header",
        ),
        (
            "/identity",
            r#"{"from": [{"header": ":path"}]}"#,
            "identity.from[0].header: \":path\" is not the name of a header",
        ),
        (
            "/identity",
            r#"{"from": [{"header": "X-Tollgate-Consumer"}]}"#,
            "identity.from[0].header: \"X-Tollgate-Consumer\" is not a header that can name consumers",
        ),
        (
            "/identity",
            r#"{"from": [{"header": "Authorization"}]}"#,
            "identity.from[0].header: \"Authorization\" is not a header that can name consumers",
        ),
        (
            "/identity",
            r#"{"from": [{"jwt_claim": ""}]}"#,
            "identity.from[0].jwt_claim: \"\" is not the name of a JWT claim",
        ),
        ("/identity", r#"{"from": [{}]}"#, "identity.from[0]: an object is not a source; expected \"api_key\""),
        (
            "/identity",
            r#"{"from": [{"header": "a", "jwt_claim": "b"}]}"#,
            "identity.from[0]: an object is not one source; give \"header\" and \"jwt_claim\" an entry each",
        ),
        (
            "/identity",
            r#"{"from": [{"jwt_clam": "b"}]}"#,
            "identity.from[0]: \"jwt_clam\" is not a field here; did you",
        ),
        ("/identity", r#"{"from": [{"header": "x-api-key"}]}"#, "identity.from[0].header: "),
        ("/consumers", &two_keys, "consumers.red.key_sha256[0]: consumer \"blue\" has this key already"),
        ("/consumers", &others_key, "consumers.*.key_sha256: the entry \"*\" is for consumers that a header names"),
        (
            "/consumers",
            r#"{"red": {"key_sha256": ["sk-oops"]}}"#,
            "consumers.red.key_sha256[0]: expected the SHA-256 of a key",
        ),
        ("/consumers", r#"{"red": {"models": ["g*t"]}}"#, "consumers.red.models[0]: \"g*t\" is not a pattern"),
        ("/consumers", r#"{"red": {"tags": {"tier": 1}}}"#, "consumers.red.tags.tier: 1 is not a string"),
        ("/shared", r#"{"slots": 7}"#, "shared.slots: 7 is not an integer from 8 to 4194304"),
        ("/shared", r#"{"slots": 4194305}"#, "shared.slots: 4194305 is not"),
        (
            "/shared",
            r#"{"when_full": "alow"}"#,
            "shared.when_full: \"alow\" is not known here; did you mean \"allow\"?",
        ),
    ];
    for (pointer, json, expected) in cases {
        let errors = errors_with(pointer, json);
        assert!(errors.lines().any(|line| line.starts_with(expected)), "{pointer} {json}: {errors}");
    }
}

#[test]
fn no_message_and_no_debug_output_shows_a_key() {
    let keys = [
        (r#""sk-top-secret""#, "expected {\"env\": NAME}"),
        (r#"{"sk-top-secret": "x"}"#, "expected {\"env\": NAME}"),
        (r#"{"vlaue": "sk-top-secret"}"#, "expected {\"env\": NAME}"),
        (r#"{"value": "sk-top-secret", "env": "sk-top-secret"}"#, "expected {\"env\": NAME}"),
        (r#"{"value": ["sk-top-secret"]}"#, "expected {\"env\": NAME}"),
        (r#"{"env": "sk-top-secret"}"#, "\"env\" is not the name of an environment variable"),
        (r#"{"value": "sk-top-secret\r\nx: y"}"#, "the key cannot be sent in a header"),
        (r#"{"value": "sk-top-secret-é"}"#, "the key cannot be sent in a header"),
        (r#"{"value": ""}"#, "the key cannot be sent in a header"),
        (r#"{"env": "TWO_LINES"}"#, "the key cannot be sent in a header"),
        (
            r#"{"env": "UNSET_KEY"}"#,
            "the environment variable UNSET_KEY is not set or empty; set it for Envoy and list it in vm_config.environment_variables",
        ),
        (r#"{"env": "EMPTY"}"#, "the environment variable EMPTY is not set or empty"),
    ];
    for (key, expected) in keys {
        let errors = errors_with("/providers/openai/key", key);
        assert!(!errors.contains("secret"), "{errors}");
        assert!(errors.starts_with(&format!("providers.openai.key: {expected}")), "{errors}");
    }
    let config = parse(full().to_string().as_bytes()).unwrap();
    let shown = format!("{config:?}");
    assert!(!shown.contains("sk-from-env") && !shown.contains("sk-written"), "{shown}");
}

#[test]
fn long_values_are_cut_at_whole_characters() {
    let long = format!("\"{}\"", "é".repeat(500));
    let errors = errors_with("/on_loss", &long);
    assert!(errors.contains(&format!("\"{}…\"", "é".repeat(40))), "{errors}");
}
