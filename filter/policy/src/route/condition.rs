//! Which requests a target takes: `when`.

use std::fmt;

use super::ask::{Ask, Features};
use super::hours::Hours;
use super::models::Target;
use super::steps::is_said;
use crate::limits::Demand;
use crate::units::{Timestamp, Tokens};

/// Which requests a target takes: those for which all of these hold. Without any, it takes all.
#[derive(Debug, Clone, Default)]
pub(crate) struct When(pub(crate) Box<[Condition]>);

/// One thing that must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// A number of tokens is in bounds.
    Tokens(Bound, Tokens),
    /// A feature is used, or is not.
    Feature(Feature, bool),
    /// A header, by its name in lower case, has one of these values.
    Header(Box<str>, OneOf),
    /// The consumer has one of these names.
    Consumer(OneOf),
    /// A tag of the consumer has one of these values.
    Tag(Box<str>, OneOf),
    /// The step at this position, of this name, has said one of these.
    Step(usize, Box<str>, OneOf),
    /// It is that time, in UTC.
    Time(Hours),
}

/// Values of which one is wanted.
pub(crate) type OneOf = Box<[Box<str>]>;

/// Which number of tokens has which bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    MinInput,
    MaxInput,
    MinOutput,
    MaxOutput,
}

/// A feature, by its position in [`FEATURES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Feature(usize);

/// The bounds by their names in configurations.
pub(crate) const BOUNDS: [(&str, Bound); 4] = [
    ("min_input_tokens", Bound::MinInput),
    ("max_input_tokens", Bound::MaxInput),
    ("min_output_tokens", Bound::MinOutput),
    ("max_output_tokens", Bound::MaxOutput),
];

type IsUsed = fn(&Features) -> bool;

/// The features by their names in configurations.
const FEATURES: [(&str, IsUsed); 7] = [
    ("images", |uses| uses.images),
    ("audio", |uses| uses.audio),
    ("documents", |uses| uses.documents),
    ("tools", |uses| uses.tools),
    ("structured_output", |uses| uses.structured_output),
    ("reasoning", |uses| uses.reasoning),
    ("stream", |uses| uses.stream),
];

impl When {
    /// The conditions of a target that do not hold.
    pub(super) fn failing<'t, D>(
        target: &'t Target<D>,
        ask: &Ask<'_, D>,
        now: Timestamp,
    ) -> impl Iterator<Item = &'t Condition> {
        target.when.0.iter().filter(move |condition| !condition.holds(target, ask, now))
    }
}

impl Condition {
    fn holds<D>(&self, target: &Target<D>, ask: &Ask<'_, D>, now: Timestamp) -> bool {
        match self {
            Self::Tokens(bound, tokens) => bound.holds(*tokens, &(ask.demand)(target)),
            Self::Feature(feature, wanted) => feature.is_used(&ask.features) == *wanted,
            Self::Header(name, values) => {
                let sent = ask.attributes.header(name);
                sent.is_some_and(|sent| values.iter().any(|value| *value.as_bytes() == *sent))
            }
            Self::Consumer(names) => is_one_of(names, ask.consumer),
            Self::Tag(name, values) => is_one_of(values, ask.tag(name)),
            Self::Step(step, _, values) => {
                let output = ask.outputs.get(*step).and_then(Option::as_deref);
                output.is_some_and(|output| is_said(values, output))
            }
            Self::Time(hours) => hours.hold(now),
        }
    }
}

impl Bound {
    /// A request without a cap on its output asks for no certain length: it passes every upper bound, and
    /// no lower one.
    fn holds(self, bound: Tokens, demand: &Demand) -> bool {
        match self {
            Self::MinInput => demand.all_input() >= bound,
            Self::MaxInput => demand.all_input() <= bound,
            Self::MinOutput => demand.output_cap.is_some_and(|cap| cap >= bound),
            Self::MaxOutput => demand.output_cap.is_none_or(|cap| cap <= bound),
        }
    }
}

impl Feature {
    /// All features and their names.
    pub(crate) fn all() -> impl Iterator<Item = (&'static str, Self)> + Clone {
        FEATURES.iter().enumerate().map(|(index, (name, _))| (*name, Self(index)))
    }

    fn is_used(self, features: &Features) -> bool {
        FEATURES.get(self.0).is_some_and(|(_, uses)| uses(features))
    }
}

fn is_one_of(values: &[Box<str>], value: Option<&str>) -> bool {
    value.is_some_and(|value| values.iter().any(|wanted| **wanted == *value))
}

impl fmt::Display for Condition {
    /// As the configuration names it. What the request or the configuration says beyond that is not shown:
    /// clients read this.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tokens(bound, _) => {
                let named = BOUNDS.iter().find(|(_, known)| known == bound);
                f.write_str(named.map_or("tokens", |(name, _)| name))
            }
            Self::Feature(feature, _) => f.write_str(FEATURES.get(feature.0).map_or("feature", |(name, _)| name)),
            Self::Header(name, _) => write!(f, "header {name}"),
            Self::Consumer(_) => f.write_str("consumer"),
            Self::Tag(name, _) => write!(f, "consumer_tag {name}"),
            Self::Step(_, name, _) => write!(f, "step {name}"),
            Self::Time(_) => f.write_str("time"),
        }
    }
}
