//! What holds for every input, whatever its bytes are: a module for each door that hostile bytes come in by.
//!
//! Each has a `check` that panics where what it promises does not hold. `cargo fuzz` looks for bytes that make it; the
//! bytes that ever did, and some that reach far, are kept in `corpus/` and tried by `cargo test -p fuzz`.

#![allow(missing_docs)]

pub mod choices;
pub mod configuration;
pub mod event_stream;
pub mod framers;
pub mod identity;
pub mod json;
pub mod operations;
pub mod patch;
pub mod paths;
pub mod peek;
pub mod protobuf;
pub mod read_answer;
pub mod read_request;
pub mod round_trip;
pub mod seeds;
pub mod sides;
pub mod stream;
pub mod table;
pub mod written;

/// AWS's framing as the tests of the dialects have it, apart from the library.
#[path = "../../../filter/dialects/tests/translation/event_stream.rs"]
#[allow(dead_code)]
mod messages;

/// What their properties take for the same request.
#[path = "../../../filter/dialects/tests/translation/normal.rs"]
mod normal;

#[path = "../../../filter/policy/tests/memory/mod.rs"]
mod memory;

/// Panics where what a target promises does not hold for these bytes.
pub type Check = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: &[(&str, Check)] = &[
    ("configuration", configuration::check),
    ("event_stream", event_stream::check),
    ("framers", framers::check),
    ("identity", identity::check),
    ("json", json::check),
    ("operations", operations::check),
    ("patch", patch::check),
    ("paths", paths::check),
    ("peek", peek::check),
    ("protobuf", protobuf::check),
    ("read_answer", read_answer::check),
    ("read_request", read_request::check),
    ("round_trip", round_trip::check),
    ("stream", stream::check),
    ("table", table::check),
];
