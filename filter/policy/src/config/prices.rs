//! Reads `prices`, and figures by kind of token in general.

use super::models::read_pattern;
use super::value::{Fields, Value};
use crate::limits::PerKind;
use crate::prices::{Price, Prices};

const KINDS: &[&str] = &["input", "cached_input", "cache_write", "output", "reasoning"];
const USD: &str = "USD per million tokens";
/// A nano-dollar per million tokens is the smallest price.
const DECIMALS: u32 = 9;
const MOST: u64 = 1_000_000_000_000_000;

/// What stands in for `prices` when there are none.
#[expect(clippy::unnecessary_wraps, reason = "as if they had been read")]
pub(super) fn none() -> Option<Prices> {
    Some(Prices::default())
}

/// `None` if any of them is wrong.
pub(super) fn read<'p>(all: &Value<'_>, providers: impl Iterator<Item = &'p str>) -> Option<Prices> {
    let entries = all.entries("an object of prices")?;
    let read: Vec<_> = entries.iter().map(|(name, value)| Some((*name, read_one(name, value)?))).collect();
    let read: Option<Vec<_>> = read.into_iter().collect();
    Some(Prices::new(&read?, providers))
}

fn read_one(name: &str, value: &Value<'_>) -> Option<Price> {
    let pattern = read_pattern(name, value);
    let fields = value.fields(KINDS)?;
    let figure = |value: &Value<'_>| value.decimal(DECIMALS, 0, MOST);
    let per_token = |name| fields.required(name, &format!("{USD}; 0 if it costs nothing"));
    let (input, output) = (per_token("input"), per_token("output"));
    let kinds = read_kinds(&fields, figure, input.and_then(|it| figure(&it)), output.and_then(|it| figure(&it)));
    pattern.and(kinds).map(Price::new)
}

/// Weights: all 1 unless they say otherwise.
pub(super) fn read_weights(value: &Value<'_>) -> Option<PerKind> {
    let fields = value.fields(KINDS)?;
    let figure = |value: &Value<'_>| value.decimal(3, 0, 1_000_000);
    let per_token = |name| fields.optional(name).map_or(Some(1000), |it| figure(&it));
    read_kinds(&fields, figure, per_token("input"), per_token("output"))
}

/// Input of a kind that has no figure of its own counts as input, and output as output.
fn read_kinds(
    fields: &Fields<'_>,
    figure: impl Fn(&Value<'_>) -> Option<u64>,
    input: Option<u64>,
    output: Option<u64>,
) -> Option<PerKind> {
    let or = |name, otherwise: Option<u64>| fields.optional(name).map_or(otherwise, |it| figure(&it));
    let (cached_input, cache_write) = (or("cached_input", input), or("cache_write", input));
    let reasoning = or("reasoning", output);
    Some(PerKind {
        input: input?,
        cached_input: cached_input?,
        cache_write: cache_write?,
        output: output?,
        reasoning: reasoning?,
    })
}
