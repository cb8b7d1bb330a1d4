//! Reads `when`: which requests a target takes.

use super::super::document::Node;
use super::super::limits::matching::{read_consumer, read_header};
use super::super::rules;
use super::super::value::{Fields, Value};
use super::steps::read_values;
use crate::identity::Identity;
use crate::route::{BOUNDS, Bound, Condition, Days, Feature, Hours, Minute, OneOf, When};
use crate::units::Tokens;

const OTHERS: [&str; 5] = ["header", "consumer", "consumer_tag", "time", "step"];
/// The largest integer that a Struct's double holds exactly.
const MOST: u64 = 9_007_199_254_740_991;
const TIME: &str = "a time of day in UTC; expected two digits, a colon and two digits, from \"00:00\" to \"24:00\"";
const DAYS: &str = "a list of days; expected some of \"mon\" to \"sun\"";

pub(super) fn read(value: &Value<'_>, steps: &[&str], identity: &Identity) -> Option<When> {
    let known: Vec<&str> =
        BOUNDS.iter().map(|(name, _)| *name).chain(Feature::all().map(|(name, _)| name)).chain(OTHERS).collect();
    let fields = value.fields(&known)?;
    let mut conditions = Vec::new();
    conditions.extend(BOUNDS.iter().filter_map(|(name, bound)| {
        let tokens = fields.optional(name)?.integer(0, MOST)?;
        Some(Condition::Tokens(*bound, Tokens(tokens)))
    }));
    check_bounds(value, &conditions);
    let feature = |(name, feature)| Some(Condition::Feature(feature, fields.optional(name)?.flag()?));
    conditions.extend(Feature::all().filter_map(feature));
    if let Some(headers) = fields.optional("header") {
        for (name, values) in headers.entries("an object of headers and their values").unwrap_or_default() {
            conditions.extend(read_header_condition(name, &values));
        }
    }
    if let Some(consumers) = fields.optional("consumer") {
        let names = one_of(&consumers, &|it| read_consumer(it, identity));
        conditions.extend(names.map(Condition::Consumer));
    }
    if let Some(tags) = fields.optional("consumer_tag") {
        for (name, values) in tags.entries("an object of tags and their values").unwrap_or_default() {
            let values = one_of(&values, &|it| it.text("a string"));
            conditions.extend(values.map(|values| Condition::Tag(name.into(), values)));
        }
    }
    if let Some(said) = fields.optional("step") {
        for (name, values) in said.entries("an object of steps and what they say").unwrap_or_default() {
            conditions.extend(read_step_condition(name, &values, steps));
        }
    }
    conditions.extend(fields.optional("time").and_then(|it| read_time(&it)).map(Condition::Time));
    Some(When(conditions.into()))
}

/// What no request can meet is not meant.
fn check_bounds(value: &Value<'_>, conditions: &[Condition]) {
    let bound = |wanted| {
        conditions.iter().find_map(|condition| match condition {
            Condition::Tokens(bound, tokens) if *bound == wanted => Some(*tokens),
            _ => None,
        })
    };
    for (least, most, of) in
        [(Bound::MinInput, Bound::MaxInput, "input"), (Bound::MinOutput, Bound::MaxOutput, "output")]
    {
        if let (Some(least), Some(most)) = (bound(least), bound(most))
            && least > most
        {
            value.fail(format!("takes no request: min_{of}_tokens is larger than max_{of}_tokens"));
        }
    }
}

fn read_header_condition(name: &str, values: &Value<'_>) -> Option<Condition> {
    let name = read_header(name, values)?;
    if rules::CREDENTIAL_HEADERS.contains(&name.as_str()) {
        // The value is not shown: it may be a credential.
        values.fail("holds credentials, which a configuration must not; name a consumer instead");
        return None;
    }
    let values = one_of(values, &|it| it.text("a string"))?;
    Some(Condition::Header(name.into(), values))
}

fn read_step_condition(name: &str, values: &Value<'_>, steps: &[&str]) -> Option<Condition> {
    let step = steps.iter().position(|known| *known == name);
    if step.is_none() {
        if steps.is_empty() {
            values.fail("is about a step, and this model has no \"steps\"");
        } else {
            values.unknown(name, "a step of this model", steps.iter().copied());
        }
    }
    let values = read_values(values);
    Some(Condition::Step(step?, name.into(), values?))
}

/// One text, or a list of them.
pub(super) fn one_of<'n>(value: &Value<'n>, read: &dyn Fn(&Value<'n>) -> Option<&'n str>) -> Option<OneOf> {
    if !matches!(value.node, Node::List(_)) {
        return Some([read(value)?.into()].into());
    }
    let items = value.list("a list")?;
    if items.is_empty() {
        value.fail("has no entries; expected at least one value");
    }
    items.iter().map(|item| read(item).map(Into::into)).collect()
}

fn read_time(value: &Value<'_>) -> Option<Hours> {
    let fields = value.fields(&["from", "to", "days"])?;
    let days = fields.optional("days").map_or(Some(Days::ALL), |it| read_days(&it));
    let (from, to) = match (read_minute(&fields, "from"), read_minute(&fields, "to")) {
        (None, None) if fields.optional("days").is_some() => (Minute::MIDNIGHT, Minute::MIDNIGHT),
        (Some(from), Some(to)) => (from?, to?),
        _ if fields.doubtful() => return None,
        (None, None) => {
            value.fail("says no time; expected \"from\" and \"to\", \"days\", or all of them");
            return None;
        }
        _ => {
            value.fail("has one of \"from\" and \"to\"; expected both or none");
            return None;
        }
    };
    if from == to && fields.optional("from").is_some() {
        value.fail("begins when it ends; leave out \"from\" and \"to\" for whole days");
    }
    Some(Hours { from, to, days: days? })
}

/// `Some(None)` if it is there and wrong.
fn read_minute(fields: &Fields<'_>, name: &str) -> Option<Option<Minute>> {
    let value = fields.optional(name)?;
    Some(value.text(TIME).and_then(|text| Minute::parse(text).or_else(|| value.not(TIME))))
}

fn read_days(value: &Value<'_>) -> Option<Days> {
    let items = value.list(DAYS)?;
    if items.is_empty() {
        value.fail(format!("has no entries; it is not {DAYS}"));
    }
    items.iter().try_fold(Days::NONE, |days, item| {
        let name = item.text("the name of a day")?;
        let with = days.with(name);
        if with.is_none() {
            item.unknown(name, "a day", Days::NAMES.into_iter());
        }
        with
    })
}
