//! Reads `models`.

use std::collections::BTreeSet;

use super::providers::Providers;
use super::rules;
use super::unavailable::Place;
use super::value::{Value, quoted};
use crate::pattern::Pattern;
use crate::route::{Model, Target};

const FIELDS: &[&str] = &["targets", "strategy"];
const TARGET_FIELDS: &[&str] = &["name", "provider", "model"];
/// Strategies that pick among targets; the first is the only one.
const STRATEGIES: &[(&str, ())] = &[("first", ())];

pub(super) fn read<D: Copy>(all: &Value<'_>, providers: &Providers<'_, D>) -> Option<Vec<(Pattern, Model<D>)>> {
    let entries = all.entries("an object of models")?;
    if entries.is_empty() {
        all.fail("has no entries; expected at least one model");
    }
    let models = entries.into_iter().filter_map(|(name, value)| {
        let targets = read_targets(&value, providers);
        let pattern = read_pattern(name, &value);
        Some((pattern?, Model { name: name.into(), targets: targets? }))
    });
    Some(models.collect())
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

fn read_targets<D: Copy>(model: &Value<'_>, providers: &Providers<'_, D>) -> Option<Vec<Target<D>>> {
    let fields = model.fields(Place::Model, FIELDS)?;
    if let Some(strategy) = fields.optional("strategy") {
        strategy.choice(Some(Place::Strategy), STRATEGIES);
    }
    let list = fields.required("targets", "a list with at least one target")?;
    let items = list.list("a list of targets")?;
    if items.is_empty() {
        list.fail("has no entries; expected at least one target");
    }
    let mut names = BTreeSet::new();
    let targets = items.iter().filter_map(|item| {
        let target = read_target(item, providers)?;
        if !names.insert(target.name.clone()) {
            let name = quoted(&target.name);
            item.fail(format!("another target here is called {name}; give each its own \"name\""));
        }
        Some(target)
    });
    Some(targets.collect())
}

fn read_target<D: Copy>(value: &Value<'_>, providers: &Providers<'_, D>) -> Option<Target<D>> {
    let fields = value.fields(Place::Target, TARGET_FIELDS)?;
    let text = |field, rule| fields.optional(field).and_then(|it| it.text_like(rule));
    let name = text("name", &rules::LABEL);
    let model = text("model", &rules::UPSTREAM_MODEL);
    let reference = fields.required("provider", "the name of a provider")?;
    let wanted = reference.text("the name of a provider")?;
    let Some((_, provider)) = providers.iter().find(|(name, _)| *name == wanted) else {
        reference.unknown(wanted, "a provider", providers.iter().map(|(name, _)| *name));
        return None;
    };
    Some(Target { name: name.unwrap_or(wanted).into(), provider: provider.clone()?, model: model.map(Into::into) })
}
