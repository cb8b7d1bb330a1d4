//! Reads `models`.

mod cluster;
mod strategy;
mod target;
mod when;

use super::providers::Providers;
use super::rules;
use super::unavailable::Place;
use super::value::{Value, quoted};
use crate::identity::Identity;
use crate::pattern::Pattern;
use crate::prices::Prices;
use crate::route::Model;

const FIELDS: &[&str] = &["targets", "strategy", "sticky", "when_unhealthy", "health", "cluster"];

/// What models refer to.
pub(super) struct Context<'c, 'n, D> {
    pub(super) providers: &'c Providers<'n, D>,
    pub(super) identity: &'c Identity,
    /// `None` if they are wrong in themselves.
    pub(super) prices: Option<&'c Prices>,
}

pub(super) fn read<D: Copy>(all: &Value<'_>, context: &Context<'_, '_, D>) -> Option<Vec<(Pattern, Model<D>)>> {
    let entries = all.entries("an object of models")?;
    if entries.is_empty() {
        all.fail("has no entries; expected at least one model");
    }
    Some(entries.into_iter().filter_map(|(name, value)| read_one(name, &value, context)).collect())
}

fn read_one<D: Copy>(name: &str, value: &Value<'_>, context: &Context<'_, '_, D>) -> Option<(Pattern, Model<D>)> {
    let pattern = read_pattern(name, value);
    let fields = value.fields(Place::Model, FIELDS)?;
    let chosen = strategy::choose(&fields);
    let list = fields.required("targets", "a list with at least one target")?;
    let items = list.list("a list of targets")?;
    if items.is_empty() {
        list.fail("has no entries; expected at least one target");
    }
    let targets = target::read_all(&items, chosen, context);
    let pattern = pattern?;
    let strategy = strategy::read(&fields, chosen, &pattern, &targets, context);
    let when_unhealthy = strategy::read_when_unhealthy(&fields);
    let cooling = strategy::read_cooling(&fields);
    let clusters = cluster::read(&fields, &targets);
    let targets = targets.into_iter().map(|(_, target)| target).collect();
    Some((pattern, Model { name: name.into(), targets, strategy: strategy?, when_unhealthy, cooling, clusters }))
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
