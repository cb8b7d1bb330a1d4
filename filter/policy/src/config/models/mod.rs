//! Reads `models`.

mod cluster;
mod steps;
mod strategy;
mod target;
mod when;

use super::providers::Providers;
use super::rules;
use super::value::{Value, quoted};
use crate::identity::Identity;
use crate::pattern::Pattern;
use crate::prices::Prices;
use crate::route::{Model, shape_of};

const FIELDS: &[&str] = &["steps", "targets", "strategy", "sticky", "when_unhealthy", "health", "cluster"];

/// What models refer to.
pub(super) struct Context<'c, 'n, D> {
    pub(super) providers: &'c Providers<'n, D>,
    pub(super) identity: &'c Identity,
    /// `None` if they are wrong in themselves.
    pub(super) prices: Option<&'c Prices>,
}

pub(super) fn read<'n, D: Copy>(all: &Value<'n>, context: &Context<'_, '_, D>) -> Option<Vec<(Pattern, Model<D>)>> {
    let entries = all.entries("an object of models")?;
    if entries.is_empty() {
        all.fail("has no entries; expected at least one model");
    }
    let mut calls = Vec::new();
    let read = |(name, value): &(&str, Value<'n>)| read_one(name, value, &mut calls, context);
    let models: Vec<_> = entries.iter().filter_map(read).collect();
    let names: Vec<&str> = entries.iter().map(|(name, _)| *name).collect();
    steps::check(&calls, &names, &models);
    Some(models)
}

fn read_one<'n, D: Copy>(
    name: &str,
    value: &Value<'n>,
    calls: &mut steps::Calls<'n>,
    context: &Context<'_, '_, D>,
) -> Option<(Pattern, Model<D>)> {
    let pattern = read_pattern(name, value);
    let fields = value.fields(FIELDS)?;
    let chosen = strategy::choose(&fields);
    let steps = fields.optional("steps").map(|it| steps::read(&it, calls)).unwrap_or_default();
    let list = fields.required("targets", "a list with at least one target")?;
    let items = list.list("a list of targets")?;
    if items.is_empty() {
        list.fail("has no entries; expected at least one target");
    }
    let target::Targets { serving: targets, shadows } = target::read_all(&items, chosen, &steps.names, context);
    if targets.is_empty() && !shadows.is_empty() {
        list.fail("has shadows only; expected at least one target that answers");
    }
    let pattern = pattern?;
    let strategy = strategy::read(&fields, chosen, &pattern, &targets, context);
    let when_unhealthy = strategy::read_when_unhealthy(&fields);
    let cooling = strategy::read_cooling(&fields);
    let clusters = cluster::read(&fields, &targets);
    let targets: Vec<_> = targets.into_iter().map(|(_, target)| target).collect();
    let shape = shape_of(name, targets.iter().map(|target| target.name.as_str()));
    let steps = steps.read.into();
    let (name, shadows, strategy) = (name.into(), shadows.into(), strategy?);
    Some((pattern, Model { name, steps, targets, shadows, strategy, when_unhealthy, cooling, clusters, shape }))
}

/// A model's name or a pattern of names; errors are reported at `value`.
pub(super) fn read_pattern(name: &str, value: &Value<'_>) -> Option<Pattern> {
    let pattern = Pattern::parse(name).filter(|_| (rules::MODEL.holds)(name));
    if pattern.is_none() {
        let expected =
            if name.contains('*') { "a pattern; a * can stand at the end only" } else { rules::MODEL.expected };
        value.fail(format!("{} is not {expected}", quoted(name)));
    }
    pattern
}
