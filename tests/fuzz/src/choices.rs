//! The first bytes of an input say what the rest is given to.

/// What is left of an input.
pub struct Choices<'d>(&'d [u8]);

impl<'d> Choices<'d> {
    pub fn of(data: &'d [u8]) -> Self {
        Self(data)
    }

    /// The next byte; where there is none, zero.
    pub fn byte(&mut self) -> u8 {
        let Some((&byte, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        byte
    }

    pub fn flag(&mut self) -> bool {
        self.one_of(&[false, true])
    }

    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::from(self.byte()) % all.len()]
    }

    pub fn number(&mut self) -> u64 {
        (0..8).fold(0, |number, _| number << 8 | u64::from(self.byte()))
    }

    pub fn rest(self) -> &'d [u8] {
        self.0
    }

    /// The rest up to a byte, and what is behind it.
    pub fn until(self, end: u8) -> (&'d [u8], &'d [u8]) {
        match self.0.iter().position(|byte| *byte == end) {
            Some(at) => (&self.0[..at], &self.0[at + 1..]),
            None => (self.0, &[]),
        }
    }
}

/// The byte that chooses the one at `index` among `count`, as a character where one does.
pub fn choosing(index: usize, count: usize) -> u8 {
    (b'0'..=b'z').find(|byte| usize::from(*byte) % count == index).unwrap_or(index as u8)
}
