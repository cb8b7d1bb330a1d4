//! Amounts that must not be mixed up: tokens, money, moments, windows.

use std::fmt;
use std::num::NonZeroU64;
use std::time::Duration;

/// A number of tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tokens(pub u64);

impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Money: billionths of a US dollar.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NanoUsd(pub u64);

impl NanoUsd {
    /// So many make a dollar.
    pub const DOLLAR: u64 = 1_000_000_000;
}

impl fmt::Display for NanoUsd {
    /// In dollars, without trailing zeros: `0.25`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / Self::DOLLAR, self.0 % Self::DOLLAR);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        write!(f, "{whole}.{}", format!("{rest:09}").trim_end_matches('0'))
    }
}

/// A moment: nanoseconds since the Unix epoch.
///
/// Workers read their clocks at slightly different times, so a later update can carry an earlier
/// moment. All arithmetic saturates; a moment before another is zero nanoseconds after it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The moment this many nanoseconds after the Unix epoch.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the Unix epoch.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    pub(crate) const fn plus(self, nanos: u64) -> Self {
        Self(self.0.saturating_add(nanos))
    }

    pub(crate) const fn minus(self, nanos: u64) -> Self {
        Self(self.0.saturating_sub(nanos))
    }

    /// Whether that is later by more than clocks of workers differ: then the clock has been set back since.
    pub(crate) const fn is_ahead_of(self, now: Self) -> bool {
        self.nanos_since(now) > SKEW
    }

    /// Nanoseconds from `earlier` to this moment, zero if it is not earlier.
    pub(crate) const fn nanos_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// The time in which a limit's amount comes back: one second to 31 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window(NonZeroU64);

pub(crate) const SECOND: u64 = 1_000_000_000;
/// Workers read one clock, each at the begin of what it does: their moments differ by less than this.
pub(crate) const SKEW: u64 = 2 * SECOND;
/// Nanoseconds per unit, longest first.
const UNITS: [(char, u64); 4] = [('d', 86_400 * SECOND), ('h', 3_600 * SECOND), ('m', 60 * SECOND), ('s', SECOND)];
const LONGEST: u64 = 31 * 86_400 * SECOND;

impl Window {
    /// Reads an integer and a unit (`s`, `m`, `h` or `d`): `"90s"`, `"1m"`, `"31d"`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (digits, nanos) = UNITS.iter().find_map(|&(unit, nanos)| Some((text.strip_suffix(unit)?, nanos)))?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None; // u64 would take a plus sign
        }
        let total = digits.parse::<u64>().ok()?.checked_mul(nanos)?;
        NonZeroU64::new(total).filter(|total| total.get() <= LONGEST).map(Self)
    }

    pub(crate) const fn nanos(self) -> NonZeroU64 {
        self.0
    }

    /// Its length in nanoseconds; at least one second.
    pub const fn as_nanos(self) -> u64 {
        self.0.get()
    }

    /// Its length.
    pub(crate) const fn as_duration(self) -> Duration {
        Duration::from_nanos(self.0.get())
    }
}

impl fmt::Display for Window {
    /// In the longest unit that divides it: 60 seconds are `1m`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = UNITS.iter().find(|(_, nanos)| self.0.get().is_multiple_of(*nanos));
        let (unit, nanos) = whole.copied().unwrap_or(('s', SECOND));
        write!(f, "{}{unit}", self.0.get().checked_div(nanos).unwrap_or_default())
    }
}
