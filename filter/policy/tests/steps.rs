//! What a configuration may say of a model's steps, and what becomes of what they say.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may say what they expect"
)]

mod memory;
mod roads;
mod settings;

use std::borrow::Cow;
use std::time::Duration;

use memory::Memory;
use roads::{Road, USUAL, ask};
use serde_json::{Value, json};
use settings::{Dialect, after, base, parse};
use tollgate_policy::{Ask, Config, OnFailure, Step, StopWith, Variable};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// A configuration whose model `assistant` has these steps; `small` is there to be asked.
fn with(steps: &Value, more: &[(&str, Value)]) -> Value {
    let mut config = base();
    config["models"]["small"] = json!({"targets": [{"provider": "anthropic"}]});
    config["models"]["assistant"]["steps"] = steps.clone();
    for (pointer, value) in more {
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        config.pointer_mut(parent).unwrap()[field] = value.clone();
    }
    config
}

fn read(config: &Value) -> Config<Dialect> {
    parse(config.to_string().as_bytes()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn errors(config: &Value) -> String {
    parse(config.to_string().as_bytes()).expect_err("errors").to_string()
}

/// A step that is right, with these fields in place of its own; `null` takes one away.
fn step(fields: Value) -> Value {
    let mut step = json!({"name": "intent", "model": "small", "prompt": "What is this about? {{last_user_message}}"});
    for (name, value) in fields.as_object().unwrap() {
        step[name] = value.clone();
    }
    step.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    step
}

/// The only error of a model with this one step, from its place on.
fn error(fields: Value) -> String {
    let error = errors(&with(&json!([step(fields)]), &[]));
    error.strip_prefix("models.assistant.steps[0]").unwrap_or_else(|| panic!("{error}")).to_owned()
}

fn one(fields: Value) -> Step {
    read(&with(&json!([step(fields)]), &[])).models().find("assistant").unwrap().steps[0].clone()
}

#[test]
fn a_step_has_what_it_says_and_defaults_for_the_rest() {
    let plain = one(json!({}));
    assert_eq!((plain.name.as_str(), plain.model.as_str()), ("intent", "small"));
    assert_eq!((plain.max_output_tokens, plain.max_output_bytes), (256, 16384));
    assert_eq!((plain.timeout, plain.on_failure), (Duration::from_secs(10), OnFailure::Fail));
    assert!(plain.insert.is_none() && plain.stop.is_none());

    let full = one(json!({
        "max_output_tokens": 5, "max_output_bytes": 100, "timeout": "1500ms", "on_failure": "skip",
        "insert": "About {{steps.intent}}", "stop": {"when": ["spam"], "answer": "No."}
    }));
    assert_eq!((full.max_output_tokens, full.max_output_bytes), (5, 100));
    assert_eq!((full.timeout, full.on_failure), (Duration::from_millis(1500), OnFailure::Skip));
    assert!(full.insert.is_some() && full.stop.is_some());
    assert_eq!(one(json!({"timeout": "2m"})).timeout, Duration::from_secs(120));
}

#[test]
fn a_model_without_steps_has_none() {
    assert!(read(&base()).models().find("assistant").unwrap().steps.is_empty());
    assert!(read(&with(&json!([]), &[])).models().find("assistant").unwrap().steps.is_empty());
}

#[test]
fn mistakes_are_named_with_their_place_and_what_was_meant() {
    let time = r#"is not a time; expected an integer and ms, s or m, from "10ms" to "10m""#;
    let variables = r#"expected one of "system", "last_user_message", "conversation""#;
    let cases = [
        (json!({"name": null}), ".name: is missing; expected a name; expected 1 to 64 of A-Z a-z 0-9 _ -".to_owned()),
        (json!({"name": "a b"}), r#".name: "a b" is not a name; expected 1 to 64 of A-Z a-z 0-9 _ -"#.to_owned()),
        (json!({"model": null}), ".model: is missing; expected the name of a model of this configuration".to_owned()),
        (json!({"model": "smal"}), r#".model: "smal" is not a model; did you mean "small"?"#.to_owned()),
        (json!({"model": "sm*"}), ".model: is a pattern; expected the name of one model".to_owned()),
        (
            json!({"model": "assistant"}),
            r#".model: "assistant" has steps itself; a step's model must have none"#.to_owned(),
        ),
        (
            json!({"prompt": null}),
            ".prompt: is missing; expected what the model is asked, with variables like {{last_user_message}}"
                .to_owned(),
        ),
        (
            json!({"prompt": "Classify {last_user_message}"}),
            ".prompt: asks the same of every request; expected a variable like {{last_user_message}}".to_owned(),
        ),
        (json!({"prompt": "{{system}} {{conversation"}), ".prompt: has {{ without }}".to_owned()),
        (
            json!({"prompt": "{{system}} {{last_user_mesage}}"}),
            r#".prompt: "last_user_mesage" is not a variable here; did you mean "last_user_message"?"#.to_owned(),
        ),
        // Its own output is not there yet.
        (
            json!({"prompt": "{{system}} {{steps.intent}}"}),
            format!(r#".prompt: "steps.intent" is not a variable here; {variables}"#),
        ),
        (
            json!({"insert": "{{steps.intend}}"}),
            r#".insert: "steps.intend" is not a variable here; did you mean "steps.intent"?"#.to_owned(),
        ),
        (json!({"insert": " "}), ".insert: is empty".to_owned()),
        (json!({"timeout": "5ms"}), format!(r#".timeout: "5ms" {time}"#)),
        (json!({"timeout": "1h"}), format!(r#".timeout: "1h" {time}"#)),
        (json!({"timeout": 2}), format!(".timeout: 2 {time}")),
        (json!({"max_output_tokens": 0}), ".max_output_tokens: 0 is not an integer from 1 to 1000000".to_owned()),
        (
            json!({"max_output_bytes": 2_000_000}),
            ".max_output_bytes: 2000000 is not an integer from 1 to 1048576".to_owned(),
        ),
        (json!({"on_failure": "skp"}), r#".on_failure: "skp" is not known here; did you mean "skip"?"#.to_owned()),
        (json!({"on_fail": "skip"}), r#": "on_fail" is not a field here; did you mean "on_failure"?"#.to_owned()),
        (json!({"stop": {"answer": "No."}}), r#".stop: expected one of "when" and "unless""#.to_owned()),
        (json!({"stop": {"when": "x"}}), r#".stop: expected one of "answer" and "error""#.to_owned()),
        (
            json!({"stop": {"when": "x", "answer": "a", "error": "b"}}),
            r#".stop: expected one of "answer" and "error""#.to_owned(),
        ),
        (
            json!({"stop": {"whn": "x", "answer": "a"}}),
            r#".stop: "whn" is not a field here; did you mean "when"?"#.to_owned(),
        ),
        (
            json!({"stop": {"when": ["."], "answer": "a"}}),
            ".stop.when[0]: has nothing in it that could be said".to_owned(),
        ),
        (
            json!({"stop": {"when": [], "answer": "a"}}),
            ".stop.when: has no entries; expected at least one value".to_owned(),
        ),
    ];
    for (fields, expected) in cases {
        assert_eq!(error(fields.clone()), expected, "{fields}");
    }
}

#[test]
fn mistakes_of_several_steps_are_all_named() {
    let steps =
        json!([step(json!({})), step(json!({})), step(json!({"name": "b", "model": "nobody", "timeout": "x"}))]);
    assert_eq!(
        errors(&with(&steps, &[])).lines().map(|line| line.split_once(": ").unwrap().0).collect::<Vec<_>>(),
        ["models.assistant.steps[1]", "models.assistant.steps[2].timeout", "models.assistant.steps[2].model"]
    );
    let many: Vec<Value> = (0..9).map(|number| step(json!({"name": format!("s{number}")}))).collect();
    assert_eq!(errors(&with(&json!(many), &[])), "models.assistant.steps: has 9 entries; expected at most 8");
    assert_eq!(errors(&with(&json!({}), &[])), "models.assistant.steps: an object is not a list of steps");
}

#[test]
fn a_model_that_has_mistakes_of_its_own_is_there() {
    let targets = json!([{"provider": "antropic"}]);
    let config = with(&json!([step(json!({}))]), &[("/models/small/targets", targets)]);
    assert_eq!(
        errors(&config),
        r#"models.small.targets[0].provider: "antropic" is not a provider; did you mean "anthropic"?"#
    );
}

#[test]
fn a_step_may_ask_what_a_pattern_takes() {
    let more = [("/models/gpt-*", json!({"targets": [{"provider": "openai"}]}))];
    let config = read(&with(&json!([step(json!({"model": "gpt-5.4-nano"}))]), &more));
    assert_eq!(config.models().find("assistant").unwrap().steps[0].model, "gpt-5.4-nano");
}

#[test]
fn variables_are_filled_in_once() {
    let steps = json!([
        step(json!({"name": "a"})),
        step(
            json!({"name": "b", "prompt": "[{{ system }}|{{last_user_message}}|{{conversation}}|{{steps.a}}] }} { }"})
        )
    ]);
    let config = read(&with(&steps, &[]));
    let prompt = &config.models().find("assistant").unwrap().steps[1].prompt;
    let said = prompt.render(&|variable| match variable {
        Variable::System => Cow::Borrowed("be {{steps.a}}"),
        Variable::LastUserMessage => "{{system}}".into(),
        Variable::Conversation => "".into(),
        Variable::Step(at) => at.to_string().into(),
    });
    assert_eq!(said, "[be {{steps.a}}|{{system}}||0] }} { }");
}

#[test]
fn a_step_stops_at_the_words_that_it_names_however_they_are_dressed() {
    let when = one(json!({"stop": {"when": ["UNSAFE", "off topic"], "answer": "No."}}));
    for output in ["unsafe", " Unsafe.\n", "**UNSAFE**", "\"unsafe\"", "`Off Topic`!"] {
        assert!(matches!(when.stops(output), Some(StopWith::Answer(_))), "{output}");
    }
    for output in ["safe", "unsafe content", "", "not unsafe"] {
        assert!(when.stops(output).is_none(), "{output}");
    }
    let unless = one(json!({"stop": {"unless": "safe", "error": "No."}}));
    assert!(unless.stops("Safe.").is_none());
    assert!(matches!(unless.stops("I think it is safe"), Some(StopWith::Error(_))));
    assert!(one(json!({})).stops("anything").is_none());
}

const TARGETS: &str = r#""targets": [
    {"name": "billing", "provider": "openai", "when": {"step": {"intent": ["billing", "Invoices"]}}},
    {"name": "rest", "provider": "anthropic"}
]"#;

#[test]
fn what_a_step_says_chooses_the_target() {
    let store = Memory::default();
    let steps = r#""steps": [{"name": "mood", "model": "gpt", "prompt": "{{system}}"},
                             {"name": "intent", "model": "gpt", "prompt": "{{system}}"}]"#;
    let models =
        format!(r#"{{"gpt": {{"targets": [{{"provider": "openai"}}]}}, "assistant": {{{steps}, {TARGETS}}}}}"#);
    let road = Road::with(&store, &format!("{{{steps}, {TARGETS}}}"), &[("models", &models)]);
    let names = |outputs: &[Option<String>]| road.names(&Ask { outputs, ..ask() }, after(0), USUAL);
    let said = |text: &str| vec![Some("billing".to_owned()), Some(text.to_owned())];
    assert_eq!(names(&said("Billing.")), "billing rest");
    assert_eq!(names(&said("invoices")), "billing rest");
    assert_eq!(names(&said("weather")), "rest");
    assert_eq!(names(&[None, None]), "rest", "what was skipped has said nothing");
    assert_eq!(names(&[]), "rest");
}

#[test]
fn a_condition_names_a_step_of_its_own_model() {
    let error = |steps: Value, name: &str, value: Value| {
        let targets = json!([{"provider": "openai", "when": {"step": {name: value}}}]);
        let error = errors(&with(&steps, &[("/models/assistant/targets", targets)]));
        error.strip_prefix("models.assistant.targets[0].when.step").unwrap_or_else(|| panic!("{error}")).to_owned()
    };
    let steps = json!([step(json!({}))]);
    assert_eq!(
        error(steps.clone(), "intend", json!("x")),
        r#".intend: "intend" is not a step of this model; did you mean "intent"?"#
    );
    assert_eq!(error(json!([]), "intent", json!("x")), r#".intent: is about a step, and this model has no "steps""#);
    assert_eq!(error(steps.clone(), "intent", json!(5)), ".intent: 5 is not a string");
    assert_eq!(error(steps.clone(), "intent", json!(["a", "' '"])), ".intent[1]: has nothing in it that could be said");
    assert_eq!(error(steps, "intent", json!([])), ".intent: has no entries; expected at least one value");
}

#[test]
fn a_client_is_told_which_steps_condition_does_not_hold() {
    let store = Memory::default();
    let models = r#"{"gpt": {"targets": [{"provider": "openai"}]}}"#;
    let model = r#"{"steps": [{"name": "intent", "model": "gpt", "prompt": "{{system}}"}],
                    "targets": [{"provider": "openai", "when": {"step": {"intent": "billing"}}}]}"#;
    let road = Road::with(&store, model, &[("models", models)]);
    let moment = road.moment(after(0), USUAL);
    let why = road.router.route(road.model(), &ask(), &moment).err().unwrap().to_string();
    assert!(why.ends_with("step intent at \"openai\""), "{why}");
}
