//! What every dialect can be read into and written from: one model between all of them.
//!
//! It borrows from the body that was read. Input tokens always mean all input.

mod arguments;
mod citation;
mod event;
mod extra;
mod failure;
mod hints;
mod logprobs;
mod loss;
mod message;
mod paired;
mod request;
mod response;
mod said;
mod seed;
mod signature;
mod sound;
mod source;
mod unsaid;
mod unsayable;
mod usage;

pub(crate) use arguments::Arguments;
pub(crate) use citation::{Citation, Place, PlaceUnit};
pub(crate) use event::Event;
pub(crate) use extra::{Extra, Telling};
pub use failure::Failure;
pub(crate) use hints::{Hints, Tier};
pub(crate) use logprobs::{Candidate, TokenLogprob, take_said};
pub use loss::Losses;
pub(crate) use message::{Document, Image, Message, Part, Role, ToolCall, ToolResult, read_content, with_system};
pub(crate) use paired::Calls;
pub(crate) use request::{Effort, OutputFormat, Reasoning, Request, Sampling, Thoughts, Tool, ToolChoice};
pub use response::{Finish, Outcome};
pub(crate) use response::{Piece, Response};
pub(crate) use said::Said;
pub(crate) use signature::{Origin, Signature};
pub(crate) use source::{Source, is_media_type, is_on_the_web, media_type};
pub(crate) use unsaid::refuse_unsaid;
pub(crate) use unsayable::{NO_AUDIO, NO_VIDEO, OF_USERS_ONLY, PROVIDER_FILE, unsayable_media};
pub(crate) use usage::Count;
pub use usage::Usage;
