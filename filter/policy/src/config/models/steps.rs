//! Reads `steps`: what other models are asked before a request goes to its target.

use std::time::Duration;

use super::super::rules;
use super::super::value::{Fields, Value, quoted};
use super::when::one_of;
use crate::pattern::{Pattern, Patterns};
use crate::route::{Mistake, Model, OnFailure, OneOf, Step, Stop, StopWith, Template, Variable, plain};
use crate::units::Window;

const FIELDS: &[&str] =
    &["name", "model", "prompt", "max_output_tokens", "max_output_bytes", "timeout", "on_failure", "insert", "stop"];
const ON_FAILURE: &[(&str, OnFailure)] = &[("fail", OnFailure::Fail), ("skip", OnFailure::Skip)];
/// The steps of a model are asked one after the other, while the client waits.
const MOST_STEPS: usize = 8;
const MOST_TOKENS: u64 = 1_000_000;
const MOST_BYTES: u64 = 1 << 20;
const TOKENS: u64 = 256;
const BYTES: u64 = 16 << 10;
const TIME: Duration = Duration::from_secs(10);
const TIMES: std::ops::RangeInclusive<Duration> = Duration::from_millis(10)..=Duration::from_secs(600);
const TIMEOUT: &str = "a time; expected an integer and ms, s or m, from \"10ms\" to \"10m\"";

/// The steps that could be read, and the names of all, by position.
#[derive(Default)]
pub(super) struct Steps<'n> {
    pub(super) names: Vec<&'n str>,
    pub(super) read: Vec<Step>,
}

/// The models that steps ask, and where they say so.
pub(super) type Calls<'n> = Vec<(Value<'n>, &'n str)>;

pub(super) fn read<'n>(value: &Value<'n>, calls: &mut Calls<'n>) -> Steps<'n> {
    let items = value.list("a list of steps").unwrap_or_default();
    if items.len() > MOST_STEPS {
        value.fail(format!("has {} entries; expected at most {MOST_STEPS}", items.len()));
    }
    let mut steps = Steps::default();
    for item in &items {
        let name = item.fields(FIELDS).and_then(|fields| {
            let name = fields.required("name", rules::LABEL.expected)?.text_like(&rules::LABEL);
            if name.is_some_and(|name| steps.names.contains(&name)) {
                item.fail(format!("another step here is called {}; give each its own \"name\"", quoted(name?)));
            }
            steps.read.extend(read_one(name, &fields, &steps.names, calls));
            name
        });
        steps.names.push(name.unwrap_or_default());
    }
    steps
}

fn read_one<'n>(name: Option<&'n str>, fields: &Fields<'n>, earlier: &[&str], calls: &mut Calls<'n>) -> Option<Step> {
    let model = fields.required("model", "the name of a model of this configuration");
    let model = model.and_then(|it| {
        let name = it.text_like(&rules::MODEL)?;
        calls.push((it, name));
        Some(name)
    });
    let prompt = fields.required("prompt", "what the model is asked, with variables like {{last_user_message}}");
    let prompt = prompt.and_then(|it| {
        let prompt = read_template(&it, earlier)?;
        if prompt.is_constant() {
            it.fail("asks the same of every request; expected a variable like {{last_user_message}}");
        }
        Some(prompt)
    });
    let with_own: Vec<&str> = earlier.iter().copied().chain(name).collect();
    let insert = fields.optional("insert").and_then(|it| read_template(&it, &with_own));
    let integer = |field, most, usual| fields.optional(field).map_or(Some(usual), |it| it.integer(1, most));
    let tokens = integer("max_output_tokens", MOST_TOKENS, TOKENS);
    let bytes = integer("max_output_bytes", MOST_BYTES, BYTES);
    let timeout = fields.optional("timeout").map_or(Some(TIME), |it| read_timeout(&it));
    let on_failure = fields.optional("on_failure").and_then(|it| it.choice("known here", ON_FAILURE));
    let stop = fields.optional("stop").and_then(|it| read_stop(&it, &with_own));
    Some(Step {
        name: name?.into(),
        model: model?.into(),
        prompt: prompt?,
        max_output_tokens: tokens?,
        max_output_bytes: usize::try_from(bytes?).unwrap_or(usize::MAX),
        timeout: timeout?,
        on_failure: on_failure.unwrap_or_default(),
        insert,
        stop,
    })
}

fn read_template(value: &Value<'_>, steps: &[&str]) -> Option<Template> {
    let text = value.text("a string")?;
    if text.trim().is_empty() {
        value.fail("is empty");
    }
    let template = Template::parse(text, steps, &mut |mistake| match mistake {
        Mistake::Open => value.fail("has {{ without }}"),
        Mistake::Unknown(name) => {
            let known = Variable::names(steps);
            value.unknown(name, "a variable here", known.iter().map(String::as_str));
        }
    });
    Some(template)
}

fn read_timeout(value: &Value<'_>) -> Option<Duration> {
    let text = value.text(TIMEOUT)?;
    let digits = text.strip_suffix("ms").filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let millis = digits.and_then(|digits| digits.parse().ok()).map(Duration::from_millis);
    let time = millis.or_else(|| Window::parse(text).map(Window::as_duration)).filter(|time| TIMES.contains(time));
    time.or_else(|| value.not(TIMEOUT))
}

fn read_stop(value: &Value<'_>, steps: &[&str]) -> Option<Stop> {
    let fields = value.fields(&["when", "unless", "answer", "error"])?;
    let template = |it: Option<Value<'_>>| it.and_then(|it| read_template(&it, steps));
    let either = |one, other| match (fields.optional(one), fields.optional(other)) {
        (Some(value), None) => Some((value, false)),
        (None, Some(value)) => Some((value, true)),
        _ if fields.doubtful() => None,
        _ => {
            value.fail(format!("expected one of {one:?} and {other:?}"));
            None
        }
    };
    let (values, with) = (either("when", "unless"), either("answer", "error"));
    let values = values.map(|(it, unless)| (read_values(&it), unless));
    let with = with.map(|(it, is_error)| (template(Some(it)), is_error));
    let (values, unless) = values?;
    let (text, is_error) = with?;
    let with = if is_error { StopWith::Error } else { StopWith::Answer };
    Some(Stop { values: values?, unless, with: with(text?) })
}

/// What a step may say, in the form in which it is compared.
pub(super) fn read_values(value: &Value<'_>) -> Option<OneOf> {
    let read = one_of(value, &|it| {
        let text = it.text("a string")?;
        if plain(text).is_empty() {
            it.fail("has nothing in it that could be said");
        }
        Some(text)
    });
    read.map(|values| values.iter().map(|value| plain(value).into()).collect())
}

/// Steps ask models that are there and have no steps themselves.
pub(super) fn check<D>(calls: &Calls<'_>, names: &[&str], models: &[(Pattern, Model<D>)]) {
    if calls.is_empty() {
        return;
    }
    // Of those that could not be read, only the name is known.
    let named = names.iter().filter_map(|name| Some((Pattern::parse(name)?, None)));
    let known: Patterns<_> =
        named.chain(models.iter().map(|(pattern, model)| (pattern.clone(), Some(model)))).collect();
    for (value, name) in calls {
        match known.find(name) {
            _ if name.contains('*') => value.fail("is a pattern; expected the name of one model"),
            None => value.unknown(name, "a model", names.iter().copied()),
            Some(Some(model)) if !model.steps.is_empty() => {
                value.fail(format!("{} has steps itself; a step's model must have none", quoted(name)));
            }
            Some(_) => {}
        }
    }
}
