//! A store in memory with the semantics of Envoy's shared data.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::sync::Mutex;

use tollgate_policy::{BucketKey, Store, StoreError};

/// Every write counts the version up; a compare-and-swap with a stale version changes nothing.
#[derive(Default)]
pub struct Memory {
    values: Mutex<BTreeMap<String, (Vec<u8>, u32)>>,
}

impl Memory {
    pub fn keys(&self) -> Vec<String> {
        self.values.lock().unwrap().keys().cloned().collect()
    }

    pub fn bytes(&self, key: &str) -> Option<Vec<u8>> {
        self.values.lock().unwrap().get(key).map(|(bytes, _)| bytes.clone())
    }

    /// Writes behind everybody's back.
    pub fn overwrite(&self, key: &str, bytes: &[u8]) {
        let mut values = self.values.lock().unwrap();
        let version = values.get(key).map_or(0, |(_, version)| *version);
        values.insert(key.into(), (bytes.into(), version + 1));
    }

    pub fn remove(&self, key: &str) {
        self.values.lock().unwrap().remove(key);
    }
}

impl Store for Memory {
    fn read(&self, bucket: BucketKey) -> Option<(Vec<u8>, u32)> {
        self.values.lock().unwrap().get(&bucket.to_string()).cloned()
    }

    fn compare_and_swap(&self, bucket: BucketKey, value: &[u8], version: u32) -> Result<bool, StoreError> {
        let mut values = self.values.lock().unwrap();
        match values.get_mut(&bucket.to_string()) {
            Some(held) if held.1 == version => {
                *held = (value.into(), version + 1);
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
