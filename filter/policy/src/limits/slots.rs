//! Slots for requests at the same time, which come back even when nobody gives them back.
//!
//! Time is cut into *generations* of [`LEASE`]. An entry counts the slots of the current generation
//! and those of the one before; older ones have expired. Whoever lives moves its slots on into each
//! new generation; what a dead VM held is gone after two at most, and is never missed before one.
//!
//! An entry's `state` is the current generation and the two counts.

use super::held::Taken;
use crate::table::Entry;
use crate::units::{SECOND, SKEW, Timestamp};

/// How long a slot is held at least without being renewed. Renew every third of it.
pub(super) const LEASE: u64 = 30 * SECOND;

/// A number of a generation.
pub(super) type Generation = u32;

/// The slots of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slots {
    generation: Generation,
    current: u16,
    previous: u16,
}

impl Slots {
    /// What an entry says at this moment. Where another worker's clock is ahead, its generation counts; one that is
    /// further ahead than that is of before the clock was set back, and what it counts is of now.
    pub(super) fn at(entry: Option<Entry>, now: Timestamp) -> Self {
        let generation = generation_of(now);
        let Some(held) = entry.map(|entry| Self::unpack(entry.state)) else {
            return Self { generation, current: 0, previous: 0 };
        };
        match generation.saturating_sub(held.generation) {
            0 if held.generation > generation_of(now.plus(SKEW)) => {
                Self { generation, current: held.live(), previous: 0 }
            }
            0 => held,
            1 => Self { generation, current: 0, previous: held.current },
            _ => Self { generation, current: 0, previous: 0 },
        }
    }

    pub(super) const fn generation(self) -> Generation {
        self.generation
    }

    pub(super) const fn live(self) -> u16 {
        self.current.saturating_add(self.previous)
    }

    /// Takes one of `most`, if there is one left.
    pub(super) fn take(self, most: u16) -> Option<Taken> {
        let taken = Self { current: self.current.saturating_add(1), ..self };
        (self.live() < most).then(|| Taken { entry: taken.entry(), period: u64::from(self.generation) })
    }

    /// Takes so many, however many there are.
    pub(super) fn take_many(self, count: i32) -> Self {
        let count = u16::try_from(count.max(0)).unwrap_or(u16::MAX);
        Self { current: self.current.saturating_add(count), ..self }
    }

    /// Gives back a slot of `generation`. One that has expired already is nobody's; one of a later generation was taken
    /// before the clock was set back.
    pub(super) const fn release(self, generation: Generation) -> Self {
        match self.generation.checked_sub(generation) {
            Some(0) | None => Self { current: self.current.saturating_sub(1), ..self },
            Some(1) => Self { previous: self.previous.saturating_sub(1), ..self },
            _ => self,
        }
    }

    /// Moves so many slots of `generation` into the current one. Those that have expired come back: what
    /// holds them is alive.
    pub(super) const fn renew(self, generation: Generation, count: u16) -> Self {
        match self.generation.checked_sub(generation) {
            Some(0) | None => self,
            Some(1) => Self {
                previous: self.previous.saturating_sub(count),
                current: self.current.saturating_add(count),
                ..self
            },
            Some(_) => Self { current: self.current.saturating_add(count), ..self },
        }
    }

    pub(super) fn entry(self) -> Entry {
        let lives_on = match (self.current, self.previous) {
            (0, 0) => 0,
            (0, _) => 1,
            _ => 2,
        };
        let last = if lives_on == 0 { 0 } else { u64::from(self.generation).saturating_add(lives_on) };
        Entry { state: self.pack(), expires: Timestamp::from_nanos(last.saturating_mul(LEASE)) }
    }

    const fn pack(self) -> u64 {
        (self.generation as u64) << 32 | (self.current as u64) << 16 | self.previous as u64
    }

    const fn unpack(state: u64) -> Self {
        Self { generation: (state >> 32) as u32, current: (state >> 16) as u16, previous: state as u16 }
    }
}

/// The generation that holds a moment.
pub(super) fn generation_of(moment: Timestamp) -> Generation {
    Generation::try_from(moment.as_nanos() / LEASE).unwrap_or(Generation::MAX)
}
