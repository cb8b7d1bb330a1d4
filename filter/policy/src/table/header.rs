//! A table that is ready, and the header that says so.

use std::hash::Hasher as _;

use siphasher::sip128::{Hasher128 as _, SipHasher24};

use super::bucket::{Bucket, Tag};
use super::{BucketKey, EntryKey, Geometry, Group, LAYOUT, Store, TableError};
use crate::units::Timestamp;

/// A table whose buckets all exist.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    geometry: Geometry,
    seed: [u8; 16],
}

impl Table {
    /// Creates what is absent, leaves what exists.
    ///
    /// `seed` should be random; it counts only for the very first call, later ones take the seed
    /// that is there. Call it on configuration, on the main thread, before workers start; calling
    /// it again, from workers or on a configuration update, costs one read and keeps all state.
    ///
    /// The header is written last: where it exists, all buckets do.
    ///
    /// # Errors
    /// [`TableError::Malformed`] if there is a header that is not this layout's,
    /// [`TableError::Store`] if the store cannot be written.
    pub fn prepare(geometry: Geometry, store: &impl Store, seed: [u8; 16]) -> Result<Self, TableError> {
        let header = geometry.header();
        if let Some((bytes, _)) = store.read(header) {
            let seed = read_header(&bytes).ok_or(TableError::Malformed(header))?;
            return Ok(Self { geometry, seed });
        }
        let create = |key: BucketKey, bytes: &[u8]| store.create(key, bytes).map_err(TableError::Store);
        let empty = Bucket::empty();
        for bucket in geometry.buckets() {
            if store.read(bucket).is_none() {
                create(bucket, empty.as_bytes())?;
            }
        }
        create(header, &write_header(seed))?;
        Ok(Self { geometry, seed })
    }

    /// Looks at every bucket, and so has all of it go on from where it was. Costs a read of each; call it where a clock
    /// that is read now and then is found to have been set back.
    pub fn clock_was_set_back(&self, store: &impl Store, now: Timestamp) {
        for bucket in self.geometry.buckets() {
            // What cannot be read now is set right by whoever reads it.
            let _ = bucket.read(store, now);
        }
    }

    /// Where the entry for these parts lives.
    ///
    /// Every part is hashed with its length, so that `("a", "bc")` and `("ab", "c")` differ;
    /// a part that is `None` differs from one that is empty.
    pub(crate) fn key<P: AsRef<[u8]>>(&self, parts: impl IntoIterator<Item = Option<P>>) -> EntryKey {
        let [low, high] = self.hash(parts);
        EntryKey::new(self.geometry.bucket_of(low), [low, high])
    }

    /// Where the entries of a group with this name live.
    pub(crate) fn group<P: AsRef<[u8]>>(&self, parts: impl IntoIterator<Item = Option<P>>) -> Group {
        let [low, high] = self.hash(parts);
        Group::new(self.geometry.bucket_of(low), [low, high])
    }

    /// A number for these parts, as a group's members have them.
    pub(crate) fn number<P: AsRef<[u8]>>(&self, parts: impl IntoIterator<Item = Option<P>>) -> u64 {
        let [low, _] = self.hash(parts);
        low
    }

    /// Where the entry for these parts lives, if no more than `most` places are for their like. Parts can
    /// come to share a place.
    pub(crate) fn key_among<P: AsRef<[u8]>>(
        &self,
        most: u32,
        kind: &str,
        parts: impl IntoIterator<Item = Option<P>>,
    ) -> EntryKey {
        let [low, _] = self.hash(parts);
        let place = low.checked_rem(u64::from(most)).unwrap_or_default();
        self.key([Some(kind.as_bytes()), Some(place.to_le_bytes().as_slice())])
    }

    pub(crate) const fn geometry(&self) -> Geometry {
        self.geometry
    }

    /// Groups whose names begin with these parts.
    pub(crate) fn groups<P: AsRef<[u8]>>(&self, parts: impl IntoIterator<Item = Option<P>>) -> Groups {
        Groups { geometry: self.geometry, begun: self.begin(parts) }
    }

    fn hash<P: AsRef<[u8]>>(&self, parts: impl IntoIterator<Item = Option<P>>) -> Tag {
        tag(&self.begin(parts))
    }

    fn begin<P: AsRef<[u8]>>(&self, parts: impl IntoIterator<Item = Option<P>>) -> SipHasher24 {
        let mut hasher = SipHasher24::new_with_key(&self.seed);
        write(&mut hasher, parts);
        hasher
    }
}

/// Groups whose names begin alike, so that only the rest of each name has to be hashed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Groups {
    geometry: Geometry,
    begun: SipHasher24,
}

impl Groups {
    /// Where the entries of the group live whose name goes on with these parts.
    pub(crate) fn group<P: AsRef<[u8]>>(&self, rest: impl IntoIterator<Item = Option<P>>) -> Group {
        let mut hasher = self.begun;
        write(&mut hasher, rest);
        let [low, high] = tag(&hasher);
        Group::new(self.geometry.bucket_of(low), [low, high])
    }
}

fn write<P: AsRef<[u8]>>(hasher: &mut SipHasher24, parts: impl IntoIterator<Item = Option<P>>) {
    for part in parts {
        let part = part.as_ref().map(AsRef::as_ref);
        let length = part.map_or(u64::MAX, |part| part.len() as u64);
        hasher.write(&length.to_le_bytes());
        hasher.write(part.unwrap_or_default());
    }
}

fn tag(hasher: &SipHasher24) -> Tag {
    let hash = hasher.finish128();
    [hash.h1, hash.h2]
}

/// Layout version, a mark that no bucket has, seed.
fn write_header(seed: [u8; 16]) -> Vec<u8> {
    let mut bytes = vec![LAYOUT, MARK];
    bytes.extend_from_slice(&seed);
    bytes
}

fn read_header(bytes: &[u8]) -> Option<[u8; 16]> {
    match bytes.split_first_chunk()? {
        ([LAYOUT, MARK], seed) => seed.try_into().ok(),
        _ => None,
    }
}

/// Stands where a bucket has its number of entries, and is larger than any.
const MARK: u8 = b'H';
