//! Speaks: every AI API's bodies, both ways, streaming too.
//!
//! A *dialect* is the shape of an API's bodies. Each one reads and writes its own requests, answers,
//! stream events and errors to and from one neutral model, so that any client reaches any provider
//! without a translator for the pair. Where both sides speak the same dialect nothing is rewritten:
//! the body is patched by byte spans, and what this crate has never heard of arrives unchanged.
//!
//! ```
//! use tollgate_dialects::{Dialect, Peek};
//!
//! let body = br#"{"model":"assistant","messages":[{"role":"user","content":"Hello"}]}"#;
//! let peek = Peek::new(Dialect::OpenAi, body)?;
//! assert_eq!(peek.model(), "assistant");
//!
//! let prepared = peek.prepare(Dialect::Anthropic, "claude-sonnet-4-5")?;
//! let sent = String::from_utf8(prepared.body.unwrap_or_default()).unwrap();
//! assert_eq!(
//!     sent,
//!     r#"{"model":"claude-sonnet-4-5","max_tokens":32000,"messages":[{"role":"user","content":"Hello"}]}"#
//! );
//! # Ok::<(), tollgate_dialects::RequestError>(())
//! ```
//!
//! This crate knows nothing of consumers, limits or routes, reads no clock, and logs nothing.

#![forbid(unsafe_code)]

mod anthropic;
mod base64;
mod bedrock;
mod calls;
mod codec;
mod cohere;
mod count_tokens;
mod dialect;
mod embeddings;
mod estimate;
mod event_stream;
mod exchange;
mod figures;
mod framer;
mod frames;
mod gemini;
mod images;
mod json;
mod limit_headers;
mod multipart;
mod naming;
mod neutral;
mod openai;
mod operation;
mod patch;
mod peek;
mod platform;
mod question;
mod request_body;
mod rerank;
mod responses;
mod schema;
mod served;
mod sse;
mod stream;
mod upstream;

pub use dialect::Dialect;
pub use embeddings::EmbeddingsApi;
pub use estimate::InputEstimate;
pub use exchange::{Answer, Exchange, NoAnswer, ProviderFailure, Told};
pub use json::{Problem, RequestError};
pub use limit_headers::{Counted, LimitStanding};
pub use multipart::Form;
pub use neutral::{Failure, Finish, Losses, Outcome, Usage};
pub use openai::Server;
pub use operation::{Asked, Operation};
pub use peek::{Features, OwnAnswer, Peek, Prepared, Spoken};
pub use platform::Platform;
pub use question::{Reply, question};
pub use request_body::RequestBody;
pub use stream::{Stream, StreamBytes, StreamFailure};
pub use upstream::{Credential, Upstream};
