//! What was written a moment ago, so that it need not be read to be changed again.
//!
//! Envoy numbers all writes of shared data with one counter, and a value's version is the number of the write that
//! it came by. A writer is not told that number. But it is one more than that of the writer's last write, unless
//! somebody else wrote anything in between; that is the guess here. A guess costs nothing but its attempt: it is
//! never higher than the number really was, all lower numbers were given to earlier writes, and so a wrong one is no
//! value's version any more and its compare-and-swap fails. Then the value is read, as if nobody had guessed.
//!
//! Where several workers write all the time, guesses are mostly wrong, and are tried ever more seldom.

use super::BucketKey;

/// What one VM wrote last, and the versions that this should have.
///
/// Tell it of everything that is read ([`Written::seen`]) and written ([`Written::wrote`]).
#[derive(Debug, Default)]
pub struct Written {
    /// A bucket's place is its index, by their number: of two with one place, the later is kept.
    places: Vec<Option<Known>>,
    /// No later write has a lower number than this. `None`: it is to be looked up after the next write.
    next: Option<u32>,
    /// The version that was guessed last, until it is known whether it was right.
    guessed: Option<u32>,
    /// How bad guesses have been of late.
    doubt: u32,
    /// So many occasions to guess are let pass.
    pause: u32,
    /// Versions are not what is said above.
    is_useless: bool,
}

#[derive(Debug)]
struct Known {
    bucket: BucketKey,
    value: Vec<u8>,
    version: u32,
}

/// Enough for what is under way in one worker; a KiB each at most.
const PLACES: usize = 128;
/// A wrong guess costs about twice what a right one saves.
const WRONG: u32 = 2;
/// Of that many occasions, the binary logarithm, one is tried at least.
const MOST_DOUBT: u32 = 8;

impl Written {
    /// Nothing was written yet.
    pub const fn new() -> Self {
        Self { places: Vec::new(), next: None, guessed: None, doubt: 0, pause: 0, is_useless: false }
    }

    /// What the bucket should hold, and its version then. The guess is right if it is [`wrote`](Self::wrote) that is
    /// told of next.
    pub fn guess(&mut self, bucket: BucketKey) -> Option<(Vec<u8>, u32)> {
        if self.pause > 0 {
            self.pause = self.pause.saturating_sub(1);
            return None;
        }
        let known = self.places.get_mut(place(bucket))?.take_if(|known| known.bucket == bucket)?;
        self.guessed = Some(known.version);
        Some((known.value, known.version))
    }

    /// A bucket was read.
    pub fn seen(&mut self, version: u32) {
        if let Some(guessed) = self.guessed.take() {
            self.is_useless |= is_before(version, guessed);
            self.places.clear();
            self.next = None;
            self.doubt = self.doubt.saturating_add(WRONG).min(MOST_DOUBT);
            self.pause = 1 << self.doubt;
        }
        if self.next.is_some_and(|next| !is_before(version, next)) {
            self.next = Some(after(version));
        }
    }

    /// A bucket was written. Says whether to read it again and say what was [`found`](Self::found).
    #[must_use]
    pub fn wrote(&mut self, bucket: BucketKey, value: Vec<u8>) -> bool {
        if self.guessed.take().is_some() {
            self.doubt = self.doubt.saturating_sub(1);
        }
        if self.pause > 0 || self.is_useless {
            return false;
        }
        let Some(next) = self.next else { return true };
        self.found(bucket, value, next);
        false
    }

    /// A bucket holds this, at a version that no later write is before.
    pub fn found(&mut self, bucket: BucketKey, value: Vec<u8>, version: u32) {
        self.next = Some(after(version));
        if self.places.is_empty() {
            self.places.resize_with(PLACES, || None);
        }
        if let Some(place) = self.places.get_mut(place(bucket)) {
            *place = Some(Known { bucket, value, version });
        }
    }
}

fn place(bucket: BucketKey) -> usize {
    usize::try_from(bucket.index).unwrap_or_default() % PLACES
}

/// Zero is nobody's number: it would swap whatever is there.
const fn after(version: u32) -> u32 {
    match version.wrapping_add(1) {
        0 => 1,
        next => next,
    }
}

/// Numbers begin again after the highest.
const fn is_before(one: u32, other: u32) -> bool {
    one.wrapping_sub(other) > u32::MAX / 2
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::super::Geometry;
    use super::*;

    fn bucket(index: u32) -> BucketKey {
        Geometry::new(65_536).bucket_of(u64::from(index))
    }

    /// A worker that has found version 10 of the bucket 1 to be its own.
    fn written() -> Written {
        let mut written = Written::new();
        written.seen(9);
        assert!(written.wrote(bucket(1), vec![1]), "nobody knows what number that had");
        written.found(bucket(1), vec![1], 10);
        written
    }

    #[test]
    fn writes_that_follow_each_other_are_numbered_one_after_the_other() {
        let mut written = written();
        for version in 10..20 {
            assert_eq!(written.guess(bucket(1)), Some((vec![1], version)));
            assert!(!written.wrote(bucket(1), vec![1]));
        }
        assert!(!written.wrote(bucket(2), vec![2]));
        assert_eq!(written.guess(bucket(2)), Some((vec![2], 21)));
    }

    #[test]
    fn what_is_seen_of_others_moves_the_next_number() {
        let mut written = written();
        written.seen(30);
        written.seen(29);
        assert!(!written.wrote(bucket(2), vec![2]));
        assert_eq!(written.guess(bucket(2)), Some((vec![2], 31)));
    }

    #[test]
    fn after_a_wrong_guess_nothing_is_known_and_after_many_hardly_any_is_made() {
        let mut written = written();
        assert!(written.guess(bucket(1)).is_some());
        written.seen(12);
        let mut guesses = 0;
        for version in 13..1013 {
            if written.guess(bucket(1)).is_some() {
                guesses += 1;
            }
            written.seen(version);
            if written.wrote(bucket(1), vec![1]) {
                written.found(bucket(1), vec![1], version);
            }
        }
        assert!((1..10).contains(&guesses), "{guesses}");
    }

    #[test]
    fn another_bucket_at_the_same_place_is_not_taken_for_it() {
        let mut written = written();
        assert_eq!(written.guess(bucket(129)), None);
        assert!(written.guess(bucket(1)).is_some());
    }

    #[test]
    fn zero_is_never_guessed_and_the_numbers_after_it_are_later_ones() {
        let mut written = Written::new();
        written.found(bucket(1), vec![1], u32::MAX);
        assert!(!written.wrote(bucket(2), vec![2]));
        assert_eq!(written.guess(bucket(2)), Some((vec![2], 1)));
    }

    #[test]
    fn where_versions_are_not_numbered_so_nothing_is_guessed() {
        let mut written = written();
        assert!(written.guess(bucket(1)).is_some());
        written.seen(3);
        for _ in 0..1000 {
            assert!(!written.wrote(bucket(1), vec![1]));
            assert_eq!(written.guess(bucket(1)), None);
        }
    }
}
