//! Everything that is asked of Envoy, in one place.
//!
//! The SDK's own methods panic on header values that are not UTF-8, and a panic ends every stream of
//! the worker. What is here works on bytes, and an answer that makes no sense counts as no answer.

mod attributes;
mod body;
mod headers;
mod logging;
mod reply;
mod shared_data;
mod time;

pub(crate) use attributes::jwt_claim;
pub(crate) use body::Body;
pub(crate) use headers::{Headers, RequestHeaders};
pub(crate) use logging::follow_log_level;
pub(crate) use reply::reply;
pub(crate) use shared_data::SharedData;
pub(crate) use time::{Clock, random_seed};

/// Publishes a value as `wasm.tollgate.NAME` in the stream's filter state.
pub(crate) fn publish(name: &str, value: &[u8]) {
    let _ = proxy_wasm::hostcalls::set_property(vec![&format!("tollgate.{name}")], Some(value));
}

/// A property of the stream, as Envoy encodes it; empty where there is none.
pub(crate) fn property<const N: usize>(path: [&str; N]) -> Vec<u8> {
    proxy_wasm::hostcalls::get_property(path.to_vec()).ok().flatten().unwrap_or_default()
}
