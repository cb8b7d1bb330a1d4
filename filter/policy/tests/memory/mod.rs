//! A store in memory with the semantics of Envoy's shared data.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use tollgate_policy::{BucketKey, Store, StoreError, Timestamp};

/// A value's version is the number of its write among all; a compare-and-swap with a stale version changes nothing.
#[derive(Default)]
pub struct Memory {
    values: Mutex<BTreeMap<String, (Vec<u8>, u32)>>,
    numbered: AtomicU32,
    reads: AtomicU64,
    writes: AtomicU64,
}

impl Memory {
    pub fn keys(&self) -> Vec<String> {
        self.values.lock().unwrap().keys().cloned().collect()
    }

    pub fn bytes(&self, key: &str) -> Option<Vec<u8>> {
        self.values.lock().unwrap().get(key).map(|(bytes, _)| bytes.clone())
    }

    /// How often it was read.
    pub fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// How often a compare-and-swap wrote.
    pub fn writes(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }

    /// Entries that have not expired, in all buckets; by their layout: a header of ten bytes, then tag (16),
    /// state (8) and expiry (8).
    pub fn live_entries(&self, now: Timestamp) -> usize {
        let expiry = |entry: &[u8]| entry.last_chunk().map_or(0, |last| u64::from_le_bytes(*last));
        let values = self.values.lock().unwrap();
        let buckets = values.values().filter(|(bytes, _)| bytes.get(1) != Some(&b'H')).map(|(bytes, _)| bytes);
        buckets.flat_map(|bytes| bytes[10..].chunks(32)).filter(|entry| expiry(entry) > now.as_nanos()).count()
    }

    /// Writes behind everybody's back.
    pub fn overwrite(&self, key: &str, bytes: &[u8]) {
        let mut values = self.values.lock().unwrap();
        values.insert(key.into(), (bytes.into(), self.number()));
    }

    fn number(&self) -> u32 {
        self.numbered.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub fn remove(&self, key: &str) {
        self.values.lock().unwrap().remove(key);
    }
}

impl Store for Memory {
    fn read(&self, bucket: BucketKey) -> Option<(Vec<u8>, u32)> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.values.lock().unwrap().get(bucket.name().as_str()).cloned()
    }

    fn compare_and_swap(&self, bucket: BucketKey, value: &[u8], version: u32) -> Result<bool, StoreError> {
        let mut values = self.values.lock().unwrap();
        match values.get_mut(bucket.name().as_str()) {
            Some(held) if held.1 == version => {
                *held = (value.into(), self.number());
                self.writes.fetch_add(1, Ordering::Relaxed);
                Ok(true)
            }
            Some(_) => Ok(false),
            None => Err(StoreError::new("no such key")),
        }
    }

    fn create(&self, bucket: BucketKey, value: &[u8]) -> Result<(), StoreError> {
        self.overwrite(&bucket.to_string(), value);
        Ok(())
    }
}
