//! Reads a model's targets.

use std::collections::BTreeSet;

use super::super::rules;
use super::super::value::{Fields, Value, quoted};
use super::strategy::Chosen;
use super::{Context, when};
use crate::provider::ProviderKey;
use crate::route::{Target, When, id_of};

const FIELDS: &[&str] = &["name", "provider", "model", "weight", "when", "shadow"];
const MOST_WEIGHT: u64 = 1_000_000;

/// A model's targets, as far as they can be read.
pub(super) struct Targets<'v, 'n, D> {
    /// Those that answer, each with where it stands.
    pub(super) serving: Vec<(&'v Value<'n>, Target<D>)>,
    /// Those that get a copy.
    pub(super) shadows: Vec<Target<D>>,
}

pub(super) fn read_all<'v, 'n, D: Copy>(
    items: &'v [Value<'n>],
    chosen: Option<Chosen>,
    steps: &[&str],
    context: &Context<'_, '_, D>,
) -> Targets<'v, 'n, D> {
    let mut names = BTreeSet::new();
    let mut read = Targets { serving: Vec::new(), shadows: Vec::new() };
    for item in items {
        let Some((target, is_shadow)) = read_one(item, read.serving.len(), chosen, steps, context) else { continue };
        if !names.insert(target.name.clone()) {
            let name = quoted(&target.name);
            item.fail(format!("another target here is called {name}; give each its own \"name\""));
        }
        if is_shadow { read.shadows.push(target) } else { read.serving.push((item, target)) }
    }
    read
}

fn read_one<D: Copy>(
    value: &Value<'_>,
    position: usize,
    chosen: Option<Chosen>,
    steps: &[&str],
    context: &Context<'_, '_, D>,
) -> Option<(Target<D>, bool)> {
    let fields = value.fields(FIELDS)?;
    let is_shadow = fields.optional("shadow").and_then(|it| it.flag()).unwrap_or(false);
    if let Some(weight) = fields.optional("weight").filter(|_| is_shadow) {
        weight.fail("is a share of the requests, and a shadow gets a copy of all that its \"when\" takes");
    }
    let text = |field, rule| fields.optional(field).and_then(|it| it.text_like(rule));
    let name = text("name", &rules::LABEL);
    let model = text("model", &rules::UPSTREAM_MODEL);
    let weight = read_weight(&fields, chosen);
    let when = fields.optional("when");
    let when = when.map_or_else(|| Some(When::default()), |it| when::read(&it, steps, context.identity));
    let reference = fields.required("provider", "the name of a provider")?;
    let wanted = reference.text("the name of a provider")?;
    let Some((_, provider)) = context.providers.iter().find(|(name, _)| *name == wanted) else {
        reference.unknown(wanted, "a provider", context.providers.iter().map(|(name, _)| *name));
        return None;
    };
    let provider = provider.clone()?;
    if is_shadow && provider.key == ProviderKey::Passthrough {
        reference.fail("takes clients' own keys, which a copy that they do not ask for must not show");
    }
    let name = name.unwrap_or(wanted);
    let target = Target {
        name: name.into(),
        provider,
        model: model.map(Into::into),
        position,
        id: id_of(name),
        weight: weight?,
        when: when?,
    };
    Some((target, is_shadow))
}

fn read_weight(fields: &Fields<'_>, chosen: Option<Chosen>) -> Option<u32> {
    let Some(weight) = fields.optional("weight") else { return Some(1) };
    if chosen.is_some_and(|chosen| chosen != Chosen::Weighted) {
        weight.fail("goes with \"strategy\": \"weighted\" only; set that on the model, or leave this out");
        return None;
    }
    u32::try_from(weight.integer(0, MOST_WEIGHT)?).ok()
}
