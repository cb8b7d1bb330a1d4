//! How large a table is, and what its buckets are called.

use std::fmt;
use std::num::NonZeroU32;

use super::LAYOUT;
use super::bucket::ENTRIES;

/// The number of buckets, fixed for a table's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Geometry {
    buckets: NonZeroU32,
}

impl Geometry {
    /// Room for at least this many entries; at least one bucket.
    pub const fn new(slots: u32) -> Self {
        match NonZeroU32::new(slots.div_ceil(ENTRIES)) {
            Some(buckets) => Self { buckets },
            None => Self { buckets: NonZeroU32::MIN },
        }
    }

    /// How many entries there is room for.
    pub const fn slots(self) -> u32 {
        self.buckets.get().saturating_mul(ENTRIES)
    }

    /// What the keys of all its buckets begin with. Tables of another layout or size have another.
    pub fn namespace(self) -> String {
        format!("tollgate.{LAYOUT}.{}", self.slots())
    }

    /// The bucket that holds the seed.
    pub(super) const fn header(self) -> BucketKey {
        BucketKey { geometry: self, index: 0 }
    }

    /// All buckets that hold entries.
    pub(super) fn buckets(self) -> impl Iterator<Item = BucketKey> {
        (1..=self.buckets.get()).map(move |index| BucketKey { geometry: self, index })
    }

    /// The one bucket for a hash.
    pub(super) fn bucket_of(self, hash: u64) -> BucketKey {
        let place = hash.checked_rem(u64::from(self.buckets.get())).unwrap_or_default();
        let index = u32::try_from(place).unwrap_or_default().saturating_add(1);
        BucketKey { geometry: self, index }
    }
}

/// One bucket: layout, size and position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BucketKey {
    geometry: Geometry,
    /// 0 is the header, 1 and up hold entries.
    pub(super) index: u32,
}

/// The text under which a bucket is stored, like `tollgate.3.65536.17`. Made for each access, it
/// allocates nothing.
#[derive(Debug, Clone, Copy)]
pub struct BucketName {
    bytes: [u8; LONGEST],
    /// Where the name begins; it ends with the array.
    start: usize,
}

/// What all names begin with: the layout's version is the last part.
const PREFIX: &[u8; 11] = b"tollgate.3.";

const LONGEST: usize = "tollgate.255.4294967295.4294967295".len();

impl BucketKey {
    /// What the bucket is called.
    pub fn name(self) -> BucketName {
        let mut name = BucketName { bytes: [0; LONGEST], start: LONGEST };
        name.put_number(self.index);
        name.put(b'.');
        name.put_number(self.geometry.slots());
        name.put_prefix();
        name
    }
}

impl BucketName {
    /// The name itself.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.bytes.get(self.start..).unwrap_or_default()).unwrap_or_default()
    }

    /// Names are written from their end, as numbers are.
    fn put(&mut self, letter: u8) {
        self.start = self.start.saturating_sub(1);
        if let Some(place) = self.bytes.get_mut(self.start) {
            *place = letter;
        }
    }

    fn put_prefix(&mut self) {
        self.start = self.start.saturating_sub(PREFIX.len());
        if let Some(place) = self.bytes.get_mut(self.start..).and_then(<[u8]>::first_chunk_mut) {
            *place = *PREFIX;
        }
    }

    fn put_number(&mut self, mut number: u32) {
        loop {
            self.put(b'0'.saturating_add(u8::try_from(number % 10).unwrap_or_default()));
            number /= 10;
            if number == 0 {
                return;
            }
        }
    }
}

impl fmt::Display for BucketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name().as_str())
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn names_say_layout_size_and_position() {
        for (slots, index) in [(32, 0), (65_536, 17), (u32::MAX - 31, u32::MAX)] {
            let key = BucketKey { geometry: Geometry::new(slots), index };
            assert_eq!(key.to_string(), format!("tollgate.{LAYOUT}.{slots}.{index}"));
        }
    }
}
