//! Budgets that begin anew with the UTC minute, hour, day or month.
//!
//! The entry's `expires` is the end of the last window that has something to pay, and its `state`
//! what is used of that window. The windows before it, from the current one on, are used up: that
//! is how debt reaches into later windows, each of which pays what it can. So an entry which has
//! expired and a budget of which nothing is used are one and the same thing, here too.

use std::num::NonZeroU64;

use super::held::Taken;
use crate::table::Entry;
use crate::units::{SECOND, SKEW, Timestamp};

/// An amount for each window of the calendar.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calendar {
    amount: NonZeroU64,
    window: CalendarWindow,
}

/// A window of the calendar, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CalendarWindow {
    Minute,
    Hour,
    Day,
    Month,
}

/// What is used, seen from one window.
#[derive(Debug, Clone, Copy)]
struct Usage {
    /// The number of this window since the Unix epoch.
    window: u64,
    /// What counts against this window; more than its amount is debt.
    used: u128,
}

impl Calendar {
    pub(crate) const fn new(amount: NonZeroU64, window: CalendarWindow) -> Self {
        Self { amount, window }
    }

    pub(super) const fn capacity(self) -> NonZeroU64 {
        self.amount
    }

    pub(super) const fn window(self) -> CalendarWindow {
        self.window
    }

    fn amount(self) -> u128 {
        u128::from(self.amount.get())
    }

    fn usage(self, level: Option<Entry>, now: Timestamp) -> Usage {
        let window = self.window.at(now);
        let Some(entry) = level else { return Usage { window, used: 0 } };
        let state = State::unpack(entry.state);
        let last = self.window.at(entry.expires.minus(1));
        // Whoever wrote this was in its last window already: here the clock is behind. Where it is further behind than
        // clocks differ, it was set back, and what was used counts against the window that it shows now.
        let (window, last) = match state.without_debt && last > window {
            true => {
                let its = last.min(self.window.at(now.plus(SKEW)));
                (its, its)
            }
            false => (window, last),
        };
        let used_up = u128::from(last.saturating_sub(window));
        Usage { window, used: used_up.saturating_mul(self.amount()).saturating_add(u128::from(state.used)) }
    }

    fn entry(self, Usage { window, used }: Usage) -> Entry {
        let Some(before) = used.checked_sub(1) else {
            return Entry { state: 0, expires: Timestamp::default() };
        };
        // Mostly there is no debt, and a division of 128 bits is dear.
        let (windows, in_last) = match before < self.amount() {
            true => (0, used),
            false => {
                let rest = before.checked_rem(self.amount()).unwrap_or_default();
                (before.checked_div(self.amount()).unwrap_or_default(), rest.saturating_add(1))
            }
        };
        let last = window.saturating_add(u64::try_from(windows).unwrap_or(u64::MAX));
        let state = State { used: u64::try_from(in_last).unwrap_or(u64::MAX), without_debt: windows == 0 };
        Entry { state: state.pack(), expires: self.window.end(last) }
    }

    /// The entry after taking `units`, or the nanoseconds until they could be taken.
    pub(super) fn reserve(self, level: Option<Entry>, units: u64, now: Timestamp) -> Result<Taken, u64> {
        let usage = self.usage(level, now);
        let used = usage.used.saturating_add(u128::from(units));
        if used <= self.amount() {
            return Ok(Taken { entry: self.entry(Usage { used, ..usage }), period: usage.window });
        }
        // Every window pays its amount; the first in which there is room again is the one to wait for.
        let owed = used.saturating_sub(self.amount()).div_ceil(self.amount());
        let windows = u64::try_from(owed).unwrap_or(u64::MAX);
        let last = usage.window.saturating_add(windows).saturating_sub(1);
        Err(self.window.end(last).nanos_since(now).max(1))
    }

    /// The entry after `reserved` turned out to be `used`, or `None` if that changes nothing. Surplus
    /// goes back in the window in which it was taken; overshoot is debt, also to later windows.
    pub(super) fn settle(
        self,
        level: Option<Entry>,
        taken_in: u64,
        reserved: u64,
        used: u64,
        now: Timestamp,
    ) -> Option<Entry> {
        let (surplus, debt) = (reserved.saturating_sub(used), used.saturating_sub(reserved));
        let usage = self.usage(level, now);
        if debt > 0 {
            let used = usage.used.saturating_add(u128::from(debt));
            return Some(self.entry(Usage { used, ..usage }));
        }
        let gives_back = surplus > 0 && level.is_some() && usage.window == taken_in;
        let used = usage.used.saturating_sub(u128::from(surplus));
        gives_back.then(|| self.entry(Usage { used, ..usage }))
    }

    /// The most that could be reserved now.
    pub(super) fn remaining(self, level: Option<Entry>, now: Timestamp) -> u64 {
        let left = self.amount().saturating_sub(self.usage(level, now).used);
        u64::try_from(left).unwrap_or(u64::MAX)
    }
}

/// What an entry's `state` says. Amounts are below 2^63.
struct State {
    /// What is used of the last window.
    used: u64,
    /// The entry was written in its last window.
    without_debt: bool,
}

impl State {
    const fn pack(&self) -> u64 {
        self.used << 1 | self.without_debt as u64
    }

    const fn unpack(state: u64) -> Self {
        Self { used: state >> 1, without_debt: state & 1 == 1 }
    }
}

const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

impl CalendarWindow {
    /// All of them, by their names in the configuration.
    pub(crate) const NAMES: [(&str, Self); 4] =
        [("1m", Self::Minute), ("1h", Self::Hour), ("1d", Self::Day), ("1mo", Self::Month)];

    /// Its name in the configuration.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Minute => "1m",
            Self::Hour => "1h",
            Self::Day => "1d",
            Self::Month => "1mo",
        }
    }

    /// The number of the window that holds `moment`, counted from the Unix epoch.
    fn at(self, moment: Timestamp) -> u64 {
        let nanos = moment.as_nanos();
        match self {
            Self::Minute => nanos / MINUTE,
            Self::Hour => nanos / HOUR,
            Self::Day => nanos / DAY,
            Self::Month => month_of(nanos / DAY),
        }
    }

    /// The moment at which the window of this number ends and the next begins.
    fn end(self, number: u64) -> Timestamp {
        let next = number.saturating_add(1);
        Timestamp::from_nanos(match self {
            Self::Minute => next.saturating_mul(MINUTE),
            Self::Hour => next.saturating_mul(HOUR),
            Self::Day => next.saturating_mul(DAY),
            Self::Month => first_day_of(next).saturating_mul(DAY),
        })
    }
}

/// The Gregorian calendar repeats after 400 years of so many days.
const DAYS_OF_400_YEARS: u64 = 146_097;
const MONTHS_OF_400_YEARS: u64 = 4_800;

/// The number of the month that holds a day, both counted from the Unix epoch. A month's number times the
/// mean length is never off by more than a few days, so that the month is that one or a neighbour.
fn month_of(day: u64) -> u64 {
    let near = day.saturating_mul(MONTHS_OF_400_YEARS) / DAYS_OF_400_YEARS;
    let candidates = [near.saturating_add(1), near, near.saturating_sub(1)];
    candidates.into_iter().find(|&month| first_day_of(month) <= day).unwrap_or_default()
}

/// The first day of a month, both counted from the Unix epoch.
fn first_day_of(month: u64) -> u64 {
    const BEFORE: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let (year, month) = ((month / 12).saturating_add(1970), month % 12);
    let within = usize::try_from(month).ok().and_then(|month| BEFORE.get(month)).copied().unwrap_or_default();
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let leap_day = u64::from(is_leap && month > 1);
    // Leap years from 1970 to the one before.
    let last = year.saturating_sub(1);
    let leaps = (last / 4).saturating_sub(last / 100).saturating_add(last / 400).saturating_sub(477);
    year.saturating_sub(1970).saturating_mul(365).saturating_add(leaps).saturating_add(within).saturating_add(leap_day)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn months_begin_where_the_calendar_says() {
        let cases = [
            ("1970-01", 0, 0),
            ("1970-02", 1, 31),
            ("1970-03", 2, 59),
            ("2000-02", 361, 10_988),
            ("2000-03", 362, 11_017),
            ("2024-03", 650, 19_783),
            ("2100-02", 1_561, 47_513),
            ("2100-03", 1_562, 47_541),
            ("2400-03", 5_162, 157_114),
        ];
        for (name, month, day) in cases {
            assert_eq!(first_day_of(month), day, "{name}");
        }
    }

    #[test]
    fn every_day_is_in_the_month_that_begins_last_before_it() {
        let mut month = 0;
        for day in 0..200_000 {
            if day == first_day_of(month + 1) {
                month += 1;
            }
            assert_eq!(month_of(day), month, "day {day}");
        }
        assert_eq!(month, 6_570, "day 199999 is in July 2517");
    }
}
