//! Reads what a limit counts, how much of it there is, and how it comes back.

use std::num::{NonZeroU16, NonZeroU64};

use super::super::value::{Fields, Value, quoted};
use super::prices::read_weights;
use crate::limits::{ASSUME_OUTPUT, Budget, Calendar, CalendarWindow, Measure, PerKind, Rate, Unpriced, Weights};
use crate::units::{NanoUsd, Tokens, Window};

const MEASURES: [&str; 4] = ["tokens", "requests", "usd", "concurrent"];
/// Fields, and the measures that they go with.
const OPTIONS: &[(&str, &[&str])] = &[
    ("window", &["tokens", "requests", "usd"]),
    ("align", &["tokens", "requests", "usd"]),
    ("burst", &["tokens", "requests", "usd"]),
    ("weights", &["tokens"]),
    ("assume_output", &["tokens", "usd"]),
    ("unpriced", &["usd"]),
];
const WINDOW: &str = "a window; expected an integer and s, m, h or d, from \"1s\" to \"31d\"";
const ALIGN: &[(&str, ())] = &[("calendar", ())];
const UNPRICED: &[(&str, Unpriced)] = &[("allow", Unpriced::Allow), ("refuse", Unpriced::Refuse)];
/// The largest integer that a Struct's double holds exactly.
const MOST: u64 = 9_007_199_254_740_991;
const MOST_USD: u64 = 9_000_000 * NanoUsd::DOLLAR;
/// What a limit reserves for the output of a request without a cap.
const MILLI: u64 = 1000;

pub(super) fn read(limit: &Value<'_>, fields: &Fields<'_>) -> Option<Measure> {
    let found: Vec<_> = MEASURES.into_iter().filter_map(|name| Some((name, fields.optional(name)?))).collect();
    let (name, value) = match found.as_slice() {
        [(name, value)] => (*name, value),
        [] if fields.doubtful() => return None,
        [] => {
            limit.fail("says nothing to limit; expected one of \"tokens\", \"requests\", \"usd\" and \"concurrent\"");
            return None;
        }
        [(first, _), (second, _), ..] => {
            limit.fail(format!("has \"{first}\" and \"{second}\"; keep one, and make a limit of its own of the other"));
            return None;
        }
    };
    for (option, measures) in OPTIONS {
        if let Some(option) = fields.optional(option).filter(|_| !measures.contains(&name)) {
            option.fail(format!("does not go with \"{name}\"; leave it out"));
        }
    }
    let assume_output = || fields.optional("assume_output").map_or(Some(ASSUME_OUTPUT.0), |it| it.integer(0, MOST));
    match name {
        "tokens" => {
            let budget =
                read_budget(value, fields, |it| it.integer(1, MOST).map(|tokens| tokens.saturating_mul(MILLI)));
            let all_one =
                PerKind { input: MILLI, cached_input: MILLI, cache_write: MILLI, output: MILLI, reasoning: MILLI };
            let weights = fields.optional("weights").map_or(Some(all_one), |it| read_weights(&it));
            let assume_output = assume_output();
            Some(Measure::Tokens { budget: budget?, weights: Weights(weights?), assume_output: Tokens(assume_output?) })
        }
        "requests" => Some(Measure::Requests { budget: read_budget(value, fields, |it| it.integer(1, MOST))? }),
        "usd" => {
            let budget = read_budget(value, fields, |it| it.decimal(9, 1, MOST_USD));
            let unpriced =
                fields.optional("unpriced").map_or(Some(Unpriced::Refuse), |it| it.choice("known here", UNPRICED));
            let assume_output = assume_output();
            Some(Measure::Usd { budget: budget?, assume_output: Tokens(assume_output?), unpriced: unpriced? })
        }
        _ => {
            let slots = value.integer(1, u64::from(u16::MAX))?;
            Some(Measure::Concurrent { slots: NonZeroU16::new(u16::try_from(slots).ok()?)? })
        }
    }
}

/// Reads the amount, which `units` turns into units, and the window in which it comes back.
fn read_budget(amount: &Value<'_>, fields: &Fields<'_>, units: impl Fn(&Value<'_>) -> Option<u64>) -> Option<Budget> {
    let read = |value: &Value<'_>| units(value).and_then(NonZeroU64::new);
    let window = fields.required("window", WINDOW);
    let (amount, burst) = (read(amount), fields.optional("burst"));
    if let Some(align) = fields.optional("align") {
        if let Some(burst) = burst {
            burst.fail("does not go with \"align\"; leave it out");
        }
        let window = window.and_then(|it| read_calendar_window(&it));
        align.choice("known here", ALIGN)?;
        return Some(Budget::Calendar(Calendar::new(amount?, window?)));
    }
    let window = window.and_then(|it| read_window(&it));
    let capacity = burst.as_ref().map_or(amount, read);
    let (amount, window, capacity) = (amount?, window?, capacity?);
    let rate = Rate::new(amount, window, capacity);
    if let (None, Some(burst)) = (rate, burst) {
        burst.fail("takes more than a year to come back at this rate; lower it");
    }
    rate.map(Budget::Rolling)
}

fn read_window(value: &Value<'_>) -> Option<Window> {
    let text = value.text(WINDOW)?;
    if text == CalendarWindow::Month.name() {
        value.fail("\"1mo\" is a window of the calendar; add \"align\": \"calendar\", or use days like \"30d\"");
        return None;
    }
    Window::parse(text).or_else(|| value.not(WINDOW))
}

fn read_calendar_window(value: &Value<'_>) -> Option<CalendarWindow> {
    let names = CalendarWindow::NAMES;
    let expected = names.map(|(name, _)| quoted(name)).join(", ");
    let expected = format!("a window of the calendar; expected one of {expected}");
    let text = value.text(&expected)?;
    // Other spellings of the same length will do: "60m" is "1h".
    let spelt = Window::parse(text).map_or_else(|| text.to_owned(), |window| window.to_string());
    let known = names.into_iter().find(|(name, _)| *name == spelt);
    known.map(|(_, window)| window).or_else(|| value.not(&expected))
}
