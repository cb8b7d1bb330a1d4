//! Reads `limits`.

pub(super) mod matching;
mod measure;
mod priced;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::value::{Value, quoted};
use super::{prices, rules};
use crate::identity::Identity;
use crate::limits::{Limit, Match};
use crate::pattern::Pattern;
use crate::prices::Prices;
use crate::route::Model;

const FIELDS: &[&str] = &[
    "name",
    "match",
    "per",
    "tokens",
    "requests",
    "usd",
    "concurrent",
    "window",
    "align",
    "burst",
    "weights",
    "assume_output",
    "unpriced",
    "enforce",
];

/// What limits refer to.
pub(super) struct Context<'c, D> {
    pub(super) identity: &'c Identity,
    pub(super) models: &'c [(Pattern, Model<D>)],
    /// `None` if they are wrong in themselves.
    pub(super) prices: Option<&'c Prices>,
}

pub(super) fn read<D>(all: &Value<'_>, context: &Context<'_, D>) -> Option<Vec<Arc<Limit>>> {
    let mut names = BTreeSet::new();
    let limits = all.list("a list of limits")?.into_iter().filter_map(|value| {
        let limit = read_one(&value, context)?;
        if !names.insert(limit.name().clone()) {
            let name = quoted(limit.name());
            value.fail(format!("another limit is called {name}; give each its own \"name\""));
        }
        priced::check(&value, &limit, context);
        Some(Arc::new(limit))
    });
    Some(limits.collect())
}

fn read_one<D>(value: &Value<'_>, context: &Context<'_, D>) -> Option<Limit> {
    let fields = value.fields(FIELDS)?;
    let name = fields.required("name", rules::LABEL.expected);
    let name = name.and_then(|it| it.text_like(&rules::LABEL));
    let matching = fields.optional("match");
    let matching = matching.map_or_else(|| Some(Match::default()), |it| matching::read(&it, context.identity));
    let per = fields.required("per", matching::PER).and_then(|it| matching::read_per(&it));
    let measure = measure::read(value, &fields);
    let enforce = fields.optional("enforce").map_or(Some(true), |it| it.flag());
    Some(Limit::new(name?, matching?, per?, measure?, enforce?))
}
