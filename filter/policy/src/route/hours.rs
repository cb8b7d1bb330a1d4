//! Times of the day and days of the week, in UTC.

use crate::units::{SECOND, Timestamp};

/// A daily span of time, perhaps on certain days only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hours {
    /// The first minute of the day that counts.
    pub(crate) from: Minute,
    /// The first minute that does not count any more. Not after `from`: the span ends on the next day.
    pub(crate) to: Minute,
    /// The days on which the span begins.
    pub(crate) days: Days,
}

/// A minute of the day: at most 24:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Minute(u16);

/// Days of the week: a bit for each, Monday's the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Days(u8);

const MINUTES: u64 = 24 * 60;

impl Minute {
    pub(crate) const MIDNIGHT: Self = Self(0);

    /// Reads `"06:30"`. `"24:00"` is the end of the day.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let number = |digits: &str| {
            let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| digits.parse::<u16>().ok()).flatten()
        };
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        let sum = hours.checked_mul(60)?.checked_add(minutes)?;
        (minutes < 60 && u64::from(sum) <= MINUTES).then_some(Self(sum))
    }
}

impl Days {
    /// The names of the days, Monday first.
    pub(crate) const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self(0x7f);

    /// These and one more, by its name.
    pub(crate) fn with(self, name: &str) -> Option<Self> {
        let day = Self::NAMES.iter().position(|known| *known == name)?;
        let bit = 1_u8.checked_shl(u32::try_from(day).ok()?)?;
        Some(Self(self.0 | bit))
    }

    /// Days are counted from the epoch, which was a Thursday.
    const fn hold(self, day: u64) -> bool {
        let weekday = day.wrapping_add(3) % 7;
        self.0 >> weekday & 1 == 1
    }
}

impl Hours {
    pub(super) fn hold(&self, now: Timestamp) -> bool {
        let minutes = now.as_nanos() / (60 * SECOND);
        let (today, minute) = (minutes / MINUTES, minutes % MINUTES);
        let (from, to) = (u64::from(self.from.0), u64::from(self.to.0));
        if from < to {
            return (from..to).contains(&minute) && self.days.hold(today);
        }
        let since_today = minute >= from && self.days.hold(today);
        // The epoch's own day has no yesterday, and no request.
        let since_yesterday = minute < to && self.days.hold(today.saturating_sub(1));
        since_today || since_yesterday
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests may say what they expect")]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    /// 2026-11-20 was a Friday; its midnight.
    const FRIDAY: u64 = 1_795_132_800;

    fn hours(from: &str, to: &str, days: &[&str]) -> Hours {
        let days = days.iter().fold(Days::NONE, |days, day| days.with(day).expect("a day"));
        Hours { from: Minute::parse(from).expect("a time"), to: Minute::parse(to).expect("a time"), days }
    }

    fn at(day: u64, time: &str) -> Timestamp {
        let minute = Minute::parse(time).expect("a time");
        Timestamp::from_nanos((FRIDAY + day * 86_400 + u64::from(minute.0) * 60) * SECOND)
    }

    #[test]
    fn a_span_begins_with_its_first_minute_and_ends_before_its_last() {
        let office = hours("09:00", "17:00", &Days::NAMES);
        for (time, holds) in [("08:59", false), ("09:00", true), ("16:59", true), ("17:00", false)] {
            assert_eq!(office.hold(at(0, time)), holds, "{time}");
        }
        let evening = hours("18:00", "24:00", &Days::NAMES);
        assert!(evening.hold(at(0, "23:59")) && !evening.hold(at(1, "00:00")));
        let always = hours("00:00", "00:00", &Days::NAMES);
        assert!(always.hold(at(0, "00:00")) && always.hold(at(0, "12:00")));
    }

    #[test]
    fn a_span_over_midnight_belongs_to_the_day_on_which_it_begins() {
        let night = hours("22:00", "06:00", &["fri"]);
        assert!(night.hold(at(0, "22:00")) && night.hold(at(0, "23:59")));
        assert!(night.hold(at(1, "00:00")) && night.hold(at(1, "05:59")));
        assert!(!night.hold(at(1, "06:00")) && !night.hold(at(1, "23:00")), "Saturday's night is another");
        assert!(!night.hold(at(0, "05:00")), "Thursday's night is another");
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (offset, name) in ["fri", "sat", "sun", "mon", "tue", "wed", "thu"].into_iter().enumerate() {
            let day = hours("00:00", "24:00", &[name]);
            for other in 0..7 {
                assert_eq!(day.hold(at(other, "12:00")), other == offset as u64, "{name} {other}");
            }
        }
    }

    #[test]
    fn times_are_two_digits_and_two_digits() {
        for text in ["6:00", "06:60", "24:01", "25:00", "06.00", "0600", "+6:00", "06:00:00", ""] {
            assert_eq!(Minute::parse(text), None, "{text}");
        }
    }
}
