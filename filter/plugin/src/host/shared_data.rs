//! Envoy's shared data as the store under the table of limits.

use crate::telemetry::contention;
use proxy_wasm::hostcalls;
use proxy_wasm::types::Status;
use std::cell::RefCell;
use tollgate_policy::{BucketKey, Store, StoreError, Written};

/// The values that all workers of this Envoy share.
pub(crate) struct SharedData;

thread_local! {
    /// What this VM wrote last.
    static WRITTEN: RefCell<Written> = const { RefCell::new(Written::new()) };
}

impl Store for SharedData {
    fn read(&self, bucket: BucketKey) -> Option<(Vec<u8>, u32)> {
        match hostcalls::get_shared_data(bucket.name().as_str()) {
            Ok((Some(value), Some(version))) => {
                WRITTEN.with_borrow_mut(|written| written.seen(version));
                Some((value, version))
            }
            _ => None,
        }
    }

    fn compare_and_swap(&self, bucket: BucketKey, value: &[u8], version: u32) -> Result<bool, StoreError> {
        match hostcalls::set_shared_data(bucket.name().as_str(), Some(value), Some(version)) {
            Ok(()) => Ok(true),
            Err(Status::CasMismatch) => Ok(false),
            Err(status) => Err(refused(status)),
        }
    }

    fn create(&self, bucket: BucketKey, value: &[u8]) -> Result<(), StoreError> {
        hostcalls::set_shared_data(bucket.name().as_str(), Some(value), None).map_err(refused)
    }

    fn guess(&self, bucket: BucketKey) -> Option<(Vec<u8>, u32)> {
        WRITTEN.with_borrow_mut(|written| written.guess(bucket))
    }

    fn lost(&self, attempts: u32) {
        contention(attempts);
    }

    fn wrote(&self, bucket: BucketKey, value: Vec<u8>) {
        let must_look = WRITTEN.with_borrow_mut(|written| written.wrote(bucket, value));
        if must_look && let Some((value, version)) = self.read(bucket) {
            WRITTEN.with_borrow_mut(|written| written.found(bucket, value, version));
        }
    }
}

fn refused(status: Status) -> StoreError {
    StoreError::new(format!("Envoy's shared data answered {status:?}"))
}
