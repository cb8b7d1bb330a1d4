//! Everything that is asked of Envoy, in one place.
//!
//! The SDK's own methods panic on header values that are not UTF-8, and a panic ends every stream of
//! the worker. What is here works on bytes, and an answer that makes no sense counts as no answer.

mod abi;
mod attributes;
mod body;
mod callout;
mod header_map;
mod headers;
mod logging;
mod names;
mod reply;
mod shared_data;
mod time;

pub(crate) use attributes::jwt_claim;
pub(crate) use body::Body;
pub(crate) use callout::{CallAnswer, call, resume_request};
pub(crate) use header_map::HeaderMap;
pub(crate) use headers::{Headers, RequestHeaders};
pub(crate) use logging::follow_log_level;
use names::{Decimal, Path};
pub(crate) use reply::{reply, reply_as, reply_instead};
pub(crate) use shared_data::SharedData;
pub(crate) use time::{Clock, random, random_seed};

/// Publishes a value as `wasm.tollgate.NAME` in the stream's filter state.
pub(crate) fn publish(name: &str, value: &[u8]) {
    abi::set_property(Path::of(name).as_bytes(), value);
}

/// Publishes a number, as text like every value.
pub(crate) fn publish_number(name: &str, number: u64) {
    publish(name, Decimal::of(number).as_bytes());
}

/// What was published, for this stream or the one in the listener that it belongs to; empty where nothing was.
pub(crate) fn published(name: &str) -> Vec<u8> {
    property([Path::of(name).as_str()])
}

/// A property of the stream, as Envoy encodes it; empty where there is none.
pub(crate) fn property<const N: usize>(path: [&str; N]) -> Vec<u8> {
    proxy_wasm::hostcalls::get_property(path.to_vec()).ok().flatten().unwrap_or_default()
}
