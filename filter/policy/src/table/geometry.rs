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

/// The name of one bucket: layout, size and position. `Display` writes the key to store it under,
/// like `tollgate.1.65536.17`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BucketKey {
    geometry: Geometry,
    /// 0 is the header, 1 and up hold entries.
    index: u32,
}

impl fmt::Display for BucketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tollgate.{LAYOUT}.{}.{}", self.geometry.slots(), self.index)
    }
}
