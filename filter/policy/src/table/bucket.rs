//! The bytes of one bucket.
//!
//! One byte layout version, one byte number of entries, 8 bytes the moment of the last write, then the entries:
//! 16 bytes tag, 8 bytes state, 8 bytes `expires`, all integers little-endian. They are changed in place: an update
//! allocates nothing beyond what the store hands over.

use super::{Entry, LAYOUT};
use crate::units::Timestamp;

/// Entries in a bucket. Enough that a table which is half full hardly has full buckets, also where four entries
/// always come together, and few enough that a bucket (a KiB) is quick to copy.
pub(super) const ENTRIES: u32 = 32;

/// 128 bits of the key's hash: unequal keys do not meet by accident.
pub(super) type Tag = [u64; 2];

/// One entry: tag (two words), state, `expires`.
type Raw = [[u8; 8]; 4];

/// Where the moment of the last write begins.
const WRITTEN: usize = 2;
const HEADER: usize = WRITTEN + size_of::<u64>();

#[derive(Debug)]
pub(super) struct Bucket {
    bytes: Vec<u8>,
}

/// No entry of the bucket has expired, and there is no room for another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Full;

impl Bucket {
    pub(super) fn empty() -> Self {
        let mut bytes = vec![0; HEADER];
        if let Some(layout) = bytes.first_mut() {
            *layout = LAYOUT;
        }
        Self { bytes }
    }

    /// `None` unless the bytes are exactly what this layout writes.
    pub(super) fn parse(bytes: Vec<u8>) -> Option<Self> {
        let (&[layout, count, ..], entries) = bytes.split_first_chunk::<HEADER>()?;
        let length = usize::from(count).checked_mul(size_of::<Raw>())?;
        let sound = layout == LAYOUT && u32::from(count) <= ENTRIES && entries.len() == length;
        sound.then_some(Self { bytes })
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What to write at a moment. Workers that are a little behind do not turn it back.
    pub(super) fn into_bytes(mut self, now: Timestamp) -> Vec<u8> {
        self.write_at(self.written().max(now));
        self.bytes
    }

    /// When it was written last.
    pub(super) fn written(&self) -> Timestamp {
        let nanos = self.bytes.get(WRITTEN..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
        Timestamp::from_nanos(u64::from_le_bytes(nanos))
    }

    fn write_at(&mut self, moment: Timestamp) {
        if let Some(written) = self.bytes.get_mut(WRITTEN..).and_then(<[u8]>::first_chunk_mut) {
            *written = moment.as_nanos().to_le_bytes();
        }
    }

    /// What was written at a later moment, as if it had been written now: all entries expire that much earlier.
    pub(super) fn set_back(&mut self, now: Timestamp) {
        let ahead = self.written().nanos_since(now);
        for [.., expires] in self.entries_mut() {
            *expires = Timestamp::from_nanos(u64::from_le_bytes(*expires)).minus(ahead).as_nanos().to_le_bytes();
        }
        self.write_at(self.written().min(now));
    }

    fn entries_mut(&mut self) -> &mut [Raw] {
        self.bytes.get_mut(HEADER..).unwrap_or_default().as_chunks_mut().0.as_chunks_mut().0
    }

    /// The entry with this tag, whether it has expired or not.
    pub(super) fn find(&self, tag: Tag) -> Option<Entry> {
        let entries = self.bytes.get(HEADER..).unwrap_or_default();
        let raw = entries.as_chunks().0.as_chunks().0.iter().find(|raw| tag_of(raw) == tag)?;
        Some(Entry { state: state_of(raw), expires: expires_of(raw) })
    }

    /// Writes the entry over its former self, over one that has expired, or behind the others. Says whether that makes
    /// a difference: an expired entry is none.
    pub(super) fn put(&mut self, tag: Tag, entry: Entry, now: Timestamp) -> Result<bool, Full> {
        let raw = to_raw(tag, entry);
        let entries = self.entries_mut();
        let own = entries.iter().position(|raw| tag_of(raw) == tag);
        let live = own.and_then(|own| entries.get(own)).filter(|own| expires_of(own) > now);
        if live.map_or(entry.expires <= now, |live| *live == raw) {
            return Ok(false);
        }
        let place = own.or_else(|| entries.iter().position(|raw| expires_of(raw) <= now));
        if let Some(place) = place.and_then(|place| entries.get_mut(place)) {
            *place = raw;
            return Ok(true);
        }
        match self.bytes.get_mut(1) {
            Some(count) if u32::from(*count) < ENTRIES => *count = count.saturating_add(1),
            _ => return Err(Full),
        }
        self.bytes.extend_from_slice(raw.as_flattened());
        Ok(true)
    }
}

fn to_raw([low, high]: Tag, entry: Entry) -> Raw {
    [low, high, entry.state, entry.expires.as_nanos()].map(u64::to_le_bytes)
}

fn tag_of(&[low, high, _, _]: &Raw) -> Tag {
    [low, high].map(u64::from_le_bytes)
}

fn state_of(&[_, _, state, _]: &Raw) -> u64 {
    u64::from_le_bytes(state)
}

fn expires_of(&[_, _, _, expires]: &Raw) -> Timestamp {
    Timestamp::from_nanos(u64::from_le_bytes(expires))
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::units::SECOND;

    fn entry(expires: u64) -> Entry {
        Entry { state: 7, expires: Timestamp::from_nanos(expires) }
    }

    fn full_bucket() -> Bucket {
        let mut bucket = Bucket::empty();
        for tag in 0..u64::from(ENTRIES) {
            assert!(bucket.put([tag, 1], entry(100), Timestamp::from_nanos(0)).is_ok());
        }
        bucket
    }

    #[test]
    fn what_is_put_is_found_after_a_round_through_bytes() {
        let bucket = Bucket::parse(full_bucket().bytes).expect("own bytes");
        assert_eq!(bucket.find([3, 1]), Some(entry(100)));
        assert_eq!(bucket.find([3, 2]), None, "half a tag is another key");
        assert_eq!(bucket.as_bytes().len(), 1034);
    }

    #[test]
    fn a_full_bucket_evicts_what_has_expired_and_nothing_else() {
        let mut bucket = full_bucket();
        assert!(bucket.put([5, 1], entry(50), Timestamp::from_nanos(0)).is_ok(), "its own place");
        assert!(bucket.put([99, 9], entry(200), Timestamp::from_nanos(49)).is_err());
        assert!(bucket.put([99, 9], entry(200), Timestamp::from_nanos(50)).is_ok());
        assert_eq!(bucket.find([5, 1]), None);
        for tag in (0..u64::from(ENTRIES)).filter(|tag| *tag != 5) {
            assert_eq!(bucket.find([tag, 1]), Some(entry(100)));
        }
    }

    #[test]
    fn bytes_of_another_shape_are_no_bucket() {
        let good = full_bucket().bytes;
        for length in 0..good.len() {
            let cut = good.iter().copied().take(length).collect();
            assert!(Bucket::parse(cut).is_none(), "cut at {length}");
        }
        let with_header = |layout, count: u8| {
            let rest = vec![0; size_of::<u64>() + usize::from(count) * 32];
            [layout, count].into_iter().chain(rest).collect::<Vec<u8>>()
        };
        assert!(Bucket::parse(with_header(LAYOUT, 32)).is_some());
        for bytes in [with_header(LAYOUT + 1, 0), with_header(LAYOUT, 33)] {
            assert!(Bucket::parse(bytes).is_none());
        }
    }

    #[test]
    fn what_was_written_ahead_of_the_clock_expires_as_much_earlier() {
        let at = |bytes: &[u8], now| {
            let mut bucket = Bucket::parse(bytes.to_vec()).expect("own bytes");
            bucket.set_back(Timestamp::from_nanos(now));
            bucket
        };
        let mut bucket = Bucket::empty();
        for (tag, seconds) in [(1, 110), (2, 95)] {
            assert!(bucket.put([tag, 1], entry(seconds * SECOND), Timestamp::default()).is_ok());
        }
        let bytes = bucket.into_bytes(Timestamp::from_nanos(100 * SECOND));
        let expires = |now| [1, 2].map(|tag| at(&bytes, now).find([tag, 1]).map(|it| it.expires.as_nanos() / SECOND));
        assert_eq!(expires(100 * SECOND), [Some(110), Some(95)]);
        assert_eq!(expires(200 * SECOND), [Some(110), Some(95)], "it was written before");
        assert_eq!(expires(60 * SECOND), [Some(70), Some(55)]);
        assert_eq!(expires(0), [Some(10), Some(0)]);
        let later = at(&bytes, 60 * SECOND).into_bytes(Timestamp::from_nanos(60 * SECOND));
        assert_eq!(at(&later, 60 * SECOND).find([1, 1]).map(|it| it.expires.as_nanos() / SECOND), Some(70), "once");
    }
}
