//! Reads `limits`, and `shared` where their state lives.

use std::collections::BTreeSet;
use std::num::NonZeroU64;
use std::sync::Arc;

use super::rules;
use super::unavailable::Place;
use super::value::{Value, quoted};
use crate::limits::{Dimension, Limit};
use crate::table::Geometry;
use crate::units::{Tokens, Window};

const FIELDS: &[&str] = &["name", "per", "tokens", "window", "assume_output"];
const PER: &str = "a list of \"consumer\", \"model\", both or, for one limit that all share, neither";
const WINDOW: &str = "a window; expected an integer and s, m, h or d, from \"1s\" to \"31d\"";
/// The largest integer that a Struct's double holds exactly.
const MOST: u64 = 9_007_199_254_740_991;
/// What a limit reserves for the output of a request without a cap.
const ASSUME_OUTPUT: u64 = 1024;
const SLOTS: u64 = 65_536;
const MOST_SLOTS: u64 = 4_194_304;

pub(super) fn read(all: &Value<'_>) -> Option<Vec<Arc<Limit>>> {
    let mut names = BTreeSet::new();
    let limits = all.list("a list of limits")?.into_iter().filter_map(|value| {
        let limit = read_one(&value)?;
        if !names.insert(limit.name().clone()) {
            let name = quoted(limit.name());
            value.fail(format!("another limit is called {name}; give each its own \"name\""));
        }
        Some(Arc::new(limit))
    });
    Some(limits.collect())
}

fn read_one(value: &Value<'_>) -> Option<Limit> {
    let fields = value.fields(Place::Limit, FIELDS)?;
    let name = fields.required("name", rules::LABEL.expected);
    let name = name.and_then(|it| it.text_like(&rules::LABEL));
    let per = fields.required("per", PER).and_then(|it| read_per(&it));
    let tokens = fields.required("tokens", "a number of tokens");
    let tokens = tokens.and_then(|it| it.integer(1, MOST)).and_then(NonZeroU64::new);
    let window = fields.required("window", WINDOW).and_then(|it| read_window(&it));
    let output = fields.optional("assume_output").map_or(Some(ASSUME_OUTPUT), |it| it.integer(0, MOST));
    Some(Limit::new(name?, per?, tokens?, window?, Tokens(output?)))
}

fn read_per(value: &Value<'_>) -> Option<Vec<Dimension>> {
    let items = value.list(PER)?;
    Some(items.iter().filter_map(|item| item.choice(None, Dimension::NAMES)).collect())
}

fn read_window(value: &Value<'_>) -> Option<Window> {
    Window::parse(value.text(WINDOW)?).or_else(|| value.not(WINDOW))
}

pub(super) fn read_geometry(shared: Option<Value<'_>>) -> Geometry {
    let fields = shared.and_then(|it| it.fields(Place::Shared, &["slots"]));
    let slots = fields.and_then(|fields| fields.optional("slots"));
    let slots = slots.and_then(|it| it.integer(8, MOST_SLOTS)).unwrap_or(SLOTS);
    Geometry::new(u32::try_from(slots).unwrap_or(u32::MAX))
}
