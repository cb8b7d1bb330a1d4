//! The log's level, which the SDK does not take over from Envoy.

use proxy_wasm::hostcalls;
use proxy_wasm::types::LogLevel;
use std::cell::Cell;

thread_local! {
    static LEVEL: Cell<Option<LogLevel>> = const { Cell::new(None) };
}

/// Logs from here on what Envoy is set to log, so that nothing is formatted that is not written.
pub(crate) fn follow_log_level() {
    let Ok(level) = hostcalls::get_log_level() else { return };
    if LEVEL.replace(Some(level)) != Some(level) {
        proxy_wasm::set_log_level(level);
    }
}
