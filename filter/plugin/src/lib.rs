//! Lives in Envoy: the only crate that knows proxy-wasm; builds `tollgate.wasm`.
//!
//! It holds no decisions of its own. Bytes and headers come from the host (`host`), the
//! configuration becomes a `Gateway` once, and every request is a `Call` that asks
//! `policy` what to do and `dialects` how to say it.

mod call;
mod gateway;
mod host;
mod root;
mod shadows;
mod telemetry;
#[cfg(feature = "trap")]
mod trap;
mod usage;

/// What Envoy calls first.
mod entry {
    #![allow(missing_docs, reason = "the SDK's macro exports a function without any")]

    proxy_wasm::main! {{
        proxy_wasm::set_log_level(proxy_wasm::types::LogLevel::Info);
        proxy_wasm::set_root_context(|_| Box::new(crate::root::Root::default()));
    }}
}
