//! Everything that is asked of Envoy, in one place.
//!
//! The SDK's own methods panic on header values that are not UTF-8, and a panic ends every stream of
//! the worker. What is here works on bytes, and an answer that makes no sense counts as no answer.

mod body;
mod headers;
mod logging;
mod reply;
mod shared_data;
mod time;

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
