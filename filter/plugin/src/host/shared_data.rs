//! Envoy's shared data as the store under the table of limits.

use proxy_wasm::hostcalls;
use proxy_wasm::types::Status;
use tollgate_policy::{BucketKey, Store, StoreError};

/// The values that all workers of this Envoy share.
pub(crate) struct SharedData;

impl Store for SharedData {
    fn read(&self, bucket: BucketKey) -> Option<(Vec<u8>, u32)> {
        match hostcalls::get_shared_data(bucket.name().as_str()) {
            Ok((Some(value), Some(version))) => Some((value, version)),
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
}

fn refused(status: Status) -> StoreError {
    StoreError::new(format!("Envoy's shared data answered {status:?}"))
}
